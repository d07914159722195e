"""Contracts and everything written on one."""

from contracts.models.agreement import Agreement
from contracts.models.attachment import Attachment
from contracts.models.closing import DayClose
from contracts.models.contract import Assignment, Contract, ReferenceCounter
from contracts.models.handover import Handover
from contracts.models.money import Charge, Extra, Payment, PriceLine

__all__ = [
    "Agreement",
    "Assignment",
    "Attachment",
    "Charge",
    "Contract",
    "DayClose",
    "Extra",
    "Handover",
    "Payment",
    "PriceLine",
    "ReferenceCounter",
]
