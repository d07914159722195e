"""What changes nothing and still belongs on record: log-ins, exports, downloads, overrides."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string


def record(what: str, about: models.Model | None = None, **data: Any) -> None:
    """Write one entry, e.g. `record("download", document, file="licence_front")`; `data` is plain, without secrets."""
    import_string(settings.FLEET_ACCESS_LOG)(what, about, **data)
