"""A process that tells somebody something again and again: `python -m tests.faults.announcer USER`.

It ends with its input and says how long the slowest took.
"""

import sys
import threading
import time

import django

django.setup()

from django.db import transaction  # noqa: E402 - after the set-up

from accounts.models import User  # noqa: E402
from notifications import notices  # noqa: E402

PAUSE = 0.2


def main(pk: str) -> None:
    user, ended, slowest, number = User.objects.get(pk=pk), threading.Event(), 0.0, 0
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.wait(PAUSE):
        began, number = time.monotonic(), number + 1
        with transaction.atomic():
            notices.notify([user], "system", title=f"notice {number}", key=f"notice:{number}")
        slowest = max(slowest, time.monotonic() - began)
    time.sleep(3)  # what could not be announced meanwhile
    sys.stdout.write(f"{slowest:.3f}\n")


if __name__ == "__main__":
    main(sys.argv[1])
