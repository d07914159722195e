"""Views that do to the door what real ones do rarely."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

from django.core.cache import caches
from django.core.signals import request_finished
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

_seen: ContextVar[str] = ContextVar("seen", default="")
_done = {"streams": 0, "finished": 0}
_caches: set[int] = set()


def _finished(**rest: object) -> None:
    _done["finished"] += 1


request_finished.connect(_finished, weak=False)


def echo(request: HttpRequest) -> HttpResponse:
    keys = ("PATH_INFO", "QUERY_STRING", "RAW_URI", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "SERVER_PROTOCOL")
    headers = {name: value for name, value in request.META.items() if name.startswith("HTTP_")}
    return JsonResponse(
        {**{key: request.META.get(key) for key in keys}, **headers, "method": request.method, "scheme": request.scheme}
    )


@csrf_exempt
def digest(request: HttpRequest) -> HttpResponse:
    total, seen = 0, hashlib.sha256()
    while chunk := request.read(65536):
        total += len(chunk)
        seen.update(chunk)
    return JsonResponse({"bytes": total, "sha256": seen.hexdigest()})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[bytes]:
        try:
            for number in range(int(request.GET.get("n", 3))):
                time.sleep(float(request.GET.get("pause", 0)))
                yield b"row %d\n" % number
        finally:
            _done["streams"] += 1

    return StreamingHttpResponse(rows(), content_type="text/plain")


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET["s"]))
    return HttpResponse(b"slept")


def leak(request: HttpRequest) -> HttpResponse:
    before = _seen.get()
    _seen.set("somebody else's")
    _caches.add(id(caches["default"]))
    return JsonResponse({"before": before, "thread": threading.current_thread().name, "caches": len(_caches)})


def done(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_done)


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def ask(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET.get("s", 0))])
    return HttpResponse(b"asked")


_VIEWS = (echo, digest, stream, slow, leak, done, crash, ask)
urlpatterns = [path(f"{view.__name__}/", view) for view in _VIEWS]
urlpatterns += [path("api/ask/", ask)]
urlpatterns += [path("echo/<path:rest>", lambda request, rest: echo(request))]

handler500 = "fleet.api.handlers.server_error"
