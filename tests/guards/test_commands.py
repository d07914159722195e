"""Every command of ours keeps the contract of commands and has a test."""

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

from fleet.management.base import FleetCommand
from tests.guards.house import HOUSE, name_of, sources

COMMANDS = {path.stem: path for path in sources() if path.parent.name == "commands" and path.stem != "__init__"}

# They start or stop services, and run before there are settings or a database to lock and write to.
LAUNCHERS = {"demo", "up", "down", "prepare_demo"}


def texts_of_tests() -> str:
    return "\n".join(path.read_text() for path in sources(tests=True) if name_of(path).startswith("tests/"))


def app_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE).parts[:-3])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_test(name: str) -> None:
    assert re.search(rf"""["' ]{name}["' ,]""", texts_of_tests())


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - LAUNCHERS))
def test_every_command_keeps_the_contract(name: str) -> None:
    command = load_command_class(app_of(COMMANDS[name]), name)
    assert isinstance(command, FleetCommand)
    assert len(command.examples) >= 1
    assert command.help


def test_no_launcher_is_listed_that_has_gone() -> None:
    assert set(COMMANDS) >= LAUNCHERS
