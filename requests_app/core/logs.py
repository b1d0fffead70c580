"""Logging: one JSON object a line in production, readable lines elsewhere. Ids and codes only, no personal data."""

import logging
import logging.config
import re
import sys
import traceback
from typing import Any

import structlog
from django.conf import settings

from requests_app.core.secret_addresses import without_secrets

# No keys in logs, wherever they were put: in an address (?api_key=…), a header or a message. Nor a provider's answer (?code=…).
_KEY = re.compile(r"(\b(?:api_key|code)=)[^&\s\"']+|\blk_[\w-]{6,}")


def mask_links(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def mask(text: str) -> str:
    """Without what would let somebody in: private links (secret_addresses.py) and keys."""
    return _KEY.sub(lambda found: f"{found[1] or 'lk_'}…", without_secrets(text))


def drop_exception_messages(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Reduces an exception to its class and the lines of its traceback. Messages of the database and the mail server quote
    user input ("Key (email)=(ana@…) already exists"), so they are left out unless DEBUG is on."""
    exc_info = event.get("exc_info")
    if not exc_info or settings.DEBUG:
        return event
    error = (
        exc_info[1]
        if isinstance(exc_info, tuple)
        else exc_info
        if isinstance(exc_info, BaseException)
        else sys.exc_info()[1]
    )
    del event["exc_info"]
    if error is None:
        return event
    event["exception"] = "\n".join(_lines(error))
    record = event.get("_record")
    if record is not None and record.name == "celery.app.trace":
        # Celery includes the exception in the message itself.
        event["event"] = f"task {getattr(record, 'data', {}).get('name')} failed"
    return event


def _lines(error: BaseException) -> list[str]:
    lines = [] if (before := error.__cause__ or error.__context__) is None else [*_lines(before), "which led to"]
    lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return [*lines, type(error).__qualname__]


def configure() -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        mask_links,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if settings.PRODUCTION else structlog.dev.ConsoleRenderer(colors=False)
    )
    final: list[Any] = [drop_exception_messages, structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if settings.PRODUCTION:
        # Only with DEBUG is exc_info still there: put the traceback into the JSON object, not after it.
        final.append(structlog.processors.format_exc_info)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [*final, mask_links, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": settings.LOG_LEVEL},
            # Django's own request log includes paths, and so private links.
            "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "WARNING"}},
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
