"""Filters that people save: under a name, for themselves or for everybody; only their owner changes them."""

from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext

from accounts import listing
from accounts.models import SavedFilter, User
from fleet.actor import verb
from fleet.errors import Invalid, NotFound

MOST = 100  # of one person


@verb
def save(label: str, query: str, name: str, *, shared: bool = False, by: User) -> SavedFilter:
    """Keep the filter of a list under a name. Raises Invalid for a list or a query that does not exist, or too many."""
    if SavedFilter.objects.filter(owner=by).count() >= MOST:
        raise Invalid(gettext("Nobody has more than %(most)s saved filters.") % {"most": MOST}, code="too_many")
    return SavedFilter.objects.create(
        owner=by,
        created_by=by,
        model=label,
        name=_named(name),
        slug=_slug(label, name),
        query=_checked(label, query, by),
        shared=shared,
    )


@verb
def revise(
    filter_id: UUID, *, name: str | None = None, query: str | None = None, shared: bool | None = None, by: User
) -> SavedFilter:
    """Rename one's own filter, let it filter something else, or share it; its slug stays, for those who use it."""
    saved = _own(filter_id, by)
    if name is not None:
        saved.name = _named(name)
    if query is not None:
        saved.query = _checked(saved.model, query, by)
    if shared is not None:
        saved.shared = shared
    saved.save(update_fields=["name", "query", "shared"])
    return saved


@verb
def remove(filter_id: UUID, *, by: User) -> None:
    """Forget one's own filter."""
    _own(filter_id, by).delete()


def _own(filter_id: UUID, by: User) -> SavedFilter:
    saved = SavedFilter.objects.filter(owner=by).select_for_update(no_key=True).filter(pk=filter_id).first()
    if saved is None:
        raise NotFound(gettext("There is no such saved filter of yours."))
    return saved


def _named(name: str) -> str:
    words = " ".join(name.split())
    if not words:
        raise Invalid(name=gettext("A saved filter needs a name."), code="name_missing")
    return words


def _checked(label: str, query: str, by: User) -> str:
    kept = listing.kept(query)
    listing.rows(by, label, kept)
    return kept


def _slug(label: str, name: str) -> str:
    """Return the name for addresses; one that is taken gets a number, and is not told whose it is."""
    wanted = slugify(name)[:60] or "filter"
    taken = set(SavedFilter.objects.of_list(label).filter(slug__startswith=wanted).values_list("slug", flat=True))
    free = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(one for one in free if one not in taken)
