"""Cars in the admin."""

from cars.admin import car, defects, due, ledger, papers, places, workshop

__all__ = ["car", "defects", "due", "ledger", "papers", "places", "workshop"]
