"""emails/: the outbox of letters, and a second chance for those that were given up."""

import django_filters
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import EditViewSet, FleetViewSet
from notifications import delivery
from notifications.models import Email, ReminderRule


class EmailSerializer(StrictModelSerializer):
    class Meta:
        model = Email
        fields = (
            "id",
            "to",
            "template",
            "language",
            "status",
            "attempts",
            "next_try_at",
            "sent_at",
            "repeats",
            "last_error",
            "created_at",
        )
        read_only_fields = fields


class EmailFilters(django_filters.FilterSet):  # type: ignore[misc]
    status = django_filters.MultipleChoiceFilter(choices=Email.Status.choices)
    template = django_filters.CharFilter()

    class Meta:
        model = Email
        fields = ("status", "template")


class EmailViewSet(FleetViewSet[Email]):
    """Letters and what became of them."""

    queryset = Email.objects.order_by("-id")
    serializer_class = EmailSerializer
    filterset_class = EmailFilters
    permissions = {
        "list": "notifications.view_email",
        "retrieve": "notifications.view_email",
        "retry": "notifications.retry_email",
    }
    history = None  # type: ignore[assignment] # the outbox is its own record

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Send a letter again that was given up."""
        return self.answer(delivery.retry(self.get_object().pk, by=self.by, now=timezone.now()))


class ReminderRuleSerializer(StrictModelSerializer):
    class Meta:
        model = ReminderRule
        fields = (
            "id",
            "subject",
            "offsets",
            "role",
            "branch_id",
            "at_once",
            "is_active",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = ("id", "created_at", "updated_at", "version")


class ReminderRuleViewSet(EditViewSet[ReminderRule]):
    """Who is reminded of what, and how long before."""

    queryset = ReminderRule.objects.all()
    serializer_class = ReminderRuleSerializer
    sorts = ("subject", "role", "created_at")
    permissions = {
        "list": "notifications.view_reminderrule",
        "retrieve": "notifications.view_reminderrule",
        "create": "notifications.add_reminderrule",
        "update": "notifications.change_reminderrule",
        "destroy": "notifications.delete_reminderrule",
    }
