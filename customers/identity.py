"""What a customer's personal data must look like, whichever door it comes through."""

from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from customers.models import Customer

YOUNGEST, OLDEST = 16, 120

# A change of one of these means that nobody has seen the papers as they are recorded now.
PROVEN: Final = frozenset(
    {
        "name",
        "birth_date",
        "personal_id",
        "passport_number",
        "licence_number",
        "licence_country",
        "licence_issued_on",
        "licence_expires_on",
    }
)


def number(raw: str) -> str:
    """Return a document's number as it is compared: upper case, no spaces."""
    return "".join(raw.split()).upper()


def problems(customer: "Customer", today: date) -> dict[str, str]:
    """Return field → sentence for everything that cannot be true."""
    found = {}
    born, issued, expires = customer.birth_date, customer.licence_issued_on, customer.licence_expires_on
    if not customer.name.strip():
        found["name"] = _("A customer needs a name.")
    if born and not _years_before(today, OLDEST) <= born <= _years_before(today, YOUNGEST):
        found["birth_date"] = _("A customer is between 16 and 120 years old.")
    if issued and issued > today:
        found["licence_issued_on"] = _("The licence was issued in the future.")
    elif issued and born and issued <= born:
        found["licence_issued_on"] = _("The licence is older than its holder.")
    if issued and expires and expires <= issued:
        found["licence_expires_on"] = _("The licence ends before it was issued.")
    return {name: str(text) for name, text in found.items()}


def _years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
