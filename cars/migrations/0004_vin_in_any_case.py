"""A VIN may be typed in small letters; it is kept in capitals."""

import django.core.validators
import re
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cars', '0003_service_plan_has_interval'),
    ]

    operations = [
        migrations.AlterField(
            model_name='car',
            name='vin',
            field=models.CharField(blank=True, max_length=17, null=True, validators=[django.core.validators.RegexValidator('^[A-HJ-NPR-Z0-9]{17}\\Z', 'A VIN has 17 letters and digits, without I, O and Q (ISO 3779).', flags=re.RegexFlag['IGNORECASE'])], verbose_name='VIN'),
        ),
    ]
