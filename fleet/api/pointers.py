"""From nested validation errors to a flat list of JSON pointers (RFC 6901)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework.exceptions import ErrorDetail
from rest_framework.settings import api_settings

_WHOLE = {api_settings.NON_FIELD_ERRORS_KEY, NON_FIELD_ERRORS}


def entry(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}


def escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def flattened(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield one entry per message of DRF's nested error detail."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flattened(inner, pointer if name in _WHOLE else f"{pointer}/{escaped(name)}")
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for position, inner in enumerate(detail):
            # A list of messages belongs to one place; a list of mappings is one mapping per item of the input.
            yield from flattened(inner, pointer if isinstance(inner, str) else f"{pointer}/{position}")
    else:
        yield entry(pointer, getattr(detail, "code", None) or "invalid", str(detail))


def of_model_error(error: ModelValidationError) -> tuple[dict[str, str], ...]:
    """Return the entries of a Django ValidationError."""
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return tuple(
        entry("" if name in _WHOLE else f"/{escaped(name)}", one.code or "invalid", " ".join(one.messages))
        for name, errors in fields.items()
        for one in errors
    )


def as_detail(error: ModelValidationError) -> dict[str, list[ErrorDetail]]:
    """Return a Django ValidationError in DRF's form, with its codes."""
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return {
        api_settings.NON_FIELD_ERRORS_KEY if name in _WHOLE else name: [
            ErrorDetail(" ".join(one.messages), code=one.code or "invalid") for one in errors
        ]
        for name, errors in fields.items()
    }
