"""The one search of the admin (Ctrl-K): each app says how it finds its rows, the site asks those the user may see.

    @finder(_("Cars"), icon="directions_car", permission="cars.view_car", order=10)
    def cars(request: HttpRequest, text: str) -> Iterable[Hit]:
        for car in Car.objects.search(text)[:MOST]: …

Nothing is cached: what was renamed, erased or forbidden a second ago is not found any more.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count, islice
from typing import Any, Final
from unicodedata import combining, normalize

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from fleet.admin.pages import pages

MOST: Final = 6  # of each kind
LEAST: Final = 2  # letters; one finds everything and nothing
LONGEST: Final = 80
_LIKE: Final = 0.8  # of two words, so that one wrong letter in five does not matter


@dataclass(frozen=True)
class Hit:
    title: str
    description: str
    link: str
    icon: str = ""


@dataclass(frozen=True)
class Found:
    """What was found of one kind."""

    title: Any
    icon: str
    hits: list[tuple[int, Hit]]  # numbered through all kinds, as the arrow keys count them


type Find = Callable[[HttpRequest, str], Iterable[Hit]]


@dataclass(frozen=True)
class _Finder:
    title: Any
    icon: str
    permission: str
    order: int
    find: Find


_finders: Final[list[_Finder]] = []


def finder(title: Any, *, icon: str, permission: str, order: int) -> Callable[[Find], Find]:
    """Register how rows of one kind are found, and the permission that it takes to see them."""

    def decorate(find: Find) -> Find:
        _finders.append(_Finder(title, icon, permission, order, find))
        return find

    return decorate


def search(request: HttpRequest, text: str, *, title: Any) -> list[Found]:
    """Return what the user may see of each kind, then the pages and lists whose name has the text (under `title`)."""
    wanted = " ".join(text.split())[:LONGEST].replace("\0", "")
    if len(wanted) < LEAST:
        return []
    allowed = [one for one in sorted(_finders, key=lambda one: one.order) if request.user.has_perm(one.permission)]
    kinds = [(one.title, one.icon, one.find(request, wanted)) for one in allowed]
    kinds.append((title, "arrow_forward", _places(request, _plain(wanted))))
    numbers = count(1)
    found = [Found(name, icon, [(next(numbers), hit) for hit in islice(hits, MOST)]) for name, icon, hits in kinds]
    return [one for one in found if one.hits]


def _places(request: HttpRequest, text: str) -> Iterator[Hit]:
    for page in pages():
        if page.listed and page.is_open_to(request) and _is_like(text, page.title):
            yield Hit(str(page.title), "", reverse(f"admin:{page.name}"), page.icon)
    for model, shown in admin.site._registry.items():
        options = model._meta
        name = f"{options.app_label}_{options.model_name}"
        if _is_like(text, options.verbose_name) and shown.has_add_permission(request):
            yield Hit(f"+ {capfirst(str(options.verbose_name))}", "", reverse(f"admin:{name}_add"), "add")
        if _is_like(text, options.verbose_name_plural) and shown.has_view_permission(request):
            yield Hit(capfirst(str(options.verbose_name_plural)), "", reverse(f"admin:{name}_changelist"), "list")


def _plain(text: str) -> str:
    """Return the text in small letters without accents, as people type who are in a hurry."""
    letters = normalize("NFKD", text.lower()).replace("đ", "d")
    return "".join(one for one in letters if not combining(one))


def _is_like(text: str, name: Any) -> bool:
    """Say whether the text is in the name, or nearly one of its words; accents never matter."""
    name = _plain(str(name))
    near = (word for word in name.split() if abs(len(word) - len(text)) <= 1)
    return text in name or any(SequenceMatcher(None, text, word).ratio() >= _LIKE for word in near)
