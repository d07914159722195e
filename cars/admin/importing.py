"""The import page of cars: upload, see of every row what it would do, take the good ones, have the bad ones back."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from import_export.admin import ImportMixin

from cars.intake import sheet
from cars.intake.load import Outcome, Terms, load
from fleet import sheets
from fleet.admin.base import REFUSALS, said

_KEPT: Final = 30 * 60  # seconds between the look and the decision
_SHOWN: Final = 200  # rows of each sort


@dataclass(frozen=True)
class Look:
    """What a file does: how many rows of each verdict, and the rows themselves."""

    headers: tuple[str, ...]
    counts: Counter[str]
    good: list[Outcome]
    bad: list[Outcome]

    @property
    def taken(self) -> int:
        return self.counts["create"] + self.counts["change"]


class ImportsCars(ImportMixin):  # type: ignore[misc]
    """Adds the page and its button to an admin; who may add and change cars may import them."""

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("cars.add_car") and request.user.has_perm("cars.change_car")

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask for a file; show of every row of it what would come of it, and change nothing."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request)
        sent = request.FILES.get("import_file")
        if sent is None:
            return self._page(request, refusal=gettext("Choose a file."))
        content = sent.read()
        try:
            look = read(content, keep=False)
        except REFUSALS as error:
            return self._page(request, refusal=said(error))
        key = uuid4().hex
        cache.set(_place(request, key), content, _KEPT)
        return self._page(request, look=look, key=key)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the good rows of the file that was looked at, or answer with the bad ones."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        key = request.POST.get("key", "")[:32]
        content = cache.get(_place(request, key))
        if content is None:
            messages.error(request, gettext("The file is not kept any more. Choose it again."))
            return HttpResponseRedirect(reverse("admin:cars_car_import"))
        if "refused" in request.POST:
            return _refused(read(content, keep=False))
        try:
            look = read(content, keep=True)
        except REFUSALS as error:
            return self._page(request, refusal=said(error))
        return self._page(request, look=look, key=key, done=True)

    def _page(self, request: HttpRequest, **shown: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": gettext("Import cars")}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cars/import.html", {**frame, "most": _SHOWN, **shown})


def read(content: bytes, *, keep: bool) -> Look:
    """Take every good row, for good or only to see. Raises Unreadable and Invalid for what is no list of cars."""
    table = sheet.parse(content, gettext("The file"))
    outcomes: list[Outcome] = []
    with transaction.atomic():
        counts = load(table, Terms({}, {}), told=outcomes.append)
        if not keep:
            transaction.set_rollback(True)
    bad = [one for one in outcomes if one.verdict == "error"]
    return Look(tuple(table.headers), counts, list(islice(_good(outcomes), _SHOWN)), bad)


def _good(outcomes: list[Outcome]) -> Any:
    return (one for one in outcomes if one.verdict in ("create", "change"))


def _refused(look: Look) -> HttpResponse:
    """Answer with the bad rows as they were, and why; mended, the file can be imported."""
    rows = ([*one.row.cells, "; ".join(one.details)] for one in look.bad)
    name = f"cars-refused-{timezone.localdate()}"
    return sheets.response(name, sheets.CSV, [*look.headers, gettext("why")], rows)  # type: ignore[return-value] # a stream


def _place(request: HttpRequest, key: str) -> str:
    """Return where the file waits: nobody decides about somebody else's."""
    return f"cars.import:{request.user.pk}:{key}"
