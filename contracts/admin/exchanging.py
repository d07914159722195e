"""The page on which a customer gets another car: only those that may go out until the agreed end are offered."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cars.models import Car, Category
from contracts import exchange
from contracts.admin import clock
from contracts.admin.handovers import Looked, came_back
from contracts.admin.overriding import Overriding
from contracts.search import Offer
from fleet.admin.forms import Section

_MOST: Final = 200  # in the box; the nearest come first


class SwapForm(Overriding):
    """The verb asks the gate again: between the look and the step somebody else may have been quicker."""

    template = "admin/contracts/swap.html"

    car = forms.ModelChoiceField(Car.objects.all(), label=_("new car"), widget=forms.Select)

    def prepare(self) -> None:
        super().prepare()
        self.asks_why = "why" in self.request.GET
        self.found = exchange.possible(self.row, now=timezone.now(), explain=self.asks_why)
        box: Any = self.fields["car"].widget
        box.choices = [("", "–"), *_groups(self.found.free[:_MOST], self.row.category)]
        self.back = came_back(self, self.row)
        self.out = Looked(self, "out", _("The new car goes out"), car=None, is_clean=True)

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        looks = {"back": self.back, "out": self.out}
        return {**entered, **{name: look.taken() for name, look in looks.items()}}

    def asked(self) -> Iterator[Section]:
        count, due = len(self.found.free), clock.shown(self.row.end_at, self.row.pickup_branch.zone)
        note = ngettext("%(count)s car is free until %(due)s.", "%(count)s cars are free until %(due)s.", count)
        if self.row.end_at <= timezone.now():
            note = gettext("The rental is overdue; extend it first.")
        yield Section([self.given("car")], note=note % {"count": count, "due": due})
        yield from self.back.sections()
        yield from self.out.sections()


def _groups(offers: list[Offer], agreed: Category) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for category, cars in groupby(offers, lambda offer: offer.car.category):
        yield _headed(category, agreed), [(str(one.car.pk), _told(one)) for one in cars]


def _headed(category: Category, agreed: Category) -> str:
    if category == agreed:
        return gettext("%(category)s, as agreed") % {"category": category.name}
    if category.upgrade_rank < agreed.upgrade_rank:
        return gettext("%(category)s, below what was agreed") % {"category": category.name}
    return gettext("%(category)s, an upgrade") % {"category": category.name}


def _told(offer: Offer) -> str:
    car = offer.car
    parts = [
        f"{car.license_plate} · {car.manufacturer} {car.model}",
        str(car.get_transmission_display()),
        car.branch.name,
    ]
    if offer.free_until:
        parts.append(gettext("free until %(until)s") % {"until": clock.shown(offer.free_until, car.branch.zone)})
    return " · ".join([*parts, *(warning.message for warning in offer.warnings)])
