"""Where on the map a car is handed over, and taken back; what lies there already is checked in a second step."""

import django.core.validators
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_PATTERN = (
    r"^-?(90(\.0{1,6})?|[1-8]?[0-9](\.[0-9]{1,6})?),"
    r"-?(180(\.0{1,6})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,6})?)$"
)
_MESSAGE = "Latitude and longitude in degrees, such as 43.856430,18.413029."
_PLACES = {"pickup_position": "pick-up on the map", "return_position": "return on the map"}


def _column(name: str, label: str) -> migrations.AddField:
    valid = django.core.validators.RegexValidator(_PATTERN, _MESSAGE, code="no_position")
    field = models.CharField(blank=True, default="", max_length=23, validators=[valid], verbose_name=label)
    return migrations.AddField("contract", name, field)


def _constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q((name, ""), (f"{name}__regex", _PATTERN), _connector="OR"),
        name=f"contract_{name}_on_earth",
        violation_error_message=_MESSAGE,
    )


class Migration(migrations.Migration):
    dependencies = [("contracts", "0007_agreements_are_final")]

    operations = [
        *(_column(name, label) for name, label in _PLACES.items()),
        *(AddConstraintNotValid("contract", _constraint(name)) for name in _PLACES),
        *(ValidateConstraint("contract", f"contract_{name}_on_earth") for name in _PLACES),
    ]
