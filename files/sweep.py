"""Rows and bucket compared: what is missing, what differs, what nobody needs."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from files import uploads
from files.errors import Refused, TooLarge
from files.inspection import inspect
from files.models import File
from fleet.storage import PrivateStorage, bucket

# An upload writes its object first; its row is there a moment later.
SETTLED: Final = timedelta(hours=1)
_CHUNK: Final = 500


@dataclass
class Findings:
    """What a look has found; `abandoned` and `strays` can be removed, the rest needs a backup."""

    files: int = 0
    missing: list[File] = field(default_factory=list)
    wrong: list[tuple[File, str]] = field(default_factory=list)
    abandoned: list[File] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


def look(*, now: datetime, contents: bool = False) -> Findings:
    """Compare every row with its object; with `contents` also read each one and check what it is."""
    stored = {one.key: one for one in bucket().everything(File.PREFIX)}
    findings = Findings(abandoned=list(File.objects.abandoned(now=now)))
    known: set[str] = set()
    for file in File.objects.iterator(chunk_size=_CHUNK):
        known.update(file.keys)
        findings.files += 1
        if not set(file.keys) <= stored.keys():
            findings.missing.append(file)
        elif file.size != stored[file.key].size:
            findings.wrong.append((file, "size"))
        elif contents and (why := _difference(bucket(), file)):
            findings.wrong.append((file, why))
    settled = (one for one in stored.values() if one.changed_at < now - SETTLED)
    findings.strays = sorted(one.key for one in settled if one.key not in known)
    return findings


def remove(findings: Findings) -> Iterator[str]:
    """Remove what nobody needs and yield its keys; each in a transaction of its own."""
    for file in findings.abandoned:
        with transaction.atomic():
            # Once more under a lock: it may have been attached since the look.
            still = File.objects.loose().chosen([file.pk]).first()
            if still is not None:
                uploads.remove(still)
                yield file.key
    for key in findings.strays:
        bucket().remove(key)
        yield key


def _difference(store: PrivateStorage, file: File) -> str:
    """Say in what the stored bytes differ from what was written down, or return nothing."""
    content = store.fetch(file.key)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return "content"
    try:
        return "" if inspect(content).kind == file.kind else "type"
    except (Refused, TooLarge):
        return "type"
