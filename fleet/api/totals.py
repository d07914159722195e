"""The sums below a list: the same filters, counted and added up by what they are grouped by.

class InsuranceViewSet(TotalsMixin[Insurance], EditViewSet[Insurance]):
    totals_by = ("kind",)
    totals_of = ("cost",)
    permissions = {..., "totals": "cars.view_insurance"}
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Sum
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.api.filters import list_parameters
from fleet.api.pagination import Cursor
from fleet.api.views import FleetViewSet
from fleet.money import ZERO


class TotalsMixin[M: models.Model](FleetViewSet[M]):
    """`totals/` on a list: `{count, <sums>, groups: [{<by>, count, <sums>}]}`, in one statement."""

    totals_by: ClassVar[Sequence[str]] = ()
    totals_of: ClassVar[Sequence[str]] = ()  # columns of money

    def known_parameters(self) -> set[str]:
        known = super().known_parameters()
        return (known | list_parameters(self)) - {*Cursor.parameters, "sort"} if self.step == "totals" else known

    @extend_schema(
        responses=OpenApiTypes.OBJECT, description="How many, and their sums: the filters and `q` of the list."
    )
    @action(detail=False)
    def totals(self, request: Request) -> Response:
        rows = self.filter_queryset(self.get_queryset()).order_by().values(*self.totals_by)
        sums = {f"sum_{name}": Sum(name) for name in self.totals_of}
        found = list(rows.annotate(many=Count("pk"), **sums).order_by(*self.totals_by))
        groups = [{**{name: row[name] for name in self.totals_by}, **self._added([row])} for row in found]
        return Response({**self._added(found), "groups": groups})

    def _added(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        added = {name: str(sum((row[f"sum_{name}"] or ZERO for row in rows), ZERO)) for name in self.totals_of}
        return {"count": sum(row["many"] for row in rows), **added}
