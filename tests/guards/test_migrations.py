"""Migrations are complete, linear, named and reversible."""

import re

import pytest
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from tests.guards.house import APPS, name_of, sources


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


@pytest.mark.django_db
def test_the_models_are_as_the_migrations_leave_them() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("app", APPS)
def test_migrations_of_an_app_are_one_line(loader: MigrationLoader, app: str) -> None:
    assert len(loader.graph.leaf_nodes(app)) <= 1
    parents = [
        [parent for parent in migration.dependencies if parent[0] == app]
        for (label, _), migration in loader.disk_migrations.items()
        if label == app
    ]
    assert all(len(own) <= 1 for own in parents)


@pytest.mark.parametrize("app", APPS)
def test_migrations_are_numbered_and_say_what_they_do(loader: MigrationLoader, app: str) -> None:
    names = sorted(name for label, name in loader.disk_migrations if label == app)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert [name for name in names if re.search(r"_auto_|\d{8}", name)] == []


@pytest.mark.parametrize("app", APPS)
def test_migrations_can_be_taken_back(loader: MigrationLoader, app: str) -> None:
    one_way = [
        f"{name}: {operation.describe()}"
        for (label, name), migration in loader.disk_migrations.items()
        for operation in (migration.operations if label == app else ())
        if not operation.reversible
    ]
    assert one_way == []


@pytest.mark.django_db
def test_every_trigger_can_be_taken_down_and_put_up_again(loader: MigrationLoader) -> None:
    triggers = [
        operation
        for (label, _), migration in loader.disk_migrations.items()
        for operation in (migration.operations if label in APPS else ())
        if isinstance(operation, migrations.RunSQL) and "CREATE TRIGGER" in str(operation.sql)
    ]
    assert triggers
    with connection.schema_editor() as editor:
        for operation in triggers:
            operation.database_backwards("", editor, None, None)
            operation.database_forwards("", editor, None, None)


def test_no_trigger_writes_a_table_behind_the_back_of_the_cache() -> None:
    """fleet/db/metered/tables.py reads writes off statements; what a trigger writes must stand in its _BY_TRIGGER."""
    writing = re.compile(r"\b(INSERT INTO|UPDATE\s+\w+\s+SET|DELETE FROM|TRUNCATE)\b", re.IGNORECASE)
    texts = {name_of(path): path.read_text() for path in sources(migrations=True) if "migrations" in path.parts}
    bodies = {
        name: re.findall(r"CREATE (?:OR REPLACE )?FUNCTION.*?END \$\$", text, re.S) for name, text in texts.items()
    }
    assert [name for name, found in bodies.items() if any(writing.search(body) for body in found)] == []
    views = [name for name, text in texts.items() if re.search(r"CREATE (?:OR REPLACE |MATERIALIZED )?VIEW", text)]
    assert views == []
