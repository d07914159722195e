"""What was agreed, as it is printed: one plain, final record of everything that stands in a rental agreement.

It is made in the transaction of the step and never read from the tables again: a customer who moves, a rate that
rises or a text of the law that is corrected does not change what was signed.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from string import Template
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject

from accounts.models import User
from cars.models import Damage
from contracts import pricing
from contracts.models import Agreement, Contract, Handover, PriceLine
from contracts.models.money import LineKind
from customers.models import Customer
from fleet.money import ZERO

type Words = Mapping[str, Any]

LANGUAGES: Final = ("en", "bs")
FOLDER: Final = settings.BASE_DIR / "templates" / "agreement"
_LATE_HOURS: Final = 6
# Where a mark is drawn on car.svg, in parts of its width and height; the car drives to the left.
SPOTS: Final[dict[str, tuple[float, float]]] = {
    "front_bumper": (0.04, 0.50),
    "rear_bumper": (0.96, 0.50),
    "bonnet": (0.19, 0.50),
    "boot": (0.90, 0.50),
    "roof": (0.56, 0.50),
    "front_left_wing": (0.19, 0.84),
    "front_right_wing": (0.19, 0.16),
    "rear_left_wing": (0.83, 0.83),
    "rear_right_wing": (0.83, 0.17),
    "front_left_door": (0.48, 0.82),
    "front_right_door": (0.48, 0.18),
    "rear_left_door": (0.66, 0.81),
    "rear_right_door": (0.66, 0.19),
    "windscreen": (0.35, 0.50),
    "rear_window": (0.77, 0.50),
    "side_window": (0.48, 0.76),
    "wheel": (0.205, 0.90),
    "mirror": (0.335, 0.91),
    "light": (0.09, 0.72),
}
_TURNS: Final = dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_STEP: Final = 0.055  # marks on the same panel stand beside each other


def read(contract: Contract) -> Any:
    """Return the contract with everything that an agreement says of it, in one statement."""
    of_contract = OuterRef("pk")
    numbers = Agreement.objects.filter(contract=of_contract).order_by().values("contract")
    rows = Contract.objects.select_related("customer", "pickup_branch", "return_branch").with_money()
    return rows.annotate(
        last_number=Subquery(numbers.annotate(last=Max("number")).values("last")),
        seen_lines=_array(
            PriceLine.objects.filter(contract=of_contract).order_by("id"),
            *("kind", "description"),
            quantity=Cast("quantity", CharField()),
            unit_price=Cast("unit_price", CharField()),
            amount=Cast("amount", CharField()),
            extra=F("extra__name"),
        ),
        seen_damages=_array(
            Damage.objects.filter(car=OuterRef("car"), repaired_at__isnull=True).order_by("created_at", "id"),
            *("panel", "kind", "note"),
        ),
        seen_drivers=_array(
            Customer.objects.filter(driven_contracts=of_contract).order_by("name", "id"),
            *("name", "birth_date", "licence_number", "licence_country", "licence_expires_on"),
        ),
        seen_cars=_array(
            Handover.objects.filter(assignment__contract=of_contract).order_by("assignment__seq", "-kind"),
            *("kind", "at", "odometer_km", "fuel_eighths", "battery_pct"),
            seq=F("assignment__seq"),
            plate=F("assignment__occupancy__car__license_plate"),
            manufacturer=F("assignment__occupancy__car__manufacturer"),
            model=F("assignment__occupancy__car__model"),
            vin=F("assignment__occupancy__car__vin"),
            fuel=F("assignment__occupancy__car__fuel_type"),
        ),
    ).get(pk=contract.pk)


def snapshot(contract: Any, *, occasion: str, by: User, now: datetime) -> dict[str, Any]:
    """Return what the agreement says, from what `read()` found; `by` hands over for the company."""
    language = contract.customer.language if contract.customer.language in LANGUAGES else LANGUAGES[0]
    second = LANGUAGES[1] if language == LANGUAGES[0] else LANGUAGES[0]
    money, cost = _money(language), _cost(language)
    words = {spoken: _filled(spoken, contract) for spoken in (language, second)}
    zone = contract.pickup_branch.zone
    said = {
        "language": language,
        "second": second,
        "words": words,
        "company": {"name": settings.COMPANY_NAME, "lines": list(settings.COMPANY_LINES)},
        "currency": settings.CURRENCY,
        "reference": contract.reference,
        "version": (contract.last_number or 0) + 1,
        "occasion": occasion,
        "issued": _moment(now, zone),
        "date": list(now.timetuple()[:6]),
        "by": by.get_full_name() or by.get_username(),
        "renter": _renter(contract.customer),
        "drivers": list(_drivers(contract)),
        "pick_up": _place(contract.picked_up_at or contract.start_at, contract.pickup_branch, contract.pickup_place),
        "due_back": _place(contract.end_at, contract.return_branch, contract.return_place),
        "cars": list(_cars(contract, zone)),
        "lines": list(_lines(contract, money)),
        "total": money(contract.total),
        "deposit": {"agreed": money(contract.deposit), "held": money(contract.held) if contract.held else ""},
        "rules": list(_rules(contract, words[language], words[second], cost)),
        "damages": list(_damages(contract, words_of(language), words_of(second))),
        "signature": None,
    }
    plain: dict[str, Any] = _readable(said)
    return plain


def _readable(value: Any) -> Any:
    """Drop what would turn the direction of the writing: nobody signs a text that reads another way than it is kept."""
    if isinstance(value, dict):
        return {key: _readable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_readable(one) for one in value]
    return value.translate(_TURNS) if isinstance(value, str) else value


def _array(rows: QuerySet[Any], *names: str, **more: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(as_json=JSONObject(**{name: F(name) for name in names}, **more)))


@cache
def words_of(language: str) -> Words:
    """Return the words of the document in this language."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def _filled(language: str, contract: Contract) -> dict[str, Any]:
    """Return the words with the numbers of this contract in its clauses; lists that name damages stay out."""
    words, cost = words_of(language), _cost(language)
    numbers = {
        "late_hour": cost(contract.daily_rate / _LATE_HOURS),
        "fuel_price": cost(settings.FUEL_PRICE),
        "fuel_fee": cost(settings.FUEL_SERVICE_FEE),
        "km_per_day": str(contract.km_per_day),
        "excess_km_rate": cost(contract.excess_km_rate),
    }
    kilometres = words["km_free"] if contract.km_per_day is None else words["km_limited"]
    numbers["km_clause"] = Template(kilometres).substitute(numbers)
    clauses = [Template(clause).substitute(numbers) for clause in words["clauses"]]
    plain = {key: word for key, word in words.items() if isinstance(word, str) and not key.startswith("km_l")}
    return {**plain, "clauses": clauses}


