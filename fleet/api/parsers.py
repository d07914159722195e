"""JSON from strangers: strict numbers, bounded size and depth."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from fleet.api.renderers import FleetJSONRenderer

DEEPEST = 32
LONGEST_NUMBER = 400


class StrictJSONParser(BaseParser):
    """RFC 8259 without the extensions of Python's reader (NaN, Infinity)."""

    media_type = "application/json"
    renderer_class = FleetJSONRenderer

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise RequestDataTooBig
        try:
            value = json.loads(
                raw.decode("utf-8"),
                parse_constant=_refuse_constant,
                parse_int=_whole,
                parse_float=_fraction,
                object_pairs_hook=_once,
            )
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}") from error
        _refuse_depth(value, DEEPEST)
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two members of one name: whoever has looked at the body before us may have read the other one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(f"The body is not JSON: {twice[:60]!r} stands there twice.")
    return found


def _refuse_constant(name: str) -> None:
    raise ParseError(f"The body is not JSON: {name} is not a number.")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValidationError([ErrorDetail("A number is too large.", code="number_too_large")])
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValidationError([ErrorDetail("A number is too large.", code="number_too_large")])
    return number


def _refuse_depth(value: Any, left: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if not left:
        raise ParseError("The JSON is nested too deeply.")
    for inner in value.values() if isinstance(value, dict) else value:
        _refuse_depth(inner, left - 1)
