"""The WSGI environ (PEP 3333) of an ASGI scope, as gunicorn's own WSGI workers write it."""

import sys
from typing import Any, BinaryIO, Final
from urllib.parse import unquote_to_bytes

from fleet.door import Scope

_NOT_PREFIXED: Final = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
_SAME_FOR_ALL: Final = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "gunicorn",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}


def environ(scope: Scope, body: BinaryIO, length: int) -> dict[str, Any]:
    """Return the environ of a request whose body has been read: `length` bytes, whatever framing brought them."""
    host, port = scope.get("server") or ("localhost", None)
    address, remote_port = scope.get("client") or ("", 0)
    query = scope["query_string"].decode("latin-1")
    found = {
        **_SAME_FOR_ALL,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": path(scope),
        "QUERY_STRING": query,
        "RAW_URI": scope["raw_path"].decode("latin-1") + ("?" + query if query else ""),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(remote_port),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.input": body,
        **_headers(scope["headers"]),
    }
    if length or "CONTENT_LENGTH" in found:
        found["CONTENT_LENGTH"] = str(length)
    return found


def path(scope: Scope) -> str:
    """Return the path as WSGI wants it: its decoded bytes as latin-1. `scope["path"]` has lost what is not UTF-8."""
    raw: bytes = scope["raw_path"]
    if not raw.startswith(b"/") and b"://" in raw:  # absolute form (RFC 9112 §3.2.2)
        raw = b"/" + raw.partition(b"://")[2].partition(b"/")[2]
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("latin-1")


def names_its_host(scope: Scope) -> bool:
    """Say whether the request names the host that it is for, as HTTP/1.1 demands, and not two (RFC 9112 §3.2)."""
    named: bytes | None = next((value for name, value in scope["headers"] if name == b"host"), None)
    if named is None:
        return bool(scope["http_version"] == "1.0")
    raw: bytes = scope["raw_path"]
    if raw.startswith(b"/") or b"://" not in raw:
        return True
    return raw.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0].lower() == named.lower()


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Join repeated fields (RFC 9110 §5.3). gunicorn has dropped names with "_", which could pose as others."""
    found: dict[str, str] = {}
    for raw, value in pairs:
        name = _NOT_PREFIXED.get(raw) or "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        between = "; " if raw == b"cookie" else ","
        found[name] = f"{found[name]}{between}{text}" if name in found else text
    found.pop("HTTP_TRANSFER_ENCODING", None)  # the body is complete now
    return found
