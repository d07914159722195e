"""A button that calls one verb: a page asks for what the verb needs and says why it refused.

    class ContractAdmin(FleetAdmin):
        actions_detail = ("cancel",)

        @step(_("Cancel"), permission="contracts.cancel_contract", form=CancelForm,   # a StepForm
              when=lambda contract: contract.status in ("pending", "confirmed"), icon="block")
        def cancel(self, request, contract, data) -> str:
            lifecycle.cancel(contract.pk, by=request.user, now=timezone.now(), **data)
            return _("Cancelled.")

The step runs on POST only. `when` hides the button; the verb still decides.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from fleet.admin import tabs
from fleet.admin.base import REFUSALS
from fleet.admin.forms import StepForm

type Step = Callable[[Any, HttpRequest, Any, dict[str, Any]], Any]
type Act = Callable[[dict[str, Any]], tuple[Any, Model]]


def step(
    label: Any,
    *,
    permission: str,
    form: type[StepForm] = StepForm,
    when: Callable[[Any], bool] | None = None,
    icon: str | None = None,
    danger: bool = False,
    primary: bool = False,
    description: Any = "",
) -> Callable[[Step], Any]:
    """Make an admin method one of `actions_detail`; the string it returns is shown."""

    def decorate(method: Step) -> Any:
        @wraps(method)
        def run(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
            row = _row(admin, request, object_id)

            def act(data: dict[str, Any]) -> tuple[Any, Model]:
                return method(admin, request, row, data) or label, row

            return ask(admin, request, form, act, title=label, row=row, description=description, danger=danger)

        variant = ActionVariant.DANGER if danger else ActionVariant.PRIMARY if primary else ActionVariant.DEFAULT
        url_path = method.__name__.replace("_", "-")
        button = action(description=label, permissions=[permission], url_path=url_path, icon=icon, variant=variant)(run)
        button.when = when
        return button

    return decorate


def ask(
    admin: Any,
    request: HttpRequest,
    form: type[StepForm],
    act: Act,
    *,
    title: Any,
    row: Model | None = None,
    description: Any = "",
    danger: bool = False,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the form; on POST do `act`, which returns what to say and which object to show, or say why not."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    sent = request.method == "POST"
    filled = form(request.POST if sent else None, request=request, row=row, initial=initial)
    if sent and filled.is_valid():
        try:
            message, shown = act(filled.cleaned_data)
        except REFUSALS as error:
            filled.refuse(error)
        else:
            messages.success(request, message)
            return HttpResponseRedirect(filled.then(shown) or _page_of(admin, shown))
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "model_admin": admin,
        "original": row,
        "title": title,
        "description": description,
        "danger": danger,
        "form": filled,
        "media": admin.media + filled.media,
        "back": _page_of(admin, row),
        "facts": tabs.facts_of(row, request) if row else (),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, filled.template, context)


def _row(admin: Any, request: HttpRequest, object_id: str) -> Model:
    row: Model | None = admin.get_object(request, object_id)
    if row is None:
        raise Http404
    return row


def _page_of(admin: Any, row: Model | None) -> str:
    """Return the address of the row's page, or of the list."""
    options = (row or admin.model)._meta
    name = f"{admin.admin_site.name}:{options.app_label}_{options.model_name}"
    return reverse(f"{name}_change", args=[row.pk]) if row else reverse(f"{name}_changelist")
