"""Customers in JSON; personal data masked for those who may not see them."""

from typing import Any

from django.core.validators import validate_email
from django.db import models
from rest_framework import serializers

from customers import countries, duplicates, flags, phones
from customers.errors import Gone
from customers.models import Customer, Document, Flag
from customers.privacy import HIDDEN, masked
from files.api.serializers import Holding
from fleet.api.serializers import StrictModelSerializer
from fleet.api.shapes import Masked, Shape
from fleet.errors import Invalid

_BY_SERVER = ("id", "created_at", "created_by", "updated_at", "version")
_NUMBERS = ("email", "phone", "personal_id", "passport_number", "licence_number", "vat_number")
_TEXTS = ("address", "notes")
_DATES = ("birth_date",)


class CountryCode(serializers.CharField):
    """Two letters of ISO 3166-1, in either case."""

    default_error_messages = {"unknown_country": "{code} is no country code of ISO 3166-1; countries/ lists them."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 2, "required": False, "allow_blank": True, **options})

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if not countries.known(code):
            self.fail("unknown_country", code=code)
        return str(code)


class CustomerSerializer(StrictModelSerializer):
    # Not an EmailField: masked for roles that may not see it, it is no address on the way out.
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    country = CountryCode()
    licence_country = CountryCode()
    phone = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="As written; without a country code it is one of the customer's country, else of the company's own. "
        "Answered as E.164.",
    )

    class Meta:
        model = Customer
        fields = (
            "id",
            "kind",
            "name",
            "father_name",
            "email",
            "phone",
            "address",
            "city",
            "country",
            "birth_date",
            "personal_id",
            "passport_number",
            "passport_expires_on",
            "licence_number",
            "licence_country",
            "licence_issued_on",
            "licence_expires_on",
            "company_name",
            "vat_number",
            "language",
            "notes",
            "status",
            "merged_into",
            "verified_at",
            "verified_by",
            *_BY_SERVER[1:],
        )
        read_only_fields = ("status", "merged_into", "verified_at", "verified_by", *_BY_SERVER)

    def validate_email(self, value: str) -> str:
        if value:
            validate_email(value)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None and self.instance.status != Customer.Status.ACTIVE:
            raise Gone
        if "phone" in attrs:
            country = attrs.get("country", getattr(self.instance, "country", ""))
            try:
                attrs["phone"] = phones.normalised(attrs["phone"], str(country))
            except Invalid as error:
                raise serializers.ValidationError(error.fields, code=error.code) from error
        return attrs

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        return discreet(self.context["request"].user, super().to_representation(instance))


def discreet(user: Any, shown: dict[str, Any]) -> dict[str, Any]:
    """Return a customer in JSON as the user may see it."""
    if user.has_perm("customers.view_pii"):
        return shown
    return {
        **shown,
        **{name: masked(shown[name]) for name in _NUMBERS},
        **{name: HIDDEN if shown[name] else "" for name in _TEXTS},
        **dict.fromkeys(_DATES),
    }


CUSTOMER = Shape(CustomerSerializer, masked=Masked(discreet))


class NewCustomerInput(CustomerSerializer):
    """A customer who is not known yet; numbers of somebody known need a second look."""

    allow_duplicate = serializers.BooleanField(
        write_only=True, required=False, default=False, help_text="It is somebody else with the same number."
    )

    class Meta(CustomerSerializer.Meta):
        fields = (*CustomerSerializer.Meta.fields, "allow_duplicate")  # type: ignore[assignment]

    def create(self, validated_data: dict[str, Any]) -> Customer:
        if not validated_data.pop("allow_duplicate"):
            duplicates.require_new(validated_data, Customer.objects.visible_to(self.context["request"].user))
        made: Customer = super().create(validated_data)
        return made


class _Customers(serializers.PrimaryKeyRelatedField[Customer]):
    """A customer that the one who asks may see."""

    def get_queryset(self) -> models.QuerySet[Customer]:
        return Customer.objects.living().visible_to(self.context["request"].user)


class DocumentSerializer(Holding, StrictModelSerializer):
    """What is known of a scan; the pages themselves are below `files/`."""

    customer = _Customers()
    has_file = serializers.BooleanField(read_only=True)

    class Meta:
        model = Document
        fields = (
            "id",
            "customer",
            "kind",
            "expires_on",
            "has_file",
            "verified_at",
            "verified_by",
            "purge_after",
            *_BY_SERVER[1:],
        )
        read_only_fields = ("verified_at", "verified_by", "purge_after", *_BY_SERVER)

    def update(self, instance: Document, validated_data: dict[str, Any]) -> Document:
        if validated_data.get("customer", instance.customer) != instance.customer:
            raise serializers.ValidationError({"customer": ["A document stays with its customer."]})
        updated: Document = super().update(instance, validated_data)
        return updated


class FlagSerializer(StrictModelSerializer):
    customer = _Customers()
    level = serializers.ChoiceField(
        Flag.Level.choices, required=False, help_text="Without one: the usual level of the kind."
    )

    class Meta:
        model = Flag
        fields = ("id", "customer", "kind", "level", "reason", "cleared_at", "cleared_by", *_BY_SERVER[1:])
        read_only_fields = ("cleared_at", "cleared_by", *_BY_SERVER)

    def create(self, validated_data: dict[str, Any]) -> Flag:
        customer = validated_data.pop("customer")
        return flags.raise_flag(customer.pk, **validated_data, by=self.context["request"].user)


class CountryOutput(serializers.Serializer[countries.Country]):
    alpha2 = serializers.CharField()
    name = serializers.CharField()
    flag = serializers.CharField()
    dial_code = serializers.CharField()


class CountriesOutput(serializers.Serializer[Any]):
    data = CountryOutput(many=True)  # type: ignore[assignment]
