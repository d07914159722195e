"""Celery: work that may wait, and work by the clock."""

from kombu import Queue

from fleet.settings import env
from fleet.settings.cache import BROKER_URL

CELERY_BROKER_URL = env.url("CELERY_BROKER_URL", BROKER_URL, schemes=("redis", "rediss", "amqp", "amqps"))
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
TASK_GRACE_SECONDS = env.whole("FLEET_TASK_GRACE", 90, most=3600)  # on SIGTERM; a supervisor must wait longer
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # longer than the longest task
    # Who wakes a worker waits for the broker so long, and no longer (fleet/broker.py): no second try, no connection
    # that is first tried for seconds.
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = tuple(Queue(name) for name in ("default", "mail", "webhooks"))  # a worker serves all of them
CELERY_TASK_ROUTES = {
    "notifications.tasks.deliver_mail": {"queue": "mail"},
    "notifications.tasks.call_webhooks": {"queue": "webhooks"},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A static table: every entry is safe to run twice and on any number of workers.
CELERY_BEAT_SCHEDULE = {
    "deliver-mail": {"task": "notifications.tasks.deliver_mail", "schedule": 10.0, "options": {"expires": 9}},
    "call-webhooks": {"task": "notifications.tasks.call_webhooks", "schedule": 5.0, "options": {"expires": 4}},
    "remind": {"task": "notifications.tasks.remind", "schedule": 1800.0, "options": {"expires": 1700}},
    "remind-customers": {"task": "contracts.tasks.remind_customers", "schedule": 900.0, "options": {"expires": 800}},
    "store-agreements": {"task": "contracts.tasks.store_agreements", "schedule": 60.0, "options": {"expires": 55}},
    "purge-scans": {"task": "customers.tasks.purge_scans", "schedule": 86_400.0, "options": {"expires": 80_000}},
    "expire-holds": {"task": "contracts.tasks.expire_holds", "schedule": 60.0, "options": {"expires": 55}},
    "grow-overdue": {"task": "contracts.tasks.grow_overdue", "schedule": 300.0, "options": {"expires": 290}},
    "keep-presence": {"task": "accounts.tasks.keep_presence", "schedule": 60.0, "options": {"expires": 55}},
    "purge-sessions": {"task": "accounts.tasks.purge_sessions", "schedule": 3600.0, "options": {"expires": 3000}},
    "purge-locks": {"task": "accounts.tasks.purge_locks", "schedule": 3600.0, "options": {"expires": 3000}},
    "remove-orphans": {"task": "files.tasks.remove_orphans", "schedule": 3600.0, "options": {"expires": 3000}},
    "seal-trail": {"task": "audit.tasks.seal_trail", "schedule": 300.0, "options": {"expires": 290}},
    "purge-runs": {"task": "audit.tasks.purge_runs", "schedule": 86_400.0, "options": {"expires": 80_000}},
    "purge-answers": {"task": "accounts.tasks.purge_answers", "schedule": 3600.0, "options": {"expires": 3000}},
}
