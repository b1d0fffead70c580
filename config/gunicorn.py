"""gunicorn's settings, wherever it is started: `--config=config/gunicorn.py`. Flags of the command line win."""

import socket

from gunicorn import util

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
