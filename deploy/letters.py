"""Compile the frame of the e-mails: `python deploy/letters.py` turns templates/emails/base.mjml into base.html.

tests/notifications/test_letters.py says when it is due.
"""

from pathlib import Path

import mrml

EMAILS = Path(__file__).resolve().parent.parent / "templates/emails"


def compiled() -> str:
    """Return base.html: tables and inline styles that mail programs understand, Django's blocks left as they are."""
    output = mrml.to_html((EMAILS / "base.mjml").read_text())
    html = output if isinstance(output, str) else output.content
    return f"{html.strip()}\n"


if __name__ == "__main__":
    (EMAILS / "base.html").write_text(compiled())
