"""customers/duplicates/: asked before somebody is entered a second time."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers import duplicates, phones
from customers.models import Customer
from fleet.api.pagination import BadParameter
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetView
from fleet.errors import Invalid


class KnownInput(StrictSerializer):
    """What is known of the new customer; at least one of them."""

    name = serializers.CharField(required=False, max_length=120)
    phone = serializers.CharField(required=False, max_length=40, help_text="In any notation.")
    email = serializers.CharField(required=False, max_length=254)
    licence = serializers.CharField(required=False, max_length=30, source="licence_number")
    passport = serializers.CharField(required=False, max_length=30, source="passport_number")
    personal_id = serializers.CharField(required=False, max_length=30)
    birth_date = serializers.DateField(required=False)


class CandidateOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="customer.id")
    name = serializers.CharField(source="customer.name")
    kind = serializers.CharField(source="customer.kind")
    city = serializers.CharField(source="customer.city")
    birth_date = serializers.DateField(source="customer.birth_date", allow_null=True)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(["licence", "passport", "personal_id", "phone", "email", "name"])
    )


class CandidatesOutput(serializers.Serializer[Any]):
    data = CandidateOutput(many=True)  # type: ignore[assignment]


class DuplicatesView(FleetView):
    """Who may be the same: an equal number, or a similar name unless the dates of birth differ."""

    permissions = {"get": ("customers.view_customer", "customers.view_pii")}
    parameters = {"get": tuple(KnownInput().fields)}

    @extend_schema(parameters=[KnownInput], responses=CandidatesOutput)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with up to 10 candidates, the most reasons first."""
        known = checked(request, KnownInput)
        if not known:
            raise BadParameter("name", "Say what is known: a name or a number.")
        if "phone" in known:
            written = known["phone"]
            # An unescaped + of the query arrives as a space.
            written = f"+{written}" if written[:1].isdigit() and written[:1] != "0" else written
            try:
                known["phone"] = phones.normalised(written)
            except Invalid as error:
                raise BadParameter("phone", error.detail) from error
        found = duplicates.candidates(known, Customer.objects.visible_to(self.by))
        return Response(CandidatesOutput({"data": found}).data)
