"""From a row to a letter: subject, text and HTML in the reader's language, links made at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from notifications.models import Email

TEMPLATES: Final = (
    "invitation",
    "password_reset",
    "booking_confirmed",
    "booking_changed",
    "pick_up_tomorrow",
    "receipt",
    "overdue",
    "digest",
    "webhook_off",
)
LANGUAGES: Final = ("en", "bs")
# What the rows of a letter are called; written here, with the templates, as the whole letter is.
_LABELS: Final = {
    "bs": {
        "Contract": "Ugovor",
        "Car": "Vozilo",
        "Pick-up": "Preuzimanje",
        "Return": "Povrat",
        "Price": "Cijena",
        "Deposit": "Depozit",
        "Phone": "Telefon",
    }
}


@dataclass(frozen=True)
class Letter:
    """What the reader gets; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


def render(template: str, language: str, context: dict[str, Any]) -> Letter:
    """Return the letter. The first line of the text template is the subject."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    named = _LABELS.get(spoken, {})
    tables = {
        name: [[named.get(label, label), value] for label, value in context.get(name, ())]
        for name in ("rows", "former")
    }
    told = {**context, **tables, "home": settings.FLEET_URL, "language": spoken}
    with translation.override(spoken):
        subject, _, text = render_to_string(f"emails/{template}.{spoken}.txt", told).strip().partition("\n")
        html = render_to_string(f"emails/{template}.{spoken}.html", {**told, "subject": subject.strip()})
    return Letter(subject.strip(), text.strip() + "\n", html)


def message(email: Email, *, now: datetime) -> EmailMultiAlternatives:
    """Return the message of a row; its Message-ID and Date are the row's, so that a repeat can be recognised."""
    letter = render(email.template, email.language, {**email.context, **_links(email, now)})
    built = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email.to],
        headers={
            "Message-ID": message_id(email),
            "Date": format_datetime(email.created_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    built.attach_alternative(letter.html, "text/html")
    return built


def message_id(email: Email) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{email.pk.hex}@{domain}>"


def _links(email: Email, now: datetime) -> dict[str, str]:
    """Return the link that opens an account; it exists in no row and in no message of the broker."""
    maker = settings.FLEET_MAIL_LINKS.get(email.template)
    return {"link": import_string(maker)(email.template, email.context["user"], now=now)} if maker else {}
