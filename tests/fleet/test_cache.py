"""Every committed write gives its tables a new state, whatever the door; nothing else does."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django_redis import get_redis_connection

from accounts.models import User
from cars.models import Branch
from fleet import cache
from fleet.db.metered.tables import touched
from fleet.witness import Witness, watching
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CarFactory

pytestmark = pytest.mark.django_db(transaction=True)
BRANCH = "cars_branch"


@pytest.fixture
def branch() -> Branch:
    return BranchFactory()


def changed_by(work: object) -> set[str]:
    before = cache.states()
    work()  # type: ignore[operator]
    return {name for name, state in cache.states().items() if before.get(name) != state and name.isidentifier()}


def test_what_is_saved_changes_its_table_before_the_writer_goes_on(branch: Branch) -> None:
    assert BRANCH in changed_by(lambda: branch.save())


def test_work_on_many_rows_changes_their_table_without_any_signal(branch: Branch) -> None:
    assert BRANCH in changed_by(lambda: Branch.objects.update(name="Mostar"))
    assert BRANCH in changed_by(lambda: Branch.objects.bulk_create([Branch(code="x", name="X")]))
    assert BRANCH in changed_by(lambda: Branch.objects.filter(code="x").delete())


def test_sql_of_our_own_changes_the_table_it_writes() -> None:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("update cars_branch set name = name")

    assert changed_by(write) == {BRANCH}


def test_roles_change_the_tables_between(branch: Branch) -> None:
    user: User = UserFactory(role="viewer")
    assert "accounts_user_groups" in changed_by(lambda: user.groups.clear())


def test_what_is_rolled_back_changes_nothing(branch: Branch) -> None:
    def give_up() -> None:
        with transaction.atomic():
            Branch.objects.update(name="Mostar")
            transaction.set_rollback(True)

    assert changed_by(give_up) == set()


def test_nothing_changes_before_the_commit(branch: Branch) -> None:
    with transaction.atomic():
        assert BRANCH not in changed_by(lambda: branch.save())
    assert BRANCH in cache.states()


def test_commands_tell_too() -> None:
    assert "accounts_user" in changed_by(
        lambda: call_command("user_add", "somebody", role=["viewer"], no_password=True)
    )


def test_while_redis_is_away_tables_are_suspect_until_it_is_told(branch: Branch) -> None:
    before = cache.states()
    get_redis_connection(cache.ALIAS).client_pause(700)  # a server that is there and silent
    branch.save()  # is not refused
    for _ in range(40):
        if cache.states().get(BRANCH) != before.get(BRANCH):
            return
        connection.cursor().execute("SELECT pg_sleep(0.05)")
    pytest.fail("nobody told Redis")


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ('SELECT 1 FROM "cars_car" WHERE "id" = %s FOR UPDATE OF "cars_car"', set()),
        ('INSERT INTO "cars_car" ("id") VALUES (%s) ON CONFLICT DO NOTHING', {"cars_car"}),
        ('WITH gone AS (DELETE FROM "cars_car" RETURNING id) SELECT * FROM gone', {"cars_car"}),
        ("copy cars_car (id) from stdin", {"cars_car"}),
        ("UPDATE ONLY cars_branch SET name = 'x'", {"cars_branch"}),
    ],
)
def test_writes_are_read_off_a_statement(statement: str, written: set[str]) -> None:
    assert touched(statement).written == written


def test_to_truncate_is_to_write_everything() -> None:
    assert {"cars_car", "cars_branch", "contracts_contract"} <= touched("TRUNCATE cars_branch CASCADE").written


def test_a_witness_knows_every_table_that_was_asked() -> None:
    car = CarFactory()
    with watching(witness := Witness()):
        assert car.branch.name
        type(car).objects.select_related("category").get(pk=car.pk)
    assert {"cars_car", "cars_category"} <= witness.tables
    assert not witness.wrote


def test_a_cursor_on_the_server_is_no_witness() -> None:
    with watching(witness := Witness()):
        list(Branch.objects.iterator())
    assert witness.elsewhere


def test_the_command_tells_when_tables_changed(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("cache_stats", most=50)
    assert "cars_branch" in capsys.readouterr().out
