"""Phone numbers as people write them, kept as E.164 (ITU-T)."""

from typing import Final

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from fleet import territory
from fleet.errors import Invalid

_WRONG: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: _("Write the number with its country code, e.g. +387 61 222 333."),
    NumberParseException.TOO_LONG: _("The phone number is too long."),
    NumberParseException.TOO_SHORT_NSN: _("The phone number is too short."),
    NumberParseException.TOO_SHORT_AFTER_IDD: _("The phone number is too short."),
}
_LENGTH: Final = {
    ValidationResult.TOO_SHORT: _("The phone number is too short."),
    ValidationResult.TOO_LONG: _("The phone number is too long."),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: _("Write the phone number with its area code."),
}
_NO_NUMBER: Final = _("This is no phone number.")


def normalised(raw: str, country: str = "") -> str:
    """Return the number as +387…; without a country code it is one of `country` (ISO 3166-1 alpha-2), else of our own.

    Raises Invalid with the field `phone`. Only the length is checked: number plans change faster than libraries.
    """
    written = raw.strip()
    if not written:
        return ""
    if not country and written.startswith("00"):
        written = f"+{written[2:]}"
    try:
        number = phonenumbers.parse(written, country or territory.home() or None)
    except NumberParseException as error:
        raise Invalid(phone=_WRONG.get(error.error_type, _NO_NUMBER), code="invalid_phone") from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        raise Invalid(phone=_LENGTH.get(reason, _NO_NUMBER), code="invalid_phone")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(kept: str) -> str:
    """Return the number in groups: `061 222 333` at home, `+385 91 234 5678` from elsewhere."""
    try:
        number = phonenumbers.parse(kept)
    except NumberParseException:
        return kept
    own = phonenumbers.country_code_for_region(territory.home()) == number.country_code
    # Of a number outside the plan that the library knows, the national form would lack its 0.
    known = own and phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if known else PhoneNumberFormat.INTERNATIONAL)


def dial_code(country: str) -> str:
    """Return "+387" for BA, an empty text for places without one."""
    code = phonenumbers.country_code_for_region(country)
    return f"+{code}" if code else ""
