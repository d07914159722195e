"""What is old goes, once it is sealed and exported; the chain stays provable from the seals."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import archive, proving, sealing, segments
from audit.models import Seal
from tests.audit.test_seal import broken, tamper, write

pytestmark = pytest.mark.django_db
LATER = (timezone.now() + timedelta(days=400)).isoformat()


def command(name: str, *options: str) -> str:
    said = io.StringIO()
    call_command(name, *options, stdout=said, stderr=said)
    return said.getvalue()


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(segments, "MOST", 3)
    write(6)
    sealing.seal(now=datetime(2026, 11, 24, 9, tzinfo=UTC))
    command("audit_export", "-o", str(tmp_path / "trail.jsonl"))
    write(2)
    return tmp_path / "trail.jsonl"


def test_only_what_is_old_sealed_and_exported_goes(exported: Path) -> None:
    sealing.seal(now=timezone.now())
    with pytest.raises(CommandError) as caught:  # the third seal is due and not exported
        command("audit_retention", "--keep-days", "365", "--on", LATER)
    assert caught.value.returncode == 3
    assert list(Seal.objects.filter(removed_at__isnull=False).values_list("pk", flat=True)) == [1, 2]
    assert LogEntry.objects.filter(content_type__model="branch").count() == 2


def test_the_chain_is_proved_from_the_seals_that_remain(exported: Path) -> None:
    command("audit_retention", "--keep-days", "365", "--on", LATER)
    sealing.seal(now=timezone.now())
    proof = proving.prove(proving.in_place())
    assert (proof.broken, proof.seals > 2, proof.entries < 6) == (None, True, True)
    assert archive.verify(exported).entries == 6
    assert Seal.objects.get(pk=1).export_sha256 == archive.file_digest(exported)


def test_nothing_younger_goes_and_a_second_run_finds_nothing(exported: Path) -> None:
    assert "0 entries" in command("audit_retention", "--keep-days", "365")
    assert "6 entries" in command("audit_retention", "--keep-days", "365", "--on", LATER)
    assert "0 entries" in command("audit_retention", "--keep-days", "365", "--on", LATER)


def test_a_dry_run_removes_nothing(exported: Path) -> None:
    assert "6 entries" in command("audit_retention", "--keep-days", "365", "--on", LATER, "--dry-run")
    assert not Seal.objects.filter(removed_at__isnull=False).exists()
    assert broken() is None


def test_nothing_is_removed_from_a_trail_that_was_tampered_with(exported: Path) -> None:
    tamper("UPDATE auditlog_logentry SET cid = 'x' WHERE id = (SELECT min(id) FROM auditlog_logentry)")
    with pytest.raises(CommandError, match="tampered"):
        command("audit_retention", "--keep-days", "365", "--on", LATER)
    assert not Seal.objects.filter(removed_at__isnull=False).exists()


def test_a_row_put_back_where_retention_removed_is_found(exported: Path) -> None:
    first = Seal.objects.get(pk=1).last_id
    command("audit_retention", "--keep-days", "365", "--on", LATER)
    tamper(f"UPDATE auditlog_logentry SET id = {first} WHERE id = (SELECT max(id) FROM auditlog_logentry)")  # noqa: S608
    assert "put where retention had removed" in str(broken())


@pytest.mark.parametrize("days", ["0", "-5", "all"])
def test_days_that_mean_nothing_are_refused(days: str) -> None:
    with pytest.raises(CommandError):
        command("audit_retention", "--keep-days", days)
