"""What a clerk reads below the fields of customers: only where the name of a field does not say it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from fleet.admin.words import Words

CUSTOMER: Final[Words] = {
    "kind": _("A company rents in its own name and is driven for by persons."),
    "name": _("As on the licence; of a company, who speaks for it."),
    "father_name": _("If the identity card has it."),
    "vat_number": _("Of companies; it stands on the bill."),
    "personal_id": _("As on the identity card or in the passport."),
    "language": _("Of letters and of the agreement."),
    "licence_number": _("Field 5 of the licence."),
    "licence_country": _("Which country issued it."),
    "licence_issued_on": _("Field 4a of the licence."),
    "licence_expires_on": _("Field 4b of the licence; it must last until the car is back."),
    "passport_number": _("Of guests from abroad."),
    "notes": _("For colleagues."),
    "allow_duplicate": _("Tick it only when you have looked at the customers named above."),
}
FLAG: Final[Words] = {
    "kind": _("“Do not rent” keeps the customer from every rental until the flag is cleared."),
    "level": _("Information is only shown, a warning is pointed out when booking, “no rental” refuses."),
    "reason": _("What happened; colleagues read it when they book."),
}
DOCUMENT: Final[Words] = {"expires_on": _("As printed on it. Empty if it does not expire.")}