def _money(language: str) -> Any:
    def shown(value: Decimal) -> str:
        text = f"{value:,.2f}"
        return text if language == "en" else text.translate(str.maketrans(",.", ".,"))

    return shown


def _cost(language: str) -> Any:
    money = _money(language)
    return lambda value: f"{money(value)} {settings.CURRENCY}"


def _moment(at: datetime, zone: Any) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M}"


def _day(value: Any) -> str:
    """Return a date, or one as JSON writes it, as dd.mm.yyyy."""
    return ".".join(reversed(str(value).split("-"))) if value else ""


def _place(at: datetime, branch: Any, place: str) -> dict[str, str]:
    return {"at": _moment(at, branch.zone), "place": place or ", ".join(filter(None, (branch.name, branch.address)))}


def _renter(customer: Customer) -> dict[str, Any]:
    home = ", ".join(filter(None, (customer.address, customer.city, str(customer.country))))
    if customer.kind == Customer.Kind.COMPANY:
        who = [("vat", customer.vat_number)]
    else:
        licence = _licence(customer.licence_number, str(customer.licence_country))
        until = _day(customer.licence_expires_on)
        who = [
            ("born", _day(customer.birth_date)),
            ("licence", f"{licence} – {until}" if licence and until else licence),
            ("passport", customer.passport_number),
            ("personal_id", customer.personal_id),
        ]
    rows = [("address", home), *who, ("phone", customer.phone), ("email", customer.email)]
    return {"name": customer.company_name or customer.name, "rows": [[key, value] for key, value in rows if value]}


