"""The bench measures a real server; no figure of it is ever asserted, only what it counts."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fleet.bench import growth, load, pages, report, wrk
from fleet.bench.server import cpu_seconds, serving
from fleet.management.commands import bench
from fleet.seed.scale import Scale


def test_the_load_counts_every_answer_of_a_real_gunicorn() -> None:
    with serving("fleet.bench.hello:application", workers=1, threads=2, probe="/") as (port, child):
        found = load.hammer(port, lambda _: load.get("/"), connections=4, seconds=0.3)
        assert cpu_seconds(child) > 0
    assert set(found.statuses) == {200}
    assert found.statuses[200] == found.requests > 0


@pytest.mark.skipif(wrk.program() is None, reason="wrk is not installed")
def test_wrk_counts_what_is_answered_and_what_is_refused() -> None:
    with serving("fleet.asgi", workers=1, threads=2, probe="/livez", FLEET_LANE="off") as (port, _):
        fine = wrk.hammer(port, "/livez", connections=2, seconds=1)
        refused = wrk.hammer(port, "/api/v1/cars/", connections=2, seconds=1)
    assert fine.statuses == {200: fine.requests}
    assert refused.statuses == {wrk.UNTOLD: refused.requests}
    assert fine.client == "wrk"
    assert 0 < fine.p50_ms <= fine.p99_ms


@pytest.mark.parametrize("label", ["a/b", "../x", "", "-x", "a b"])
def test_a_label_is_the_name_of_a_file(label: str) -> None:
    with pytest.raises(CommandError, match="label"):
        call_command("bench", f"--save={label}")


def test_what_got_slower_or_asks_more_is_named() -> None:
    old = {"scenes": {"car": {"ratio": 0.2, "statements": 2}, "book": {"ratio": 0.1, "statements": 8}}}
    new = {"scenes": {"car": {"ratio": 0.1, "statements": 2}, "book": {"ratio": 0.09, "statements": 9}}}
    assert report.slower(new, old) == ["car: 10.0 % of hello, was 20.0 %", "book: 9 statements, were 8"]


@pytest.mark.django_db(transaction=True)
def test_the_command_seeds_measures_and_saves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "_FOLDER", tmp_path)
    call_command("bench", scale="6x20x40", seconds=0.2, connections=2, client="own", save="try")
    (saved,) = tmp_path.glob("*-try.json")
    outcome = json.loads(saved.read_text())
    assert outcome["naive"]["car by id"]["statuses"].keys() == {"200"}
    assert all(outcome["mixed"][floor] > 0 for floor in ("lane", "no lane"))
    assert {"car by id", "25 contracts", "availability", "availability, br", "book"} <= outcome["scenes"].keys()
    assert outcome["scenes"].pop("book")["statuses"].keys() == {"201"}
    assert all(row["statuses"].keys() == {"200"} for row in outcome["scenes"].values())
    assert outcome["overlaps"] == "none"
    assert "req/s" in capsys.readouterr().out


@pytest.mark.django_db
def test_growth_compares_companies_of_several_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "_FOLDER", tmp_path)
    monkeypatch.setattr(growth, "_TIMES", 1)
    (tmp_path / "growth.json").write_text('{"10": {"a car": [1000.0, 9], "25 contracts": [0.000001, 9]}}')
    call_command("seed", scale=Scale.parse("6x20x40"))
    with pytest.raises(CommandError, match="1 warning"):
        call_command("bench", growth=True)

    assert set(json.loads((tmp_path / "growth.json").read_text())) == {"10", "40"}
    assert "| a contract by its number | – | " in (tmp_path / "growth.md").read_text()
    said = capsys.readouterr()
    assert "free cars, with reasons" in said.out
    assert "25 contracts: " in said.err
    assert "a car: " not in said.err


@pytest.mark.django_db
def test_pages_are_measured_after_years_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "_FOLDER", tmp_path)
    monkeypatch.setattr(pages, "_TIMES", 1)
    call_command("seed", scale=Scale.parse("6x20x40"))
    call_command("bench", pages=True)

    table = (tmp_path / "pages.md").read_text()
    assert "40 contracts, 2" in table  # and two hundred entries of the trail, five of each
    for page in ("Today", "timeline", "list of payments", "contract: check_in", "car: costs", "trail by model"):
        assert f"| {page} | " in table
    assert "statements" in capsys.readouterr().out


def test_what_a_page_may_not_cost_is_named() -> None:
    found = {
        "due": pages.Cost(statements=21, kb=20.1, whole=["contracts_contract"]),
        "timeline, 31 days": pages.Cost(statements=8, kb=79.0),
    }
    assert pages.over(found) == ["due: 21 statements", "due: 20.1 kB", "due reads many rows of contracts_contract"]
