"""The guards of single steps, asked of all rows at once: what the triggers of contracts.0002 and cars.0002 refuse."""

from functools import partial
from typing import Final

from django.db import connection

from fleet.checkup import Check, Finding, broken, ok
from fleet.errors import DomainError


class Broken(DomainError):
    """Rows that no verb could have written."""

    code = "seed_broken"
    status = 500


# constraint of the guard → rows that break it
_BROKEN: Final = {
    "contract_has_one_car": """
        SELECT c.reference FROM contracts_contract c
        LEFT JOIN contracts_assignment a ON a.contract_id = c.id AND a.closed_at IS NULL
        LEFT JOIN cars_occupancy o ON o.id = a.occupancy_id
        WHERE (c.status IN ('pending', 'confirmed', 'active')) <> (a.id IS NOT NULL)
        OR a.id IS NOT NULL AND (o.car_id <> c.car_id OR o.released_at IS NOT NULL)""",
    "contract_handed_over": """
        SELECT c.reference FROM contracts_contract c JOIN contracts_assignment a ON a.contract_id = c.id
        LEFT JOIN contracts_handover out ON out.assignment_id = a.id AND out.kind = 'out'
        LEFT JOIN contracts_handover back ON back.assignment_id = a.id AND back.kind = 'in'
        WHERE (out.id IS NOT NULL) <> (c.status IN ('active', 'returned', 'closed'))
        OR (back.id IS NOT NULL) <> (c.status IN ('returned', 'closed')) OR back.odometer_km < out.odometer_km""",
    "contract_total_is_sum": """
        SELECT c.reference FROM contracts_contract c
        LEFT JOIN (SELECT contract_id, sum(amount) AS amount FROM contracts_priceline GROUP BY 1) l
            ON l.contract_id = c.id
        WHERE c.total <> coalesce(l.amount, 0)""",
    "contract_closed_is_settled": """
        SELECT c.reference FROM contracts_contract c LEFT JOIN (
            SELECT contract_id,
                sum(CASE kind WHEN 'payment' THEN amount WHEN 'deposit_capture' THEN amount
                              WHEN 'refund' THEN -amount ELSE 0 END) AS paid,
                sum(CASE kind WHEN 'deposit_hold' THEN amount WHEN 'deposit_release' THEN -amount
                              WHEN 'deposit_capture' THEN -amount ELSE 0 END) AS held
            FROM contracts_payment GROUP BY 1) p ON p.contract_id = c.id
        WHERE c.status = 'closed' AND (coalesce(p.paid, 0) <> c.total OR coalesce(p.held, 0) <> 0
            OR EXISTS (SELECT FROM contracts_charge g WHERE g.contract_id = c.id AND g.status = 'proposed'))""",
    "payment_bounds": """
        SELECT contract_id::text FROM (
            SELECT contract_id,
                sum(CASE kind WHEN 'payment' THEN amount WHEN 'deposit_capture' THEN amount
                              WHEN 'refund' THEN -amount ELSE 0 END) OVER so_far AS paid,
                sum(CASE kind WHEN 'deposit_hold' THEN amount WHEN 'deposit_release' THEN -amount
                              WHEN 'deposit_capture' THEN -amount ELSE 0 END) OVER so_far AS held
            FROM contracts_payment WINDOW so_far AS (PARTITION BY contract_id ORDER BY at, id)) p
        WHERE paid < 0 OR held < 0""",
    "odometerreading_forward": """
        SELECT car_id::text FROM (SELECT car_id, km, lag(km) OVER (PARTITION BY car_id ORDER BY taken_at, km) AS before
            FROM cars_odometerreading r WHERE NOT EXISTS (
                SELECT FROM cars_odometerreading fix WHERE fix.corrects_id = r.id)) r WHERE km < before""",
    "car_odometer_is_latest": """
        SELECT c.license_plate FROM cars_car c JOIN (
            SELECT car_id, max(km) AS km FROM cars_odometerreading GROUP BY 1) r ON r.car_id = c.id
        WHERE c.odometer_km < r.km""",
    "contract_reference_gapless": """
        SELECT year::text FROM contracts_referencecounter r JOIN (
            SELECT substr(reference, 3, 4)::int AS of, count(*) AS given, max(substr(reference, 8)::int) AS last
            FROM contracts_contract GROUP BY 1) g ON g.of = r.year WHERE r.last <> g.given OR r.last <> g.last""",
}

NAMES: Final = tuple(_BROKEN)


def require(name: str) -> None:
    """Raise Broken when any row of the database breaks the guard."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_BROKEN[name]} LIMIT 3")
        found = [row[0] for row in cursor.fetchall()]
    if found:
        raise Broken(f"{name} does not hold, e.g. for {', '.join(found)}.", guard=name)


def _asked(name: str) -> Finding:
    try:
        require(name)
    except Broken as error:
        return broken(error.detail, "look the rows up in the admin; no verb of ours writes this")
    return ok("holds")


CHECKS: Final[dict[str, Check]] = {name.replace("_", " "): partial(_asked, name) for name in NAMES}
