"""Signatures of webhooks (standardwebhooks.com): `v1,` and the HMAC-SHA256 of "id.timestamp.body".

A secret is derived from the installation's key, the endpoint's id and its generation, so that no table and no backup
holds it. After a roll the former one signs too, for a day.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from notifications.models import WebhookEndpoint

OVERLAP: Final = timedelta(days=1)


def secret(endpoint: WebhookEndpoint, generation: int | None = None) -> str:
    """Return `whsec_…`, to be shown once."""
    return f"whsec_{base64.b64encode(_key(endpoint, generation or endpoint.generation)).decode()}"


def headers(endpoint: WebhookEndpoint, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return what proves that a message is ours, of now and unchanged."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (_sign(_key(endpoint, generation), signed) for generation in _generations(endpoint, now))
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def _generations(endpoint: WebhookEndpoint, now: datetime) -> list[int]:
    both = endpoint.rolled_at is not None and now - endpoint.rolled_at < OVERLAP
    return [endpoint.generation, endpoint.generation - 1] if both else [endpoint.generation]


def _sign(key: bytes, content: bytes) -> str:
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"


def _key(endpoint: WebhookEndpoint, generation: int) -> bytes:
    meant = f"fleet.webhook:{endpoint.pk}:{generation}".encode()
    return hmac.digest(settings.WEBHOOK_KEY.encode(), meant, hashlib.sha256)
