"""The countries of the world as a form offers them."""

from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django_countries import countries

from customers.phones import dial_code

_FLAG_A = 0x1F1E6  # REGIONAL INDICATOR SYMBOL LETTER A


@dataclass(frozen=True)
class Country:
    alpha2: str
    name: str
    flag: str
    dial_code: str


def all_countries() -> list[Country]:
    """Return every country of ISO 3166-1, by name in the language that is active."""
    return _in_language(translation.get_language() or "en")


def known(alpha2: str) -> bool:
    return alpha2 in countries.countries


@cache
def _in_language(language: str) -> list[Country]:
    with translation.override(language):
        return [Country(code, str(name), _flag(code), dial_code(code)) for code, name in countries]


def _flag(alpha2: str) -> str:
    return "".join(chr(_FLAG_A + ord(letter) - ord("A")) for letter in alpha2)
