"""What every command of ours does the same way (fleet/management/base.py)."""

import io
import json
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command

from cars.models import Branch
from fleet.errors import DomainError
from fleet.management.base import Counts, FleetCommand, one_at_a_time
from fleet.management.progress import Progress, tracked

pytestmark = pytest.mark.django_db


class Opening(FleetCommand):
    """Opens a branch; told to, it warns, fails or is interrupted."""

    examples = ("opening", "opening --dry-run")

    def arguments(self, parser: Any) -> None:
        parser.add_argument("--trouble", default="")

    def work(self, *, trouble: str, **options: Any) -> Counts:
        Branch.objects.create(code="NEW", name="New")
        if trouble == "warning":
            self.warn("the roof leaks")
        if trouble == "refusal":
            raise DomainError("The branch has no door.")
        if trouble == "interrupt":
            raise KeyboardInterrupt
        return {"opened": 1}


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(Opening(stdout=out, stderr=err), *arguments)
    return out.getvalue(), err.getvalue()


def test_counts_and_duration_go_to_standard_error() -> None:
    out, err = run()
    assert out == ""
    assert err.startswith("test_command_contract: 1 opened in ")


def test_json_prints_one_object_on_standard_output() -> None:
    outcome = json.loads(run("--json")[0])
    assert outcome["counts"] == {"opened": 1}
    assert set(outcome) == {"command", "counts", "warnings", "dry_run", "seconds"}


def test_a_dry_run_changes_nothing_and_says_so() -> None:
    assert "nothing was changed" in run("--dry-run")[1]
    assert not Branch.objects.filter(code="NEW").exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(("trouble", "code"), [("warning", 3), ("refusal", 1), ("interrupt", 130)])
def test_exit_codes(trouble: str, code: int) -> None:
    with pytest.raises(CommandError) as caught:
        run("--trouble", trouble)
    assert caught.value.returncode == code


def test_a_refusal_is_told_in_its_own_words() -> None:
    with pytest.raises(CommandError, match="The branch has no door"):
        run("--trouble", "refusal")


def test_a_second_run_beside_the_first_is_refused() -> None:
    with one_at_a_time("test_command_contract"), pytest.raises(CommandError, match="under way") as caught:
        run()
    assert caught.value.returncode == 4
    assert run()


def test_a_run_leaves_one_entry_with_its_counts_in_the_audit_trail() -> None:
    run()
    entry = LogEntry.objects.get(object_repr="system: test_command_contract")
    assert entry.additional_data["counts"] == {"opened": 1}


def test_help_shows_the_examples() -> None:
    assert "manage.py opening --dry-run" in Opening().create_parser("manage.py", "opening").format_help()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal() -> None:
    terminal = _Terminal()
    assert list(tracked(range(4), "Cars", 4, terminal)) == [0, 1, 2, 3]
    assert terminal.getvalue().endswith("4/4 100%\n")


def test_no_bar_is_drawn_into_a_file() -> None:
    file = io.StringIO()
    Progress("Cars", 2, file).advance(2)
    assert file.getvalue() == ""
