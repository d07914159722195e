"""Password rules that Django does not bring."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fleet.settings.security import DEMO_PASSWORD


class NotTheDemoPassword:
    """Refuses the password that the README prints, everywhere but in the demo."""

    def validate(self, password: str, user: object = None) -> None:
        if password == DEMO_PASSWORD and settings.ENVIRONMENT != "demo":
            raise ValidationError(_("This is the demo's password and known to everyone."), code="password_demo")

    def get_help_text(self) -> str:
        return _("The demo's password is refused.")
