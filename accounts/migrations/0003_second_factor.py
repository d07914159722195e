from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_wrong_logins'),
    ]

    operations = [
        migrations.AddField(
            model_name='tokensession',
            name='second_factor',
            field=models.BooleanField(default=False, editable=False, verbose_name='second factor'),
        ),
    ]
