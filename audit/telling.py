"""Entries in the words of people: labels for columns, names for ids, local time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import naming, words
from audit.history import changed, details_of, model_of, what_of
from audit.naming import Names, Reader
from audit.rules import FILES

_LONGEST = 300


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One entry as a page shows it."""

    at: datetime
    who: str
    door: str
    address: str
    action: str
    about: str
    changes: Sequence[Change]


def told(entries: Iterable[LogEntry], *, reader: Reader) -> list[Told]:
    """Return the entries for a person; one query per model they are about or refer to."""
    rows = list(entries)
    names = _names(rows, reader)
    naming.attach(rows, reader=reader)
    return [
        Told(
            at=entry.timestamp,
            who=who(entry),
            door=door(entry),
            address=entry.remote_addr or "",
            action=action(entry),
            about=naming.shown(entry),
            changes=changes(entry, names),
        )
        for entry in rows
    ]


def action(entry: LogEntry) -> str:
    """Return what was done: of an access its kind."""
    return words.of(what_of(entry)) or str(entry.get_action_display())


def who(entry: LogEntry) -> str:
    return str(entry.actor or entry.actor_email or _("nobody"))


def door(entry: LogEntry) -> str:
    """Return the door as it was written, or "shell" when there was none."""
    return (entry.additional_data or {}).get("door") or "shell"


def changes(entry: LogEntry, names: Names | None = None, *, reader: Reader = None) -> list[Change]:
    model = model_of(entry)
    if model is None or entry.action == LogEntry.Action.ACCESS:
        return _details(entry)
    known = _names([entry], reader) if names is None else names
    return [_change(model, name, pair, known) for name, pair in changed(entry)]


def _details(entry: LogEntry) -> list[Change]:
    said = details_of(entry)
    flat = {**said.pop("counts", {}), **said}
    return [
        Change(words.of(what), "", f"{value:,}" if type(value) is int else _text(value))
        for what, value in flat.items()
        if value not in (None, "", [])
    ]


def as_text(entry: LogEntry) -> str:
    """Return everything in one line, ids as ids: `country: BA → HR; city: ••• → •••`, `rows: 120`."""
    if entry.action == LogEntry.Action.ACCESS:
        return "; ".join(f"{one.label}: {one.after}" for one in _details(entry))
    return "; ".join(f"{name}: {_text(before)} → {_text(after)}" for name, (before, after) in changed(entry))


def _change(model: type[models.Model], name: str, pair: Sequence[Any], names: Names) -> Change:
    field = _field(model, name)
    if name == FILES:
        return Change(_("File"), _text(pair[0]), _text(pair[1]))
    if field is None:
        return Change(name, _text(pair[0]), _text(pair[1]))
    before, after = (_shown(field, value, names) for value in pair)
    return Change(capfirst(str(field.verbose_name)), before, after)


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:  # the column has gone since
        return None


def _shown(field: Any, value: Any, names: Names) -> str:
    if value in (None, ""):
        return ""
    if field.is_relation:
        known = names.get(field.related_model, {})
        ids = value if isinstance(value, list) else [value]
        return ", ".join(known.get(str(pk), str(pk)) for pk in ids)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value)
        return formats.localize(timezone.localtime(moment)) if moment else str(value)
    if isinstance(field, models.DateField):
        return formats.localize(parse_date(value) or value) if "-" in value else str(value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _names(entries: Sequence[LogEntry], reader: Reader) -> Names:
    """Return model → id → name for every id that the entries mention and the reader may see."""
    wanted: defaultdict[type[models.Model], set[str]] = defaultdict(set)
    for entry in entries:
        model = model_of(entry)
        for name, pair in changed(entry):
            field = _field(model, name) if model else None
            if field is not None and field.is_relation:
                wanted[field.related_model] |= {str(pk) for pk in _flat(pair) if pk}
    return naming.in_bulk(wanted, reader=reader)


def _flat(pair: Sequence[Any]) -> Iterable[Any]:
    for side in pair:
        yield from side if isinstance(side, list) else (side,)
