"""A plan without an interval passed the check, because a comparison with NULL refuses nothing."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cars', '0002_odometer_forward'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='serviceplan',
            name='serviceplan_has_interval',
        ),
        migrations.AddConstraint(
            model_name='serviceplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('every_km__isnull', True), ('every_km__gte', 1), _connector='OR'), models.Q(('every_months__isnull', True), ('every_months__gte', 1), _connector='OR'), models.Q(('every_km__isnull', False), ('every_months__isnull', False), _connector='OR')), name='serviceplan_has_interval', violation_error_message='Give a number of km or of months, 1 or more.'),
        ),
    ]
