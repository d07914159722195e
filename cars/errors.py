"""What the cars' rules say no with."""

from fleet.errors import DomainError


class CarTaken(DomainError):
    """The ledger refuses; `taken` lists the rows in the way."""

    code = "occupied"
    detail = "The car is taken in this period."


class OdometerBackwards(DomainError):
    """A reading does not fit between its neighbours in time."""

    code = "odometer_backwards"
    status = 422
