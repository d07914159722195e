"""Why a file is not taken."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleet.errors import DomainError, Invalid


class Refused(Invalid):
    """What the bytes are, or what they carry, is not kept here."""

    def __init__(self, reason: str) -> None:
        super().__init__(code="file_refused", file=reason)


class TooLarge(DomainError):
    code = "too_large"
    status = 413
    detail = _("A file has at most 20 MB.")


class NotYours(Invalid):
    """The file is gone, belongs to another record already, or somebody else has uploaded it."""

    def __init__(self) -> None:
        super().__init__(
            code="file_not_free", attach=gettext("Name files that you have uploaded and that belong to nothing yet.")
        )


class TooMany(Invalid):
    def __init__(self, most: int) -> None:
        super().__init__(
            code="too_many_files", attach=gettext("A record holds at most %(most)s files.") % {"most": most}
        )


class RecordFinal(DomainError):
    """A record that does not change any more keeps the files it has."""

    code = "illegal_step"
    detail = _("This is closed or archived: its files are only read any more.")
