"""What years of work leave behind and the seed does not plant: the trail, events, notices, letters."""

from typing import Final

from auditlog.models import LogEntry
from django.db import connection, transaction

from accounts.models import User
from contracts.models import Contract
from fleet.seed import loading
from notifications.models import Email, Event, Notification

_TABLES: Final = [model._meta.db_table for model in (LogEntry, Event, Notification, Email)]

# Five entries of every contract, by the one who measures, through each door.
_TRAIL: Final = """
INSERT INTO auditlog_logentry (content_type_id, object_pk, object_repr, action, changes_text, changes, actor_id, cid,
    remote_addr, "timestamp", additional_data)
SELECT (SELECT id FROM django_content_type WHERE app_label = 'contracts' AND model = 'contract'),
    contract.id::text, contract.reference, CASE nth WHEN 1 THEN 0 ELSE 1 END, '',
    '{"status": ["confirmed", "active"], "version": ["3", "4"]}', %(by)s, contract.id::text, '10.0.0.7',
    least(contract.start_at + (nth - 3) * interval '1 day', now()),
    jsonb_build_object('door', CASE nth WHEN 1 THEN 'api' WHEN 2 THEN 'key:Booking site' ELSE 'admin' END)
FROM contracts_contract AS contract CROSS JOIN generate_series(1, 5) AS nth
ORDER BY contract.start_at
"""
_EVENTS: Final = """
INSERT INTO notifications_event (type, subject, subject_id, key, payload, created_at, written_in)
SELECT 'contract.checked_out', 'contracts.contract', id, 'years:' || id, jsonb_build_object('number', reference),
    least(start_at, now()), pg_current_xact_id()
FROM contracts_contract ORDER BY start_at
"""
_NOTICES: Final = """
INSERT INTO notifications_notification (id, user_id, kind, title, text, subject, subject_id, urgent, key,
    created_at, seen_at)
SELECT gen_random_uuid(), %(by)s, 'contract_booked', reference, '', 'contracts.contract', id, false, 'years:' || id,
    least(start_at, now()), CASE WHEN row_number() OVER (ORDER BY start_at DESC) > 50 THEN now() END
FROM contracts_contract LIMIT 100000
"""
_LETTERS: Final = """
INSERT INTO notifications_email (id, key, "to", template, language, context, status, attempts, next_try_at, sent_at,
    repeats, last_error, created_at)
SELECT gen_random_uuid(), 'years:' || id, 'amra@example.com', 'booking_confirmed', 'en', '{}', 'sent', 1,
    least(start_at, now()), least(start_at, now()), 0, '', least(start_at, now())
FROM contracts_contract
"""


@transaction.atomic
def live(by: User) -> None:
    """Write them for every contract, unless somebody has lived here before."""
    if LogEntry.objects.count() > Contract.objects.count():
        return
    waiting = loading.set_aside(_TABLES)
    with connection.cursor() as cursor:
        for statement in (_TRAIL, _EVENTS, _NOTICES, _LETTERS):
            cursor.execute(statement, {"by": by.pk})
    for statement in waiting:
        loading.bring_back(statement)


def rows() -> dict[str, int]:
    """Return how much there is."""
    named = {"contracts": Contract, "entries of the trail": LogEntry, "events": Event, "letters": Email}
    return {name: model._base_manager.count() for name, model in named.items()}
