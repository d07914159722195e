"""A button that calls one verb: a dialog asks for what the verb needs and says why it refused.

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
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from fleet.admin.base import REFUSALS, said
from fleet.errors import DomainError, Invalid

type Step = Callable[[Any, HttpRequest, Any, dict[str, Any]], Any]


class StepForm(BaseDialogForm):  # type: ignore[misc]
    """What a step asks for; without fields it only asks "sure?"."""

    def render_before_template(self) -> str:
        return render_to_string("admin/fleet/step.html", {"errors": self.non_field_errors() if self.is_bound else ()})


def step(
    label: Any,
    *,
    permission: str,
    form: type[StepForm] = StepForm,
    when: Callable[[Any], bool] | None = None,
    icon: str | None = None,
    danger: bool = False,
    description: Any = None,
) -> Callable[[Step], Any]:
    """Make an admin method one of `actions_detail`; the string it returns is shown."""

    def decorate(method: Step) -> Any:
        dialog = {"title": label, "description": description, "form_class": form, "form_submit_text": label}

        @wraps(method)
        def run(admin: Any, request: HttpRequest, filled: StepForm, object_id: str) -> HttpResponse:
            row = _row(admin, request, object_id)
            data = {name: value for name, value in filled.cleaned_data.items() if name != "_form_submitted"}
            try:
                message = method(admin, request, row, data)
            except REFUSALS as error:
                _refuse(filled, error)
                shown = {"dialog": dialog, "form": filled, "form_submit_text": label}
                return render(request, "unfold/helpers/dialog.html", shown)
            messages.success(request, message or label)
            return _back(admin, request, row)

        variant = ActionVariant.DANGER if danger else ActionVariant.DEFAULT
        url_path = method.__name__.replace("_", "-")
        button = action(
            description=label, permissions=[permission], url_path=url_path, icon=icon, variant=variant, dialog=dialog
        )(run)
        button.when = when
        return button

    return decorate


def _row(admin: Any, request: HttpRequest, object_id: str) -> Model:
    row: Model | None = admin.get_object(request, object_id)
    if row is None:
        raise Http404
    return row


def _refuse(form: StepForm, error: Exception) -> None:
    """Put every reason where the person looks: at its field, else on top."""
    fields = error.fields if isinstance(error, Invalid) else {}
    for name, text in fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not fields:
        refusals = error.data.get("refusals", ()) if isinstance(error, DomainError) else ()
        for text in (said(error), *(refusal["message"] for refusal in refusals)):  # type: ignore[arg-type]
            form.add_error(None, text)


def _back(admin: Any, request: HttpRequest, row: Model) -> HttpResponse:
    options = admin.model._meta
    address = reverse(f"{admin.admin_site.name}:{options.app_label}_{options.model_name}_change", args=[row.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
