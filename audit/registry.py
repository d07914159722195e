"""What the audit trail keeps of every model, or why it keeps nothing. A model that is in neither list fails a test."""

from collections.abc import Mapping
from typing import Any, Final

from auditlog.registry import AuditlogModelRegistry
from django.apps import apps
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from audit import signals
from audit.rules import PLAIN, RULES, Rules

TRACKED: Final[Mapping[str, Rules]] = {
    "accounts.User": Rules(
        hidden=("password",),
        masked=("phone", "email"),
        unlogged=("last_login", "last_seen_at", "date_joined", "columns"),  # columns: how somebody looks at lists
        many=("groups", "user_permissions"),
    ),
    "accounts.SavedFilter": Rules(hidden=("query",)),  # people search for people
    "accounts.ApiKey": Rules(unlogged=("digest", "last_used_at")),
    "accounts.TokenSession": Rules(unlogged=("refresh_jti", "last_used_at", "expires_at")),
    "cars.Branch": PLAIN,
    "cars.Category": PLAIN,
    "cars.Car": PLAIN,
    "cars.OdometerReading": PLAIN,
    "cars.Insurance": PLAIN,
    "cars.Registration": PLAIN,
    "cars.Inspection": PLAIN,
    "cars.ServicePlan": PLAIN,
    "cars.ServiceRecord": PLAIN,
    "cars.IssueReport": PLAIN,
    "cars.Damage": PLAIN,
    "cars.Occupancy": PLAIN,
    "cars.Attachment": PLAIN,
    "notifications.ReminderRule": PLAIN,
    "notifications.WebhookEndpoint": Rules(unlogged=("failing_since",)),
    "customers.Customer": Rules(
        masked=("phone", "email", "licence_number", "passport_number", "personal_id", "vat_number"),
        hidden=("name", "father_name", "company_name", "address", "city", "birth_date", "notes"),
        pseudonymous=True,
    ),
    "customers.Document": Rules(pseudonymous=True),
    "customers.Flag": Rules(hidden=("reason",), pseudonymous=True),
    "customers.Attachment": PLAIN,
    "files.File": Rules(hidden=("name",)),  # people name scans after people
    # People write names and addresses into free text.
    "contracts.Contract": Rules(
        hidden=("notes", "pickup_place", "return_place", "pickup_position", "return_position"),
        many=("drivers",),
        told_apart=(("overrides", "override"),),
    ),
    "contracts.Assignment": PLAIN,
    "contracts.Handover": Rules(hidden=("remarks",)),
    "contracts.Attachment": PLAIN,
    "contracts.Extra": PLAIN,
    "contracts.PriceLine": PLAIN,
    "contracts.Charge": PLAIN,
    "contracts.Payment": Rules(hidden=("note",)),
    "contracts.DayClose": PLAIN,
    # What it says is kept in the row itself, for good; when its PDF reached the bucket interests nobody.
    "contracts.Agreement": Rules(hidden=("verification_code",), unlogged=("snapshot", "file", "pdf_sha256")),
}

EXEMPT: Final[Mapping[str, str]] = {
    "accounts.BrowserSession": "A browser's session; holds no business data.",
    "otp_totp.TOTPDevice": "Secrets of second factors; their setting up, use and end are entries of their own.",
    "otp_static.StaticDevice": "Holder of recovery codes; making and using them are entries of their own.",
    "otp_static.StaticToken": "Digests of recovery codes; making and using them are entries of their own.",
    "accounts.WrongLogins": "Counters of the lock-out; that an account was locked is an entry of its own.",
    "accounts.IdempotentAnswer": "A copy of an answer already given; what the request did is in the trail.",
    "admin.LogEntry": "Django's own list of recent actions; nothing writes to it here.",
    "auditlog.LogEntry": "The trail itself; entries are final.",
    "audit.JobRun": "A record of what the clock did; what the job changed is in the trail.",
    "audit.Seal": "The proof over the trail; a chain of its own, final by trigger.",
    "auth.Group": "Roles are data in accounts/roles.py, written at each migration; who has which role is in the trail.",
    "auth.Permission": "Written by migrations only.",
    "contenttypes.ContentType": "Written by migrations only.",
    "contracts.ReferenceCounter": "The last number given; the contract that took it is in the trail.",
    "notifications.Email": "A letter in the outbox; the change it tells of is in the trail.",
    "notifications.Notification": "Says what is in the trail already.",
    "notifications.ReminderSent": "Keeps a reminder to once; the paper it is about is in the trail.",
    "notifications.WebhookDelivery": "A message on its way; the change it tells of is in the trail.",
    "notifications.WebhookProgress": "How far the events were handed on; says nothing of the business.",
    "notifications.Event": "A record of what happened, written once and never changed.",
    "sessions.Session": "A browser's session; holds no business data.",
}


def connect() -> None:
    """Let the models of TRACKED write to the trail; called once, when the apps are ready."""
    trail = AuditlogModelRegistry(
        create=False,
        update=False,
        delete=False,
        m2m=False,
        custom={pre_save: signals.recall, post_save: signals.saved, post_delete: signals.deleted},
    )
    for label, rules in TRACKED.items():
        model: Any = apps.get_model(label)
        RULES[model] = rules
        trail.register(model)
        for name in rules.many:
            field: Any = model._meta.get_field(name)
            signals.MANY[field.remote_field.through] = field
            m2m_changed.connect(signals.many_changed, sender=field.remote_field.through)
    pre_save.connect(signals.stamped, sender=apps.get_model("auditlog.LogEntry"))
