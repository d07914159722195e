"""A task that takes its time, for a worker that is told to leave."""

import time
from pathlib import Path

from fleet.celery import app


@app.task  # type: ignore[untyped-decorator]
def nap(seconds: float, mark: str) -> None:
    with Path(mark).open("a") as file:
        file.write("began\n")
    time.sleep(seconds)
    with Path(mark).open("a") as file:
        file.write("done\n")
