"""What was written to a customer or said of it to colleagues, found and emptied."""

from typing import Any

from django.db.models import Q, QuerySet

from customers import holders
from customers.models import Customer
from notifications.models import Email, Notification

_NOBODY = "erased@erased.invalid"


def of(people: list[Customer]) -> QuerySet[Email]:
    """Return letters to these customers: by the contract they are about, or to their address and by their name."""
    match = Q(pk__in=[])
    for start in (start for holder in holders.all_holders() for start in holder.letters(people)):
        match |= Q(key__contains=start)
    for one in people:
        if one.email:
            match |= Q(to__iexact=one.email, context__name=one.name)
    return Email.objects.filter(match).exclude(to=_NOBODY)


def notices_of(people: list[Customer]) -> QuerySet[Notification]:
    """Return notices about these customers and their documents, and all that name one of them."""
    ids = [one.pk for one in people] + [document.pk for one in people for document in one.documents.all()]
    match = Q(subject_id__in=ids)
    for one in people:
        match |= Q(title__contains=one.name) | Q(text__contains=one.name)
    return Notification.objects.filter(match)


def forget(people: list[Customer]) -> None:
    """Empty the letters (their keys stay, so none is written again), remove the notices, take names out of digests."""
    naming = [one.name for one in people]
    # A letter that is still waiting has lost its address; the worker gives it up.
    of(people).update(to=_NOBODY, context={}, status=Email.Status.FAILED, last_error="The customer was erased.")
    notices_of(people).delete()
    match = Q(pk__in=[])
    for name in naming:
        match |= Q(context__icontains=name)
    for letter in Email.objects.filter(match):
        letter.context = _without(letter.context, naming)
        letter.save(update_fields=["context"])


def _without(value: Any, names: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, names) for one in value]
    for name in names:
        value = value.replace(name, "•••") if isinstance(value, str) else value
    return value
