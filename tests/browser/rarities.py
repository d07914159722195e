"""What a company has now and then, and the demo has not: without a row of it some screens could not be looked at."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image

from accounts import lockout, tokens
from accounts.models import User, WrongLogins
from files.models import File
from fleet.storage import bucket
from notifications.models import Email, Event, WebhookDelivery, WebhookEndpoint
from tests.browser.journeys import PASSWORD
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory
from tests.guards import world

READER: Final = "reader"  # an administrator who reads Bosnian


def plant() -> None:
    """Make a row of everything, with its files; the worker sends nothing of it to anybody."""
    _rows(timezone.now())
    content = BytesIO()
    Image.new("RGB", (800, 600), "gray").save(content, "JPEG")
    for file in File.objects.all():
        for key in file.keys:
            bucket().put(key, content.getvalue(), file.media_type)


@transaction.atomic
def _rows(now: datetime) -> None:
    world.build()
    WebhookEndpoint.objects.update(is_active=False, disabled_reason="It answered 500 for five days.")
    CarFactory(lifecycle="archived")
    UserFactory(username=READER, role="admin", language="bs", password=PASSWORD)
    UserFactory(role="viewer", is_active=False)
    locked = UserFactory(role="agent")
    for subject in lockout._subjects(locked.username, None):
        WrongLogins.objects.create(subject=subject, failures=lockout.FAILURES, ends_at=now + lockout.WINDOW)
    TOTPDevice.objects.create(user=locked, name="app", confirmed=True)
    tokens.open_session(User.objects.get(username="agent"), now=now)
    Email.objects.create(
        key="rarity",
        to="amra@example.com",
        template="invitation",
        language="en",
        status="failed",
        next_try_at=now,
        attempts=9,
        last_error="550 no such mailbox",
    )
    endpoint, event = WebhookEndpoint.objects.earliest("pk"), Event.objects.latest("pk")
    WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, status="failed", attempts=10, answer=500, next_try_at=now
    )
