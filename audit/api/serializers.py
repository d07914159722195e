"""Entries of the trail in JSON."""

from typing import Any, Final

from auditlog.models import LogEntry
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audit import history, naming, telling
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer

ACTIONS: Final = {
    LogEntry.Action.CREATE: "create",
    LogEntry.Action.UPDATE: "update",
    LogEntry.Action.DELETE: "delete",
    LogEntry.Action.ACCESS: "access",
}


_HOUSE: Final = "staff"  # all that a program outside reads of who works here


class ChangeOutput(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class _Page(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        naming.attach(rows, reader=self.context["request"].user)
        return super().to_representation(rows)


class EntrySerializer(StrictModelSerializer):
    """Who changed what, when and through which door; ids as ids, personal data masked."""

    at = InstantField(source="timestamp", read_only=True)
    action = serializers.SerializerMethodField()
    what = serializers.SerializerMethodField(help_text="Kind of access: login, download, export …; empty for changes.")
    model = serializers.SerializerMethodField(help_text='e.g. "customers.customer"; empty for a run of a command.')
    object_id = serializers.CharField(source="object_pk", read_only=True)
    object = serializers.SerializerMethodField(
        help_text="What it is called; people by their name of today, for those who may see it."
    )
    actor_name = serializers.SerializerMethodField(help_text='An integrator reads "staff" for everybody but himself.')
    door = serializers.SerializerMethodField(
        help_text="admin, api, key:<prefix>, celery:<task>, command:<name> or shell"
    )
    address = serializers.IPAddressField(
        source="remote_addr", read_only=True, allow_null=True, help_text="An integrator reads only his own."
    )
    request_id = serializers.CharField(source="cid", read_only=True, allow_null=True)
    changes = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField(help_text="What an access says beside: the step, the file, the rows …")

    class Meta:
        model = LogEntry
        list_serializer_class = _Page
        fields = (
            "id",
            "at",
            "action",
            "what",
            "model",
            "object_id",
            "object",
            "actor",
            "actor_name",
            "door",
            "address",
            "request_id",
            "changes",
            "details",
        )
        read_only_fields = ("id", "actor")

    def to_representation(self, instance: LogEntry) -> dict[str, Any]:
        """Say of the people of the house to programs outside only that it was one of them (domain.md §5: no users)."""
        shown: dict[str, Any] = super().to_representation(instance)
        reader = self.context["request"].user
        if not reader.is_staff and instance.actor_id != reader.pk:
            shown |= {"actor": None, "actor_name": _HOUSE, "address": None, "door": shown["door"].partition(":")[0]}
        return shown

    def get_action(self, entry: LogEntry) -> str:
        return ACTIONS[entry.action]

    def get_what(self, entry: LogEntry) -> str:
        return history.what_of(entry)

    def get_model(self, entry: LogEntry) -> str:
        return history.label_of(entry)

    def get_object(self, entry: LogEntry) -> str:
        return naming.shown(entry)

    def get_actor_name(self, entry: LogEntry) -> str:
        return telling.who(entry)

    def get_door(self, entry: LogEntry) -> str:
        return telling.door(entry)

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_details(self, entry: LogEntry) -> dict[str, Any]:
        return history.details_of(entry)

    @extend_schema_field(ChangeOutput(many=True))
    def get_changes(self, entry: LogEntry) -> list[dict[str, Any]]:
        return [{"field": field, "before": before, "after": after} for field, (before, after) in history.changed(entry)]


class DayOutput(serializers.Serializer[Any]):
    day = serializers.DateField()
    entries = serializers.IntegerField()


class ActionOutput(serializers.Serializer[Any]):
    action = serializers.ChoiceField(list(ACTIONS.values()))
    what = serializers.CharField()
    entries = serializers.IntegerField()


class ModelOutput(serializers.Serializer[Any]):
    model = serializers.CharField()
    entries = serializers.IntegerField()


class ActorOutput(serializers.Serializer[Any]):
    actor = serializers.UUIDField(allow_null=True)
    actor_name = serializers.CharField()
    entries = serializers.IntegerField()


class StatisticsOutput(serializers.Serializer[Any]):
    """How many entries there are, counted by day, by kind, by what they are about and by who did it."""

    entries = serializers.IntegerField()
    days = DayOutput(many=True)
    actions = ActionOutput(many=True)
    models = ModelOutput(many=True)
    actors = ActorOutput(many=True, help_text="The twenty most active; null stands for nobody.")
