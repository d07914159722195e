"""The public page behind the QR code: is this paper ours? It says nothing about people, and needs no log-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_ratelimit.exceptions import Ratelimited

from contracts import agreement
from contracts.agreed import LANGUAGES
from contracts.printing import grouped
from fleet.api import throttling


@require_safe
@never_cache
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show yes or no for the code of the address, else ask for one."""
    typed = request.GET.get("code", "").strip()[:64]
    if typed:
        return HttpResponseRedirect(reverse("verify", args=["".join(c for c in typed if c.isalnum()) or "-"]))
    context: dict[str, Any] = {"code": grouped("".join(one for one in code.upper() if one.isalnum())[:64])}
    if code:
        try:
            throttling.count_for(request, "verify")
        except Ratelimited as error:
            return HttpResponse(status=429, headers=getattr(error, "headers", {}))
        context["verdict"] = agreement.verdict(code)
    preferred = translation.get_language_from_request(request)
    with translation.override(preferred if preferred in LANGUAGES else LANGUAGES[0]):
        answer = render(request, "agreement/verify.html", context)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


urlpatterns = [path("", page, name="verify_form"), path("<str:code>/", page, name="verify")]
