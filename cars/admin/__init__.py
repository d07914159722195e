"""Cars in the admin."""

from cars.admin import belongings, car, defects, due, finding, ledger, papers, places, standing, workshop

__all__ = ["belongings", "car", "defects", "due", "finding", "ledger", "papers", "places", "standing", "workshop"]
