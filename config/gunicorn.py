"""gunicorn's settings, wherever it is started: `--config=config/gunicorn.py`. Flags of the command line win."""

import logging
import socket

from gunicorn import util
from gunicorn.config import Config
from gunicorn.glogging import Logger

from requests_app.core.logs import mask

# gunicorn's most. A list asked for by service_request_id comes in one line.
limit_request_line = 8190


def write_error(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Answers in plain text what never reaches Django, such as a line that is too long: clients of the API crash on HTML."""
    body = f"{status} {reason}. {message}".strip().encode() + b"\n"
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin-1") + body)


# gunicorn has no setting for it; tests/config/test_gunicorn.py asks a running one.
util.write_error = write_error


def post_worker_init(worker: object) -> None:
    """Each worker counts for /metrics as "web"; what an ended one has counted is added up when the next one begins."""
    # Imported here, since this module is loaded before settings can be read.
    from requests_app.core import metrics

    metrics.start("web")


class KeylessLogger(Logger):
    """gunicorn's logs name whole addresses, also those that it refuses. Keys and private links in them are masked."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.addFilter(_masked)


def _masked(record: logging.LogRecord) -> bool:
    record.msg, record.args = mask(record.getMessage()), ()
    return True


logger_class = KeylessLogger
