"""Cars in the admin."""

from cars.admin import car, defects, due, finding, ledger, papers, places, standing, workshop

__all__ = ["car", "defects", "due", "finding", "ledger", "papers", "places", "standing", "workshop"]
