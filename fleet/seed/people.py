"""The customers: who they are, what they drive with, and what the counter should know of them."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from customers.models import Customer, Flag
from fleet.seed.clock import DAY, Clock
from fleet.seed.ids import Ids
from fleet.seed.names import COMPANIES, COUNTRIES, Country
from fleet.seed.sheet import Sheet

_COMPANY_EVERY, _VIP_EVERY = 16, 25
_UNWANTED_SHARE = 25  # one of so many has something against it and is in no contract

CUSTOMERS = (
    "id", "created_at", "updated_at", "created_by_id", "kind", "name", "father_name", "email", "phone", "address",
    "city", "country", "birth_date", "personal_id", "passport_number", "passport_expires_on", "licence_number",
    "licence_country", "licence_issued_on", "licence_expires_on", "company_name", "vat_number", "language",
    "verified_at", "verified_by_id",
)  # fmt: skip
FLAGS = ("id", "created_at", "updated_at", "created_by_id", "customer_id", "kind", "level", "reason")


@dataclass(frozen=True)
class People:
    """Ids of those who may rent and drive, oldest customers first."""

    persons: list[str]
    companies: list[str]
    since: int
    until: int

    def known(self, minute: int) -> float:
        """Return the share of them who are customers by then: 5 % from the start, all from half-time on."""
        return min(1.0, 0.05 + 2 * (minute - self.since) / (self.until - self.since))


class Register:
    """Writes customers, reproducibly, with papers that nobody has yet."""

    def __init__(self, rng: Random, clock: Clock, ids: Ids, *, user: str, since: int, taken: set[str]) -> None:
        self.rng, self.clock, self.ids, self.user, self.since = rng, clock, ids, user, since
        self.taken = taken
        self._span = clock.now - DAY - since
        self.customers, self.flags = Sheet(Customer, *CUSTOMERS), Sheet(Flag, *FLAGS)

    def enrol(self, count: int) -> People:
        """Write so many customers and return those a contract may name."""
        persons: list[str] = []
        companies: list[str] = []
        unwanted = max(count // _UNWANTED_SHARE, len(_AGAINST))
        for number in range(count):
            joined = self.since - DAY + self._span * max(0, 20 * number - count) // (40 * count)
            row = self._company(number) if number % _COMPANY_EVERY == 7 else self._person(number)
            pk = self._base(row, joined)
            if number >= count - unwanted:
                self._against(number, pk, row)
            else:
                (companies if row["kind"] == "company" else persons).append(pk)
                if number % _VIP_EVERY == 3:
                    self._flag(pk, joined, "vip", "info", "Regular guest: upgrade when possible")
            self.customers.put(**row)
        return People(persons, companies, self.since, self.clock.now - DAY)

    def _base(self, row: dict[str, Any], joined: int) -> str:
        pk = self.ids.new(joined)
        written = self.clock.text(joined)
        row.update(id=pk, created_at=written, updated_at=written, created_by_id=self.user)
        row.update(verified_at=written, verified_by_id=self.user)
        return pk

    def _person(self, number: int) -> dict[str, Any]:
        rng, country = self.rng, COUNTRIES[number % len(COUNTRIES)]
        given, family = rng.choice(country.given), rng.choice(country.family)
        born = date(1950, 1, 1) + timedelta(rng.randrange(18_500))
        issued = max(born + timedelta(18 * 366), date(2012, 1, 1)) + timedelta(rng.randrange(1200))
        valid = self.clock.day(self.clock.today + rng.randrange(420, 3600))
        passport = self._unused("DFGLNPR") if number % 3 == 0 else ""
        return {
            "kind": "person",
            "name": f"{given} {family}",
            "father_name": rng.choice(country.given) if country.code == "BA" else "",
            "email": f"{_ascii(given)}.{_ascii(family)}{number}@mail.example",
            "phone": _phone(rng, country),
            "address": f"{rng.choice(country.streets)} {rng.randrange(1, 140)}",
            "city": rng.choice(country.towns),
            "country": country.code,
            "birth_date": born,
            "personal_id": _jmbg(rng, born) if country.code == "BA" else "",
            "passport_number": passport,
            "passport_expires_on": valid if passport else None,
            "licence_number": self._unused("ABCEHJK"),
            "licence_country": country.code,
            "licence_issued_on": min(issued, valid - timedelta(300)),
            "licence_expires_on": valid,
            "company_name": "",
            "vat_number": "",
            "language": country.language,
        }

    def _company(self, number: int) -> dict[str, Any]:
        name, town = COMPANIES[number // _COMPANY_EVERY % len(COMPANIES)]
        if number >= _COMPANY_EVERY * len(COMPANIES):
            name = f"{name} – {number // _COMPANY_EVERY}"
        row = dict.fromkeys(CUSTOMERS, "") | dict.fromkeys(name for name in CUSTOMERS if name.endswith("_on"))
        row |= {"kind": "company", "name": name, "company_name": name, "city": town, "country": "BA", "language": "bs"}
        row |= {"vat_number": f"4{200_000_000_000 + number}", "phone": f"+38733{600_000 + number % 99_999}"}
        row |= {"email": f"office{number}@company.example", "address": "Poslovna zona bb", "birth_date": None}
        return row

    def _unused(self, letters: str) -> str:
        """Return a number of a licence or passport that nobody has."""
        while (number := f"{self.rng.choice(letters)}{self.rng.randrange(10**8):08}") in self.taken:
            pass
        self.taken.add(number)
        return number

    def _against(self, number: int, pk: str, row: dict[str, Any]) -> None:
        _AGAINST[number % len(_AGAINST)](self, pk, row)

    def _expired(self, pk: str, row: dict[str, Any]) -> None:
        if row["licence_expires_on"]:
            row["licence_expires_on"] = self.clock.day(self.clock.today - 9)

    def _unverified(self, pk: str, row: dict[str, Any]) -> None:
        row.update(verified_at=None, verified_by_id=None)

    def _barred(self, pk: str, row: dict[str, Any]) -> None:
        self._flag(pk, self.clock.now - 40 * DAY, "do_not_rent", "block", "Returned a car after an unreported accident")

    def _indebted(self, pk: str, row: dict[str, Any]) -> None:
        self._flag(pk, self.clock.now - 20 * DAY, "debt", "warn", "Two parking fines of last summer are unpaid")

    def _flag(self, pk: str, at: int, kind: str, level: str, reason: str) -> None:
        written = self.clock.text(at)
        base = {"id": self.ids.new(at), "created_at": written, "updated_at": written, "created_by_id": self.user}
        self.flags.put(**base, customer_id=pk, kind=kind, level=level, reason=reason)

    def sheets(self) -> Iterator[Sheet]:
        yield self.customers
        yield self.flags


_AGAINST: tuple[Callable[[Register, str, dict[str, Any]], None], ...] = (
    Register._barred,
    Register._expired,
    Register._unverified,
    Register._indebted,
)


def _ascii(name: str) -> str:
    plain = name.translate(str.maketrans("đĐłŁßøıİ", "dDlLsoiI"))
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if c.isascii() and c.isalpha()).lower()


def _phone(rng: Random, country: Country) -> str:
    return f"{country.dial}{rng.randrange(10 ** (country.digits - 1), 10**country.digits)}"


def _jmbg(rng: Random, born: date) -> str:
    """Return a personal number: day, month, three digits of the year, region 17, serial and its control digit."""
    head = f"{born:%d%m}{born.year % 1000:03}17{rng.randrange(1000):03}"
    weights = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    control = 11 - sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True)) % 11
    return f"{head}{control if control < 10 else 0}"
