"""Reports of crashes to Sentry, only where a DSN is set: without one nothing of it is even loaded.

What leaves: where it broke, the type of the error, the request's method, path and id, the task or command. What stays
here: bodies, queries, cookies, headers, users, local variables, and whatever scrub.py knows.
"""

from typing import Any, Final

from fleet.observability import request_id, scrub

_REQUEST: Final = ("method", "url")
_SECONDS: Final = 2  # to send what is left when the process ends


def start(dsn: str, *, release: str, environment: str) -> None:
    import sentry_sdk  # noqa: PLC0415 - its hooks cost 0.4 ms a request, so it is loaded where it is wanted
    from sentry_sdk.integrations.celery import CeleryIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.django import DjangoIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415
    from sentry_sdk.scrubber import DEFAULT_DENYLIST, DEFAULT_PII_DENYLIST, EventScrubber  # noqa: PLC0415

    names = [*DEFAULT_DENYLIST, *DEFAULT_PII_DENYLIST, "email", "phone", "otp", "passport_number", "personal_id"]
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            CeleryIntegration(),
            LoggingIntegration(level=None),
        ],
        event_scrubber=EventScrubber(denylist=names, recursive=True),
        before_send=before_send,
        shutdown_timeout=_SECONDS,
    )


def before_send(event: Any, hint: dict[str, Any]) -> Any:
    """Return the event as it may leave."""
    asked = event.pop("request", None) or {}
    if asked:
        event["request"] = {name: asked[name] for name in _REQUEST if name in asked}
        event["request"]["url"] = scrub.path(str(asked.get("url", "")))
    for name in ("user", "breadcrumbs", "server_name", "modules", "extra"):
        event.pop(name, None)
    _strip_messages(event, hint)
    event.get("contexts", {}).pop("trace", None)
    if current := request_id.current():
        event.setdefault("tags", {})["request_id"] = current
    return scrub.tree(event)


def _strip_messages(event: Any, hint: dict[str, Any]) -> None:
    """Take the rows out of what exceptions say; a log line that is no exception keeps its template only."""
    error = (hint.get("exc_info") or (None, None, None))[1]
    for found in event.get("exception", {}).get("values", ()):
        found["value"] = scrub.message(error) if error is not None and type(error).__name__ == found.get("type") else ""
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"].get("message", "")}
    job = event.get("contexts", {}).get("celery-job") or event.get("extra", {}).get("celery-job")
    if job:
        job.pop("args", None)
        job.pop("kwargs", None)
