"""Serializers that refuse what they do not know, and leave clashes to the database.

A clash with other rows (unique, exclusion) is found by PostgreSQL when the row is written and translated by
fleet/api/errors.py: checking first would cost a query and still lose the race.
"""

from collections.abc import Mapping
from copy import copy, deepcopy
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as ModelValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty
from rest_framework.validators import UniqueValidator

from fleet.api import pointers
from fleet.api.fields import DayField, InstantField, MoneyField, PersonField

LONGEST_TEXT = 10_000


class _Strict(serializers.Serializer[Any]):
    """Refuse unknown and read-only fields; bound every text.

    `into` may name a frozen dataclass: `view.validated()` then returns one instead of a dict.
    """

    into: ClassVar[type[Any] | None] = None

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_foreign(data)
        return super().to_internal_value(data)

    def _refuse_foreign(self, data: Mapping[Any, Any]) -> None:
        refused = {}
        for name in data:
            field = self.fields.get(str(name))
            if field is None:
                refused[str(name)] = [ErrorDetail("There is no such field.", code="unknown_field")]
            elif field.read_only:
                refused[str(name)] = [ErrorDetail("This is set by the server.", code="read_only_field")]
        if refused:
            raise serializers.ValidationError(refused)

    def get_fields(self) -> Any:
        return _bounded(super().get_fields())


class StrictSerializer(_Strict):
    """Input of a verb, or an answer that is no model."""

    def get_fields(self) -> Any:
        declared, sent = self._declared_fields, getattr(self, "initial_data", None)
        if type(sent) is dict:  # of JSON; nothing happens to a field that is not sent, need not be and has no default
            declared = {name: one for name, one in declared.items() if name in sent or _speaks_up(one)}
        return _bounded({name: _own(field) for name, field in declared.items()})


class StrictModelSerializer(_Strict, serializers.ModelSerializer[Any]):
    """A model's fields; the model's own `clean()` decides, and its rules come back with JSON pointers."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: InstantField,
        models.DateField: DayField,
    }

    def build_standard_field(self, field_name: str, model_field: "models.Field[Any, Any]") -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        options["validators"] = [one for one in options.get("validators", ()) if not isinstance(one, UniqueValidator)]
        if not options["validators"]:
            del options["validators"]
        if field_class is serializers.DecimalField and (model_field.max_digits, model_field.decimal_places) == (12, 2):  # type: ignore[attr-defined]
            field_class = MoneyField
        return field_class, options

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field_class, options = super().build_relational_field(field_name, relation_info)
        if relation_info.related_model is get_user_model() and not relation_info.to_many:
            field_class = PersonField
        return field_class, options

    def get_unique_together_validators(self) -> list[Any]:
        return []

    def get_unique_for_date_validators(self) -> list[Any]:
        return []

    def create(self, validated_data: dict[str, Any]) -> Any:
        relations = self._take_many(validated_data)
        instance: Any = self._model()(**validated_data)
        self._clean(instance, {field.name for field in instance._meta.fields})
        instance.save()
        self._set_many(instance, relations)
        return instance

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        relations = self._take_many(validated_data)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        self._clean(instance, set(validated_data))
        instance.save()
        self._set_many(instance, relations)
        return instance

    def _clean(self, instance: models.Model, changed: set[str]) -> None:
        # Relations were looked up by their fields already; untouched columns may hold what older rules allowed.
        skip = {field.name for field in instance._meta.fields if field.is_relation or field.name not in changed}
        try:
            instance.clean_fields(exclude=skip)
            instance.clean()
        except ModelValidationError as error:
            raise serializers.ValidationError(pointers.as_detail(error)) from error

    def _model(self) -> type[models.Model]:
        model: type[models.Model] = self.Meta.model
        return model

    def _take_many(self, validated_data: dict[str, Any]) -> dict[str, Any]:
        names = {field.name for field in self._model()._meta.many_to_many}
        return {name: validated_data.pop(name) for name in names & set(validated_data)}

    def _set_many(self, instance: models.Model, relations: Mapping[str, Any]) -> None:
        for name, values in relations.items():
            getattr(instance, name).set(values)


def _bounded(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in fields.values():
        if type(field) is serializers.CharField and field.max_length is None and not field.read_only:
            field.max_length = LONGEST_TEXT
            field.validators = [*field.validators, MaxLengthValidator(LONGEST_TEXT)]
    return fields


def _speaks_up(field: Any) -> bool:
    return bool(field.required) or field.default is not empty


def _own(field: Any) -> Any:
    """Return the field for one serializer. One without children only learns its name and parent: no need to make it."""
    nested = (
        isinstance(field, serializers.BaseSerializer) or hasattr(field, "child") or hasattr(field, "child_relation")
    )
    return deepcopy(field) if nested else copy(field)
