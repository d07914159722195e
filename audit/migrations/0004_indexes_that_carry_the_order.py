"""Every list of the trail is one index, read backwards: what is asked for first, then the order of the list.

auditlog's own single-column indexes on the same columns, and those that nothing asks (LIKE on ids, `object_id`, which
is empty with UUIDs), go: an entry is written with every change, so each index is paid for by everybody.
"""

from django.db import migrations

# The table belongs to auditlog: its state is not ours to change, so these are statements.
ADDED = {
    "audit_entry_by_time": '("timestamp", id)',  # audit/, the admin's list
    "audit_entry_by_actor": '(actor_id, "timestamp", id)',  # ?actor=
    "audit_entry_by_model": '(content_type_id, "timestamp", id)',  # ?model=
    "audit_entry_by_object": '(object_pk, "timestamp", id)',  # the history of one object, ?object_id=
    "audit_entry_by_action": '(action, "timestamp", id)',  # ?action=delete
    "audit_entry_by_what": "((additional_data ->> 'what'), \"timestamp\", id) WHERE action = 3",  # ?what=
    "audit_entry_by_door": "((additional_data ->> 'door'), \"timestamp\", id)",  # ?door=key:…
    "audit_entry_by_address": '(remote_addr, "timestamp", id) WHERE remote_addr IS NOT NULL',  # ?address=
}
GONE = {
    "auditlog_logentry_timestamp_37867bb0": '("timestamp")',
    "auditlog_logentry_actor_id_959271d2": "(actor_id)",
    "auditlog_logentry_content_type_id_75830218": "(content_type_id)",
    "auditlog_logentry_object_pk_6e3219c0": "(object_pk)",
    "auditlog_logentry_object_pk_6e3219c0_like": "(object_pk varchar_pattern_ops)",
    "auditlog_logentry_object_id_09c2eee8": "(object_id)",
    "auditlog_logentry_action_229afe39": "(action)",
    "auditlog_logentry_cid_9f467263_like": "(cid varchar_pattern_ops)",
}


def _create(name: str, what: str) -> str:
    return f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON auditlog_logentry {what}"


def _drop(name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name}"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0003_final_to_the_last"), ("auditlog", "0017_add_actor_email")]
    operations = [
        *(migrations.RunSQL(_create(name, what), _drop(name)) for name, what in ADDED.items()),
        *(migrations.RunSQL(_drop(name), _create(name, what)) for name, what in GONE.items()),
    ]
