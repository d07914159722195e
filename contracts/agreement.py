"""The agreement's versions: written with the step that changes what was agreed, signed, kept, verified.

The row is complete when its step is committed; the PDF is drawn from it whenever it is wanted. A worker keeps a copy
in the bucket after the commit: nothing waits for S3, and nothing is lost while it is silent.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from contracts import agreed, printing
from contracts.errors import AgreementOutdated, AgreementSigned, IllegalStep
from contracts.events import happened
from contracts.models import Agreement, Attachment, Contract, Handover
from contracts.status import Status
from files.kinds import PDF
from fleet import broker
from fleet.actor import verb
from fleet.db import unit
from fleet.errors import Invalid, NotFound
from fleet.storage import StorageDown, bucket

logger = logging.getLogger(__name__)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CODE_LENGTH: Final = 20  # × 5 bits = 100 bits: nobody finds one by trying
_MOST_STROKES, _MOST_POINTS, _WIDTH, _HEIGHT = 200, 6000, 1000, 400
_BATCH: Final = 50

type Strokes = Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True)
class Verdict:
    """What a stranger with a code may know: whether the paper is ours, and whether it still holds."""

    valid: bool
    reference: str = ""
    version: int = 0
    issued_at: datetime | None = None
    signed_at: datetime | None = None
    newest: bool = False
    fingerprint: str = ""


def write(
    contract: Contract, occasion: Agreement.Occasion, *, by: User, now: datetime, handover: Handover | None = None
) -> Agreement:
    """Write the next version, in the transaction of the step; with the signature that came with the hand-over."""
    said = agreed.snapshot(agreed.read(contract), occasion=occasion, by=by, now=now)
    signature = _photographed(handover) if handover else None
    if signature:
        said["signature"] = {**signature, "name": said["renter"]["name"], "at": said["issued"]}
    return _keep(contract, said, signed_at=now if signature else None)


@verb
def draw_up(contract_id: UUID, *, by: User, now: datetime) -> Agreement:
    """Write the first version for a contract that came from elsewhere with its car out. Raises IllegalStep."""
    contract = Contract.objects.lock(contract_id)
    if contract.status != Status.ACTIVE or contract.agreements.exists():
        raise IllegalStep(contract, "draw up an agreement")
    return write(contract, Agreement.Occasion.CHECK_OUT, by=by, now=now)


@verb
def sign(
    agreement_id: UUID, *, strokes: Strokes, by: User, now: datetime, name: str = "", text_sha256: str = ""
) -> Agreement:
    """Let the customer sign: the next version says the same and carries the strokes, the digest of the text, who, when.

    `text_sha256` is the digest of what was shown; with another one the customer would sign something else.
    Raises AgreementSigned, AgreementOutdated, IllegalStep and Invalid for strokes that are no drawing.
    """
    drawn = _checked(strokes)
    shown = Agreement.objects.select_related("contract").filter(pk=agreement_id).first()
    if shown is None:
        raise NotFound(gettext("There is no agreement %(id)s.") % {"id": agreement_id})
    contract = Contract.objects.select_related("pickup_branch").lock(shown.contract_id)
    if contract.status not in (Status.ACTIVE, Status.RETURNED):
        raise IllegalStep(contract, "sign")
    if shown.signed_at is not None:
        raise AgreementSigned
    newest = contract.agreements.newest_first().only("number")[0]
    if newest.number != shown.number or (text_sha256 and text_sha256 != shown.sha256):
        raise AgreementOutdated(newest=newest.number)
    said = {**shown.snapshot, "version": shown.number + 1, "occasion": Agreement.Occasion.SIGNED.value}
    said["signature"] = {
        "strokes": drawn,
        "name": " ".join(name.split())[:120] or said["renter"]["name"],
        "at": f"{now.astimezone(contract.pickup_branch.zone):%d.%m.%Y %H:%M}",
        "text_sha256": shown.sha256,
        "witness": by.get_username(),
    }
    said["date"] = list(now.timetuple()[:6])
    signed = _keep(contract, said, signed_at=now)
    happened("contract.agreement_signed", contract, agreement=str(signed.pk), number=signed.number)
    return signed


def pdf(agreement: Agreement) -> bytes:
    """Return the PDF: the copy in the bucket, or, where there is none or S3 is silent, drawn anew from the snapshot."""
    if agreement.file:
        try:
            kept = bucket().fetch(agreement.file.name or "")
        except (FileNotFoundError, StorageDown):
            logger.warning("an agreement is drawn anew", extra={"agreement": str(agreement.pk)}, exc_info=True)
        else:
            if hashlib.sha256(kept).hexdigest() == agreement.pdf_sha256:
                return kept
            logger.error("an agreement in the bucket was changed", extra={"agreement": str(agreement.pk)})
    return printing.pdf(agreement)


def store(agreement: Agreement) -> Agreement:
    """Keep the PDF in the bucket, once. Call it outside any transaction. Raises StorageDown."""
    if not agreement.file:
        drawn = printing.pdf(agreement)
        key = f"agreements/{agreement.pk}.pdf"
        bucket().put(key, drawn, PDF.media_type)
        with transaction.atomic():
            row = Agreement.objects.lock(agreement.pk)
            if not row.file:  # another worker was not faster
                row.file, row.pdf_sha256 = key, hashlib.sha256(drawn).hexdigest()
                row.save(update_fields=["file", "pdf_sha256"])
        return row
    return agreement


def store_waiting() -> int:
    """Keep every PDF that is not in the bucket yet; return how many. One that fails does not hold up the others."""
    stored, failed = 0, set[UUID]()
    while batch := list(Agreement.objects.unstored().exclude(pk__in=failed)[:_BATCH]):
        for one in batch:
            try:
                store(one)
            except StorageDown:
                return stored  # the next sweep, when S3 answers
            except Exception:
                logger.exception("an agreement could not be stored", extra={"agreement": str(one.pk)})
                failed.add(one.pk)
            else:
                stored += 1
    return stored


def verdict(code: str) -> Verdict:
    """Say whether a code is one of ours. The same statement and the same work for every code, right or wrong."""
    typed = re.sub(r"[^0-9A-Z]", "", code.upper())[:64].translate(str.maketrans("OIL", "011"))
    found: Any = Agreement.objects.coded(typed).select_related("contract").with_newest().first()
    if found is None:
        return Verdict(valid=False)
    return Verdict(
        valid=True,
        reference=found.contract.reference,
        version=found.number,
        issued_at=found.created_at,
        signed_at=found.signed_at,
        newest=found.number == found.newest,
        fingerprint=found.sha256[:16],
    )


def _keep(contract: Contract, said: dict[str, Any], *, signed_at: datetime | None) -> Agreement:
    written = unit.insert(
        Agreement(
            contract=contract,
            number=said["version"],
            occasion=said["occasion"],
            language=said["language"],
            snapshot=said,
            sha256=printing.digest(said),
            verification_code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
            signed_at=signed_at,
        )
    )
    broker.wake("contracts.tasks.store_agreements")
    return written


def _photographed(handover: Handover) -> dict[str, Any] | None:
    """Return where the picture of the signature is that was given with the hand-over, and what it must be."""
    found = Attachment.objects.filter(handover=handover, role=Attachment.Role.SIGNATURE).select_related("file").first()
    if found is None or not found.file.kind.is_image:
        return None
    return {"key": found.file.key, "sha256": found.file.sha256, "media_type": found.file.media_type}


def _checked(strokes: Strokes) -> list[list[list[int]]]:
    """Return the strokes as whole numbers within the pad. Raises Invalid."""
    try:
        drawn = [[[int(x), int(y)] for x, y in stroke] for stroke in strokes if stroke]
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(strokes=gettext("A stroke is a list of points [x, y]."), code="no_strokes") from error
    points = [point for stroke in drawn for point in stroke]
    if len(points) < 2 or len(points) > _MOST_POINTS or len(drawn) > _MOST_STROKES:
        raise Invalid(strokes=gettext("This is no signature."), code="no_signature")
    if not all(0 <= x <= _WIDTH and 0 <= y <= _HEIGHT for x, y in points):
        raise Invalid(
            strokes=gettext("Points lie within %(width)s × %(height)s.") % {"width": _WIDTH, "height": _HEIGHT},
            code="outside_the_pad",
        )
    return drawn
