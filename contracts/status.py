"""The states of a contract and the steps between them: the one table that code, database and tests share."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("pending")
    CONFIRMED = "confirmed", _("confirmed")
    ACTIVE = "active", _("on rent")
    RETURNED = "returned", _("returned")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    NO_SHOW = "no_show", _("no-show")


# verb → (states it starts from, state it ends in)
STEPS: Final[dict[str, tuple[frozenset[Status], Status]]] = {
    "confirm": (frozenset({Status.PENDING}), Status.CONFIRMED),
    "expire": (frozenset({Status.PENDING}), Status.EXPIRED),
    "reopen": (frozenset({Status.EXPIRED}), Status.PENDING),
    "cancel": (frozenset({Status.PENDING, Status.CONFIRMED}), Status.CANCELLED),
    "mark_no_show": (frozenset({Status.CONFIRMED}), Status.NO_SHOW),
    "check_out": (frozenset({Status.CONFIRMED}), Status.ACTIVE),
    "check_in": (frozenset({Status.ACTIVE}), Status.RETURNED),
    "settle": (frozenset({Status.RETURNED}), Status.CLOSED),
}

# States in which the contract owns exactly one open assignment.
HOLDING: Final = (Status.PENDING, Status.CONFIRMED, Status.ACTIVE)
# States that no verb leaves.
ENDED: Final = (Status.CLOSED, Status.CANCELLED, Status.NO_SHOW)

# Contracts whose bill stands: the car went out, or was kept for somebody who never came.
EARNING = (Status.ACTIVE, Status.RETURNED, Status.CLOSED, Status.NO_SHOW)
