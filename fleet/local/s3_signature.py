"""AWS Signature Version 4 as S3 checks it (docs.aws.amazon.com, "Authenticating Requests"): header or signed URL."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

_HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=(\w+)")


@dataclass(frozen=True)
class Account:
    """The one key that opens the server."""

    key: str
    secret: str


def refusal(account: Account, method: str, uri: str, headers: Mapping[str, str], *, now: datetime) -> str:
    """Return S3's error code for a request, empty when it may pass; `headers` have lower-case names."""
    parts = urlsplit(uri)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "X-Amz-Signature" in query:
        moment, scope, names, given = _of_url(query)
        if now > _instant(moment) + timedelta(seconds=int(query.get("X-Amz-Expires", "0"))):
            return "AccessDenied"
        payload = "UNSIGNED-PAYLOAD"
    else:
        found = _HEADER.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "AccessDenied"
        scope, names, given = found.groups()
        moment, payload = headers.get("x-amz-date", ""), headers.get("x-amz-content-sha256", "")
    key, _, scope = scope.partition("/")
    if not hmac.compare_digest(key, account.key):
        return "InvalidAccessKeyId"
    canonical = "\n".join((method, parts.path, _sorted(query), _chosen(headers, names), names, payload))
    text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    return "" if hmac.compare_digest(_sign(account.secret, scope, text), given) else "SignatureDoesNotMatch"


def _of_url(query: Mapping[str, str]) -> tuple[str, str, str, str]:
    date, scope, names = (query.get(f"X-Amz-{name}", "") for name in ("Date", "Credential", "SignedHeaders"))
    return date, scope, names, query["X-Amz-Signature"]


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)  # long expired


def _sorted(query: Mapping[str, str]) -> str:
    pairs = (
        (quote(name, safe="~"), quote(value, safe="~")) for name, value in query.items() if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _chosen(headers: Mapping[str, str], names: str) -> str:
    return "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names.split(";"))


def _sign(secret: str, scope: str, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
