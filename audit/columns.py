"""The columns of an entry in a file; files leave the house, so people are in them by their pseudonyms only.

The keys are for programs, which read the API's file, and never change; people read the titles in their language.
"""

from collections.abc import Callable
from typing import Any, Final

from auditlog.models import LogEntry
from django.utils.translation import gettext_lazy as _

from audit import history, telling
from audit.models.seal import instant

COLUMNS: Final[dict[str, Callable[[LogEntry], Any]]] = {
    "Id": lambda entry: entry.pk,
    "When (UTC)": lambda entry: instant(entry.timestamp),
    "Action": telling.action,
    "Model": history.label_of,
    "Object id": lambda entry: entry.object_pk,
    "Object": lambda entry: entry.object_repr,
    "Who": telling.who,
    "Door": telling.door,
    "Address": lambda entry: entry.remote_addr,
    "Request id": lambda entry: entry.cid,
    "Changes": telling.as_text,
}

TITLES: Final[dict[str, Any]] = {
    "Id": _("Id"),
    "When (UTC)": _("When (UTC)"),
    "Action": _("Action"),
    "Model": _("Kind of object"),
    "Object id": _("Object id"),
    "Object": _("Object"),
    "Who": _("Who"),
    "Door": _("Through"),
    "Address": _("Address"),
    "Request id": _("Request id"),
    "Changes": _("Changes"),
}


def cells(entry: LogEntry) -> list[Any]:
    return [shown(entry) for shown in COLUMNS.values()]
