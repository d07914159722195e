"""Gapless contract numbers."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

_NEXT = """
INSERT INTO contracts_referencecounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = contracts_referencecounter.last + 1 RETURNING last
"""


def next_reference(now: datetime) -> str:
    """Return the next `R-YYYY-NNNNNN` of the local year.

    The counter's row stays locked until the transaction ends, so a rolled-back booking leaves no gap; therefore
    this is the last thing a booking does before it writes the contract.
    """
    year = timezone.localtime(now).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [year])
        (number,) = cursor.fetchone()
    return f"R-{year}-{number:06d}"
