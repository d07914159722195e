"""Every index says which query it is for, and the queries that are named exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps

from tests.guards.house import HOUSE, name_of, sources

_NAMED = re.compile(r"\b(\w+QuerySet)\.(\w+)\(\)")
_ROOM = re.compile(r"\b((?:\w+/)+\w+\.py)\b")


def models() -> list[Path]:
    return [path for path in sources() if path.stem == "models" or path.parent.name == "models"]


def indexes(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each index that a model declares, with the comment above it or above its group."""
    lines = path.read_text().splitlines()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "indexes" for one in node.targets):
            before = ""
            for one in getattr(node.value, "elts", []):
                above = lines[one.lineno - 2].strip()
                before = above if above.startswith("#") else before
                yield f"{name_of(path)}:{one.lineno}", before


def test_every_index_names_its_query() -> None:
    found = [index for path in models() for index in indexes(path)]

    assert len(found) > 40
    assert [where for where, comment in found if not comment] == []


def test_the_queries_that_comments_of_models_name_exist() -> None:
    querysets: dict[str, Any] = {type(model._default_manager.all()).__name__: model for model in apps.get_models()}
    comments = [line for path in models() for line in path.read_text().splitlines() if line.strip().startswith("#")]
    named = {found for line in comments for found in _NAMED.findall(line)}
    rooms = {found for line in comments for found in _ROOM.findall(line)}

    assert [one for one in rooms if not (HOUSE / one).exists()] == []
    assert {
        (name, method)
        for name, method in named
        if name in querysets and not hasattr(querysets[name]._default_manager.all(), method)
    } == set()
