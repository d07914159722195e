"""What the files of contracts and payments show."""

from typing import Final

CONTRACTS: Final = {
    "Reference": "reference",
    "Status": "status",
    "Channel": "channel",
    "Customer": "customer.name",
    "Plate": "car.license_plate",
    "Car": "car",
    "Category": "category.name",
    "Pick-up at": "pickup_branch.name",
    "Return to": "return_branch.name",
    "Pick-up": "start_at",
    "Due back": "end_at",
    "Picked up": "picked_up_at",
    "Returned": "returned_at",
    "Daily rate": "daily_rate",
    "Total": "total",
    "Paid": "paid",
    "Deposit held": "held",
    "Balance": "balance",
    "External reference": "external_ref",
    "Id": "id",
}
PAYMENTS: Final = {
    "At": "at",
    "Contract": "contract.reference",
    "Kind": "kind",
    "Method": "method",
    "Amount": "amount",
    "External id": "external_id",
    "Note": "note",
    "By": "created_by.username",
    "Id": "id",
}
