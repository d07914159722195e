"""One's own notices: a page, opened from the bell; opening one marks it as read."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from fleet.admin.pages import page, render
from fleet.api.permissions import LOGGED_IN
from notifications import notices, stream
from notifications.models import Notification

PER_PAGE = 50


@page("notices/", name="notices", title=_("Notifications"), icon="notifications", permission=LOGGED_IN, order=40)
def shown(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.of(request.user)
    before = request.GET.get("before", "")
    rows = list((mine.filter(id__lt=before) if _is_id(before) else mine)[: PER_PAGE + 1])
    more = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
    return render(request, "admin/fleet/notices.html", {"rows": rows[:PER_PAGE], "more": more})


@page("notices/unread/", name="notices_unread", title="", icon="", permission=LOGGED_IN, listed=False)
@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """Answer the bell: a count and the newest, with an ETag, so that a poll mostly costs a 304."""
    waiting = notices.waiting(request.user)  # type: ignore[arg-type] # pages are for people who are logged in
    tag = f'"{waiting["unread"]}-{waiting["latest"]}"'
    headers = {"ETag": tag, "Fleet-Person": str(request.user.pk)}  # so that a page learns that somebody else is here
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    return JsonResponse(waiting, headers={**headers, "Cache-Control": "private, no-cache"})


@page("notices/stream/", name="notices_stream", title="", icon="", permission=LOGGED_IN, listed=False)
@require_GET
def streamed(request: HttpRequest) -> HttpResponse:
    """Answer the door, which turns it into a stream of events (fleet/bell.py)."""
    found = notices.since(request.user, stream.last_id(request.headers))  # type: ignore[arg-type] # logged in
    return JsonResponse(found, headers={"Cache-Control": "private, no-store"})


@page("notices/<uuid:pk>/", name="notice", title="", icon="", permission=LOGGED_IN, listed=False)
@require_GET
def opened(request: HttpRequest, pk: str) -> HttpResponse:
    """Mark as read and lead to what it is about."""
    notice = Notification.objects.of(request.user).filter(pk=pk).first()
    if notice is None:
        raise Http404
    notices.see(Notification.objects.of(request.user).filter(pk=pk), now=timezone.now())
    return HttpResponseRedirect(_place(notice))


@page("notices/seen/", name="notices_seen", title="", icon="", permission=LOGGED_IN, listed=False)
@require_POST
def seen_all(request: HttpRequest) -> HttpResponse:
    notices.see(Notification.objects.of(request.user), now=timezone.now())
    return HttpResponseRedirect(reverse("admin:notices"))


def _place(notice: Notification) -> str:
    try:
        name = notice.subject.replace(".", "_")
        return reverse(f"{admin.site.name}:{name}_change", args=[notice.subject_id])
    except NoReverseMatch:
        return reverse("admin:notices")


def _is_id(text: str) -> bool:
    return len(text) == 36
