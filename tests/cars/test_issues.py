"""Issues from report to file, damages to their repair."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from cars import damages, issues
from cars.errors import IllegalMove
from cars.models import IssueReport
from fleet.errors import Invalid, NotFound
from tests.cars.world import DAY, NOW
from tests.factories.cars import CarFactory, DamageFactory, IssueReportFactory

pytestmark = pytest.mark.django_db
STATES = {"open", "in_progress", "resolved", "closed"}
# verb → where it may begin, where it ends
VERBS = {
    "start": ({"open"}, "in_progress"),
    "resolve": ({"open", "in_progress"}, "resolved"),
    "close": ({"resolved"}, "closed"),
}


def issue_in(state: str, **fields: Any) -> IssueReport:
    resolved = {"resolved_at": NOW - DAY} if state in ("resolved", "closed") else {}
    return IssueReportFactory(status=state, **resolved, **fields)


def act(name: str, issue: IssueReport, by: User) -> IssueReport:
    if name == "resolve":
        return issues.resolve(issue.pk, "Replaced the pads", by=by, now=NOW)
    return getattr(issues, name)(issue.pk, by=by)


@pytest.mark.parametrize(
    ("severity", "restriction"),
    [("low", "none"), ("medium", "none"), ("high", "no_new_rentals"), ("critical", "grounded")],
)
def test_the_severity_decides_what_a_report_does_to_the_car(by: User, severity: str, restriction: str) -> None:
    issue = issues.report(IssueReport(car=CarFactory(), title="Brakes", severity=severity), by=by, now=NOW)

    assert (issue.restriction, issue.status, issue.reported_by) == (restriction, "open", by)


def test_a_restriction_that_is_given_stands(by: User) -> None:
    issue = IssueReport(car=CarFactory(), title="Brakes", severity="critical", restriction="none")

    assert issues.report(issue, by=by, now=NOW).restriction == "none"


def test_a_restriction_follows_the_severity_as_long_as_nobody_set_another(by: User) -> None:
    followed, chosen = IssueReportFactory(), IssueReportFactory(restriction="no_new_rentals")

    assert issues.revise(followed.pk, severity="critical", by=by, now=NOW).restriction == "grounded"
    assert issues.revise(chosen.pk, severity="low", by=by, now=NOW).restriction == "no_new_rentals"
    assert issues.revise(chosen.pk, severity="high", restriction="none", by=by, now=NOW).restriction == "none"


def test_a_closed_issue_is_not_revised(by: User) -> None:
    with pytest.raises(IllegalMove):
        issues.revise(issue_in("closed").pk, title="Other", by=by, now=NOW)


@pytest.mark.parametrize(
    ("verb", "state"), [(verb, state) for verb, (sources, _) in VERBS.items() for state in sorted(sources)]
)
def test_a_verb_leads_from_its_states_to_its_end(by: User, verb: str, state: str) -> None:
    assert act(verb, issue_in(state), by).status == VERBS[verb][1]


@pytest.mark.parametrize(
    ("verb", "state"), [(verb, state) for verb, (sources, _) in VERBS.items() for state in sorted(STATES - sources)]
)
def test_a_verb_is_refused_from_every_other_state(by: User, verb: str, state: str) -> None:
    issue = issue_in(state)

    with pytest.raises(IllegalMove) as error:
        act(verb, issue, by)

    issue.refresh_from_db()
    assert (issue.status, error.value.data["issue_status"]) == (state, state)


def test_a_resolution_is_signed_by_the_server(by: User) -> None:
    issue = IssueReportFactory(severity="critical")

    issues.resolve(issue.pk, " New pads ", by=by, now=NOW, actual_cost=Decimal("80.00"))

    issue.refresh_from_db()
    assert (issue.resolution, issue.resolved_by, issue.resolved_at) == ("New pads", by, NOW)
    assert issue.actual_cost == Decimal("80.00")
    assert not IssueReport.objects.restricting().exists()


def test_a_resolution_without_a_word_is_refused(by: User) -> None:
    with pytest.raises(Invalid) as error:
        issues.resolve(IssueReportFactory().pk, "  ", by=by, now=NOW)

    assert (error.value.code, set(error.value.fields)) == ("resolution_missing", {"resolution"})


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_issue_is_not_found(by: User, verb: str) -> None:
    with pytest.raises(NotFound):
        act(verb, IssueReport(pk=by.pk), by)


@pytest.mark.parametrize("ago", [0 * DAY, 3 * DAY])
def test_a_damage_is_repaired(by: User, ago: timedelta) -> None:
    damage = damages.repair(DamageFactory().pk, by=by, now=NOW, repaired_at=NOW - ago, repair_cost=Decimal("120.00"))

    assert (damage.repaired_at, damage.repair_cost) == (NOW - ago, Decimal("120.00"))


def test_a_damage_is_repaired_once(by: User) -> None:
    damage = DamageFactory(repaired_at=NOW - DAY)

    with pytest.raises(IllegalMove) as error:
        damages.repair(damage.pk, by=by, now=NOW)

    assert error.value.code == "repaired_already"


def test_a_repair_does_not_lie_in_the_future(by: User) -> None:
    with pytest.raises(Invalid) as error:
        damages.repair(DamageFactory().pk, by=by, now=NOW, repaired_at=NOW + DAY)

    assert error.value.code == "in_the_future"
