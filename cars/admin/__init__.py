"""Cars in the admin."""

from cars.admin import car, defects, ledger, papers, places, workshop

__all__ = ["car", "defects", "ledger", "papers", "places", "workshop"]
