"""One line per event: JSON where programs read it, plain where people do. No line holds a secret or a person.

Records of the standard library and of structlog go the same way. What a formatter adds: the id of the request, the task
in hand, where an exception came from. What it takes away: scrub.py.
"""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import orjson
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from fleet.observability import request_id, scrub

_SHOWN: Final = (str, int, float, bool)
_OF_RECORDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "request_id"}
_FRAMES: Final = 30  # the innermost ones


def _extras(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add what a record of the standard library was given as `extra`, as far as it is plain."""
    record = event.get("_record")
    if record is not None:
        given = {name: value for name, value in vars(record).items() if name not in _OF_RECORDS}
        event.update({name: value for name, value in given.items() if isinstance(value, _SHOWN)})
    return event


def _unit(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if current := request_id.current():
        event["request_id"] = current
    return event


def _exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say where an exception came from and what it was, without the values that were in hand."""
    record = event.get("_record")
    found = event.pop("exc_info", None) or (record.exc_info if record is not None else None)
    error = found[1] if isinstance(found, tuple) else None
    if error is not None:
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*_told(cause), "and then"] if cause else []
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*before, f"{type(error).__module__}.{type(error).__qualname__}: {scrub.message(error)}", *where]


def _scrubbed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    kept = {"timestamp", "exception", "request_id", "task_id", "_record", "_from_structlog"}
    return {name: value if name in kept else scrub.named(name, value) for name, value in event.items()}


def _dump(event: MutableMapping[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


CHAIN: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _extras,
    _unit,
    _exception,
    _scrubbed,
]


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=CHAIN,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(serializer=_dump),
            ],
        )


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=CHAIN,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _line],
        )


def _line(_: WrappedLogger, __: str, event: EventDict) -> str:
    """Write for people: when, how bad, where, under which request, what."""
    first = [event.pop(name, "-") for name in ("timestamp", "level", "logger")]
    said, exception = event.pop("event", ""), event.pop("exception", "")
    words = [first[0][11:23], first[1].upper(), first[2], f"[{event.pop('request_id', '-')}]", said]
    words += [f"{name}={value}" for name, value in event.items()]
    return " ".join(map(str, words)) + (f"\n{exception}" if exception else "")


def configure() -> None:
    """Let structlog's own loggers go the way of the standard library."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *CHAIN, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