def _licence(number: str, country: str) -> str:
    return f"{number} ({country})" if number and country else number


def _drivers(contract: Any) -> Iterator[dict[str, str]]:
    """Name who drives, when that is not just the renter."""
    for driver in contract.seen_drivers:
        yield {
            "name": driver["name"],
            "born": _day(driver["birth_date"]),
            "licence": _licence(driver["licence_number"], driver["licence_country"]),
            "valid_to": _day(driver["licence_expires_on"]),
        }


def _cars(contract: Any, zone: Any) -> Iterator[dict[str, Any]]:
    """Tell of each car how it went out and how it came back, in the order in which the customer had them."""
    cars: dict[int, dict[str, Any]] = {}
    for seen in contract.seen_cars:
        car = cars.setdefault(
            seen["seq"],
            {
                "name": f"{seen['manufacturer']} {seen['model']}",
                "plate": seen["plate"],
                "vin": seen["vin"] or "",
                "fuel": seen["fuel"],
                "out": None,
                "back": None,
            },
        )
        eighths, percent = seen["fuel_eighths"], seen["battery_pct"]
        car["out" if seen["kind"] == Handover.Kind.OUT else "back"] = {
            "at": _moment(datetime.fromisoformat(seen["at"]), zone),
            "km": f"{seen['odometer_km']:,}".replace(",", "\u202f"),
            "kind": "battery" if eighths is None else "tank",
            "level": f"{percent} %" if eighths is None else f"{eighths}/8",
        }
    yield from cars.values()


def _lines(contract: Any, money: Any) -> Iterator[dict[str, Any]]:
    rentals = 0
    for line in contract.seen_lines:
        label, name = line["kind"], line["description"]
        if label == LineKind.RENTAL:
            rentals += 1
            label, name = ("rental" if rentals == 1 else "extension"), ""
        elif label == LineKind.EXTRA:
            label, name = None, line["extra"]
        yield {
            "label": label,
            "name": name,
            "how": f"{Decimal(line['quantity']).normalize():f} × {money(Decimal(line['unit_price']))}",
            "amount": money(Decimal(line["amount"])),
        }


def _rules(contract: Any, first: Words, second: Words, cost: Any) -> Iterator[list[str]]:
    if contract.km_per_day is None:
        yield ["km_included", f"{first['km_unlimited']} · {second['km_unlimited']}"]
    else:
        yield ["km_included", f"{contract.km_per_day} km × {pricing.days_of(contract)}"]
        yield ["km_beyond", cost(contract.excess_km_rate)]
    yield ["fuel_rule", f"{cost(settings.FUEL_PRICE)} + {cost(settings.FUEL_SERVICE_FEE)}"]
    yield ["late_rule", cost(contract.daily_rate / _LATE_HOURS)]
    if settings.CLEANING_FEE > ZERO:
        yield ["cleaning_rule", cost(settings.CLEANING_FEE)]


def _damages(contract: Any, first: Words, second: Words) -> Iterator[dict[str, Any]]:
    taken: dict[str, int] = {}
    for number, found in enumerate(contract.seen_damages, start=1):
        spot = SPOTS.get(found["panel"])
        beside = taken[found["panel"]] = taken.get(found["panel"], -1) + 1
        text = [f"{words['damages'][found['kind']]}, {words['panels'][found['panel']]}" for words in (first, second)]
        yield {
            "number": number,
            "first": text[0],
            "second": text[1],
            "note": found["note"],
            "spot": [round(min(spot[0] + beside * _STEP, 0.98), 3), spot[1]] if spot else None,
        }
