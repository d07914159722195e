"""The ways to the bytes of a file, for one who may see its record; looks are put on record."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from files.kinds import Kind
from files.models import File
from fleet import trail
from fleet.errors import NotFound
from fleet.storage import LINK_SECONDS, bucket


@dataclass(frozen=True)
class Link:
    """An address that opens the file for a quarter of an hour, for whoever holds it."""

    url: str
    expires_at: datetime


def of(record: Any, file_id: UUID | str) -> File:
    """Return that file of the record. Raises NotFound."""
    file = File.objects.of(record).filter(pk=file_id).first()
    if file is None:
        raise NotFound(gettext("There is no file %(id)s here.") % {"id": file_id})
    return file


def link(record: Any, file: File, *, now: datetime) -> Link:
    """Put the download on record and return where it is."""
    trail.record("download", record, file=str(file.pk), media_type=file.media_type)
    return _link(file.key, file.name, file.kind, now)


def link_to_stored(record: Any, key: str, *, name: str, kind: Kind, now: datetime) -> Link:
    """Do the same for what we have written ourselves: a FileField of the record, e.g. an agreement's PDF."""
    trail.record("download", record, media_type=kind.media_type)
    return _link(key, name, kind, now)


def _link(key: str, name: str, kind: Kind, now: datetime) -> Link:
    header = content_disposition_header(as_attachment=not kind.inline, filename=name) or "attachment"
    url = bucket().link(key, media_type=kind.media_type, disposition=header)
    return Link(url, now + timedelta(seconds=LINK_SECONDS))


def preview(record: Any, file: File, *, by: User, now: datetime) -> bytes:
    """Return a small JPEG. Of sensitive records the look is put on record and shown in the picture.

    Raises NotFound for what is no picture and for one whose bytes are gone.
    """
    if not file.kind.is_image:
        raise NotFound(gettext("Only pictures have a preview."))
    try:
        content = bucket().fetch(file.preview_key)
    except FileNotFoundError as error:
        raise NotFound(gettext("The picture is not in the storage.")) from error
    if not File.holder_of(type(record)).sensitive:
        return content
    trail.record("view", record, file=str(file.pk))
    return _marked(content, f"{by.get_username()}  {now:%Y-%m-%d %H:%M} UTC")


def _marked(content: bytes, text: str) -> bytes:
    """Write who looked, and when, across the picture."""
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as opened:
        ground = opened.convert("RGBA")
    layer = Image.new("RGBA", ground.size)
    draw = ImageDraw.Draw(layer)
    font = ImageFont.load_default(max(ground.width // 26, 11))
    step = max(ground.height // 4, 40)
    for row, top in enumerate(range(step // 3, ground.height, step)):
        where = (ground.width // 20 + (row % 2) * ground.width // 6, top)
        draw.text(where, text, font=font, fill=(255, 255, 255, 150), stroke_width=1, stroke_fill=(0, 0, 0, 110))
    out = io.BytesIO()
    Image.alpha_composite(ground, layer).convert("RGB").save(out, "JPEG", quality=75)
    return out.getvalue()
