"""What the clock did, run by run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_indexes_that_carry_the_order")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=100, verbose_name="job")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "done"), ("idle", "nothing to do"), ("failed", "failed")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("ended_at", models.DateTimeField(verbose_name="ended at")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="times")),
                (
                    "handled",
                    models.PositiveIntegerField(
                        help_text="How many things it did.", null=True, verbose_name="handled"
                    ),
                ),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="What kind; the log says more.", max_length=100, verbose_name="error"
                    ),
                ),
            ],
            options={
                "verbose_name": "job run",
                "verbose_name_plural": "job runs",
                "ordering": ("-ended_at", "-id"),
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["job", "-ended_at", "-id"], name="jobrun_by_job"),
                    models.Index(fields=["-ended_at", "-id"], name="jobrun_by_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("started_at")), ("times__gte", 1)),
                        name="jobrun_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", "failed"), ("error", ""), _connector="XOR"),
                        name="jobrun_failed_says_what",
                    ),
                ],
            },
        ),
    ]
