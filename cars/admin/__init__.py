"""Cars in the admin."""

from cars.admin import car, ledger, papers, places, workshop

__all__ = ["car", "ledger", "papers", "places", "workshop"]
