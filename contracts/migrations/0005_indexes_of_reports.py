"""What the reports of revenue and of waived charges search by; built while everybody goes on working."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0004_counted_days")]

    operations = [
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(condition=Q(status="waived"), fields=["decided_at"], name="charge_waived"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                condition=Q(status__in=("active", "returned", "closed", "no_show")),
                fields=["end_at", "start_at"],
                include=("total", "pickup_branch"),
                name="contract_earning",
            ),
        ),
    ]
