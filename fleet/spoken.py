"""What has to be said in another language: found in the sources, ours and those of others.

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

# Position of context, text and plural among the arguments.
_CALLS: Final = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_TEXT: Final = r"""u?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_MARKED: Final = re.compile(rf"\b(n?p?gettext|_)\((\s*{_TEXT}(?:\s*,\s*{_TEXT})*)")
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
