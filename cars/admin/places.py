"""Branches and categories in the admin."""

from django.contrib import admin

from cars.admin import explained
from cars.admin.base import CarsAdmin
from cars.models import Branch, Category


@admin.register(Branch)
class BranchAdmin(CarsAdmin):
    explains = explained.BRANCH
    list_display = ("name", "code", "time_zone", "phone", "email", "is_active")
    list_filter = ("is_active",)
    fields = (("code", "name"), "time_zone", "address", ("phone", "email"), "is_active")


@admin.register(Category)
class CategoryAdmin(CarsAdmin):
    explains = explained.CATEGORY
    list_display = ("name", "code", "daily_rate", "deposit", "km_per_day", "excess_km_rate", "upgrade_rank")
    list_filter = ()
    fields = (
        ("code", "name"),
        ("daily_rate", "deposit"),
        ("km_per_day", "excess_km_rate"),
        ("min_driver_age", "turnaround_minutes", "upgrade_rank"),
    )
