"""What every serializer of a row of cars has."""

from typing import Any, ClassVar

from files.api.serializers import Holding
from fleet.api.serializers import StrictModelSerializer

SERVER_SET = ("created_at", "created_by", "updated_at", "version")


class FleetSerializer(StrictModelSerializer):
    """`fixed` fields are given once, on creation."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def get_extra_kwargs(self) -> dict[str, Any]:
        given = super().get_extra_kwargs()
        if self.instance is None:
            return given
        return {**given, **{name: {**given.get(name, {}), "read_only": True} for name in self.fixed}}

    @property
    def by(self) -> Any:
        return self.context["request"].user


class HoldingSerializer(Holding, FleetSerializer):
    """Of a row that holds files."""
