"""What the one who asks may not see of a contract: other people's data, and the house's own notes."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from accounts import access
from accounts.models import ApiKey
from contracts.errors import NotRentable
from customers.models import Customer
from customers.privacy import masked
from fleet.api.serializers import StrictModelSerializer
from fleet.errors import Invalid

_DISCREET = "There is a note on this customer; the counter decides."


def is_program(request: Any) -> bool:
    """Say whether an integrator asks, by key or otherwise, and not a person of the house."""
    return isinstance(request.auth, ApiKey) or access.has_role(request.user, "integrator")


def may_see(user: Any, created_by: Any) -> bool:
    """Say whether phone, e-mail and numbers of a customer are shown; an integrator sees those it entered."""
    if not user.has_perm("customers.view_pii"):
        return False
    return created_by == user.pk or not access.has_role(user, "integrator")


def require_visible(user: Any, customers: Iterable[Any]) -> None:
    """Raise Invalid, as for a customer that does not exist, when an integrator names somebody else's."""
    wanted = {pk for pk in customers if pk}
    if not wanted or not access.has_role(user, "integrator"):
        return
    missing = wanted - set(Customer.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise Invalid(f"There is no customer {min(map(str, missing))}.", code="unknown_customer")


def discreet(refusals: Iterable[dict[str, Any]], user: Any) -> list[dict[str, Any]]:
    """Return the gate's refusals without the words of flags, for those who may not see flags."""
    if user.has_perm("customers.view_flag"):
        return list(refusals)
    return [
        {**refusal, "message": _DISCREET, "subject_id": None} if refusal["subject"] == "customers.flag" else refusal
        for refusal in refusals
    ]


def told(error: NotRentable, user: Any) -> NotRentable:
    """Return the refusal in the words that the user may read."""
    shown = discreet(error.data["refusals"], user)
    if shown != error.data["refusals"]:
        error.data["refusals"] = shown
        error.detail = " ".join(refusal["message"] for refusal in shown)
    return error


class Guarded(StrictModelSerializer):
    """Answers null for what the one who asks may not see, and does not read it either."""

    needs: ClassVar[Mapping[str, str]] = {}

    def hidden(self) -> set[str]:
        user = self.context["request"].user
        return {name for name, permission in self.needs.items() if not user.has_perm(permission)}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        hidden = self.hidden()
        return {
            name: None if name in hidden else self._shown(field, instance)
            for name, field in self.fields.items()
            if not field.write_only
        }

    def _shown(self, field: Any, instance: Any) -> Any:
        value = field.get_attribute(instance)
        return None if value is None else field.to_representation(value)


class PersonOutput(StrictModelSerializer):
    """A customer beside a contract."""

    masked: ClassVar[tuple[str, ...]] = ("email", "phone")
    email = serializers.CharField(read_only=True)  # masked it is no address

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ("id", "kind", "name", "email", "phone", "verified_at")
        read_only_fields = fields

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        return self.discreet(self.context["request"].user, super().to_representation(instance), instance.created_by_id)

    @classmethod
    def discreet(cls, user: Any, shown: dict[str, Any], created_by: Any) -> dict[str, Any]:
        """Return the customer in JSON as the user may see it."""
        if may_see(user, created_by):
            return shown
        return {**shown, **{name: masked(shown[name]) for name in cls.masked}}


class DriverOutput(PersonOutput):
    """A driver beside a contract, with what the counter compares."""

    masked = ("email", "phone", "licence_number")
    licence_country = serializers.CharField(read_only=True)

    class Meta(PersonOutput.Meta):
        fields = (*PersonOutput.Meta.fields, "licence_number", "licence_country", "licence_expires_on")
        read_only_fields = fields
