"""due/ and gaps/: what comes due and what is not covered, over the whole fleet."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cars import gaps
from cars.api.filters import FleetGapsQuery
from cars.api.serializers.standing import GapsOutput
from cars.api.views.standing import PAPERS
from cars.models import Car
from fleet import due
from fleet.api.pagination import DEFAULT_LIMIT, MOST, BadParameter
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetView
from fleet.due import Due, State, Subject

_COUNTED: Final = tuple(State)


class DueQuery(StrictSerializer):
    within = serializers.IntegerField(min_value=0, max_value=366, default=30, help_text="Days from today.")
    subject = serializers.CharField(default="", help_text=f"One or more, with commas: {', '.join(Subject)}.")
    state = serializers.ChoiceField(list(State), default="")
    branch = serializers.UUIDField(default=None)
    car = serializers.UUIDField(default=None)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=DEFAULT_LIMIT, help_text="Rows per page.")
    cursor = serializers.CharField(max_length=600, default="", help_text="`next_cursor` of the page before.")

    def validate_subject(self, text: str) -> list[str]:
        wanted = [name.strip() for name in text.split(",") if name.strip()]
        if unknown := [name for name in wanted if name not in set(Subject)]:
            raise serializers.ValidationError(f"There is no subject {unknown[0][:40]}.")
        return wanted


class DueOutput(serializers.Serializer[Due]):
    """One thing that comes due; ids are null for what it has nothing to do with or what you may not see."""

    subject = serializers.ChoiceField(list(Subject))
    state = serializers.SerializerMethodField()
    due_on = serializers.DateField(help_text="The last good day.")
    days_left = serializers.SerializerMethodField(help_text="Negative when overdue.")
    due_km = serializers.IntegerField(allow_null=True, help_text="Of a service by km; `due_on` is then projected.")
    title = serializers.CharField()
    object = serializers.CharField(source="label", help_text="The model behind it, such as cars.insurance.")
    object_id = serializers.UUIDField()
    branch = serializers.UUIDField(source="branch_id", allow_null=True)
    car = serializers.UUIDField(source="car_id", allow_null=True)
    customer = serializers.UUIDField(source="customer_id", allow_null=True)
    contract = serializers.UUIDField(source="contract_id", allow_null=True)

    def get_state(self, one: Due) -> str:
        return one.state(self.context["on"]).value

    def get_days_left(self, one: Due) -> int:
        return one.days_left(self.context["on"])


class DuePageOutput(serializers.Serializer[Any]):
    """A page, the most urgent first, and how many there are of each state over all pages."""

    def get_fields(self) -> dict[str, Any]:
        counts = {state.value: serializers.IntegerField() for state in _COUNTED}
        return {
            "data": DueOutput(many=True),
            "has_more": serializers.BooleanField(),
            "next_cursor": serializers.CharField(allow_null=True),
            **counts,
        }


class DueView(FleetView):
    """Everything that expires or is to be done: papers, services, licences, documents, holds, pick-ups, returns."""

    permissions = {"get": (*PAPERS, "cars.view_serviceplan")}
    parameters = {"get": tuple(DueQuery().fields)}

    @extend_schema(operation_id="due_list", parameters=[DueQuery], responses={200: DuePageOutput})
    def get(self, request: Request) -> Response:
        query, on = checked(request, DueQuery), timezone.localdate()
        cars = [query["car"]] if query["car"] else None
        subjects = due.seen_by(self.by) & set(query["subject"] or Subject)
        found = due.everything(on=on, within=query["within"], cars=cars, subjects=subjects)
        seen = [
            one
            for one in due.shown_to(self.by, found)
            if (not query["branch"] or one.branch_id == query["branch"])
            and (not query["state"] or one.state(on) == query["state"])
        ]
        rows, cursor = _page(seen, query["cursor"], query["limit"])
        counts = {state.value: sum(one.state(on) == state for one in seen) for state in _COUNTED}
        shown = [DueOutput(row, context={"on": on}).data for row in rows]
        return Response({"data": shown, "has_more": cursor is not None, "next_cursor": cursor, **counts})


class GapsView(FleetView):
    """Days on which cars that are kept have no valid paper."""

    permissions = {"get": PAPERS}
    parameters = {"get": tuple(FleetGapsQuery().fields)}

    @extend_schema(operation_id="gaps_list", parameters=[FleetGapsQuery], responses={200: GapsOutput})
    def get(self, request: Request) -> Response:
        query = checked(request, FleetGapsQuery)
        cars = Car.objects.kept()
        if branch := query.get("branch"):
            cars = cars.filter(branch=branch)
        kinds = [query["kind"]] if "kind" in query else gaps.KINDS
        return Response(GapsOutput({"data": gaps.of(cars, query["from"], query["to"], kinds=kinds)}).data)


def _key(one: Due) -> str:
    """Return the place of a row in the order of `due.everything`, as text."""
    return f"{one.due_on}\t{one.title}\t{one.object_id}\t{one.subject}"


def _page(rows: Sequence[Due], cursor: str, limit: int) -> tuple[list[Due], str | None]:
    """Return the rows after the cursor; one that went away meanwhile shifts nothing."""
    after = _decoded(cursor) if cursor else ""
    left = sorted((one for one in rows if _key(one) > after), key=_key)
    page = left[:limit]
    more = len(left) > limit
    return page, base64.urlsafe_b64encode(_key(page[-1]).encode()).decode() if more else None


def _decoded(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except ValueError as error:
        raise BadParameter("cursor", "The cursor is not one that this list gave out.") from error
