"""The form that extends a rental."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from contracts.admin import clock
from contracts.admin.overriding import Overriding
from fleet.admin.forms import Section


class ExtendForm(Overriding):
    end_at = clock.WallClockField(label=_("new end"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["end_at"].initial = clock.wall(self.row.end_at, self.row.pickup_branch.zone)

    def asked(self) -> Iterator[Section]:
        due = clock.shown(self.row.end_at, self.row.pickup_branch.zone)
        yield Section([self.given("end_at")], note=_("Now due back %(due)s.") % {"due": due})

    def clean_end_at(self) -> Any:
        return clock.instant(self.cleaned_data["end_at"], self.row.pickup_branch.zone)
