"""Exports of the sealed trail: one JSON object a line, provable on a machine that has nothing but the file.

First a line about the file, then each seal followed by the entries that lie under it in their canonical form, and a
line that says that the end is reached. `.gz` in the name compresses.
"""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from audit import segments
from audit.chain import Break, Segment
from audit.models.seal import instant
from audit.proving import Noted, Proof, Sealed, prove

_SEAL: Final = b'{"seal": '
_DAMAGED: Final = (OSError, EOFError, zlib.error)
_END: Final = b'{"end": '
_HEX: Final = ("previous", "rows", "digest")


@dataclass(frozen=True)
class Written:
    seals: int
    entries: int
    sha256: str  # of the file as it lies on the disk


class Unreadable(Exception):
    """The file cannot be understood from some place on."""


def write(path: Path, found: Iterable[Sealed], *, now: datetime, told: Callable[[int], None]) -> Written:
    """Write the export beside its final name, and rename it when it is complete."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as plain:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=plain, mtime=0) as packed:
                seals, entries = _write(cast("BinaryIO", packed), found, now, told)
        else:
            seals, entries = _write(plain, found, now, told)
    partial.rename(path)
    return Written(seals, entries, file_digest(path))


def _write(out: IO[bytes], found: Iterable[Sealed], now: datetime, told: Callable[[int], None]) -> tuple[int, int]:
    seals = entries = 0
    head = ""
    for segment, lines in found:
        if not seals:
            out.write(_json({"fleet_audit_export": 1, "first_seal": segment.number, **_legend(now)}))
        out.write(_json({"seal": _told(segment)}))
        out.writelines(line + b"\n" for line in lines)
        seals, entries, head = seals + 1, entries + len(lines), segment.digest.hex()
        told(len(lines))
    out.write(_json({"end": {"seals": seals, "entries": entries, "head": head}}))
    return seals, entries


def verify(path: Path, *, noted: Noted | None = None, told: Callable[[int], None] = lambda _: None) -> Proof:
    """Prove an export without a database. Raises Unreadable for what is no export at all."""
    with path.open("rb") as plain, gzip.open(plain) if path.suffix == ".gz" else nullcontext(plain) as source:
        try:
            first = int(json.loads(source.readline())["first_seal"])
        except (ValueError, KeyError, TypeError, *_DAMAGED) as error:
            raise Unreadable(f"{path} is not an export of the trail.") from error
        reading = _Reading(cast("IO[bytes]", source))
        proof = prove(reading.segments(), first=first, noted=noted, told=told)
    problem = reading.problem or _misses(proof, reading.end)
    if proof.broken is None and problem:
        number = proof.head.number if proof.head else first
        return replace(proof, broken=Break(number, None, problem))
    return proof


def _misses(proof: Proof, end: Any) -> str:
    head = proof.head.digest.hex() if proof.head else ""
    told = {"seals": proof.seals, "entries": proof.entries, "head": head}
    return "" if end == told else "the last line tells of another end"


class _Reading:
    """One pass over the lines; what ends it early is kept as `problem`, since all before it is still worth proving."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.problem = "the file ends early"
        self.end: Any = None

    def segments(self) -> Iterator[Sealed]:
        segment: Segment | None = None
        lines: list[bytes] = []
        try:
            for raw in self.source:
                line = raw.rstrip(b"\n")
                if not line.startswith((_SEAL, _END)):
                    lines.append(line)
                    continue
                if segment is not None:
                    yield segment, lines
                if line.startswith(_END):
                    self.end = json.loads(line)["end"]
                    self.problem = "something follows after the end" if self.source.read(1) else ""
                    return
                segment, lines = _segment(line), []
        except _DAMAGED as error:
            self.problem = f"the file cannot be read any further ({error})"
        except (ValueError, KeyError, TypeError):
            self.problem = "the line after it cannot be understood"


def file_digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _legend(now: datetime) -> dict[str, Any]:
    return {"exported_at": instant(now), "content_types": segments.labels()}


def _told(segment: Segment) -> dict[str, Any]:
    leaves = None if segment.leaves is None else base64.b64encode(segment.leaves).decode()
    return {**asdict(segment), **{name: getattr(segment, name).hex() for name in _HEX}, "leaves": leaves}


def _segment(line: bytes) -> Segment:
    said = json.loads(line)["seal"]
    leaves = None if said["leaves"] is None else base64.b64decode(said["leaves"])
    return Segment(**{**said, **{name: bytes.fromhex(said[name]) for name in _HEX}, "leaves": leaves})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
