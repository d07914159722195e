"""Answers of a kilobyte and more travel compressed, as far as the client understands it.

An attacker who can make a browser send requests and who sees the length of answers could guess what stands in them
(BREACH). What needs a cookie is therefore padded by a random length. The API takes no cookies: nobody else's page can
ask it in our user's name, so its answers are compressed plainly, and the read lane keeps them as they are.

A compressed answer is another representation and has a tag of its own (RFC 9110 §8.8.3): `"3.0a1b2c3d-br"`. Views never
see that ending: it is added on the way out and taken off on the way in.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import brotli
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

LEAST: Final = 1024
CODINGS: Final = ("br", "gzip")  # of the API
_PADDING: Final = 100  # bytes at most, as Django's own middleware has it
_GZIP_LEVEL: Final = 5
_BROTLI_QUALITY: Final = 4  # as fast as gzip's 5, and smaller
_WITH_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS
_SHRINKS: Final = re.compile(
    r"text/(?!event-stream)|application/(?:json|javascript|xml|[\w.-]+\+(?:json|xml))|image/svg"
)
_ENDING: Final = re.compile(r'-(?:br|gzip)"')
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


class CompressionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        held = request.META.get("HTTP_IF_NONE_MATCH", "")
        for name in _CONDITIONS:
            if name in request.META:
                request.META[name] = _ENDING.sub('"', request.META[name])
                vars(request).pop("headers", None)  # Django keeps them from when somebody asked first
        response = self.get_response(request)
        if response.status_code == 304:
            _name_what_is_held(response, held)
        elif _could_shrink(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            plain = request.path.startswith("/api/")
            encoding = chosen(request.headers.get("Accept-Encoding", ""), CODINGS if plain else ("gzip",))
            if encoding:
                _compress(response, encoding, padded=not plain)
        return response


@lru_cache(maxsize=256)
def chosen(accepted: str, known: tuple[str, ...]) -> str:
    """Return the first known coding that `Accept-Encoding` likes best, or an empty text (RFC 9110 §12.5.3)."""
    liked: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            liked[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            liked[name.strip()] = 0.0
    weights = {name: liked.get(name, liked.get("*", 0.0)) for name in known}
    best = max(known, key=lambda name: weights[name])
    return best if weights[best] > 0 else ""


def _could_shrink(response: Any) -> bool:
    if response.has_header("Content-Encoding") or not _SHRINKS.match(response.get("Content-Type", "")):
        return False
    return response.streaming or len(response.content) >= LEAST


def _compress(response: Any, encoding: str, *, padded: bool) -> None:
    if response.streaming:
        response.streaming_content = _stream(response.streaming_content, encoding)
        del response.headers["Content-Length"]
    else:
        content = (
            compress_string(response.content, max_random_bytes=_PADDING)
            if padded
            else whole(response.content, encoding)
        )
        if len(content) >= len(response.content):
            return
        response.content = content
        response["Content-Length"] = str(len(content))
    response["Content-Encoding"] = encoding
    tag = response.get("ETag", "")
    if tag.startswith('"'):
        response["ETag"] = tag_of(tag, encoding)


def tag_of(tag: str, encoding: str) -> str:
    """Return the tag of the same, compressed."""
    return f'{tag[:-1]}-{encoding}"'


def whole(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(content, quality=_BROTLI_QUALITY))
    return zlib.compress(content, _GZIP_LEVEL, _WITH_GZIP_HEADER)


def _stream(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Compress piece by piece; a file that is streamed is no page, so it needs no padding."""
    if encoding == "br":
        brotlied = brotli.Compressor(quality=_BROTLI_QUALITY)
        press, last = brotlied.process, brotlied.finish
    else:
        zipped = zlib.compressobj(_GZIP_LEVEL, wbits=_WITH_GZIP_HEADER)
        press, last = zipped.compress, zipped.flush
    for chunk in chunks:
        if pressed := press(chunk):
            yield pressed
    yield last()


def _name_what_is_held(response: Any, held: str) -> None:
    """Let a 304 bear the tag of the representation that the client has."""
    tag = response.get("ETag", "")
    for encoding in ("br", "gzip"):
        if tag.startswith('"') and f'{tag[:-1]}-{encoding}"' in held:
            response["ETag"] = f'{tag[:-1]}-{encoding}"'
            return
