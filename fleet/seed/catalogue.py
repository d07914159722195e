"""What the planted company has on its price list and in its yards."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from cars.models import Branch, Category, ServicePlan
from contracts.models import Extra

_BRANCHES: Final[tuple[dict[str, str], ...]] = (
    {"code": "sarajevo", "name": "Sarajevo", "address": "Zmaja od Bosne 12, Sarajevo", "phone": "+38733555120"},
    {"code": "mostar", "name": "Mostar", "address": "Bulevar narodne revolucije 44, Mostar", "phone": "+38736555340"},
    {"code": "banja-luka", "name": "Banja Luka", "address": "Kralja Petra I 90, Banja Luka", "phone": "+38751555880"},
)

# code, name, rate, deposit, least age, km per day, price per excess km, rank
_CATEGORIES: Final = (
    ("economy", "Economy", "32.00", "200.00", 21, 250, "0.15", 10),
    ("family", "Family", "45.00", "300.00", 21, 250, "0.18", 20),
    ("van", "Van", "70.00", "400.00", 23, 300, "0.22", 30),
    ("suv", "SUV", "65.00", "500.00", 23, 250, "0.22", 40),
    ("business", "Business", "85.00", "600.00", 25, 300, "0.28", 50),
    ("luxury", "Luxury", "160.00", "1500.00", 27, 200, "0.60", 60),
)

# Kept in English and shown in the reader's language, as far as the catalogue knows the name.
# code, name, how charged, price, at most, cars per piece in stock (0 = there is always enough)
_EXTRAS: Final = (
    ("kasko_insurance", _("Kasko insurance"), "per_day", "12.00", 1, 0),
    ("sim_card", _("SIM card"), "per_rental", "10.00", 1, 0),
    ("additional_driver", _("Additional driver"), "per_day", "3.00", 2, 0),
    ("child_seat", _("Child seat"), "per_day", "4.00", 2, 3),
    ("wifi_router", _("Wi-Fi router"), "per_day", "5.00", 1, 4),
    ("snow_chains", _("Snow chains"), "per_rental", "15.00", 1, 3),
    ("roof_rack", _("Roof rack"), "per_rental", "25.00", 1, 4),
)


@dataclass(frozen=True)
class Make:
    """A model that the company buys."""

    category: str
    manufacturer: str
    model: str
    fuel: str
    transmission: str
    seats: int
    doors: int
    hp: int
    tank: int | None
    wmi: str  # first three characters of the VIN: the maker (ISO 3780)


# In the proportions in which they are bought: the list is walked round and round.
MAKES: Final = tuple(
    Make(*row)
    for row in (
        ("economy", "Volkswagen", "Polo", "petrol", "manual", 5, 5, 95, 40, "WVW"),
        ("suv", "Volkswagen", "Tiguan", "diesel", "automatic", 5, 5, 150, 58, "WVG"),
        ("economy", "Renault", "Clio", "petrol", "manual", 5, 5, 90, 42, "VF1"),
        ("family", "Škoda", "Octavia Combi", "diesel", "manual", 5, 5, 116, 45, "TMB"),
        ("business", "Volkswagen", "Passat", "diesel", "automatic", 5, 5, 150, 66, "WVW"),
        ("economy", "Škoda", "Fabia", "petrol", "manual", 5, 5, 80, 40, "TMB"),
        ("van", "Volkswagen", "Transporter", "diesel", "manual", 9, 5, 150, 70, "WV2"),
        ("suv", "Dacia", "Duster", "lpg", "manual", 5, 5, 101, 50, "UU1"),
        ("economy", "Toyota", "Yaris", "hybrid", "automatic", 5, 5, 116, 36, "VNK"),
        ("family", "Peugeot", "308 SW", "diesel", "manual", 5, 5, 130, 53, "VF3"),
        ("luxury", "Mercedes-Benz", "E-Class", "diesel", "automatic", 5, 4, 197, 66, "W1K"),
        ("economy", "Opel", "Corsa", "petrol", "manual", 5, 5, 75, 44, "W0V"),
        ("suv", "Hyundai", "Tucson", "plug_in_hybrid", "automatic", 5, 5, 265, 42, "TMA"),
        ("economy", "Hyundai", "i20", "petrol", "manual", 5, 5, 84, 40, "NLH"),
        ("business", "Škoda", "Superb", "diesel", "automatic", 5, 5, 150, 66, "TMB"),
        ("economy", "Renault", "Mégane E-Tech", "electric", "automatic", 5, 5, 130, None, "VF1"),
        ("family", "Volkswagen", "Golf Variant", "diesel", "automatic", 5, 5, 115, 50, "WVW"),
        ("suv", "Kia", "Sportage", "diesel", "automatic", 5, 5, 136, 54, "U5Y"),
        ("economy", "Citroën", "C3", "petrol", "manual", 5, 5, 83, 45, "VF7"),
        ("business", "Tesla", "Model 3", "electric", "automatic", 5, 4, 283, None, "LRW"),
        ("economy", "Seat", "Ibiza", "petrol", "manual", 5, 5, 95, 40, "VSS"),
        ("van", "Renault", "Trafic", "diesel", "manual", 9, 5, 145, 80, "VF1"),
        ("suv", "Toyota", "RAV4", "hybrid", "automatic", 5, 5, 218, 55, "JTM"),
        ("luxury", "BMW", "520d", "diesel", "automatic", 5, 4, 197, 60, "WBA"),
        ("family", "Opel", "Astra Sports Tourer", "petrol", "manual", 5, 5, 130, 52, "W0V"),
    )
)

COLOURS: Final = ("white", "silver", "grey", "black", "blue", "red", "dark blue", "beige")
OIL, BRAKES = _("Oil and filters"), _("Brakes and tyres")
OIL_KM, BRAKES_KM = 15_000, 30_000


@dataclass(frozen=True)
class Catalogue:
    """The rows of the price list, in the database."""

    branches: list[Branch]
    categories: dict[str, Category]
    extras: list[Extra]
    plans: dict[tuple[str, str], ServicePlan]  # by category code and service


def stocked(cars: int, time_zone: str) -> Catalogue:
    """Write what is missing of branches, categories, extras and service plans, and return all of it."""
    branches = [_branch(row, time_zone) for row in _BRANCHES]
    categories = {row[0]: _category(row) for row in _CATEGORIES}
    extras = [_extra(row, cars) for row in _EXTRAS]
    plans = {
        (code, service): _plan(category, service, km, months)
        for code, category in categories.items()
        for service, km, months in ((OIL, OIL_KM, 12), (BRAKES, BRAKES_KM, 24))
    }
    return Catalogue(branches, categories, extras, plans)


def _branch(row: dict[str, str], time_zone: str) -> Branch:
    email = f"{row['code']}@fleet.example"
    return Branch.objects.get_or_create(code=row["code"], defaults={**row, "time_zone": time_zone, "email": email})[0]


def _category(row: tuple[Any, ...]) -> Category:
    names = ("name", "daily_rate", "deposit", "min_driver_age", "km_per_day", "excess_km_rate", "upgrade_rank")
    found, made = Category.objects.get_or_create(code=row[0], defaults=dict(zip(names, row[1:], strict=True)))
    if made:
        found.refresh_from_db()  # rates as Decimal
    return found


def _extra(row: tuple[Any, ...], cars: int) -> Extra:
    code, name, charge, price, most, cars_per_piece = row
    stock = max(10, cars // cars_per_piece) if cars_per_piece else None
    values = {"name": name, "charge": charge, "price": Decimal(price), "max_quantity": most, "stock": stock}
    return Extra.objects.get_or_create(code=code, defaults=values)[0]


def _plan(category: Category, service: str, km: int, months: int) -> ServicePlan:
    values = {"every_km": km, "every_months": months}
    return ServicePlan.objects.get_or_create(category=category, service_type=service, defaults=values)[0]
