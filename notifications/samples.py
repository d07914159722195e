"""What the templates are shown with when nobody is written to: previews and tests."""

from typing import Any, Final

_RENTAL: Final = {
    "name": "Lejla Zukić",
    "reference": "R-2026-000042",
    "pick_up": "04.12.2026 16:00, Sarajevo Airport",
    "due_back": "06.12.2026 16:00, Sarajevo Airport",
    "rows": [
        ["Contract", "R-2026-000042"],
        ["Car", "Škoda Octavia, E79-A-684"],
        ["Pick-up", "04.12.2026 16:00, Sarajevo Airport"],
        ["Return", "06.12.2026 16:00, Sarajevo Airport"],
        ["Price", "156.00 EUR"],
    ],
}
_LINK: Final = {"name": "Lejla Zukić", "link": "https://fleet.example.com/admin/open/AAAA"}

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "invitation": _LINK,
    "password_reset": _LINK,
    "booking_confirmed": _RENTAL,
    "booking_changed": {
        **_RENTAL,
        "former": [["Car", "Škoda Fabia, E61-T-977"], ["Pick-up", "03.12.2026 16:00, Sarajevo Airport"]],
    },
    "pick_up_tomorrow": _RENTAL,
    "overdue": _RENTAL,
    "receipt": {
        **_RENTAL,
        "lines": [["2 days à 52.00", "104.00 EUR"], ["Late return", "52.00 EUR"]],
        "total": "156.00 EUR",
        "paid": "150.00 EUR",
        "open": "6.00 EUR",
    },
    "webhook_off": {
        "name": "Mirza Hadžić",
        "url": "https://booking.example.com/hooks/fleet",
        "reason": "Nothing arrived for five days.",
    },
    "digest": {
        "name": "Mirza Hadžić",
        "on": "24.11.2026",
        "count": 3,
        "more": 0,
        "items": [
            {"subject": "return", "title": "A34-M-947 · return", "due": "23.11.2026", "days": -1},
            {"subject": "insurance", "title": "E93-M-864 · liability insurance", "due": "25.11.2026", "days": 1},
            {"subject": "service", "title": "O37-E-450 · small service", "due": "20.12.2026", "days": 26},
        ],
    },
}
