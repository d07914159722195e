"""What lines and charges say, kept in English whoever writes them, told in the language of whoever reads them."""

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.formats import get_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

# The sentences of pricing.py and charges.py; what stands between them is filled in.
_SENTENCES: Final = (
    _("%(hours)s h late: %(sum)s"),
    _("%(plate)s: %(eighths)s/8 of %(tank)s l = %(sum)s"),
    _("%(driven)s km driven − %(days)s × %(each)s km = %(over)s km × %(rate)s"),
    _("%(plate)s came back dirty: %(fee)s"),
    _("%(what)s, %(where)s: estimated %(amount)s"),
    _("entered by %(who)s: %(amount)s"),
    _("%(days)s × %(rate)s (started 24 hours, 59 minutes of grace)"),
    "%(pieces)s × %(days)s × %(price)s",  # nothing to translate but the days
    "%(pieces)s × %(price)s",
)
_MONEY: Final = ("rate", "fee", "amount", "price")  # of what is filled in
_NAMES: Final = (_("Rental"), _("Extension"))  # of lines of days


def kept(label: Callable[[], str]) -> str:
    """Return a label as rows keep it."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label())


def told(text: str) -> str:
    """Return what a row says in the reader's language; what people typed stays as it is."""
    if not text:
        return text
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return gettext(sentence) % {name: _filled_in(name, part) for name, part in found.groupdict().items()}
    return _told_part(text)


def _filled_in(name: str, part: str) -> str:
    return f"{_with_comma(part)} {settings.CURRENCY}" if name in _MONEY else _with_comma(_told_part(part))


def _with_comma(text: str) -> str:
    return _POINT.sub(get_format("DECIMAL_SEPARATOR"), text)


def _told_part(text: str) -> str:
    days = _DAYS.sub(lambda found: ngettext("%(n)s day", "%(n)s days", int(found[1])) % {"n": found[1]}, text)
    name, comma, rest = days.partition(", ")
    return gettext(name) + comma + rest if name else days


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", _group, re.escape(sentence)))


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{r'[0-9.]+' if found[1] in _MONEY else '.+?'})"


_PATTERNS: Final = tuple((sentence, _pattern(sentence)) for sentence in _SENTENCES)
_POINT: Final = re.compile(r"(?<=\d)\.(?=\d)")
_DAYS: Final = re.compile(r"\b(\d+) days?\b")
