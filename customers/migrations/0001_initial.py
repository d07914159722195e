import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django_countries.fields
import fleet.db.base
import fleet.db.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.UUIDField(default=fleet.db.base.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('kind', models.CharField(choices=[('person', 'person'), ('company', 'company')], default='person', max_length=10, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('father_name', models.CharField(blank=True, max_length=80, verbose_name="father's name")),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=16, validators=[django.core.validators.RegexValidator('^\\+[1-9]\\d{6,14}\\Z', 'Write the phone number as +387…, digits only (E.164).')], verbose_name='phone')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='city')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('personal_id', models.CharField(blank=True, max_length=30, verbose_name='personal id')),
                ('passport_number', models.CharField(blank=True, max_length=30, verbose_name='passport')),
                ('passport_expires_on', models.DateField(blank=True, null=True, verbose_name='passport valid to')),
                ('licence_number', models.CharField(blank=True, max_length=30, verbose_name='licence')),
                ('licence_country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='licence from')),
                ('licence_issued_on', models.DateField(blank=True, null=True, verbose_name='licence issued on')),
                ('licence_expires_on', models.DateField(blank=True, null=True, verbose_name='licence valid to')),
                ('company_name', models.CharField(blank=True, max_length=120, verbose_name='company')),
                ('vat_number', models.CharField(blank=True, max_length=30, verbose_name='VAT number')),
                ('language', models.CharField(choices=[('en', 'English'), ('bs', 'Bosanski')], default='en', max_length=5, verbose_name='language')),
                ('notes', models.TextField(blank=True, max_length=4000, verbose_name='notes')),
                ('status', models.CharField(choices=[('active', 'active'), ('anonymised', 'anonymised')], default='active', editable=False, max_length=12, verbose_name='status')),
                ('verified_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='verified at')),
                ('created_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('verified_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ('name', 'id'),
                'permissions': (('view_pii', 'Can see phone numbers, addresses and document numbers'), ('verify_customer', "Can confirm that a customer's documents were checked")),
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(fleet.db.text.Unaccented('name'), name='gin_trgm_ops'), name='customer_by_likeness'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('phone'), name='gin_trgm_ops'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), name='gin_trgm_ops'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('licence_number'), name='gin_trgm_ops'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('passport_number'), name='gin_trgm_ops'), name='customer_by_number'), models.Index(fields=['name', 'id'], name='customer_by_name'), models.Index(fields=['created_by', '-id'], name='customer_by_creator')],
                'constraints': [models.UniqueConstraint(models.F('licence_country'), django.db.models.functions.text.Upper('licence_number'), condition=models.Q(('status', 'active'), models.Q(('licence_number', ''), _negated=True)), name='customer_licence_once', violation_error_code='licence_taken', violation_error_message='Another customer has this licence.'), models.UniqueConstraint(django.db.models.functions.text.Upper('passport_number'), condition=models.Q(('status', 'active'), models.Q(('passport_number', ''), _negated=True)), name='customer_passport_once', violation_error_code='passport_taken', violation_error_message='Another customer has this passport.'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customer_name_given', violation_error_message='A customer needs a name.'), models.CheckConstraint(condition=models.Q(('licence_issued_on__isnull', True), ('licence_expires_on__isnull', True), ('licence_expires_on__gte', models.F('licence_issued_on')), _connector='OR'), name='customer_licence_ends_after_it_starts', violation_error_message='The licence ends before it was issued.'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='customer_verified_by_somebody', violation_error_message='Verified says when and by whom.')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=fleet.db.base.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('kind', models.CharField(choices=[('licence_front', 'licence, front'), ('licence_back', 'licence, back'), ('passport', 'passport'), ('id_card', 'identity card'), ('other', 'other')], max_length=15, verbose_name='kind')),
                ('file', models.FileField(blank=True, upload_to='documents/', verbose_name='file')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('verified_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='verified at')),
                ('purge_after', models.DateField(blank=True, editable=False, null=True, verbose_name='purge after')),
                ('created_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='customers.customer', verbose_name='customer')),
                ('verified_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.UUIDField(default=fleet.db.base.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('kind', models.CharField(choices=[('do_not_rent', 'do not rent'), ('debt', 'debt'), ('fraud', 'fraud'), ('vip', 'VIP'), ('note', 'note')], max_length=12, verbose_name='kind')),
                ('level', models.CharField(choices=[('info', 'information'), ('warn', 'warning'), ('block', 'no rental')], default='info', max_length=5, verbose_name='level')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('cleared_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='cleared at')),
                ('cleared_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cleared by')),
                ('created_by', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'flag',
                'verbose_name_plural': 'flags',
                'ordering': ('-created_at', '-id'),
                'indexes': [models.Index(condition=models.Q(('cleared_at__isnull', True)), fields=['customer'], name='flag_open_by_customer')],
            },
        ),
    ]
