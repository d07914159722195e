"""Where the admin's pages send photos while a form is filled in; the form then names them by id."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _

from files import uploads
from fleet.admin.pages import page
from fleet.errors import DomainError


@page("files/", name="files", title=_("Files"), icon="attach_file", permission="files.add_file", listed=False)
def receive(request: HttpRequest) -> JsonResponse:
    """Keep each `uploads` part and answer with the ids, or say why the first bad one is refused."""
    if request.method != "POST":
        return JsonResponse({"detail": "POST"}, status=405, headers={"Allow": "POST"})
    by, kept = request.user, []
    try:
        for sent in request.FILES.getlist("uploads"):
            file = uploads.receive(sent.read(), sent.name or "", by=by)  # type: ignore[arg-type]
            kept.append({"id": str(file.pk), "name": file.name, "text": str(file)})
    except DomainError as error:
        answer = {"code": error.code, "detail": error.detail, "files": kept}
        return JsonResponse(answer, status=error.status, headers=getattr(error, "headers", {}))
    return JsonResponse({"files": kept}, status=201)
