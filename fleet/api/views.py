"""The viewset every app builds on: permissions by action, strict input, ETags, locks, one answer.

    class CarViewSet(EditViewSet[Car]):                # or FleetViewSet: list, retrieve and history only
        queryset = Car.objects.select_related("category", "branch")
        serializer_class = CarSerializer               # a StrictModelSerializer: body of every answer
        filterset_class = CarFilters                   # known query parameters; others are 400
        sorts = ("license_plate", "created_at")        # ?sort=-created_at,license_plate
        searchable = True                              # ?q= → queryset.search(text)
        permissions = {                                # an action that is missing here is closed
            "list": "cars.view_car", "retrieve": "cars.view_car", "create": "cars.add_car",
            "update": "cars.change_car", "destroy": "cars.delete_car", "archive": "cars.archive_car",
        }
        inputs = {"archive": ArchiveInput}             # body of an action, when it is not serializer_class
        parameters = {"calendar": ("start", "end")}    # query parameters of other actions

        @action(detail=True, methods=["post"])
        def archive(self, request: Request, pk: str) -> Response:
            car = self.get_object()                    # 404 and If-Match before any lock
            form = self.validated()                    # inputs[action] → dict, or its dataclass `into`
            return self.answer(lifecycle.archive(car.pk, by=self.by, now=timezone.now(), **form))

PATCH is covered by "update", `history` by "retrieve". `self.page(queryset, Serializer)` answers with other rows (name
the action in `paged`). `self.answer(row)` reads the row again through
get_queryset(), so annotations are there, and adds the ETag. Override get_queryset() for what the user may see.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from fleet.api import etags, idempotency, limits, reading, throttling
from fleet.api.filters import list_parameters, refuse_unknown, repeated_parameters
from fleet.api.pagination import Cursor
from fleet.api.permissions import Permissions
from fleet.api.renderers import of_file
from fleet.api.shapes import Shape

if TYPE_CHECKING:
    from accounts.models import User


class FleetView(APIView):
    """What viewsets and plain views share."""

    permissions: ClassVar[Permissions] = {}
    inputs: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    parameters: ClassVar[Mapping[str, Sequence[str]]] = {}
    repeatable: ClassVar[bool] = (
        True  # an Idempotency-Key is honoured; not where the work must stay out of a transaction
    )
    shown_once: ClassVar[Sequence[str]] = ()  # secrets in the answer: not stored for a repeated request
    downloads: ClassVar[Mapping[str, Sequence[str]]] = {}  # action → media types that it answers besides JSON
    problems: ClassVar[Mapping[str, Sequence[int]]] = {}  # action → statuses that only it answers, for the document
    usage: limits.Usage | None = None  # of the caller's quota, by this request too

    @property
    def by(self) -> "User":
        """Return who asks; only for actions that are not open to anyone."""
        return cast("User", self.request.user)

    @property
    def step(self) -> str:
        """Return the action's name, or the method of a plain view."""
        return getattr(self, "action", None) or (self.request.method or "").lower()

    def known_parameters(self) -> set[str]:
        return set(self.parameters.get(self.step, ()))

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *(of_file(media_type)() for media_type in self.downloads.get(self.step, ()))]

    def accepted(self) -> str:
        """Return the media type that `Accept` has chosen among JSON and the action's files."""
        return str(self.request.accepted_renderer.media_type)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request, self.known_parameters(), repeated_parameters(self))
        handler = getattr(self, "post", None)
        keyed = request.method == "POST" and "Idempotency-Key" in request.headers and request.user.pk
        if handler and self.repeatable and keyed:
            # DRF looks the handler up after this line.
            vars(self)["post"] = idempotency.once(self, handler)

    def perform_authentication(self, request: Request) -> None:
        """Authenticate and count; a refused credential counts for the address, else guessing would cost nothing."""
        try:
            super().perform_authentication(request)
        except Exception:
            self.usage = throttling.count_stranger(request)
            raise
        self.usage = throttling.count(request)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in limits.headers(self.usage).items() if self.usage else ():
            answer.setdefault(name, value)
        answer.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(
            answer, ("Authorization", "X-API-Key", *(("Accept",) if self.step in self.downloads else ()))
        )
        return answer

    def validated(self, serializer_class: type[BaseSerializer[Any]] | None = None, **options: Any) -> Any:
        """Return the request's body, checked: a dict, or the serializer's `into` dataclass."""
        chosen = serializer_class or self.inputs[self.step]
        serializer = chosen(data=self.request.data, context={"request": self.request, "view": self}, **options)
        serializer.is_valid(raise_exception=True)
        into = getattr(chosen, "into", None)
        return into(**serializer.validated_data) if into else serializer.validated_data


