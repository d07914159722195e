"""Password rules that Django does not bring."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.demo import PASSWORD


class NotTheDemoPassword:
    """Refuses the password that the README prints, everywhere but in the demo."""

    def validate(self, password: str, user: object = None) -> None:
        if password == PASSWORD and settings.ENVIRONMENT != "demo":
            raise ValidationError(_("This is the demo's password and known to everyone."), code="password_demo")

    def get_help_text(self) -> str:
        return ""  # nobody who chooses a password needs to be told of it
