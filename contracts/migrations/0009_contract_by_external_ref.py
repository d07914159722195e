"""Contracts by the reference of an integrator, whoever that is; built while everybody goes on working."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0008_a_place_on_the_map")]

    operations = [
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                fields=["external_ref"], condition=~Q(external_ref=""), name="contract_by_external_ref"
            ),
        ),
    ]
