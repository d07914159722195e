"""Cars in the admin."""

from cars.admin import car, defects, due, finding, ledger, papers, places, workshop

__all__ = ["car", "defects", "due", "finding", "ledger", "papers", "places", "workshop"]
