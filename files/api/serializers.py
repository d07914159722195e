"""A file in JSON; nothing of it comes from the client but the bytes and a name."""

from typing import Any

from rest_framework import serializers

from files import uploads
from files.models import File
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer


class FileSerializer(StrictModelSerializer):
    """What was found in the bytes."""

    class Meta:
        model = File
        fields = ("id", "name", "media_type", "size", "sha256", "created_at", "created_by")
        read_only_fields = fields


class LinkSerializer(serializers.Serializer[Any]):
    """Where the file is; the address works for 15 minutes, for whoever holds it."""

    url = serializers.URLField()
    expires_at = InstantField()


class UploadInput(serializers.Serializer[Any]):
    """multipart/form-data with one part."""

    file = serializers.FileField(help_text="At most 20 MB; JPEG, PNG, WebP, PDF, Word, Excel or OpenDocument.")


class AttachField(serializers.ListField):
    """Ids of one's own uploads that the record shall hold."""

    child = serializers.UUIDField()

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Ids of files that you have uploaded (POST files/); they join the record.")
        super().__init__(**{"max_length": uploads.MOST_PER_RECORD, **options})


class AttachInput(StrictSerializer):
    attach = AttachField(min_length=1)


class Holding(serializers.Serializer[Any]):
    """Mixed into the serializer of a record: `attach` names uploads that join it when it is saved."""

    attach = AttachField(write_only=True, required=False)

    def get_field_names(self, *args: Any, **kwargs: Any) -> list[str]:
        names = super().get_field_names(*args, **kwargs)  # type: ignore[misc]
        return [*names, "attach"]

    def save(self, **kwargs: Any) -> Any:
        ids = self.validated_data.pop("attach", ())
        row = super().save(**kwargs)
        if ids:
            uploads.attach(row, ids, by=self.context["request"].user)
        return row
