"""The price of a rental while it is typed in: counted by the server, shown by the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts import quotation, wording
from contracts.admin.booking import BookingForm
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
    context: dict[str, Any] = {"alike": _alike(request, form)}
    if wanted is not None:
        try:
            quote = quotation.quote(wanted, now=timezone.now())
        except DomainError as error:
            context["refusal"] = error.detail
        else:
            context |= {
                "lines": [
                    (wording.told(line.description), wording.told(line.explained), shown(line.amount))
                    for line in quote.lines
                ],
                "total": shown(quote.total),
                "deposit": shown(quote.rates.deposit),
                "refusals": quote.refusals,
            }
    return TemplateResponse(request, "admin/contracts/quote.html", context)


def _alike(request: HttpRequest, form: BookingForm) -> list[Any]:
    if form.newcomer is None or not form.newcomer.has_changed() or not request.user.has_perm("customers.view_pii"):
        return []
    return list(form.newcomer.alike())
