"""Gapless contract numbers."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from django.utils import timezone

from contracts.models import Contract
from fleet.db import unit
from fleet.db.loaded import columns, remember
from fleet.db.writes import Late

_TOKEN: Final = uuid4().hex[:16]  # nobody types it
_NEXT = """
INSERT INTO contracts_referencecounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = contracts_referencecounter.last + 1
RETURNING 'R-' || year || '-' || lpad(last::text, greatest(6, length(last::text)), '0')
"""


def number(contract: Contract, now: datetime) -> None:
    """Give a new contract the next `R-YYYY-NNNNNN` of the local year, when it is written.

    The counter's row stays locked until the transaction ends, so a rolled-back booking leaves no gap; therefore the
    number is taken inside the statement that writes the contract, and everybody else waits no longer than for that.
    """

    def known(made: str) -> None:
        contract.reference = made
        remember(contract, columns(contract, ["reference"]))

    contract.reference = _TOKEN
    unit.make_late(Late(_TOKEN, _NEXT, [timezone.localtime(now).year], known))
