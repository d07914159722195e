"""What the search for free cars goes by; built while everybody goes on working."""

from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cars", "0005_attachments")]

    operations = [
        AddIndexConcurrently(
            model_name="occupancy",
            index=models.Index(
                F("car"),
                RangeEndsWith("period"),
                condition=Q(released_at__isnull=True),
                include=("period",),
                name="occupancy_next",
            ),
        ),
    ]
