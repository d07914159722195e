"""Accounts: people, keys, roles."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import role_sync, signals  # noqa: PLC0415 - models are loaded only now

        post_migrate.connect(role_sync.after_migrate, dispatch_uid="accounts.role_sync")
        # Django's own receiver would save the user: a new version and an audit entry with every log-in.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(signals.note_login, dispatch_uid="accounts.note_login")
