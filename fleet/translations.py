"""What has to be said in another language, and what of it is: found in the sources, compared with locale/.

The texts of Django, Unfold and the others count too, as far as staff see them and the package lacks the language; an
upgrade that brings new ones is told like a new text of ours. Nothing but Python is needed, no gettext.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation.template import templatize

try:
    import polib
except ModuleNotFoundError:  # production reads the compiled catalogue
    polib = None

# Position of context, text and plural among the arguments.
_CALLS: Final = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_TEXT: Final = r"""u?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_MARKED: Final = re.compile(rf"\b(n?p?gettext|_)\((\s*{_TEXT}(?:\s*,\s*{_TEXT})*)")
_PLACEHOLDER: Final = re.compile(r"%(?:\(\w+\))?[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{\w*(?:![rs])?(?::[^{}]*)?\}")
_OWN: Final = ("accounts", "audit", "cars", "contracts", "customers", "files", "fleet", "notifications", "templates")
# Packages, and what of them staff never see (paths beginning with …).
_OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "django.contrib.admin": ("locale", "templates/admin_doc"),
    "django.contrib.auth": ("management", "locale"),
    "django.contrib.postgres": ("locale",),
    "django.core": ("management", "checks", "mail"),
    "django.db": (),
    "django.forms": (),
    "django.template": (),
    "django.utils": (),
    "unfold": tuple(
        f"contrib/{name}"
        for name in ("constance", "crispy", "guardian", "hijack", "location_field", "reversion", "simple_history")
    ),
    "import_export": ("locale",),
    "auditlog": ("locale", "management"),
    "django_otp": ("locale", "plugins"),
    "django_countries": ("management", "tests", "locale"),
}


@dataclass
class Message:
    """A text to translate and where it stands."""

    text: str
    plural: str = ""
    context: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


type Messages = dict[tuple[str, str], Message]


def wanted(language: str, domain: str = "django") -> Messages:
    """Return every text that our catalogue has to have in this language."""
    found: Messages = {}
    if domain == "django":
        for root in _OWN:
            gather(found, settings.BASE_DIR / root, settings.BASE_DIR, (".py", ".html", ".txt"))
    return {**_of_others(language, domain), **found}


@cache
def _of_others(language: str, domain: str) -> Messages:
    """Return what packages say and have no translation of."""
    found: Messages = {}
    for package, unseen in _OTHERS.items():
        others: Messages = {}
        root = _folder(package)
        gather(others, root, root.parent, (".js",) if domain == "djangojs" else (".py", ".html"), unseen)
        known = _catalogue_of(package, language, domain)
        for key, message in others.items():
            if not known(message):
                found.setdefault(key, message)
    return found


def _folder(package: str) -> Path:
    return Path(str(import_module(package).__file__)).parent


def _catalogue_of(package: str, language: str, domain: str) -> Any:
    """Return what says whether a package has a text in this language itself."""
    homes = [_folder(package), _folder("django") / "conf"] if package.startswith("django.") else [_folder(package)]
    texts: dict[Any, str] = {}
    for home in homes:
        path = home / "locale" / language / "LC_MESSAGES" / f"{domain}.mo"
        if path.exists():
            with path.open("rb") as file:
                texts |= GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return lambda message: _keyed(message) in texts


def _keyed(message: Message) -> Any:
    text = f"{message.context}\x04{message.text}" if message.context else message.text
    return (text, 0) if message.plural else text


def gather(found: Messages, root: Path, base: Path, kinds: Iterable[str], unseen: Iterable[str] = ()) -> None:
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).as_posix()
        if path.suffix not in kinds or "migrations" in path.parts or any(inside.startswith(one) for one in unseen):
            continue
        for message in _messages(path):
            known = found.setdefault(message.key, message)
            known.plural = known.plural or message.plural
            known.places.append(path.relative_to(base).as_posix())


def _messages(path: Path) -> Iterator[Message]:
    source = path.read_text()
    if path.suffix == ".py":
        return _in_python(source)
    return _in_text(source if path.suffix == ".js" else templatize(source, path.name))


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _CALLS:
            yield from _message(name, [one.value if isinstance(one, ast.Constant) else None for one in node.args])


def _in_text(source: str) -> Iterator[Message]:
    for name, arguments in _MARKED.findall(source):
        yield from _message(name, list(ast.literal_eval(f"({arguments},)")))


def _message(name: str, arguments: list[Any]) -> Iterator[Message]:
    context, text, plural = (
        arguments[place] if place is not None and place < len(arguments) else None for place in _CALLS[name]
    )
    if isinstance(text, str) and text:
        yield Message(text, str(plural or ""), str(context or ""))


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
