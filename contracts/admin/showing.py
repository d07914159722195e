"""Who stands at the counter when a car goes out, and the papers that nobody has looked at yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import User
from contracts import party
from contracts.models import Contract
from customers.admin.showing import ShownForm
from customers.models import Customer


@dataclass(frozen=True)
class Shown:
    """A person, with the form of the papers where there is something to look at."""

    person: Customer
    drives: bool
    papers: ShownForm | None


class Counter:
    """Everybody who is named in the contract."""

    def __init__(self, contract: Contract, data: Any, *, by: User) -> None:
        self.people = list(_people(contract, data, by))

    @property
    def papers(self) -> dict[str, ShownForm]:
        """Return the forms by the id of the person."""
        return {str(one.person.pk): one.papers for one in self.people if one.papers}

    def is_valid(self) -> bool:
        found = [one.is_valid() for one in self.papers.values() if one.is_bound]
        return all(found)

    def take(self, *, by: User, now: datetime) -> None:
        """Write whose papers were seen; the errors are those of `ShownForm.take`."""
        for one in self.papers.values():
            one.take(by=by, now=now)


def _people(contract: Contract, data: Any, by: User) -> Iterator[Shown]:
    payer = contract.customer
    drivers = party.driving(payer, list(contract.drivers.order_by("name", "pk")))
    everybody = {one.pk: one for one in (payer, *drivers) if one}
    ends = contract.end_at.astimezone(contract.pickup_branch.zone).date()
    for pk, one in everybody.items():
        drives = any(driver.pk == pk for driver in drivers)
        open_question = (one == payer and one.verified_at is None) or (drives and not _may_drive(one, ends))
        yield Shown(one, drives, ShownForm(data, customer=one, by=by) if open_question else None)


def _may_drive(person: Customer, until: date) -> bool:
    known = person.licence_number and person.licence_expires_on and person.birth_date
    return bool(known) and person.licence_expires_on >= until  # type: ignore[operator]
