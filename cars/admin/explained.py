"""What a clerk reads below the fields of cars: only where the name of a field does not say it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from fleet.admin.words import Words

_NOTES: Final = _("For colleagues; customers do not see it.")

CAR: Final[Words] = {
    "vin": _("17 letters and digits, as in the registration; I, O and Q do not occur."),
    "category": _("Decides the rate, the deposit, the km and how old a driver must be."),
    "daily_rate": _("Empty means the rate of the category."),
    "branch": _("Where it stands when nobody has rented it."),
    "location_note": _("For colleagues, e.g. the row in the car park."),
    "tank_litres": _("From it a return without a full tank is charged. Empty for a car without a tank."),
}
BRANCH: Final[Words] = {
    "code": _("A short name for lists and programs: small letters, digits and dashes, e.g. sarajevo-airport."),
    "time_zone": _("Its days begin and its times are shown in it, e.g. Europe/Sarajevo."),
    "is_active": _("Not ticked: nothing can be booked from here any more."),
}
CATEGORY: Final[Words] = {
    "code": _("A short name for lists and programs: small letters, digits and dashes, e.g. suv."),
    "deposit": _("Taken before the car goes out, given back at the end."),
    "km_per_day": _("Included in the price. Empty means unlimited."),
    "excess_km_rate": _("For each km beyond those included."),
    "min_driver_age": _("On the day of the pick-up."),
    "turnaround_minutes": _("Time to clean the car before the next rental."),
    "upgrade_rank": _("A car of a class with a higher number may be given instead of one with a lower."),
}
DAMAGE: Final[Words] = {"note": _("How large it is and where exactly, e.g. 5 cm below the handle.")}
PAPER: Final[Words] = {
    "number": _("As printed on the paper."),
    "cost": _("For the whole time that it is valid; reports spread it over its days."),
    "valid_until": _("The last day on which it is valid."),
    "notes": _NOTES,
}
ISSUE: Final[Words] = {
    "title": _("In a few words, e.g. brakes squeal."),
    "severity": _("Critical: nobody may drive the car. High: it goes out to nobody new."),
    "restriction": _("Empty follows the severity; choose only where this car is different."),
    "estimated_cost": _("What the workshop expects."),
    "actual_cost": _("What the bill says; may follow."),
}
BLOCK: Final[Words] = {
    "end_at": _("From then on it is free again."),
    "note": _("Why nobody can rent the car meanwhile."),
}
READING: Final[Words] = {"km": _("As the odometer shows, without spaces and dots.")}
CORRECTION: Final[Words] = {**READING, "reason": _("Why the other reading is wrong.")}
PLAN: Final[Words] = {
    "service_type": _("What is done, e.g. oil and filters."),
    "category": _("For all cars of a class, or for one car: choose one of the two."),
    "every_km": _("Empty if only time counts."),
    "every_months": _("Empty if only km count."),
    "warn_km": _("From then on it is in the list of what comes due."),
    "warn_days": _("From then on it is in the list of what comes due."),
    "critical_km": _("From then on it is marked as urgent."),
    "critical_days": _("From then on it is marked as urgent."),
}
SERVICE: Final[Words] = {
    "odometer_km": _("What the odometer showed at the service."),
    "service_type": _("What was done, e.g. oil and filters."),
    "plan": _("From this service on the plan counts anew."),
    "vendor": _("Which workshop did it."),
    "next_service_km": _("If the workshop says so."),
    "next_service_date": _("If the workshop says so."),
}
