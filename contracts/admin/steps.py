"""The steps of a contract's life as buttons: each asks for what one verb needs and calls it."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from contracts import agreement as agreements
from contracts import charges, lifecycle, moving, payments, underway
from contracts.admin import clock
from contracts.admin.agreements import SignForm
from contracts.admin.changing_hands import CheckInForm, CheckOutForm
from contracts.admin.exchanging import SwapForm
from contracts.admin.longer import ExtendForm
from contracts.admin.money import ChargesForm, ConfirmForm, LineForm, PaymentForm, ReasonForm
from contracts.admin.overriding import Overriding
from contracts.admin.periods import RescheduleForm
from contracts.admin.settling import SettleForm
from contracts.models import Contract
from contracts.status import ENDED, STEPS, Status
from fleet.admin.steps import step
from fleet.money import shown


def _starts(verb: str) -> Any:
    return lambda contract: contract.status in STEPS[verb][0]


def _now_by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


class Life:
    """The buttons; a mix-in of ContractAdmin."""

    actions_detail = (
        *("confirm", "check_out", "check_in", "settle", "reopen", "agreement", "draw_up", "sign"),
        *("extend", "reschedule", "swap", "decide_charges", "take_payment", "add_line", "mark_no_show", "cancel"),
    )

    @step(
        _("Confirm"),
        permission="contracts.confirm_contract",
        form=ConfirmForm,
        when=_starts("confirm"),
        icon="check_circle",
        primary=True,
    )
    def confirm(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        lifecycle.confirm(contract.pk, **data, **_now_by(request))
        return _("%(contract)s is confirmed.") % {"contract": contract}

    @step(
        _("Check out"),
        permission="contracts.check_out_contract",
        form=CheckOutForm,
        when=_starts("check_out"),
        icon="logout",
        primary=True,
    )
    def check_out(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        counter, moment = data.pop("counter"), _now_by(request)
        with transaction.atomic():
            counter.take(**moment)
            lifecycle.check_out(contract.pk, **data, **moment)
        return _("%(car)s is out.") % {"car": contract.car}

    @step(
        _("Check in"),
        permission="contracts.check_in_contract",
        form=CheckInForm,
        when=_starts("check_in"),
        icon="login",
        primary=True,
    )
    def check_in(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        decided, moment = data.pop("decided"), _now_by(request)
        with transaction.atomic():
            back = lifecycle.check_in(contract.pk, **data, **moment)
            accepted, waived = decided.of(contract.charges.proposed().order_by("id"))
            charges.decide(accepted=accepted, waived=waived, **moment)
            if decided.release_deposit:
                payments.release_deposit(back, **moment)
        return _("%(car)s is back.") % {"car": contract.car}

    @step(
        _("Settle"),
        permission="contracts.settle_contract",
        form=SettleForm,
        when=_starts("settle"),
        icon="task_alt",
        primary=True,
    )
    def settle(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        data["settle"](**_now_by(request))
        return _("%(contract)s is closed.") % {"contract": contract}

    @step(
        _("Reopen"),
        permission="contracts.reopen_contract",
        form=Overriding,
        when=_starts("reopen"),
        icon="history",
        primary=True,
        description=_("The booking is held again, if the car is still free."),
    )
    def reopen(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        lifecycle.reopen(contract.pk, **data, **_now_by(request))
        return _("%(contract)s is held again.") % {"contract": contract}

    @action(description=_("Agreement"), permissions=["customers.view_pii"], url_path="agreement", icon="contract")  # type: ignore[untyped-decorator]
    def agreement(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        contract = self.get_object(request, object_id)
        if contract is None or contract.agreement_id is None:
            raise Http404
        return HttpResponseRedirect(reverse("admin:contracts_agreement_file", args=[contract.agreement_id]))

    agreement.when = lambda contract: contract.agreement_id is not None

    @step(
        _("Draw up agreement"),
        permission="contracts.check_out_contract",
        when=lambda contract: contract.status == Status.ACTIVE and contract.agreement_id is None,
        icon="contract_edit",
        description=_("The contract came from elsewhere; from now on it has an agreement."),
    )
    def draw_up(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        agreements.draw_up(contract.pk, **_now_by(request))
        return _("The agreement is drawn up.")

    @step(
        _("Sign"),
        permission="contracts.sign_agreement",
        form=SignForm,
        when=lambda contract: (
            contract.status in (Status.ACTIVE, Status.RETURNED)
            and contract.agreement_id is not None
            and contract.agreement_signed_at is None
        ),
        icon="signature",
        description=_("The customer signs the newest version of the agreement here."),
    )
    def sign(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        agreements.sign(data.pop("agreement"), **data, **_now_by(request))
        return _("The agreement is signed.")

    @step(
        _("Extend"),
        permission="contracts.extend_contract",
        form=ExtendForm,
        when=_starts("check_in"),
        icon="more_time",
    )
    def extend(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        longer = underway.extend(contract.pk, **data, **_now_by(request))
        return _("%(contract)s is extended to %(end)s; the total is now %(total)s.") % {
            "contract": contract,
            "end": clock.shown(longer.end_at, contract.pickup_branch.zone),
            "total": shown(longer.total),
        }

    @step(
        _("Move to…"),
        permission="contracts.book_contract",
        form=RescheduleForm,
        when=_starts("cancel"),
        icon="event_repeat",
        description=_("Other days, another car, or both, before it goes out."),
    )
    def reschedule(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        moved = moving.reschedule(contract.pk, **data, **_now_by(request))
        return _("%(contract)s: %(car)s, %(total)s.") % {
            "contract": moved,
            "car": moved.car,
            "total": shown(moved.total),
        }

    @step(
        _("Swap car"),
        permission="contracts.swap_contract",
        form=SwapForm,
        when=_starts("check_in"),
        icon="swap_horiz",
        description=_("The agreed price stays."),
    )
    def swap(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        car = data.pop("car")
        underway.swap(contract.pk, car_id=car.pk, **data, **_now_by(request))
        return _("The customer has %(car)s now.") % {"car": car}

    @step(
        _("Decide charges"),
        permission="contracts.accept_charge",
        form=ChargesForm,
        when=lambda contract: contract.undecided and contract.status in (Status.ACTIVE, Status.RETURNED),
        icon="rule",
    )
    def decide_charges(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        charges.decide(**data, **_now_by(request))
        return _("The charges are decided.")

    @step(
        _("Record payment"),
        permission="contracts.add_payment",
        form=PaymentForm,
        when=lambda contract: contract.status != Status.CLOSED,
        icon="payments",
        description=_("Payments, refunds and deposits."),
    )
    def take_payment(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        payment = payments.record(contract.pk, **data, **_now_by(request))
        return _("Written: %(payment)s.") % {"payment": payment}

    @step(
        _("Add line"),
        permission="contracts.adjust_price",
        form=LineForm,
        when=lambda contract: contract.status not in (*ENDED, Status.EXPIRED),
        icon="playlist_add",
        description=_("A discount, a fine or something else on the bill."),
    )
    def add_line(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        charges.add_line(contract.pk, **data, **_now_by(request))
        return _("The line is on the bill.")

    @step(
        _("No-show"),
        permission="contracts.no_show_contract",
        when=_starts("mark_no_show"),
        icon="person_off",
        danger=True,
        description=_("Nobody came; the car is free again."),
    )
    def mark_no_show(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        lifecycle.mark_no_show(contract.pk, **_now_by(request))
        return _("%(contract)s is a no-show.") % {"contract": contract}

    @step(
        _("Cancel"),
        permission="contracts.cancel_contract",
        form=ReasonForm,
        when=_starts("cancel"),
        icon="cancel",
        danger=True,
    )
    def cancel(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> Any:
        lifecycle.cancel(contract.pk, **data, **_now_by(request))
        return _("%(contract)s is cancelled.") % {"contract": contract}
