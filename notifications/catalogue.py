"""The kinds of notices there are, in the words of people; an unknown kind is a mistake of ours."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from fleet.due import Subject

KINDS: Final[dict[str, Any]] = {
    **{
        f"{subject}_due": label
        for subject, label in (
            (Subject.INSURANCE, _("Insurance expires")),
            (Subject.REGISTRATION, _("Registration expires")),
            (Subject.INSPECTION, _("Inspection expires")),
            (Subject.SERVICE, _("Service due")),
            (Subject.LICENCE, _("Licence expires")),
            (Subject.PASSPORT, _("Passport expires")),
            (Subject.DOCUMENT, _("Document expires")),
            (Subject.HOLD, _("Hold expires")),
            (Subject.PICK_UP, _("Pick-up")),
            (Subject.RETURN, _("Return due")),
        )
    },
    "digest": _("Daily digest"),
    "contract_booked": _("Booked"),
    "contract_confirmed": _("Booking confirmed"),
    "contract_cancelled": _("Booking cancelled"),
    "contract_expired": _("Booking expired"),
    "contract_overdue": _("Car overdue"),
    "contract_at_risk": _("Booking at risk"),
    "car_grounded": _("Car grounded"),
    "issue_reported": _("Issue reported"),
    "damage_found": _("Damage found"),
    "mail_given_up": _("E-mail given up"),
    "system": _("System"),
}
