"""Days are closed by counting the drawer; charges say who decided them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import fleet.db.base

IMMUTABLE = """
CREATE FUNCTION dayclose_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A closed day is never changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'dayclose_immutable', TABLE = 'contracts_dayclose';
END $$;
CREATE TRIGGER dayclose_immutable BEFORE UPDATE OR DELETE ON contracts_dayclose
    FOR EACH ROW EXECUTE FUNCTION dayclose_immutable();
"""
MUTABLE = """
DROP TRIGGER dayclose_immutable ON contracts_dayclose;
DROP FUNCTION dayclose_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cars", "0005_attachments"),
        ("contracts", "0003_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DayClose",
            fields=[
                ("id", models.UUIDField(default=fleet.db.base.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("day", models.DateField(verbose_name="day")),
                ("expected_cash", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="cash expected")),
                ("counted_cash", models.DecimalField(decimal_places=2, help_text="Without the float; below 0 when the float had to help out.", max_digits=12, verbose_name="cash counted")),
                ("difference", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="difference")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cars.branch", verbose_name="branch")),
                ("created_by", models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="created by")),
            ],
            options={
                "verbose_name": "day close",
                "verbose_name_plural": "day closes",
                "ordering": ("-day", "branch"),
                "permissions": (
                    ("report_utilisation", "Can see the report of utilisation"),
                    ("report_revenue", "Can see the report of revenue"),
                    ("report_costs", "Can see the reports of costs"),
                    ("report_maintenance", "Can see the report of maintenance"),
                    ("report_overdue", "Can see the report of overdue cars"),
                    ("report_expiring", "Can see the report of what expires"),
                    ("report_deposits", "Can see the report of deposits"),
                    ("report_waivers", "Can see the report of waived charges"),
                    ("report_day_close", "Can see what was taken today"),
                    ("report_past_days", "Can see what was taken on earlier days"),
                ),
                "constraints": (
                    models.UniqueConstraint(fields=("branch", "day"), name="dayclose_once", violation_error_code="already_closed", violation_error_message="This day is closed already."),
                    models.CheckConstraint(condition=Q(difference=F("counted_cash") - F("expected_cash")), name="dayclose_difference_adds_up", violation_error_message="The difference is what was counted less what was expected."),
                    models.CheckConstraint(condition=Q(difference=0) | ~Q(note=""), name="dayclose_difference_explained", violation_error_message="A difference needs a note."),
                ),
            },
        ),
        migrations.RunSQL(IMMUTABLE, MUTABLE),
        migrations.AddField(
            model_name="charge",
            name="decided_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="decided at"),
        ),
        migrations.AddField(
            model_name="charge",
            name="decided_by",
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="decided by"),
        ),
    ]
