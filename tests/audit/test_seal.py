# ruff: noqa: S608 - statements of an attacker, put together from ids
"""Sealing and proving: the first bad row is named, here and in an export on another machine."""

import gzip
import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import archive, proving, sealing, segments, tasks
from audit.chain import Break
from audit.models import Seal
from cars.models import Branch

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def write(count: int, beginning: str = "b") -> list[int]:
    for number in range(count):
        Branch.objects.create(code=f"{beginning}{Branch.objects.count()}-{number}", name='Čaršija "1"\n\\ 🚗')
    return list(LogEntry.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three seals of three entries each."""
    monkeypatch.setattr(segments, "MOST", 3)
    written = write(9)
    assert sealing.seal(now=NOW) == (3, 9)
    return written


def tamper(*statements: str) -> None:
    """Do what only a superuser can: switch the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")


def inserted(entry: int) -> str:
    columns = "content_type_id, object_pk, object_repr, action, changes_text, timestamp"
    return (
        f"INSERT INTO auditlog_logentry (id, {columns})"
        f" SELECT {entry}, {columns} FROM auditlog_logentry ORDER BY id LIMIT 1"
    )


def broken() -> Break | None:
    return proving.prove(proving.in_place()).broken


def test_an_untouched_trail_is_as_sealed(ids: list[int]) -> None:
    proof = proving.prove(proving.in_place())
    assert (proof.seals, proof.entries, proof.broken) == (3, 9, None)


def test_sealing_goes_on_where_it_ended_and_does_nothing_twice(ids: list[int]) -> None:
    assert sealing.seal(now=NOW) == (0, 0)
    write(1)
    assert sealing.seal(now=NOW + timedelta(hours=1)) == (1, 1)
    assert broken() is None


COLUMNS = [
    ("object_repr", "'Kelly'"),
    ("changes", '\'{"name": [null, "x"]}\''),
    ("timestamp", "timestamp + interval '1 microsecond'"),
    ("actor_email", "'other@fleet.test'"),
    ("remote_addr", "'10.0.0.1'"),
    ("cid", "'other'"),
    ("additional_data", "'{}'"),
    ("action", "2"),
    ("object_pk", "'x'"),
    ("content_type_id", "(SELECT max(id) FROM django_content_type)"),
    ("serialized_data", "'{}'"),
    ("changes_text", "'x'"),
    ("remote_port", "1"),
    ("object_id", "1"),
]


@pytest.mark.parametrize(("column", "value"), COLUMNS)
def test_a_change_of_any_column_is_named(ids: list[int], column: str, value: str) -> None:
    tamper(f"UPDATE auditlog_logentry SET {column} = {value} WHERE id = {ids[4]}")
    assert broken() == Break(2, ids[4], "it was changed")


def test_every_column_of_an_entry_is_hashed() -> None:
    assert {
        column.column for column in LogEntry._meta.concrete_fields if f"'{column.column}'," not in segments.CANONICAL
    } == set()


TAMPERING: list[tuple[str, Callable[[list[int]], list[str]], Callable[[list[int]], Break]]] = [
    (
        "deletion",
        lambda ids: [f"DELETE FROM auditlog_logentry WHERE id IN ({ids[4]}, {ids[7]})"],
        lambda ids: Break(2, ids[4], "it is missing"),
    ),
    (
        "deletion of the last row of a seal",
        lambda ids: [f"DELETE FROM auditlog_logentry WHERE id = {ids[8]}"],
        lambda ids: Break(3, ids[8], "it is missing"),
    ),
    (
        "insertion before everything",
        lambda ids: [inserted(ids[0] - 10)],
        lambda ids: Break(1, ids[0] - 10, "it was inserted after the sealing"),
    ),
    (
        "two rows change places",
        lambda ids: [
            f"UPDATE auditlog_logentry SET id = -1 WHERE id = {ids[3]}",
            f"UPDATE auditlog_logentry SET id = {ids[3]} WHERE id = {ids[5]}",
            f"UPDATE auditlog_logentry SET id = {ids[5]} WHERE id = -1",
        ],
        lambda ids: Break(2, ids[3], "it was changed"),
    ),
    (
        "a seal goes",
        lambda ids: ["DELETE FROM audit_seal WHERE number = 2"],
        lambda ids: Break(2, None, "the seal is missing"),
    ),
    (
        "a seal is changed",
        lambda ids: ["UPDATE audit_seal SET sealed_at = now() WHERE number = 2"],
        lambda ids: Break(2, None, "the seal was changed"),
    ),
    (
        "the list of rows is changed",
        lambda ids: ["UPDATE audit_seal SET leaves = overlay(leaves PLACING '\\x00' FROM 30) WHERE number = 2"],
        lambda ids: Break(2, None, "its list of rows was changed"),
    ),
]


@pytest.mark.parametrize(("how", "statements", "expected"), TAMPERING, ids=[one[0] for one in TAMPERING])
def test_tampering_is_found_and_the_first_bad_row_named(
    ids: list[int], how: str, statements: Callable[[list[int]], list[str]], expected: Callable[[list[int]], Break]
) -> None:
    tamper(*statements(ids))
    assert broken() == expected(ids)


def test_a_row_inserted_into_a_gap_of_the_ids_is_named(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('auditlog_logentry_id_seq', %s)", [ids[-1] + 5])
    write(1)
    sealing.seal(now=NOW)
    tamper(inserted(ids[-1] + 2))
    assert broken() == Break(4, ids[-1] + 2, "it was inserted after the sealing")


def test_a_chain_that_was_built_anew_is_not_the_one_that_was_noted(ids: list[int]) -> None:
    noted = (2, bytes(Seal.objects.get(number=2).digest).hex())
    assert proving.prove(proving.in_place(), noted=noted).broken is None
    tamper("DELETE FROM audit_seal", f"UPDATE auditlog_logentry SET cid = 'x' WHERE id = {ids[0]}")
    sealing.seal(now=NOW)
    assert broken() is None
    assert "noted elsewhere" in str(proving.prove(proving.in_place(), noted=noted).broken)


def test_the_command_ends_with_3_and_shows_the_first_break(ids: list[int]) -> None:
    said = io.StringIO()
    call_command("audit_verify", stderr=said)
    assert "9 entries" in said.getvalue()
    tamper(f"UPDATE auditlog_logentry SET cid = 'x' WHERE id = {ids[4]}")
    with pytest.raises(CommandError) as caught:
        call_command("audit_verify", stderr=said)
    assert caught.value.returncode == 3
    assert f"first break: entry {ids[4]} (seal 2): it was changed" in said.getvalue()


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.jsonl.gz"])
def test_an_export_proves_itself_without_a_database(ids: list[int], tmp_path: Path, name: str) -> None:
    call_command("audit_export", "-o", str(tmp_path / name), stderr=io.StringIO(), stdout=io.StringIO())
    proof = archive.verify(tmp_path / name)
    assert (proof.seals, proof.entries, proof.broken) == (3, 9, None)
    assert {seal.export_sha256 for seal in Seal.objects.all()} == {archive.file_digest(tmp_path / name)}


@pytest.fixture
def export(ids: list[int], tmp_path: Path) -> Path:
    path = tmp_path / "trail.jsonl"
    call_command("audit_export", "-o", str(path), stderr=io.StringIO(), stdout=io.StringIO())
    return path


def found_in(path: Path, lines: list[bytes]) -> str:
    path.write_bytes(b"".join(lines))
    return str(archive.verify(path).broken)


def test_every_flipped_byte_of_an_export_is_found(export: Path) -> None:
    content = bytearray(export.read_bytes())
    begins = content.index(b"\n") + 1  # the first line is a legend
    for place in range(begins, len(content) - 1, 37):
        content[place] ^= 1
        export.write_bytes(content)
        assert archive.verify(export).broken is not None
        content[place] ^= 1


def test_what_was_done_to_an_export_is_named(export: Path, ids: list[int]) -> None:
    lines = export.read_bytes().splitlines(keepends=True)
    first = 6 + 1  # the legend, a seal, three entries, a seal: then the second entry of the second seal
    changed = [
        *lines[:first],
        lines[first].replace(b"Branch", b"Brunch").replace("Čaršija".encode(), b"Pijaca"),
        *lines[first + 1 :],
    ]
    assert found_in(export, changed) == f"entry {ids[4]} (seal 2): it was changed"
    assert found_in(export, [*lines[:first], *lines[first + 1 :]]) == f"entry {ids[4]} (seal 2): it is missing"
    swapped = [*lines[:first], lines[first + 1], lines[first], *lines[first + 2 :]]
    assert found_in(export, swapped) == f"entry {ids[4]} (seal 2): it is not in its place"
    doubled = [*lines[:first], lines[first].replace(str(ids[4]).encode(), b"77777777", 1), *lines[first:]]
    assert found_in(export, doubled) == "entry 77777777 (seal 2): it was inserted after the sealing"
    assert "ends early" in found_in(export, lines[:-1])
    assert "follows after the end" in found_in(export, [*lines, b"{}\n"])


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("hello\n")
    with pytest.raises(CommandError, match="not an export"):
        call_command("audit_verify", "--file", str(tmp_path / "x.jsonl"), stderr=io.StringIO())


def test_a_damaged_archive_is_named_as_such(ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl.gz"
    call_command("audit_export", "-o", str(path), stderr=io.StringIO(), stdout=io.StringIO())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert archive.verify(path).broken is not None
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(archive.Unreadable):
        archive.verify(path)


def test_an_export_is_never_overwritten_and_a_dry_run_writes_none(export: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there already"):
        call_command("audit_export", "-o", str(export), stderr=io.StringIO())
    call_command("audit_export", "-o", str(tmp_path / "other.jsonl"), "--dry-run", stderr=io.StringIO())
    assert not (tmp_path / "other.jsonl").exists()


def test_a_part_of_the_chain_proves_itself(ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl"
    call_command("audit_export", "-o", str(path), "--from-seal", "2", stderr=io.StringIO(), stdout=io.StringIO())
    assert archive.verify(path).entries == 6


def test_the_task_and_the_command_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    write(2)
    assert tasks.seal_trail() == 2
    call_command("audit_seal", "--on", "2026-12-01T09:00+00:00", "--dry-run", stderr=io.StringIO())
    call_command("audit_verify", "--json", stdout=io.StringIO(), stderr=io.StringIO())
    assert Seal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_with_a_small_id_is_not_missed() -> None:
    drawn, go_on = threading.Event(), threading.Event()

    def dawdle() -> None:
        try:
            with transaction.atomic():
                write(1, "late")
                drawn.set()
                assert go_on.wait(10)
        finally:
            connection.close()

    late = threading.Thread(target=dawdle)
    late.start()
    assert drawn.wait(10)
    write(2)  # commits first, with larger ids
    assert sealing.seal(now=NOW, patience=0.2) == (0, 0)
    threading.Timer(0.3, go_on.set).start()
    assert sealing.seal(now=NOW, patience=10) == (1, 3)
    late.join()
    assert broken() is None
