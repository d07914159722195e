"""Whoever fills in a form is told what a field means, unless its name says it; in words of a clerk."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.forms import Field
from django.test import RequestFactory

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
# Names that say it, on every form.
PLAIN = {
    *("name", "first_name", "last_name", "company_name", "birth_date", "email", "phone", "address", "city", "country"),
    *("car", "kind", "manufacturer", "model", "year", "color", "license_plate", "fuel_type", "transmission"),
    *("engine_power_hp", "seats", "doors", "branch", "description", "provider", "authority", "cost", "valid_from"),
    *("panel", "service_date", "start_at", "customer", "price", "passport_expires_on", "daily_rate"),
}
JARGON = re.compile(r"\b(object|instance|uuid|queryset|null|boolean|string|slug|foreign key|\w+_\w+)\b", re.IGNORECASE)
FOR_INTEGRATORS = {("apikey", "scopes")}  # names of permissions are what they are


def fields() -> Iterator[tuple[str, str, Field]]:
    request = RequestFactory().get("/")
    request.user = UserFactory(role="admin")
    for model, page in admin.site._registry.items():
        name = model._meta.model_name or ""
        if page.has_add_permission(request) and name not in ("payment", "dayclose"):  # these have pages of their own
            form: Any = page.get_form(request, None)
            yield from ((name, field, form.base_fields[field]) for field in form.base_fields)


def test_a_field_is_explained_unless_its_name_says_it() -> None:
    assert [(model, name) for model, name, field in fields() if not field.help_text and name not in PLAIN] == []


def test_explanations_know_no_words_of_programmers() -> None:
    found = {(model, name): str(field.help_text) for model, name, field in fields()}
    assert [where for where, text in found.items() if JARGON.search(text) and where not in FOR_INTEGRATORS] == []


def test_a_form_leaves_what_its_class_declares_as_it_was() -> None:
    """Or every page would add to it, for all the pages after it."""

    def declared() -> list[tuple[int, int]]:
        forms: list[Any] = [page.form for page in admin.site._registry.values()]
        return [(id(one.label), id(one.help_text)) for form in forms for one in form.declared_fields.values()]

    before = declared()
    assert list(fields())
    assert declared() == before


def test_labels_begin_with_a_capital() -> None:
    labels = [str(field.label) for _, _, field in fields()]
    assert [one for one in labels if one[:1] != one[:1].upper()] == []
