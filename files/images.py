"""Pictures, drawn anew: what leaves has pixels and nothing else."""

import io
import struct
from typing import Final

from django.utils.translation import gettext
from PIL import Image, ImageOps

from files.errors import Refused
from files.kinds import JPEG, PNG, WEBP, Kind

# A phone's 50 megapixels fit: a large JPEG is decoded at half its size. Other formats unpack whole, 4 bytes a pixel.
MOST_PIXELS: Final = {"JPEG": 64_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST_EDGE: Final = 3000  # a scratch is still sharp
PREVIEW_EDGE: Final = 480
_FORMATS: Final = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error)
_BOMB: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def redrawn(content: bytes, kind: Kind) -> tuple[bytes, bytes]:
    """Return the picture upright, without EXIF, location, profiles or trailing bytes, and a small JPEG of it."""
    most = MOST_PIXELS[_name(kind)]
    too_large = gettext("The picture has more than %(number)s million pixels.") % {"number": most // 1000000}
    try:
        with Image.open(io.BytesIO(content), formats=[_name(kind)]) as opened:
            if opened.width * opened.height > most:
                raise Refused(too_large)
            opened.thumbnail((LONGEST_EDGE, LONGEST_EDGE), reducing_gap=1.0)  # before anything is copied
            opened.load()
            picture = _bare(ImageOps.exif_transpose(opened))
    except _BOMB as error:
        raise Refused(too_large) from error
    except _BROKEN as error:
        raise Refused(
            gettext("It begins like a %(kind)s picture but cannot be read as one.") % {"kind": kind.label}
        ) from error
    return _written(picture, kind), _preview(picture)


def _name(kind: Kind) -> str:
    return next(name for name, one in _FORMATS.items() if one is kind)


def _bare(picture: Image.Image) -> Image.Image:
    """Return only the pixels: a new image knows nothing of the file it came from."""
    clear = picture.has_transparency_data
    drawn = picture.convert("RGBA" if clear else "RGB")
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    return bare


def _written(picture: Image.Image, kind: Kind) -> bytes:
    out = io.BytesIO()
    if kind is JPEG:
        picture.convert("RGB").save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif kind is PNG:
        picture.save(out, "PNG", optimize=False)
    else:
        picture.save(out, "WEBP", quality=85)
    return out.getvalue()


def _preview(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    out = io.BytesIO()
    small.save(out, "JPEG", quality=75, optimize=True)
    return out.getvalue()
