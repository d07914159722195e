"""Extras that run out: child seats are counted, SIM cards are not."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext

from contracts.errors import OutOfStock
from contracts.models import Contract, Extra, PriceLine
from contracts.pricing import Chosen
from contracts.status import HOLDING
from fleet.db.period import Period
from fleet.errors import Invalid


def choose(wanted: Iterable[tuple[str, int]], *, locked: bool = True) -> list[Chosen]:
    """Return the extras by code or id, locked in one order. Raises Invalid for an unknown one or a bad quantity."""
    asked = list(wanted)
    if not asked:
        return []
    by_name = Q(code__in=[name for name, _ in asked]) | Q(pk__in=[pk for pk in map(_as_id, dict(asked)) if pk])
    offered = Extra.objects.select_for_update(no_key=True) if locked else Extra.objects.all()
    found = list(offered.filter(by_name, is_active=True).order_by("pk"))
    known = {extra.code: extra for extra in found} | {str(extra.pk): extra for extra in found}
    chosen = []
    for name, quantity in asked:
        extra = known.get(name)
        if extra is None:
            raise Invalid(gettext("There is no extra “%(name)s”.") % {"name": name[:80]}, code="unknown_extra")
        if not 1 <= quantity <= extra.max_quantity:
            raise Invalid(
                gettext("Of “%(name)s” a rental takes 1 to %(most)s.")
                % {"name": extra.name, "most": extra.max_quantity},
                code="extra_quantity",
            )
        chosen.append(Chosen(extra, quantity))
    if len({one.extra.pk for one in chosen}) < len(chosen):
        raise Invalid(gettext("An extra is named twice."), code="extra_twice")
    return chosen


def require(chosen: Sequence[Chosen], period: Period, *, ignoring: Contract | None = None) -> None:
    """Raise OutOfStock unless every extra is left over in the period. The rows of `chosen` must be locked."""
    for one in chosen:
        if one.extra.stock is None:
            continue
        left = one.extra.stock - _reserved(one.extra, period, ignoring)
        if one.quantity > left:
            raise OutOfStock(
                gettext("Of “%(name)s” only %(left)s are left in this period.")
                % {"name": one.extra.name, "left": max(left, 0)},
                extra=one.extra.code,
                left=max(left, 0),
            )


def of_contract(contract: Contract, *, locked: bool = True) -> list[Chosen]:
    """Return the extras a contract has, locked in one order."""
    lines = contract.lines.filter(kind="extra").order_by()
    counted = {row["extra"]: int(row["pieces"]) for row in lines.values("extra").annotate(pieces=Max("quantity"))}
    extras = Extra.objects.select_for_update(no_key=True) if locked else Extra.objects.all()
    return [Chosen(extra, counted[extra.pk]) for extra in extras.filter(pk__in=counted).order_by("pk")]


def _reserved(extra: Extra, period: Period, ignoring: Contract | None) -> int:
    lines = PriceLine.objects.filter(
        extra=extra,
        contract__status__in=HOLDING,
        contract__start_at__lt=period.end,
        contract__end_at__gt=period.start,
    )
    if ignoring is not None:
        lines = lines.exclude(contract=ignoring)
    # An extension repeats the line, so a contract counts once.
    per_contract = lines.order_by().values("contract").annotate(pieces=Max("quantity"))
    return int(sum(row["pieces"] for row in per_contract))


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
