"""From what was agreed to the paper: the same snapshot gives the same bytes, whoever prints it and whenever."""

import base64
import hashlib
import io
import json
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, Final

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from contracts.agreed import FOLDER
from contracts.models import Agreement
from fleet.errors import DomainError
from fleet.storage import bucket

_GROUP: Final = 4  # characters of a code that people read at once
_one_at_a_time = Lock()  # a compiler belongs to one thread at a time; a page takes 30 ms


class SignatureGone(DomainError):
    """The picture of the signature is not what was signed, or not there."""

    code = "signature_missing"
    status = 409
    detail = _(
        "The picture of the signature is missing or was changed; the agreement cannot be printed as it was signed."
    )


def digest(snapshot: dict[str, Any]) -> str:
    """Return the SHA-256 of what was agreed, over its canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def pdf(agreement: Agreement) -> bytes:
    """Draw the agreement. Raises SignatureGone, and StorageDown when a photographed signature cannot be fetched."""
    said = agreement.snapshot
    address = f"{settings.FLEET_URL}/verify/{agreement.verification_code}/"
    document = {
        **said,
        "fingerprint": " ".join(grouped(agreement.sha256[:16]).lower().split("-")),
        "verify": {"code": grouped(agreement.verification_code), "short": f"{settings.FLEET_URL}/verify/"},
    }
    inputs = {
        "document": json.dumps(document, ensure_ascii=False),
        "qr": _qr(address),
        "signature": _signature(said.get("signature")),
    }
    year, month, day, hour, minute, second = said["date"]
    made = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    with _one_at_a_time:
        drawn: Any = _compiler().compile(sys_inputs=inputs, timestamp=int(made.timestamp()))
    return bytes(drawn)


def grouped(code: str) -> str:
    """Return `ABCD-EFGH-…`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        str(FOLDER / "agreement.typ"), root=str(FOLDER), font_paths=[str(FOLDER / "fonts")], ignore_system_fonts=True
    )


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def _signature(signature: dict[str, Any] | None) -> str:
    """Return the signature as SVG: drawn from its strokes, or around the photograph."""
    if signature is None:
        return ""
    if "strokes" in signature:
        return _drawn(signature["strokes"])
    try:
        picture = bucket().fetch(signature["key"])
    except FileNotFoundError as error:
        raise SignatureGone from error
    if hashlib.sha256(picture).hexdigest() != signature["sha256"]:
        raise SignatureGone
    with Image.open(io.BytesIO(picture)) as opened:
        width, height = opened.size
    data = f"data:{signature['media_type']};base64,{base64.b64encode(picture).decode()}"
    image = f'<image href="{data}" width="{width}" height="{height}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{image}</svg>'


def _drawn(strokes: list[list[list[int]]]) -> str:
    """Draw the strokes; they are whole numbers, checked when they were given."""
    columns = [x for stroke in strokes for x, _y in stroke]
    rows = [y for stroke in strokes for _x, y in stroke]
    left, top = min(columns) - 6, min(rows) - 6
    width, height = max(columns) - left + 6, max(rows) - top + 6
    parts = []
    for stroke in strokes:
        (x, y), *rest = stroke
        points = " ".join(f"{x},{y}" for x, y in stroke)
        parts.append(f'<polyline points="{points}"/>' if rest else f'<circle cx="{x}" cy="{y}" r="2"/>')
    style = 'fill="none" stroke="#0f172a" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"'
    frame = f'viewBox="{left} {top} {width} {height}" {style}'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{"".join(parts)}</svg>'
