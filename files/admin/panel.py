"""The files of a record on its page in the admin: looked at, added and taken away with the form.

    @admin.register(Insurance)
    class InsuranceAdmin(FilesAdmin, PaperAdmin): ...

Uploads go to the bucket before Django opens the form's transaction; inside it they are only attached.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from files import access, kinds, uploads
from files.models import File
from fleet.admin.base import REFUSALS, FleetAdmin, said
from fleet.errors import DomainError, NotFound


@dataclass(frozen=True)
class Row:
    """A file and where it is looked at."""

    file: File
    url: str
    preview_url: str


@dataclass
class Panel:
    """What the template shows; `waiting` were uploaded and join the record when the form is saved."""

    rows: list[Row]
    waiting: list[File]
    may_attach: bool
    may_change: bool
    attach_url: str = ""  # where a page without a form sends uploads to
    upload_url: str = field(default_factory=lambda: reverse("admin:files"))
    accepted: str = kinds.ACCEPTED


class FilesAdmin(FleetAdmin):
    """An admin of records that hold files; who may see the record may see them, who may change it may change them."""

    change_form_after_template = "admin/files/panel.html"

    class Media:
        js = (Script("fleet/files.js", defer=True),)

    def may_attach(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return bool(allowed) and request.user.has_perm("files.add_file")

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("<uuid:pk>/files/", wrap(self.add_files), name=f"{name}_files"),
            path("<uuid:pk>/files/<uuid:file_id>/", wrap(self.open_file), name=f"{name}_file"),
            path("<uuid:pk>/files/<uuid:file_id>/preview/", wrap(self.preview_file), name=f"{name}_preview"),
        ]
        return [*own, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        names: list[UUID] = []
        if request.method == "POST" and request.user.has_perm("files.add_file"):
            names = _named(request) + self._received(request)
        request.fleet_files = names  # type: ignore[attr-defined]
        record = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "fleet_files": self._panel(request, record, names)}
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: models.Model | None = None, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, *args, **kwargs)
        form.is_multipart = lambda _form: True  # the panel's input is no field of the model
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_related(request, form, formsets, change)
        by: Any = request.user
        if names := getattr(request, "fleet_files", None):
            uploads.attach(form.instance, names, by=by)
        if change:
            for file_id in _ids(request.POST.getlist("detach")):
                uploads.detach(form.instance, file_id, by=by)

    def add_files(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Attach at once: for pages whose record is not edited."""
        record, by = self._seen(request, pk), request.user
        if request.method != "POST" or not self.may_attach(request, record):
            raise PermissionDenied
        try:
            names = _named(request) + self._received(request)
            uploads.attach(record, names, by=by)  # type: ignore[arg-type]
            refusal = getattr(request, "fleet_refusal", "")
        except REFUSALS as error:
            refusal = said(error)
        if refusal:
            self.message_user(request, refusal, level="ERROR")
        return HttpResponseRedirect(reverse(self._address("change"), args=[pk]))

    def open_file(self, request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
        """Lead to the file for 15 minutes; asking is put on record."""
        record = self._seen(request, pk)
        try:
            return HttpResponseRedirect(access.link(record, access.of(record, file_id), now=timezone.now()).url)
        except NotFound as error:
            raise Http404 from error

    def preview_file(self, request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
        """Show a small picture from here: the page's policy lets no other origin show one."""
        record, by = self._seen(request, pk), request.user
        try:
            shown = access.preview(record, access.of(record, file_id), by=by, now=timezone.now())  # type: ignore[arg-type]
        except DomainError as error:
            return HttpResponse(status=error.status, headers=getattr(error, "headers", {}))
        kept = "no-store" if File.holder_of(type(record)).sensitive else "max-age=3600"
        return HttpResponse(shown, "image/jpeg", headers={"Cache-Control": f"private, {kept}"})

    def _seen(self, request: HttpRequest, pk: UUID) -> Any:
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def _received(self, request: HttpRequest) -> list[UUID]:
        """Keep what the form carries. A refusal is shown by the form; what was good waits for the next try."""
        kept: list[UUID] = []
        by: Any = request.user
        try:
            for sent in request.FILES.getlist("uploads"):
                kept.append(uploads.receive(sent.read(), sent.name or "", by=by).pk)
        except DomainError as error:
            request.fleet_refusal = f"{sent.name}: {error.detail}"  # type: ignore[attr-defined]
        return kept

    def _panel(self, request: HttpRequest, record: Any, names: list[UUID]) -> Panel:
        may_attach = self.may_attach(request, record) and not getattr(record, "is_final", False)
        edited = bool(self.has_change_permission(request, record)) if record else True
        rows = [self._row(record, file) for file in File.objects.of(record)] if record else []
        waiting = list(File.objects.filter(pk__in=names, created_by=request.user.pk)) if names else []
        attach_url = reverse(self._address("files"), args=[record.pk]) if record and not edited else ""
        return Panel(rows, waiting, may_attach, edited and bool(record) and may_attach, attach_url)

    def _row(self, record: Any, file: File) -> Row:
        both = [record.pk, file.pk]
        preview = reverse(self._address("preview"), args=both) if file.kind.is_image else ""
        return Row(file, reverse(self._address("file"), args=both), preview)

    def _address(self, what: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{what}"


def _named(request: HttpRequest) -> list[UUID]:
    """Return the uploads that the page has sent ahead (static/fleet/files.js)."""
    return _ids(request.POST.getlist("attach"))


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        return []
