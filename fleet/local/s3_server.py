"""`python -m fleet.local.s3_server PORT [FOLDER]`: moto's S3, opened by one key, with what it holds kept in a folder.

moto keeps objects in memory and believes every signature. Here a signature must be right and a signed URL ends when it
says so, as with S3; a bucket is made when it is first named; and each write is also a file, read again at the start.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from fleet.local.s3_signature import Account, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_KEPT = ("Content-Type", "Content-Disposition", "Cache-Control")
_OURS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request"
}  # moto only looks whether there is one


class Server:
    """A WSGI application: the checks, moto, the folder."""

    def __init__(self, account: Account, folder: Path | None) -> None:
        self.account, self.folder = account, folder
        self.moto = create_backend_app("s3")
        self.inside = Client(self.moto)
        self.buckets: set[str] = set()
        self.making = threading.Lock()
        for file in sorted(folder.glob("*/*.json")) if folder else ():
            self._restore(file)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        headers = {name.lower(): value for name, value in request.headers.items()}
        code = refusal(self.account, request.method, environ["RAW_URI"], headers, now=datetime.now(UTC))
        if code:
            body = f"<Error><Code>{code}</Code></Error>"
            return Response(body, 403, content_type="application/xml")(environ, start_response)
        bucket, _, key = request.path.lstrip("/").partition("/")
        self._make(bucket)
        answer = Response.from_app(self.moto, environ)
        if self.folder and key and request.method in ("PUT", "POST", "DELETE") and answer.status_code < 300:
            self._keep(self.folder, bucket, key)
        return answer(environ, start_response)

    def _make(self, bucket: str) -> None:
        with self.making:
            if bucket and bucket not in self.buckets:
                self.inside.put(f"/{bucket}", headers=_OURS)
                self.buckets.add(bucket)

    def _keep(self, folder: Path, bucket: str, key: str) -> None:
        """Write the object as it is now, or forget it when it is gone."""
        content = folder / bucket / quote(key, safe="")
        about = content.with_name(f"{content.name}.json")
        held = self.inside.get(f"/{bucket}/{quote(key)}", headers=_OURS)
        if held.status_code != 200:
            about.unlink(missing_ok=True)
            content.unlink(missing_ok=True)
            return
        content.parent.mkdir(parents=True, exist_ok=True)
        content.write_bytes(held.data)
        about.write_text(json.dumps({name: held.headers[name] for name in _KEPT if name in held.headers}))

    def _restore(self, about: Path) -> None:
        content, bucket = about.with_suffix(""), about.parent.name
        self._make(bucket)
        where = f"/{bucket}/{quote(unquote(content.name))}"
        self.inside.put(where, data=content.read_bytes(), headers={**_OURS, **json.loads(about.read_text())})


def main(port: str, folder: str = "") -> None:
    account = Account(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # every write is on disk already
    server = Server(account, Path(folder) if folder else None)
    make_server("127.0.0.1", int(port), server, threaded=True).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
