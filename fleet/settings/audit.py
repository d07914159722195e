"""django-auditlog: what is written comes from audit/registry.py, who did it from fleet/actor.py."""

AUDITLOG_INCLUDE_ALL_MODELS = False
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_DISABLE_ON_RAW_SAVE = False
AUDITLOG_CID_GETTER = "fleet.actor.correlation_id"
FLEET_COMMAND_LOG = "audit.commands.record"  # (name, counts, warnings, seconds) → the entry "system: <command>"
FLEET_ACCESS_LOG = "audit.access.record"  # (what, object or None, **data) → the entry of an access
FLEET_HISTORY_PAGE = "audit.admin.page.show"  # (model admin, request, object id) → the page behind "History"
