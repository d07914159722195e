"""Charges that somebody still has to decide, by contract; built while everybody goes on working."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0010_payment_number_of_the_slip")]

    operations = [
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(fields=["contract"], condition=Q(status="proposed"), name="charge_proposed"),
        ),
    ]
