"""The seals over the trail; the entries themselves are django-auditlog's."""

from audit.models.seal import Seal

__all__ = ["Seal"]
