"""Tell colleagues in the admin and the API: rows in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.utils import translation

from accounts.models import User
from notifications import stream
from notifications.catalogue import KINDS
from notifications.models import Notification

MOST_MISSED = 500
_OVERLAP_MS = 60_000
_TIME_BITS = 80  # of a UUIDv7, right of its milliseconds
MOST_COUNTED = 1000  # a bell that says "999+" has said enough

if TYPE_CHECKING:
    from notifications.querysets import NotificationQuerySet


def notify(
    users: Iterable[User],
    kind: str,
    *,
    title: Any,
    text: Any = "",
    about: models.Model | None = None,
    key: str,
    urgent: bool = False,
) -> None:
    """Write one notice per user; the same key for the same user a second time writes nothing.

    `title` and `text` may be lazy: each reader gets them in his language. Raises RuntimeError outside a transaction
    and LookupError for a kind that is not in the catalogue.
    """
    about_what = (about._meta.label_lower, about.pk) if about is not None else ("", None)
    write(users, kind, title=title, text=text, about=about_what, key=key, urgent=urgent)


def write(
    users: Iterable[User], kind: str, *, title: Any, text: Any, about: tuple[str, Any], key: str, urgent: bool
) -> None:
    """Like `notify`, about an object that is only known by label and id."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("notify() belongs inside the transaction of the change it tells of")
    if kind not in KINDS:
        raise LookupError(f"there is no kind of notice {kind!r}")
    rows = []
    for user in users:
        with translation.override(user.language):
            title_said, text_said = str(title)[:200], str(text)
        rows.append(
            Notification(
                user=user,
                kind=kind,
                title=title_said,
                text=text_said,
                subject=about[0],
                subject_id=about[1],
                urgent=urgent,
                key=key,
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    for row in Notification.objects.filter(pk__in=[row.pk for row in rows]):
        stream.announce(row.user_id, [row.as_message()])


def see(found: "NotificationQuerySet", *, now: datetime) -> int:
    """Mark notices as read; returns how many were not."""
    return found.unread().update(seen_at=now)


def waiting(user: User) -> dict[str, Any]:
    """Return how many are unread and the id of the newest, in one statement."""
    unread = Notification.objects.of(user).unread()
    newest = list(unread.values_list("pk", flat=True)[:MOST_COUNTED])
    return {"unread": len(newest), "latest": newest[0] if newest else None}


def since(user: User, last_id: UUID | None) -> dict[str, Any]:
    """Return whose notices these are, how many are unread, and what came after `last_id`, oldest first.

    Ids are ordered by the time they were made, which is not that of the commits: what is up to a minute older than
    `last_id` comes again, and readers know it by its id.
    """
    missed: list[Notification] = []
    if last_id is not None:
        from_then = UUID(int=max(0, (last_id.int >> _TIME_BITS) - _OVERLAP_MS) << _TIME_BITS)
        missed = list(Notification.objects.of(user).after(from_then).exclude(pk=last_id)[:MOST_MISSED])
    return {"user": str(user.pk), **waiting(user), "missed": [row.as_message() for row in missed]}
