"""Text messages: settings.SMS_BACKEND names the function that sends one. None is set: none are sent."""

import base64
import datetime as dt
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.utils.module_loading import import_string

from requests_app.clock import app_now

# A gateway that does not answer must not keep a worker for longer.
TIMEOUT_S = 5
LATEST_MAX = 100


class Undeliverable(Exception):
    """The gateway refused the message for good. code: its HTTP status."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def send(to: str, text: str) -> None:
    """Tries once. Raises Undeliverable if the gateway refused it for good; any other error may be retried."""
    import_string(settings.SMS_BACKEND)(to, text)


def send_by_http(to: str, text: str) -> None:
    """Posts To, From and Body to SMS_URL with Basic authentication, as Twilio's API and compatible ones take it."""
    secret = base64.b64encode(f"{settings.SMS_USER}:{settings.SMS_PASSWORD}".encode()).decode()
    body = urlencode({"To": to, "From": settings.SMS_FROM, "Body": text}).encode()
    request = Request(settings.SMS_URL, body, {"Authorization": f"Basic {secret}"})  # noqa: S310  (the operator's own)
    try:
        with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
            return
    except HTTPError as error:
        with error:
            # 408 and 429: try later. Other 4xx: the number or our account is refused.
            if 400 <= error.code < 500 and error.code not in (408, 429):
                raise Undeliverable(str(error.code)) from error
            raise


# --- The demo's simulated gateway -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    to: str
    text: str
    at: dt.datetime


def write_to_file(to: str, text: str) -> None:
    """Keeps the message in SMS_FOLDER instead of sending it."""
    folder = Path(settings.SMS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    at = app_now()
    written = json.dumps({"to": to, "text": text, "at": at.isoformat()}, ensure_ascii=False)
    (folder / f"{at:%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}.json").write_text(written)


def latest() -> list[Text]:
    """The latest messages that write_to_file() kept, newest first."""
    paths = sorted(Path(settings.SMS_FOLDER).glob("*.json"), reverse=True)[:LATEST_MAX]
    kept = [json.loads(path.read_text()) for path in paths]
    return [Text(one["to"], one["text"], dt.datetime.fromisoformat(one["at"])) for one in kept]