class FleetViewSet[M: models.Model](FleetView, mixins.ListModelMixin, GenericViewSet[M]):
    """list, retrieve and history."""

    lookup_value_regex = "[0-9a-fA-F-]{36}"
    searchable: ClassVar[bool] = False
    saves_filters: ClassVar[bool] = True  # ?filter=<slug>, saved above the list in the admin; False: there is none
    shapes: ClassVar[Mapping[str, Shape]] = {}  # of "list" and "retrieve": rows that are read without models
    paged: ClassVar[Sequence[str]] = ()  # further actions that answer with self.page()
    sorts: ClassVar[Mapping[str, str] | Sequence[str]] = ()

    def known_parameters(self) -> set[str]:
        declared = super().known_parameters()
        if self.action == "list":
            return declared | list_parameters(self)
        return declared | set(Cursor.parameters) if self.pages else declared

    @property
    def pages(self) -> bool:
        """Say whether the current action answers with a page."""
        return self.step in ("list", "history", *self.paged)

    def get_object(self) -> M:
        """Return the row that the path names, as far as the user may see it; actions honour If-Match."""
        found = get_object_or_404(self.get_queryset(), pk=self.kwargs[self.lookup_field])
        self.check_object_permissions(self.request, found)
        if self.request.method not in ("GET", "HEAD") and self.step not in ("update", "partial_update", "destroy"):
            etags.require_match(self.request, found, optional=True)
        return found

    def locked(self) -> M:
        """Return the row, locked and still of the version that If-Match names; needs a transaction."""
        visible = self.get_object()
        manager: Any = type(visible)._default_manager
        row: M = manager.lock(visible.pk)
        etags.require_match(self.request, row)
        return row

    def shown(self) -> Any:
        """Return the rows with what the shapes show."""
        return self.get_queryset()

    def search(self, queryset: Any, text: str) -> Any:
        """Answer `?q=`; override it where the answer depends on who asks."""
        return queryset.search(text)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        shape = self.shapes.get("list")
        if shape is None:
            return super().list(request, *args, **kwargs)
        return self.get_paginated_response(reading.page(self, shape))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if "retrieve" in self.shapes:
            return self._read(self._pk(), 200)
        return self._shown(self.get_object(), 200)

    @action(detail=True)
    def history(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who changed what, newest first."""
        if not settings.FLEET_HISTORY:
            raise Http404
        entries = import_string(settings.FLEET_HISTORY)(self.get_object())
        return self.page(entries, import_string(settings.FLEET_HISTORY_SERIALIZER))

    def page(self, queryset: QuerySet[Any], serializer_class: type[BaseSerializer[Any]]) -> Response:
        """Answer with one page of rows of any kind; the action is named in `paged`."""
        rows = self.paginate_queryset(queryset)
        return self.get_paginated_response(
            serializer_class(rows, many=True, context=self.get_serializer_context()).data
        )

    def answer(self, row: M, status: int = 200) -> Response:
        """Show the row as it is now, with its ETag; a new one (201) with its Location."""
        if "retrieve" in self.shapes:
            response = self._read(row.pk, status)
        else:
            response = self._shown(self.get_queryset().get(pk=row.pk), status)
        if status == 201:
            response["Location"] = self.request.build_absolute_uri(f"{self.request.path}{row.pk}/")
        return response

    def _shown(self, row: M, status: int) -> Response:
        serializer = self.serializer_class(row, context=self.get_serializer_context())  # type: ignore[misc]
        return etags.tagged(self.request, Response(serializer.data, status), etags.version_of(row))

    def _pk(self) -> UUID:
        try:
            return UUID(self.kwargs[self.lookup_field])
        except ValueError as error:
            raise Http404 from error

    def _read(self, pk: UUID, status: int) -> Response:
        shown = reading.one(self, self.shapes["retrieve"], pk)
        return etags.tagged(self.request, Response(shown, status), shown["version"])

    def input_serializer(self, *args: Any, **options: Any) -> BaseSerializer[Any]:
        chosen: Any = self.inputs.get(self.step, self.serializer_class)
        return cast("BaseSerializer[Any]", chosen(*args, context=self.get_serializer_context(), **options))


class CreateMixin[M: models.Model](FleetViewSet[M]):
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.input_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            row = serializer.save()
        return self.answer(row, 201)


class UpdateMixin[M: models.Model](FleetViewSet[M]):
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            row = self.locked()
            serializer = self.input_serializer(row, data=request.data, partial=kwargs.get("partial", False))
            serializer.is_valid(raise_exception=True)
            serializer.save()
        return self.answer(row)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, *args, **{**kwargs, "partial": True})


class DeleteMixin[M: models.Model](FleetViewSet[M]):
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            self.perform_destroy(self.locked())
        return Response(status=204)

    def perform_destroy(self, row: M) -> None:
        """Delete the row; a model with rules overrides this with its verb."""
        row.delete()


class EditViewSet[M: models.Model](CreateMixin[M], UpdateMixin[M], DeleteMixin[M]):
    """list, retrieve, history, create, update, destroy."""
