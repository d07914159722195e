"""Every report there is, in the order in which they are listed."""

from typing import Final

from contracts.reports import maintenance, revenue, spending, standing, till, utilisation, waivers
from contracts.reports.shape import Question, Report, Table
from fleet.db.router import read

REPORTS: Final[dict[str, Report]] = {
    report.name: report
    for report in (
        utilisation.REPORT,
        revenue.REPORT,
        spending.COSTS,
        spending.TOP,
        standing.OVERDUE,
        standing.EXPIRING,
        maintenance.REPORT,
        standing.DEPOSITS,
        waivers.REPORT,
        till.REPORT,
    )
}


def answered(report: Report, asked: Question) -> Table:
    """Return the report's table, read from a replica when there is one."""
    return read(lambda: report.answer(asked), by=asked.user)
