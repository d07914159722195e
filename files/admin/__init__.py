"""Files in the admin: the panel of a record's page, and the address that photos are sent to."""

from files.admin import sending
from files.admin.panel import FilesAdmin

__all__ = ["FilesAdmin", "sending"]
