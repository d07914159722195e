"""The steps of a contract as the API offers them: address, permission, the states it starts from, body."""

from dataclasses import dataclass
from typing import Any, Final

from contracts.api.handovers import CheckInInput, CheckOutInput
from contracts.api.inputs import (
    ConfirmInput,
    ExtendInput,
    NoInput,
    OverridesInput,
    ReasonInput,
    RescheduleInput,
    SettleInput,
    SwapInput,
)
from contracts.api.money import LineInput
from contracts.status import STEPS, Status
from fleet.api.serializers import StrictSerializer


@dataclass(frozen=True)
class Step:
    permission: str
    sources: frozenset[Status]
    body: type[StrictSerializer]

    @property
    def codename(self) -> str:
        return f"contracts.{self.permission}"


_OUT = frozenset({Status.ACTIVE})
_BILLABLE = frozenset({Status.PENDING, Status.CONFIRMED, Status.ACTIVE, Status.RETURNED})

# Last part of the address → step; the view's method has the same name with underscores.
OFFERED: Final = {
    "confirm": Step("confirm_contract", STEPS["confirm"][0], ConfirmInput),
    "cancel": Step("cancel_contract", STEPS["cancel"][0], ReasonInput),
    "reschedule": Step("book_contract", STEPS["cancel"][0], RescheduleInput),
    "reopen": Step("reopen_contract", STEPS["reopen"][0], OverridesInput),
    "no-show": Step("no_show_contract", STEPS["mark_no_show"][0], NoInput),
    "check-out": Step("check_out_contract", STEPS["check_out"][0], CheckOutInput),
    "extend": Step("extend_contract", _OUT, ExtendInput),
    "swap": Step("swap_contract", _OUT, SwapInput),
    "check-in": Step("check_in_contract", STEPS["check_in"][0], CheckInInput),
    "settle": Step("settle_contract", STEPS["settle"][0], SettleInput),
    "lines": Step("adjust_price", _BILLABLE, LineInput),
}
INPUTS: Final = {name.replace("-", "_"): step.body for name, step in OFFERED.items()}
PERMISSIONS: Final = {name.replace("-", "_"): step.codename for name, step in OFFERED.items()}


def possible(status: str, user: Any) -> list[str]:
    """Return the steps that the state allows and the user may take."""
    return [name for name, step in OFFERED.items() if status in step.sources and user.has_perm(step.codename)]
