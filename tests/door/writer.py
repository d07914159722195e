"""A process that writes rows and says what is answered: `python -m tests.door.writer FILE SLOT PK COUNT [wait]`."""

import mmap
import struct
import sys
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - after the set-up

from cars.models import Branch  # noqa: E402


def write(pk: str, number: int) -> None:
    """Name the branch after the number, through another door each time."""
    if number % 3 == 0:
        branch = Branch.objects.get(pk=pk)
        branch.name = f"N{number}"
        branch.save(update_fields=["name"])
    elif number % 3 == 1:
        Branch.objects.filter(pk=pk).update(name=f"N{number}")
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cars_branch SET name = %s WHERE id = %s", [f"N{number}", pk])


def main(file: str, slot: int, pk: str, count: int) -> None:
    with Path(file).open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as answered:
        for number in range(1, count + 1):
            write(pk, number)
            struct.pack_into("q", answered, 8 * slot, number)


if __name__ == "__main__":
    if sys.argv[5:] == ["wait"]:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
