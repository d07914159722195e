"""Contracts as the search of the whole admin finds them."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.admin import clock, standing
from contracts.models import Contract
from fleet.admin.finding import MOST, Hit, finder


@finder(_("Contracts"), icon="contract", permission="contracts.view_contract", order=20)
def contracts(request: HttpRequest, text: str) -> Iterator[Hit]:
    now = timezone.now()
    for one in Contract.objects.visible_to(request.user).numbered(text, now).with_desk()[:MOST]:
        zone, word = one.pickup_branch.zone, standing.of(one, now)[1]
        span = f"{clock.shown(one.start_at, zone)} → {clock.shown(one.end_at, zone)}"
        address = reverse("admin:contracts_contract_change", args=[one.pk])
        yield Hit(f"{one.reference} · {one.customer or '–'}", f"{word} · {one.car.license_plate} · {span}", address)
