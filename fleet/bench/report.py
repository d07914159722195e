"""The outcome: a small table for people, JSON for the next comparison."""

import json
from pathlib import Path
from typing import Any

SLOWER = 1.3  # machines are noisy: less than this says nothing


def table(outcome: dict[str, Any]) -> str:
    """Return the measurements as lines of text; ratios are to the hello of the same run and client."""
    head = f"{'':<24}{'req/s':>9}{'% of hello':>12}{'by CPU':>8}{'p50 ms':>9}{'p99 ms':>9}{'statements':>12}"
    rows = [_row(name, row) for name, row in outcome["scenes"].items()]
    naive = [_row(f"{name}, naive", row) + _times(row) for name, row in outcome["naive"].items()]
    reference, mixed = outcome["references"], outcome["mixed"]
    return "\n".join(
        (
            f"{head}  client, statuses",
            *rows,
            *naive,
            f"statements per request of the mixed load: {mixed['lane']:.2f}, without the lane {mixed['no lane']:.2f}: "
            f"{mixed['ratio'] * 100:.1f} %",
            f"hello {reference['hello']:.0f}/s ({outcome['shape']['client']}), "
            f"{reference['hello_own_client']:.0f}/s (own) · one Redis GET {reference['redis_get']:.0f}/s · "
            f"one look-up by key {reference['primary_key']:.0f}/s · web tier {outcome['memory_mb'] or 0:.0f} MB · "
            f"overlaps in the ledger: {outcome['overlaps']}",
        )
    )


def _row(name: str, row: dict[str, Any]) -> str:
    statuses = ", ".join(f"{count} × {status or 'refused'}" for status, count in row["statuses"].items())
    return (
        f"{name:<24}{row['rate']:>9.0f}{row['ratio'] * 100:>12.1f}{_share(row):>8}"
        f"{row['p50_ms']:>9.1f}{row['p99_ms']:>9.1f}{row.get('statements', '–'):>12}  {row['client']}, {statuses}"
    )


def _share(row: dict[str, Any]) -> str:
    return f"{row['cpu_ratio'] * 100:.1f}" if row.get("cpu_ratio") else "–"


def _times(row: dict[str, Any]) -> str:
    return f" · ours without the lane: × {row['ours']:.1f}" if row["ours"] else ""


def slower(outcome: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Return what fell behind the earlier outcome by more than noise, by its ratio to hello."""
    found = []
    for name, row in outcome["scenes"].items():
        old = before["scenes"].get(name)
        if old and row["ratio"] * SLOWER < old["ratio"]:
            found.append(f"{name}: {row['ratio'] * 100:.1f} % of hello, was {old['ratio'] * 100:.1f} %")
        if old and row["statements"] > old["statements"]:
            found.append(f"{name}: {row['statements']} statements, were {old['statements']}")
    return found


def latest(folder: Path) -> dict[str, Any] | None:
    """Return the outcome that was saved last, if any; names begin with the date."""
    saved = sorted(folder.glob("2*.json"))
    return json.loads(saved[-1].read_text()) if saved else None


def save(outcome: dict[str, Any], folder: Path, label: str) -> Path:
    path = folder / f"{outcome['on'][:10]}-{label}.json"
    path.write_text(json.dumps(outcome, indent=1) + "\n")
    return path
