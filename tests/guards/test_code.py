"""The shape of the code: sizes, names, layers."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import pytest

from tests.guards.house import HOUSE, name_of, sources

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 50
USUAL_LINES, USUAL_LINES_OF_A_FUNCTION = 150, 25

# Names that say nothing: what they hold belongs to the matter it is about.
NAMELESS = {"services", "utils", "helpers", "common", "misc", "constants", "managers", "repositories"}

MEANT = {"fleet/local/services.py"}  # servers that run beside us, not "business services"

# One database everywhere, a real broker everywhere.
SHORTCUTS = ("sqlite3", "LocMemCache", "TASK_ALWAYS_EAGER", "task_always_eager", "DummyCache")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{name_of(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_no_file_is_longer_than_one_can_read() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_longer_than_one_can_read() -> None:
    lengths = dict(pair for path in sources() for pair in functions(path))
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_nine_of_ten_files_and_functions_are_short() -> None:
    files = [len(path.read_text().splitlines()) for path in sources()]
    bodies = [lines for path in sources() for _, lines in functions(path)]
    assert quantiles(files, n=10)[-1] <= USUAL_LINES
    assert quantiles(bodies, n=10)[-1] <= USUAL_LINES_OF_A_FUNCTION


def test_every_file_and_folder_is_named_after_its_matter() -> None:
    nameless = {name_of(path) for path in sources() if NAMELESS & {*path.parent.parts, path.stem}}
    assert nameless == MEANT


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(path) for path in sources() if path.read_text().strip() and not _docstring(path)]
    assert silent == []


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_there_is_one_database_and_a_real_broker_everywhere(shortcut: str) -> None:
    here = Path(__file__)
    assert [name_of(path) for path in sources(tests=True) if path != here and shortcut in path.read_text()] == []


def test_nobody_imports_upwards() -> None:
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))
