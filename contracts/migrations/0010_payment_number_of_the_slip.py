"""The field has the name that the counter knows it by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0009_contract_by_external_ref")]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="external_id",
            field=models.CharField(blank=True, max_length=80, verbose_name="number of the slip"),
        )
    ]
