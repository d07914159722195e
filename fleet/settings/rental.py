"""What this installation of the rental company charges and speaks."""

from fleet.settings import env

CURRENCY = env.text("FLEET_CURRENCY", "EUR")
FUEL_PRICE = env.decimal("FLEET_FUEL_PRICE", "1.60")  # per litre
FUEL_SERVICE_FEE = env.decimal("FLEET_FUEL_SERVICE_FEE", "15.00")
CLEANING_FEE = env.decimal("FLEET_CLEANING_FEE", "40.00")
NOTICE_MINUTES = env.whole("FLEET_NOTICE_MINUTES", 0, most=10_080)  # least time between booking and pick-up

# Who rents out, as it stands on agreements: `FLEET_COMPANY_LINES` is split at "|".
COMPANY_NAME = env.text("FLEET_COMPANY_NAME", "Fleet")
COMPANY_LINES = tuple(line.strip() for line in env.optional("FLEET_COMPANY_LINES").split("|") if line.strip())

# Lists of countries begin with these: the neighbours, and where most guests come from (django-countries).
COUNTRIES_FIRST = env.items("FLEET_COUNTRIES_FIRST", ["BA", "HR", "RS", "ME", "SI", "MK", "AT", "DE"])

SCAN_RETENTION_DAYS = env.whole("FLEET_SCAN_RETENTION_DAYS", 90, most=3650)  # after the last contract closed
FLEET_CUSTOMER_HOLDERS = ("contracts.people",)  # who keeps more of a customer: modules of customers.holders.Holder

# Who knows what expires: functions of the shape fleet.due.Source.
FLEET_DUE_SOURCES = (
    "cars.due.papers",
    "cars.due.services",
    "contracts.due.people",
    "contracts.due.bookings",
)
FLEET_BRANCHES = "cars.places.choices"  # () → [(id, name)], for apps that know no cars

# Contracts for apps that know none: which are at risk, and telling of it (cars/risks.py).
FLEET_RISKS = "contracts.recheck.at_risk"
FLEET_RISK_TOLD = "contracts.recheck.tell"
