"""Which column of somebody else's file is which field of ours."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext

from fleet.errors import Invalid

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "license_plate": (
        "licenseplate",
        "licenceplate",
        "plate",
        "platenumber",
        "numberplate",
        "licenseplatenumber",
        "plateno",
        "registration",
        "registrationnumber",
        "registracija",
        "regno",
        "tablica",
        "tablice",
        "registarskaoznaka",
        "kennzeichen",
    ),
    "vin": ("vin", "chassis", "chassisnumber", "sasija", "brojsasije"),
    "manufacturer": ("manufacturer", "make", "brand", "marka", "proizvodjac", "proizvođač"),
    "model": ("model", "type"),
    "year": ("year", "modelyear", "yearofmanufacture", "godina", "godiste", "godište"),
    "color": ("color", "colour", "boja"),
    "category": ("category", "class", "vehicletype", "vehicleclass", "kategorija", "klasa"),
    "fuel_type": ("fueltype", "fuel", "gorivo"),
    "transmission": ("transmission", "gearbox", "mjenjac", "mjenjač"),
    "seats": ("seats", "seatcount", "sjedista", "sjedišta"),
    "doors": ("doors", "vrata"),
    "engine_power_hp": ("enginepowerhp", "power", "hp", "horsepower", "snaga"),
    "tank_litres": ("tanklitres", "tank", "tankliters", "rezervoar"),
    "odometer_km": ("odometerkm", "odometer", "mileage", "km", "kilometraza", "kilometraža"),
    "daily_rate": ("dailyrate", "rate", "price", "priceperday", "dailyprice", "dailyrateusd", "dailyrateeur", "cijena"),
    "branch": ("branch", "poslovnica", "filijala"),
    "location_note": ("locationnote", "location", "city", "grad", "lokacija"),
}
REQUIRED: Final = ("license_plate", "manufacturer", "model", "year", "fuel_type")
_KNOWN: Final = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms}


def understood(headers: Iterable[str], mapped: Mapping[str, str], given: Iterable[str] = ()) -> dict[str, int]:
    """Return field → position of its column. `mapped` is header → field and wins; `given` fields have a default.

    Raises Invalid when a required field has no column, a field has two, or `mapped` names what is not there.
    """
    wanted = {plain(header): field for header, field in mapped.items()}
    for field in wanted.values():
        if field not in SYNONYMS:
            raise Invalid(
                gettext("There is no field “%(field)s”; there are %(fields)s.")
                % {"field": field, "fields": ", ".join(SYNONYMS)},
                code="unknown_field",
            )
    chosen = set(wanted.values())
    places: dict[str, int] = {}
    unused = set(wanted)
    for place, header in enumerate(headers):
        key = plain(header)
        unused.discard(key)
        meant = wanted.get(key) or _KNOWN.get(key)
        if meant is None or (meant in chosen and key not in wanted):
            continue
        if meant in places:
            raise Invalid(
                gettext("Two columns are %(field)s: give the one that is not meant another name.") % {"field": meant},
                code="column_twice",
            )
        places[meant] = place
    if unused:
        raise Invalid(
            gettext("The file has no column “%(column)s”.") % {"column": sorted(unused)[0]}, code="unknown_column"
        )
    missing = [field for field in REQUIRED if field not in places and field not in given]
    if missing:
        raise Invalid(
            gettext("The file has no column for %(fields)s: write this above the column that it is.")
            % {"fields": ", ".join(missing)},
            code="column_missing",
        )
    return places


def plain(text: object) -> str:
    """Return a header or a choice as it is compared: letters and digits only, in small letters."""
    return re.sub(r"[\W_]", "", str(text)).casefold()
