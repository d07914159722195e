"""The price of a rental while it is typed in: counted by the server, shown by the page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts import quotation, waiting, wording
from contracts.admin import clock
from contracts.admin.booking import BookingForm, leaves_now
from contracts.pricing import Line
from customers import phones
from customers.models import Customer, Flag
from fleet.admin.pages import page
from fleet.errors import DomainError
from fleet.money import shown


@page("rentals/quote/", name="rental_quote", title="", icon="", permission="contracts.book_contract", listed=False)
@require_POST
def quoted(request: HttpRequest) -> HttpResponse:
    """Answer with the lines of the bill, every reason against it, and people who may be the new customer."""
    form = BookingForm(request.POST, request=request)
    form.is_valid()
    wanted = form.cleaned_data.get("wanted")
    now = timezone.now()
    context: dict[str, Any] = {"alike": _alike(request, form), "people": list(_people(request, form))}
    if wanted is not None:
        try:
            quote = quotation.quote(wanted, now=now)
        except DomainError as error:
            context["refusal"] = error.detail
        else:
            context |= {
                "lines": worded(quote.lines),
                "total": shown(quote.total),
                "deposit": shown(quote.rates.deposit),
                "refusals": quote.refusals,
                "leaves": "now" if leaves_now(wanted.start_at) else "later",
                "held_until": clock.shown(waiting.usual(wanted.start_at, now), quote.pickup.zone),
            }
    return TemplateResponse(request, "admin/contracts/quote.html", context)


def worded(lines: Iterable[Line]) -> list[tuple[str, str, str]]:
    """Return of every line of a bill what it is for, how it came about, and its amount."""
    return [(wording.told(one.description), wording.told(one.explained), shown(one.amount)) for one in lines]


def _alike(request: HttpRequest, form: BookingForm) -> list[Any]:
    if form.newcomer is None or not form.newcomer.has_changed() or not request.user.has_perm("customers.view_pii"):
        return []
    found = list(form.newcomer.alike())
    for one in found:
        one.spelt = phones.shown(one.phone)  # type: ignore[attr-defined]
    return found


def _people(request: HttpRequest, form: BookingForm) -> Iterator[dict[str, Any]]:
    """Yield what the counter should know of whoever is chosen, also before there is a car to ask the gate about."""
    chosen = [form.cleaned_data.get("customer"), *(form.cleaned_data.get("drivers") or ())]
    people = {one.pk: one for one in chosen if one is not None}
    if not people or not request.user.has_perms(("customers.view_pii", "customers.view_flag")):
        return
    flags = list(Flag.objects.open().filter(customer__in=people).order_by("customer", "-created_at"))
    today = timezone.localdate()
    for one in people.values():
        until = one.licence_expires_on
        yield {
            "person": one,
            "drives": one.kind == Customer.Kind.PERSON,
            "expired": until is not None and until < today,
            "flags": [flag for flag in flags if flag.customer_id == one.pk],
        }
