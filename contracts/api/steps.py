"""The steps of a contract as the API offers them: the address, the permission and the states it starts from."""

from dataclasses import dataclass
from typing import Any, Final

from contracts.models import Contract
from contracts.status import STEPS, Status


@dataclass(frozen=True)
class Step:
    permission: str
    sources: frozenset[Status]

    @property
    def codename(self) -> str:
        return f"contracts.{self.permission}"


_OUT = frozenset({Status.ACTIVE})
_BILLABLE = frozenset({Status.PENDING, Status.CONFIRMED, Status.ACTIVE, Status.RETURNED})

# Last part of the address → step; the view's method has the same name with underscores.
OFFERED: Final = {
    "confirm": Step("confirm_contract", STEPS["confirm"][0]),
    "cancel": Step("cancel_contract", STEPS["cancel"][0]),
    "reopen": Step("reopen_contract", STEPS["reopen"][0]),
    "no-show": Step("no_show_contract", STEPS["mark_no_show"][0]),
    "check-out": Step("check_out_contract", STEPS["check_out"][0]),
    "extend": Step("extend_contract", _OUT),
    "swap": Step("swap_contract", _OUT),
    "check-in": Step("check_in_contract", STEPS["check_in"][0]),
    "settle": Step("settle_contract", STEPS["settle"][0]),
    "lines": Step("adjust_price", _BILLABLE),
}
PERMISSIONS: Final = {name.replace("-", "_"): step.codename for name, step in OFFERED.items()}


def possible(contract: Contract, user: Any) -> list[str]:
    """Return the steps that the state allows and the user may take."""
    return [name for name, step in OFFERED.items() if contract.status in step.sources and user.has_perm(step.codename)]
