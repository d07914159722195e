"""The columns that people choose for the lists of the admin; nobody else sees or misses them."""

from collections.abc import Sequence

from accounts.models import User
from fleet.actor import verb


@verb
def choose(label: str, names: Sequence[str] | None, *, by: User) -> None:
    """Show these columns of the list to this person from now on; None shows the list's own again.

    How somebody looks at lists is no change of his account: its version stays, and the trail knows nothing of it.
    """
    columns = dict(User.objects.lock(by.pk).columns)
    columns.pop(label, None)
    if names is not None:
        columns[label] = list(names)
    User.objects.filter(pk=by.pk).update(columns=columns)
    by.columns = columns
