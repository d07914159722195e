"""Names for ids: what was written stays a pseudonym, a reader who may see the row reads its name of today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model

from audit.history import model_of
from audit.rules import rules_of

if TYPE_CHECKING:
    from accounts.models import User

type Reader = User | AnonymousUser | None
type Names = Mapping[type[Model], Mapping[str, str]]


def may_name(reader: Reader, model: type[Model]) -> bool:
    """Say whether the reader may see the names of these rows; cars have no secrets, customers have."""
    if not rules_of(model).pseudonymous:
        return True
    options = model._meta
    return reader is not None and reader.has_perm(f"{options.app_label}.view_{options.model_name}")


def in_bulk(wanted: Mapping[type[Model], Iterable[str]], *, reader: Reader) -> Names:
    """Return model → id → name, as far as the reader may see it; one query per model."""
    return {model: _named(model, ids) for model, ids in wanted.items() if may_name(reader, model)}


def attach(entries: Iterable[LogEntry], *, reader: Reader) -> None:
    """Let the entries about people be shown by the name of today."""
    found: list[tuple[type[Model], Any]] = []
    for entry in entries:
        model = model_of(entry)
        if model is not None and rules_of(model).pseudonymous:
            found.append((model, entry))
    wanted: defaultdict[type[Model], set[str]] = defaultdict(set)
    for model, entry in found:
        wanted[model].add(entry.object_pk)
    names = in_bulk(wanted, reader=reader)
    for model, entry in found:
        entry.live_name = names.get(model, {}).get(entry.object_pk)


def shown(entry: LogEntry) -> str:
    """Return the name of today where `attach()` found one, else what was written."""
    return getattr(entry, "live_name", None) or str(entry.object_repr)


def _named(model: type[Model], ids: Iterable[str]) -> Mapping[str, str]:
    usable = []
    for pk in ids:
        try:
            usable.append(model._meta.pk.to_python(pk))
        except ValidationError:  # told before the column referred to ids
            continue
    return {str(row.pk): str(row) for row in model._base_manager.filter(pk__in=usable)}
