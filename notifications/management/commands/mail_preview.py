"""`manage.py mail_preview`: every letter in every language, as files to look at."""

from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.management.base import CommandParser

from fleet.management.base import Counts, FleetCommand
from notifications.letters import LANGUAGES, TEMPLATES, render
from notifications.samples import SAMPLES


class Command(FleetCommand):
    help = "Write every e-mail with sample data to files: .html to look at, .txt, and .eml for a mail program."
    examples = ("mail_preview", "mail_preview --out /tmp/letters")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("mail-preview"), help="folder (mail-preview)")

    def work(self, *, out: Path, **options: Any) -> Counts:
        out.mkdir(parents=True, exist_ok=True)
        for template in TEMPLATES:
            for language in LANGUAGES:
                letter = render(template, language, SAMPLES[template])
                whole = EmailMultiAlternatives(letter.subject, letter.text, to=["lejla@example.com"])
                whole.attach_alternative(letter.html, "text/html")
                stem = out / f"{template}.{language}"
                stem.with_suffix(f".{language}.html").write_text(letter.html)
                stem.with_suffix(f".{language}.txt").write_text(f"{letter.subject}\n\n{letter.text}")
                stem.with_suffix(f".{language}.eml").write_bytes(whole.message().as_bytes())
        self.note(f"Open {out.resolve()}")
        return {"letters": len(TEMPLATES) * len(LANGUAGES)}
