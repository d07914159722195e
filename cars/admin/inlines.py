"""What is shown on a car's page. What has a verb is to be read here and written by its own page or button."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cars import papers
from cars.admin.papers import warn
from cars.models import Damage, Inspection, Insurance, IssueReport, Paper, Registration, ServiceRecord
from fleet.admin.base import FleetTabularInline
from fleet.admin.records import LookOnly


class _ToRead(LookOnly, FleetTabularInline):
    tab = True


class _PaperInline(FleetTabularInline):
    tab = True
    ordering = ("-valid_until", "-id")


class InsuranceInline(_PaperInline):
    model = Insurance
    fields = ("kind", "provider", "number", "valid_from", "valid_until", "cost")


class RegistrationInline(_PaperInline):
    model = Registration
    fields = ("authority", "number", "valid_from", "valid_until", "cost")


class InspectionInline(_PaperInline):
    model = Inspection
    fields = ("number", "valid_from", "valid_until", "cost")


class ServiceRecordInline(_ToRead):
    model = ServiceRecord
    fields = ("service_date", "service_type", "odometer_km", "vendor", "cost", "next_service_km", "next_service_date")
    ordering = ("-service_date", "-id")


class IssueInline(_ToRead):
    model = IssueReport
    fields = ("created_at", "title", "severity", "status", "restriction", "resolved_at")
    readonly_fields = ("created_at", "resolved_at")
    ordering = ("-created_at", "-id")


class DamageInline(_ToRead):
    model = Damage
    fields = ("created_at", "panel", "kind", "note", "repaired_at")
    readonly_fields = ("created_at", "repaired_at")
    ordering = ("-created_at", "-id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("cars.add_damage")


def save_papers(request: HttpRequest, formset: Any) -> None:
    """Write what was typed into the rows of papers, each through its verb."""
    by: Any = request.user
    now = timezone.now()
    formset.save(commit=False)
    outcomes = [papers.remove(paper, by=by, now=now) for paper in formset.deleted_objects]
    outcomes += [
        papers.amend(paper, by=by, now=now, **{name: getattr(paper, name) for name in names})
        for paper, names in formset.changed_objects
    ]
    outcomes += [papers.add(paper, by=by, now=now) for paper in formset.new_objects]
    if outcomes:
        warn(request, outcomes[-1])  # one car: the last look sees all


def are_papers(formset: Any) -> bool:
    return issubclass(formset.model, Paper)
