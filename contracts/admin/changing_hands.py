"""The pages on which a car changes hands: sketch, photos, signature, and what the return costs as it is typed."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cars.models import Damage
from contracts import foreseen, wording
from contracts.admin import money, standing
from contracts.admin.agreements import Pad
from contracts.admin.deciding import Decided, keyed
from contracts.admin.handovers import Looked, came_back, last_out
from contracts.admin.overriding import Overriding
from contracts.admin.showing import Counter
from contracts.admin.sketch import VIEW_BOX, Part, parts
from contracts.charges import Proposal
from contracts.errors import LEAST_REASON
from contracts.handover import NewDamage, Seen
from contracts.models import Agreement, Contract, Handover
from contracts.models.money import LineKind
from files import kinds, uploads
from files.models import File
from fleet.admin.forms import StepForm
from fleet.admin.pages import page
from fleet.errors import DomainError
from fleet.money import shown

_FULL: Final = 8
_APART: Final = "charge-"  # before the key of a charge that is decided apart from the others
_LONGEST_REASON: Final = 300
_CHOICES: Final = (("accept", _("on the bill")), ("later", _("decide later")), ("waive", _("waive")))  # of one charge
_OF_PAPERS: Final = ("unverified", "licence_missing", "licence_expires", "too_young")
_RESTRICTIONS: Final = (
    ("none", _("may go out again")),
    ("no_new_rentals", _("takes no new rentals")),
    ("grounded", _("is grounded")),
)


class ChangingHands(StepForm):
    """What both pages share. `look` is what is read off the car."""

    template = "admin/contracts/handover.html"
    view_box = VIEW_BOX
    accepted = kinds.ACCEPTED
    look: Looked
    out: Handover | None = None

    def prepare(self) -> None:
        super().prepare()
        self.may_upload = self.request.user.has_perm("files.add_file")
        self.marks_known = list(Damage.objects.unrepaired().filter(car=self.row.car_id))
        self.sent: list[UUID] = []

    @property
    def parts(self) -> Sequence[Part]:
        return list(parts(self.marks_known))

    @property
    def waiting(self) -> Sequence[File]:
        """Return what was uploaded before the form came back with an error."""
        mine = File.objects.filter(pk__in=self.sent, created_by=self.request.user.pk)
        return list(mine) if self.sent else []

    def looked(self, **more: Any) -> Seen:
        """Return what was read off the car, with its photos."""
        self.sent = self._photos()
        return self.look.taken(photos=self.sent, **more)

    def _photos(self) -> list[UUID]:
        if not self.may_upload:
            return []
        try:
            named = [UUID(text) for text in self.request.POST.getlist("attach")]
        except ValueError as error:
            raise ValidationError(_("Choose the photos again.")) from error
        by: Any = self.request.user
        try:
            # Without the script the pictures come with the form itself.
            return named + [
                uploads.receive(one.read(), one.name or "", by=by).pk for one in self.request.FILES.getlist("uploads")
            ]
        except DomainError as error:
            raise ValidationError(error.detail) from error


class CheckOutForm(ChangingHands, Overriding):
    def prepare(self) -> None:
        super().prepare()
        car = self.row.car
        self.look = Looked(
            self, "out", _("The car goes out"), car=car, odometer_km=car.odometer_km, fuel_eighths=_FULL, is_clean=True
        )
        by: Any = self.request.user
        self.counter = Counter(self.row, self.data if self.is_bound else None, by=by)

    def clean(self) -> dict[str, Any]:
        if not self.counter.is_valid():
            self.add_error(None, _("Please correct what is marked below."))
        return {**super().clean(), "seen": self.looked(), "counter": self.counter}

    def refuse(self, error: DomainError | IntegrityError) -> None:
        """Point at the papers below, where looking at them is all that is missing."""
        super().refuse(error)
        for refusal in self.refusals:
            papers = self.counter.papers.get(refusal["subject_id"] or "")
            if papers and refusal["code"] in _OF_PAPERS and "seen" in papers.fields:
                refusal["hint"] = _("Look at the papers below and tick that you have seen them.")

    def then(self, contract: Contract) -> str | None:
        """Lead to the signature under the agreement that the check-out has written."""
        signs = self.request.user.has_perm("contracts.sign_agreement")
        signs = signs and Agreement.objects.filter(contract=contract, signed_at__isnull=True).exists()
        return reverse("admin:contracts_contract_sign", args=[contract.pk]) if signs else None


class CheckInForm(ChangingHands):
    signature = forms.UUIDField(required=False, widget=forms.HiddenInput)
    pad = forms.CharField(label=_("signature"), required=False, widget=Pad)
    decide = forms.ChoiceField(label=_("charges"), required=False, widget=forms.RadioSelect)
    why = forms.CharField(label=_("reason, when waived"), required=False, max_length=_LONGEST_REASON)
    restriction = forms.ChoiceField(
        label=_("with the new damages the car"), required=False, choices=_RESTRICTIONS, initial="none"
    )
    release_deposit = forms.BooleanField(label=_("give the deposit back now"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.look = came_back(self, self.row)
        self.out = last_out(self.row)
        may_waive = self.request.user.has_perm(money.WAIVE)
        choices = [("accept", _("put them on the bill")), ("later", _("decide later"))]
        choices += [("waive", _("waive them"))] if may_waive else []
        self.fields["decide"].choices = choices  # type: ignore[attr-defined]
        self.fields["decide"].initial = "accept"
        if not self.request.user.has_perm("contracts.accept_charge"):
            del self.fields["decide"]
        elif not may_waive:
            self.fields["decide"].help_text = money.who_waives()
        if not may_waive or "decide" not in self.fields:
            del self.fields["why"]
        if not self.may_upload:
            del self.fields["pad"]
        self.fields["release_deposit"].help_text = _("%(held)s are held.") % {"held": shown(self.row.held)}
        if not (self.row.held > 0 and self.request.user.has_perm("contracts.add_payment")):
            del self.fields["release_deposit"]

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        decide, why = entered.get("decide") or "later", entered.get("why", "")
        apart = self._decided_apart() if "decide" in self.fields else {}
        if "waive" in {decide, *apart.values()} and len(why) < LEAST_REASON:
            self.add_error("why" if "why" in self.fields else None, _("Say in at least 10 characters why."))
        decided = Decided(decide, apart, why, release_deposit=bool(entered.get("release_deposit")))
        restriction = entered.get("restriction") or "none"
        seen = self.looked(signature=entered.get("signature"), restriction=restriction)
        return {"seen": seen, "decided": decided}

    def _decided_apart(self) -> dict[str, str]:
        """Return what is chosen for single charges; what may not be chosen is as if it were not said."""
        allowed = {value for value, _label in self.fields["decide"].choices}  # type: ignore[attr-defined]
        sent = {name.removeprefix(_APART): value for name, value in self.data.items() if name.startswith(_APART)}
        return {key: value for key, value in sent.items() if value in allowed}

    @property
    def sees_money(self) -> bool:
        return standing.sees_money(self.request.user)

    @property
    def bill(self) -> dict[str, Any]:
        """Return what the return costs as the form stands."""
        if "decide" not in self.fields:
            return bill(self.row, self._as_it_stands())
        apart, offered = self._decided_apart(), {value for value, _label in self.fields["decide"].choices}  # type: ignore[attr-defined]
        usual = self.data.get("decide") or "accept"
        return bill(self.row, self._as_it_stands(), lambda key: apart.get(key, usual), offered)

    def _as_it_stands(self) -> Seen:
        """Read what can be read; what is still missing is as it was when the car went out."""
        read, *marks = (_readable(one) for one in (self.look.seen, *self.look.marks))
        out = self.out
        damages = [
            NewDamage(one.get("panel") or "other", one.get("kind") or "other", estimate=one.get("estimate"))
            for one in marks
        ]
        return Seen(
            read.get("odometer_km") or (out.odometer_km if out else 0),
            read.get("fuel_eighths", out.fuel_eighths if out else None),
            read.get("battery_pct"),
            read.get("is_clean", True),
            damages,
        )


def bill(
    contract: Any, seen: Seen, chosen: Callable[[str], str] = lambda key: "accept", offered: Collection[str] = ()
) -> dict[str, Any]:
    """Return the lines of the return and what they add up to; only what is `chosen` to be accepted counts."""
    found: Sequence[Proposal] = foreseen.foresee(contract, seen, now=timezone.now())
    counted = [one.amount for key, one in keyed(found) if chosen(key) == "accept"]
    extra = sum(counted, Decimal(0))
    lines = [
        {
            "name": _APART + key,
            "words": _words(one),
            "explained": wording.told(one.explained),
            "amount": shown(one.amount),
            "choices": [(value, words) for value, words in _CHOICES if value in offered],
            "chosen": chosen(key),
        }
        for key, one in keyed(found)
    ]
    return {
        "lines": lines,
        "rental": shown(contract.total),
        "total": shown(contract.total + extra),
        "to_pay": shown(contract.balance + extra),
    }


@page(
    "rentals/<uuid:pk>/charges/",
    name="foreseen",
    title="",
    icon="",
    permission="contracts.check_in_contract",
    listed=False,
)
@require_POST
def foreseen_charges(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer with the bill as the form stands, for the page to show while somebody types."""
    contract = get_object_or_404(Contract.objects.visible_to(request.user).with_desk().with_money(), pk=pk)
    form = CheckInForm(request.POST, request=request, row=contract)
    return TemplateResponse(request, "admin/contracts/bill.html", {"bill": form.bill, "sees_money": form.sees_money})


def _words(proposal: Proposal) -> Any:
    return LineKind(proposal.kind).label


def _readable(form: forms.Form) -> dict[str, Any]:
    """Return the fields that are right, also when others are not."""
    form.full_clean()
    return getattr(form, "cleaned_data", {})
