"""The catalogues in locale/: what they lack of what has to be said, and how they are brought up to date."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from fleet.spoken import Message, wanted

try:
    import polib
except ModuleNotFoundError:  # production reads the compiled catalogue
    polib = None

AVAILABLE: Final = polib is not None

_PLACEHOLDER: Final = re.compile(r"%(?:\(\w+\))?[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{\w*(?:![rs])?(?::[^{}]*)?\}")


def catalogue(language: str, domain: str = "django") -> Any:
    """Return our catalogue of this language, to be read and written."""
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"{domain}.po"
    return polib.pofile(str(path), wrapwidth=119)


def complaints(language: str, domain: str = "django") -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a catalogue: the kind, and the text it is about."""
    messages, entries = wanted(language, domain), catalogue(language, domain)
    kept = {(entry.msgctxt or "", entry.msgid): entry for entry in entries if not entry.obsolete}
    for key, message in messages.items():
        entry = kept.get(key)
        if entry is None or (not entry.translated() and not entry.fuzzy):
            yield "missing", message.text
        elif entry.fuzzy:
            yield "fuzzy", message.text
        elif bool(entry.msgid_plural) != bool(message.plural):
            yield "missing", message.plural or message.text
        elif not _same_placeholders(entry):
            yield "placeholders", message.text
    yield from (("obsolete", key[1]) for key in kept if key not in messages)
    if Path(entries.fpath).with_suffix(".mo").read_bytes() != entries.to_binary():
        yield "stale", f"{language}/{domain}.mo"


def _same_placeholders(entry: Any) -> bool:
    """Say whether nothing that is filled in was lost; a plural form may leave out a number it writes as a word."""
    if not entry.msgid_plural:
        return sorted(_PLACEHOLDER.findall(entry.msgid)) == sorted(_PLACEHOLDER.findall(entry.msgstr))
    allowed = set(_PLACEHOLDER.findall(entry.msgid_plural)) | set(_PLACEHOLDER.findall(entry.msgid))
    forms = [set(_PLACEHOLDER.findall(form)) for form in entry.msgstr_plural.values()]
    return all(form == set(_PLACEHOLDER.findall(entry.msgid_plural)) for form in forms[1:]) and forms[0] <= allowed


def update(language: str, domain: str = "django") -> int:
    """Write the catalogue anew, with what is wanted and nothing else, and compile it; returns how many were added."""
    messages, entries = wanted(language, domain), catalogue(language, domain)
    kept = {(entry.msgctxt or "", entry.msgid): entry for entry in entries}
    added = len(messages.keys() - kept.keys())
    entries.clear()
    for key, message in sorted(messages.items(), key=lambda pair: (pair[1].places[0], pair[0][1], pair[0][0])):
        entries.append(_entry(message, kept.get(key)))
    entries.save()
    entries.save_as_mofile(str(Path(entries.fpath).with_suffix(".mo")))
    return added


def _entry(message: Message, known: Any) -> Any:
    entry = polib.POEntry(
        msgid=message.text,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        occurrences=[(place, "") for place in sorted(set(message.places))[:3]],
    )
    if known is not None:
        entry.msgstr, entry.flags, entry.comment = known.msgstr, known.flags, known.comment
        entry.msgstr_plural = known.msgstr_plural if message.plural else {}
    if message.plural and not entry.msgstr_plural:
        entry.msgstr_plural = {0: "", 1: "", 2: ""}
    return entry
