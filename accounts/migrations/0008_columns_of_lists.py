from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_saved_filters")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="columns",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="columns of lists"),
        ),
    ]
