"""What stands beside and below the fields of a form."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.utils.text import capfirst

type Words = Mapping[str, Any]  # by the name of a field: what a clerk reads below it


def worded(fields: Mapping[str, forms.Field], explains: Words) -> dict[str, forms.Field]:
    """Return the fields with a capital to their labels, and what a clerk reads below them.

    They are copies: a declared field belongs to all forms that are ever made of its class, and a label that were
    capitalised for each of them would soon take for ever to be read.
    """
    found = {name: copy(field) for name, field in fields.items()}
    for name, field in found.items():
        field.label, field.help_text = capfirst(field.label), explains.get(name, field.help_text)
    return found
