"""The reminders that a company usually wants; who wants others changes them in the admin."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PAPERS = ("insurance", "registration", "inspection")
RULES = (
    *((subject, [30, 14, 7, 1], "manager", False) for subject in PAPERS),
    *((subject, [0, -1], "manager", True) for subject in PAPERS),
    ("service", [14, 7, 1, 0, -7], "manager", False),
    ("service", [14, 7, 1, 0, -7], "mechanic", False),
    ("licence", [30, 7, 0], "agent", False),
    ("passport", [30, 7], "agent", False),
    ("document", [30, 7], "agent", False),
    ("hold", [1, 0], "agent", False),
    ("pick_up", [1, 0], "agent", False),
    ("return", [0], "agent", False),
    ("return", [-1], "agent", True),
    ("return", [-1, -3, -7], "manager", True),
)


def write(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("notifications", "ReminderRule")
    rule.objects.bulk_create(
        rule(subject=subject, offsets=offsets, role=role, at_once=at_once) for subject, offsets, role, at_once in RULES
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_letters_notices_reminders")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
