"""The check that `migrate` must not make (it needs the tables) is made here instead."""

import pytest
from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.checks import UnfoldModelAdminChecks


@pytest.mark.django_db
def test_every_permission_that_a_step_of_the_admin_asks_for_exists() -> None:
    checks = UnfoldModelAdminChecks()
    ours = [page for page in admin.site._registry.values() if isinstance(page, ModelAdmin)]
    assert [error for page in ours for error in checks._check_unfold_action_permission_methods(page)] == []
