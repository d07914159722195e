"""Points on the map, as people paste them: "43.856430,18.413029", latitude first, degrees of WGS 84 (RFC 5870)."""

from typing import Final

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

_LATITUDE: Final = r"-?(90(\.0{1,6})?|[1-8]?[0-9](\.[0-9]{1,6})?)"
_LONGITUDE: Final = r"-?(180(\.0{1,6})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,6})?)"
PATTERN: Final = f"^{_LATITUDE},{_LONGITUDE}$"
LONGEST: Final = 23

is_position = RegexValidator(
    PATTERN, _("Latitude and longitude in degrees, such as 43.856430,18.413029."), code="no_position"
)
