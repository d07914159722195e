"""The seals over the trail and the runs of the clock; the entries themselves are django-auditlog's."""

from audit.models.run import JobRun
from audit.models.seal import Seal

__all__ = ["JobRun", "Seal"]
