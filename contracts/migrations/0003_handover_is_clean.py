"""`clean` would hide Model.clean(), and with it every full_clean() of a hand-over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_guards")]
    operations = [migrations.RenameField("handover", "clean", "is_clean")]
