"""Cars and everything that belongs to one."""

from cars.models.attachment import Attachment
from cars.models.branch import Branch, Category
from cars.models.car import Car, OdometerReading
from cars.models.damage import Damage
from cars.models.issue import IssueReport
from cars.models.occupancy import Occupancy
from cars.models.paper import Inspection, Insurance, Paper, Registration
from cars.models.service import ServicePlan, ServiceRecord

__all__ = [
    "Attachment",
    "Branch",
    "Car",
    "Category",
    "Damage",
    "Inspection",
    "Insurance",
    "IssueReport",
    "Occupancy",
    "OdometerReading",
    "Paper",
    "Registration",
    "ServicePlan",
    "ServiceRecord",
]
