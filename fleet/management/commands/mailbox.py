"""`manage.py mailbox`: what the local mail server has taken."""

import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "List the e-mails in the local mailbox, or show one of them."
    examples = ("mailbox", "mailbox --to lejla@example.com --limit 5", "mailbox --show 12")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, help="a Maildir (FLEET_MAILBOX, which the demo sets)")
        parser.add_argument("--to", default="", help="only mails to this address")
        parser.add_argument("--limit", type=int, default=30, help="the newest so many (30)")
        parser.add_argument("--show", type=int, metavar="NUMBER", help="show one mail: its head and text")
        parser.add_argument("--raw", action="store_true", help="with --show: the whole mail as it came")

    def work(self, *, folder: Path | None, to: str, limit: int, show: int | None, raw: bool, **options: Any) -> Counts:
        arrived = _arrived(folder or Path(settings.FLEET_MAILBOX or "."))
        if show is not None:
            self._show(arrived, show, raw=raw)
            return {"shown": 1}
        times = Counter(str(mail["Message-ID"]) for _, mail in arrived)
        chosen = [
            (number, mail) for number, (_, mail) in enumerate(arrived, 1) if to.lower() in str(mail["To"]).lower()
        ]
        newest = chosen[-limit:]
        if self.as_json:
            self.details["mails"] = [_facts(number, mail, times) for number, mail in newest]
        else:
            for number, mail in newest:
                self.stdout.write(_line(_facts(number, mail, times)))
        return {"e-mails": len(chosen), "repeated": sum(count - 1 for count in times.values())}

    def _show(self, arrived: list[tuple[Path, EmailMessage]], number: int, *, raw: bool) -> None:
        if not 1 <= number <= len(arrived):
            raise CommandError(f"There is no e-mail {number}; there are {len(arrived)}.")
        path, mail = arrived[number - 1]
        if raw:
            self.stdout.write(path.read_text(errors="replace"))
            return
        for name in ("Date", "From", "To", "Subject", "Message-ID"):
            self.stdout.write(f"{name}: {mail[name]}")
        body = mail.get_body(("plain", "html"))
        self.stdout.write(f"\n{body.get_content() if body else ''}")


def _arrived(folder: Path) -> list[tuple[Path, EmailMessage]]:
    """Return the mails in the order in which they came."""
    if not (folder / "new").is_dir():
        raise CommandError(
            "There is no mailbox. `. .state/env` leads to the demo's; or name a Maildir with --folder.", returncode=1
        )
    ordered = sorted((*folder.glob("new/*"), *folder.glob("cur/*")), key=_moment)
    return [(path, message_from_bytes(path.read_bytes(), policy=default)) for path in ordered]


def _moment(path: Path) -> list[int]:
    """Return second, microsecond, process and number within it, which Maildir writes without leading zeros."""
    return [int(digits) for digits in re.findall(r"\d+", path.name)[:4]]


def _facts(number: int, mail: EmailMessage, times: Counter[str]) -> dict[str, Any]:
    return {
        "number": number,
        "date": str(mail["Date"]),
        "to": str(mail["To"]),
        "subject": str(mail["Subject"]),
        "message_id": str(mail["Message-ID"]),
        "times": times[str(mail["Message-ID"])],
    }


def _line(facts: dict[str, Any]) -> str:
    again = f"  (came {facts['times']} times)" if facts["times"] > 1 else ""
    return f"{facts['number']:>5}  {facts['date'][:25]:<25}  {facts['to']:<32}  {facts['subject']}{again}"
