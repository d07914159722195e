"""The switch between languages: in the menu of the person, and on the pages before the log-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import language
from fleet.admin.pages import page
from fleet.api.permissions import ANYONE


@page("language/", name="language", title=_("Language"), icon="account_circle", permission=ANYONE, listed=False)
def switch(request: HttpRequest) -> HttpResponse:
    """Remember the choice, for good where the person is known, and go back to where it was made."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    back, chosen = request.POST.get("next", ""), request.POST.get("language", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if safe else reverse("admin:index"))
    if chosen in language.SPOKEN:
        person: Any = request.user
        if person.is_authenticated:
            language.choose(person, chosen, by=person)
        language.remember(answer, chosen)
    return answer
