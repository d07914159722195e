"""The tab of a contract with its hand-overs: out beside back, with marks, photos and the agreements."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cars.models import Damage
from contracts.admin import clock
from contracts.admin.agreements import pdf_link
from contracts.admin.handovers import read_off
from contracts.models import Agreement, Attachment, Contract, Handover
from fleet.admin.tabs import tab


@tab(
    "contracts.contract",
    "handovers",
    _("Cars and hand-overs"),
    permission="contracts.view_handover",
    order=20,
    template="admin/contracts/handovers.html",
)
def handovers(contract: Contract, request: HttpRequest) -> dict[str, Any]:
    found = contract.assignments.select_related("occupancy__car__branch").prefetch_related("handovers__by")
    cars = list(found.order_by("seq"))
    ids = [one.pk for car in cars for one in car.handovers.all()]
    marks, photos = _by_handover(Damage.objects.filter(found_in_id__in=ids), "found_in_id"), _photos(ids)
    agreements = Agreement.objects.filter(contract=contract).select_related("contract").defer("snapshot")
    sees = request.user.has_perm("customers.view_pii")
    return {
        "cars": [(one, list(_looks(one, marks, photos))) for one in cars],
        "agreements": [(one, pdf_link(one) if sees else one) for one in agreements.order_by("-number")],
    }


def _looks(assignment: Any, marks: Any, photos: Any) -> Iterator[dict[str, Any]]:
    seen = {one.kind: one for one in assignment.handovers.all()}
    zone = assignment.occupancy.car.branch.zone
    for kind in (Handover.Kind.OUT, Handover.Kind.IN):
        one = seen.get(kind)
        yield {
            "title": kind.label,
            "handover": one,
            "at": clock.shown(one.at, zone) if one else "",
            "read": read_off(one) if one else "",
            "link": reverse("admin:contracts_handover_change", args=[one.pk]) if one else "",
            "marks": marks[one.pk] if one else (),
            "photos": photos[one.pk] if one else (),
        }


def _by_handover(rows: Any, name: str) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _photos(ids: list[UUID]) -> defaultdict[UUID, list[tuple[str, str, Any]]]:
    """Return address, address of the small picture, and what it is, by hand-over."""
    found: defaultdict[UUID, list[tuple[str, str, Any]]] = defaultdict(list)
    attached: Any = Attachment.objects.filter(handover__in=ids).select_related("file").order_by("pk")
    for one in attached:
        both = [one.handover_id, one.file_id]
        preview = reverse("admin:contracts_handover_preview", args=both) if one.file.kind.is_image else ""
        opened = reverse("admin:contracts_handover_file", args=both)
        found[one.handover_id].append((opened, preview, one.get_role_display()))
    return found
