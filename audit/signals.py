"""Every save, deletion and change of a relation writes its entry in the transaction of the change itself."""

import json
from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from audit.rules import FILES, RULES, Changes
from files.models import Attachment
from fleet import actor
from fleet.db import unit
from fleet.db.loaded import columns, remember, remembered
from fleet.db.writes import JsonText

_address: Final = lru_cache(maxsize=1024)(ip_address)  # each entry of a request has it
MANY: Final[dict[type[models.Model], "models.ManyToManyField[Any, Any]"]] = {}  # through model → the field


def recall(sender: type[models.Model], instance: models.Model, update_fields: Any = None, **rest: Any) -> None:
    """Read what the memory of the instance lacks (deferred columns, rows never read) before it is overwritten."""
    if instance._state.adding:
        return
    known = remembered(instance)
    missing = [one for one in RULES[sender].kept(columns(instance, update_fields)) if one.attname not in known]
    if not missing:
        return
    row = sender._base_manager.filter(pk=instance.pk).values(*(one.attname for one in missing)).first()
    instance._loaded = {**known, **(row or {})}  # type: ignore[attr-defined]


def saved(
    sender: type[models.Model], instance: models.Model, *, created: bool, update_fields: Any = None, **rest: Any
) -> None:
    written = columns(instance, update_fields)
    rules = RULES[sender]
    changes = rules.made(instance) if created else rules.difference(instance, written, remembered(instance))
    remember(instance, written)
    if changes or created:
        _write(LogEntry.Action.CREATE if created else LogEntry.Action.UPDATE, instance, changes)
        _tell_apart(instance, changes)
    if created and isinstance(instance, Attachment):
        _tell_record(instance, [None, _called(instance)])


def deleted(sender: type[models.Model], instance: models.Model, **rest: Any) -> None:
    held = RULES[sender].difference(instance, columns(instance, None), {})
    changes: Changes = {name: [value, None] for name, (_, value) in held.items()}
    _write(LogEntry.Action.DELETE, instance, changes)
    if isinstance(instance, Attachment):
        _tell_record(instance, [_called(instance), None])


def many_changed(
    sender: type[models.Model],
    instance: Any,
    action: str,
    *,
    reverse: bool,
    model: type[models.Model],
    pk_set: Collection[Any] | None,
    **rest: Any,
) -> None:
    """Write it on the side that owns the relation, whichever side was changed."""
    field = MANY[sender]
    if action == "pre_clear":
        pk_set = _linked(sender, field, instance, reverse=reverse)
    elif action not in ("post_add", "post_remove"):
        return
    if not pk_set:
        return
    owners = model._base_manager.filter(pk__in=pk_set) if reverse else [instance]
    others = [str(instance.pk)] if reverse else sorted(str(pk) for pk in pk_set)
    for owner in owners:
        change = [[], others] if action == "post_add" else [others, []]
        _write(LogEntry.Action.UPDATE, owner, {field.name: change})


def _linked(through: Any, field: Any, instance: models.Model, *, reverse: bool) -> list[Any]:
    mine, theirs = field.m2m_field_name(), field.m2m_reverse_field_name()
    if reverse:
        mine, theirs = theirs, mine
    return list(through._base_manager.filter(**{mine: instance.pk}).values_list(theirs, flat=True))


def stamped(sender: type[models.Model], instance: LogEntry, **rest: Any) -> None:
    """Add who did it and through which door; before the entry is saved, whoever made it."""
    stamp(instance)


def stamp(entry: LogEntry) -> LogEntry:
    signed = _signed()
    entry.additional_data = {**(entry.additional_data or {}), **signed.pop("additional_data")}
    for name, value in signed.items():
        setattr(entry, name, value)
    return entry


def _signed() -> dict[str, Any]:
    """Return who did it, from where and through which door, by the columns of an entry."""
    user, bound = actor.current_user(), actor.current()
    who = {} if user is None else {"actor_id": user.pk, "actor_email": user.email or user.username}
    return {
        **who,
        "remote_addr": bound.address,
        "cid": actor.correlation_id(),
        "additional_data": {"door": bound.door},
    }


def _tell_apart(instance: models.Model, changes: Changes) -> None:
    """Write what deserves an entry of its own, e.g. an override: found by its kind, whatever else was changed."""
    for column, what in RULES[type(instance)].told_apart:
        before, after = changes.get(column, (None, None))
        for new in after or ():
            if new not in (before or ()):
                _write(LogEntry.Action.ACCESS, instance, None, what=what, code=new["code"])


def _tell_record(attachment: Attachment, change: list[str | None]) -> None:
    """Let the history of a record say which files it got and lost; the attachment has an entry of its own."""
    for field in attachment._meta.fields:
        if field.related_model in RULES and field.name not in ("file", "created_by"):
            try:
                record = getattr(attachment, field.name)
            except ObjectDoesNotExist:  # deleted, and its files with it
                continue
            if record is not None:
                _write(LogEntry.Action.UPDATE, record, {FILES: change})


def _called(attachment: Attachment) -> str:
    """Return what kind of file it is; people name scans after people."""
    file = attachment.file
    return f"{file.media_type}, {max(file.size // 1000, 1)} kB"


def _write(action: int, instance: models.Model, changes: Changes | None, **data: Any) -> None:
    said = {
        "content_type_id": ContentType.objects.get_for_model(instance).pk,
        "object_pk": str(instance.pk),
        "object_repr": RULES[type(instance)].called(instance),
        "action": action,
    }
    if not unit.active():
        unit.add(stamp(LogEntry(**said, changes=changes, additional_data=data or None)))
        return
    signed = _signed()
    signed["additional_data"] = JsonText(json.dumps({**data, **signed["additional_data"]}))
    signed["remote_addr"] = signed["remote_addr"] and _address(signed["remote_addr"])
    told = None if changes is None else JsonText(json.dumps(changes))
    unit.add_plain(LogEntry, {**said, **signed, "changes": told})
