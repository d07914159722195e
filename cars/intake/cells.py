"""What a cell may say, and what we make of it. Every ValueError is a sentence for the person with the file."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext
from import_export.widgets import Widget

from cars.intake.headers import plain
from cars.models import Car

_FUELS: Final = {
    "gasoline": "petrol", "gas": "petrol", "benzin": "petrol", "unleaded": "petrol", "dizel": "diesel",
    "ev": "electric", "elektro": "electric", "elektricni": "electric", "phev": "plug_in_hybrid",
    "plugin": "plug_in_hybrid", "pluginhybrid": "plug_in_hybrid", "hibrid": "hybrid", "hev": "hybrid",
    "autogas": "lpg", "plin": "lpg", "naturalgas": "cng",
}  # fmt: skip
_TRANSMISSIONS: Final = {
    "auto": "automatic", "a": "automatic", "automatik": "automatic", "m": "manual", "stick": "manual",
    "manuelni": "manual",
}  # fmt: skip
CATEGORIES: Final = {
    "car": "economy", "sedan": "economy", "compact": "economy", "truck": "van", "pickup": "van",
    "transporter": "van", "minivan": "family", "wagon": "family", "crossover": "suv",
}  # fmt: skip
# Makes that shout, or that capital letters spoil.
_MAKES: Final = {
    make.casefold().replace(" ", "").replace("-", ""): make
    for make in (
        "Alfa Romeo", "Aston Martin", "BMW", "FIAT", "GMC", "Hummer", "Infiniti", "Land Rover", "Mercedes-Benz", "MINI",
        "McLaren", "Rolls-Royce", "smart", "SEAT",
    )
}  # fmt: skip


class Text(Widget):  # type: ignore[misc]
    """Text of a line, with single spaces; formulas stay the text that they are."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(value or "").split())
        if "\0" in text or not text.isprintable():
            raise ValueError(gettext("has characters that cannot be printed"))
        return text


class Vin(Text):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return super().clean(value, row, **kwargs).replace(" ", "").upper()


class Make(Text):
    """A manufacturer, spelled as it spells itself."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        return _MAKES.get(plain(text), text)


class Whole(Widget):  # type: ignore[misc]
    """A whole number between two bounds; empty is None unless a number is needed."""

    def __init__(self, least: int, most: Callable[[], int] | int, *, needed: bool = False) -> None:
        super().__init__()
        self.least, self.most, self.needed = least, most, needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = re.sub(r"[\s'\u202f]", "", str(value or ""))
        if not text and not self.needed:
            return None
        most = self.most() if callable(self.most) else self.most
        if not re.fullmatch(r"\d{1,9}", text) or not self.least <= int(text) <= most:
            raise ValueError(
                gettext("is no whole number from %(least)s to %(most)s") % {"least": self.least, "most": most}
            )
        return int(text)


class Money(Widget):  # type: ignore[misc]
    """An amount of 0 or more; 1,234.50 and 1.234,50 are the same, a currency sign is no harm."""

    def __init__(self, factor: Decimal = Decimal(1)) -> None:
        super().__init__()
        self.factor = factor

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = re.sub(r"[\s$€£'\u202f]|KM|EUR|USD|BAM", "", str(value or ""))
        if not text:
            return None
        if re.search(r",\d{1,2}$", text):
            text = text.replace(".", "").replace(",", ".")
        try:
            amount = (Decimal(text.replace(",", "")) * self.factor).quantize(Decimal("0.01"))
        except InvalidOperation as error:
            raise ValueError(gettext("is no amount of money")) from error
        if not amount.is_finite() or not 0 <= amount < 100_000:
            raise ValueError(gettext("is no rate from 0 to 99,999.99"))
        return amount


class Choice(Widget):  # type: ignore[misc]
    """One of our values, also under the names other people give it."""

    def __init__(self, values: Iterable[str], synonyms: Mapping[str, str], *, needed: bool) -> None:
        super().__init__()
        self.known = {plain(value): value for value in values} | dict(synonyms)
        self.values = sorted(set(self.known.values()))
        self.needed = needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        key = plain(value or "")
        if not key and not self.needed:
            return ""
        if not key:
            raise ValueError(gettext("is empty"))
        if key not in self.known:
            raise ValueError(gettext("is none of %(values)s") % {"values": ", ".join(self.values)})
        return self.known[key]


class Named(Widget):  # type: ignore[misc]
    """A row of another table, by code or name."""

    def __init__(self, rows: Iterable[Any], synonyms: Mapping[str, str], default: Any) -> None:
        super().__init__()
        self.rows = {plain(key): row for row in rows for key in (row.code, row.name)}
        self.synonyms, self.default = synonyms, default

    def knows(self, name: Any) -> bool:
        return plain(name or "") in self.rows

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        key = plain(value or "")
        found = self.rows.get(key) or self.rows.get(self.synonyms.get(key, "")) if key else self.default
        if found is None:
            raise ValueError(gettext("is not known here") if key else gettext("is empty, and nothing is usual here"))
        return found


def fuel() -> Choice:
    return Choice(Car.Fuel.values, _FUELS, needed=True)


def transmission() -> Choice:
    return Choice(Car.Transmission.values, _TRANSMISSIONS, needed=False)
