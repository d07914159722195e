"""A process that writes rows and says what is answered: `python -m tests.door.writer FILE SLOT PK COUNT [wait]`."""

import mmap
import struct
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - after the set-up

from cars.models import Branch, Car  # noqa: E402
from fleet.db import unit  # noqa: E402

PAUSE = 0.03  # seconds: some writes before, during and after every outage


def write(model: type[Any], column: str, pk: str, number: int) -> None:
    """Name the row after the number, through another door each time."""
    name = f"N{number}"
    if number % 4 == 0:
        row = model.objects.get(pk=pk)
        setattr(row, column, name)
        row.save(update_fields=[column])
    elif number % 4 == 1:
        model.objects.filter(pk=pk).update(**{column: name})
    elif number % 4 == 2:
        with transaction.atomic(), unit.gathered():
            row = model.objects.get(pk=pk)
            setattr(row, column, name)
            unit.update(row, column)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [name, pk])  # noqa: S608


def main(file: str, slot: int, pk: str, count: int) -> None:
    model, column = (Car, "location_note") if Car.objects.filter(pk=pk).exists() else (Branch, "name")
    with Path(file).open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as answered:
        for number in range(1, count + 1):
            write(model, column, pk, number)
            struct.pack_into("q", answered, 8 * slot, number)
            time.sleep(PAUSE)


if __name__ == "__main__":
    if sys.argv[5:] == ["wait"]:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
