"""Write static/fleet/slots.css: `python deploy/slots.py`.

The policy allows no inline style, so a bar of the timeline says by classes between which lines of its grid it lies.
tests/contracts/test_timeline_page.py says when it is due.
"""

from pathlib import Path

LENGTHS = (7, 14, 31, 62)  # days
SLOTS = 4  # of a day: contracts/timeline.py
STYLESHEET = Path(__file__).resolve().parent.parent / "static/fleet/slots.css"


def compiled() -> str:
    """Return a class per line at which a bar may start or end, and one per length of the window."""
    last = max(LENGTHS) * SLOTS + 1
    lines = ["/* Written by deploy/slots.py. */"]
    lines += [f".d{days}{{--tl-slots:{days * SLOTS}}}" for days in LENGTHS]
    lines += [f".s{line}{{grid-column-start:{line}}}" for line in range(1, last)]
    lines += [f".e{line}{{grid-column-end:{line}}}" for line in range(2, last + 1)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    STYLESHEET.write_text(compiled())
