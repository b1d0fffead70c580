"""`lamplighter listen`: reads the events of a listener and sends each to a program on this machine.

What was delivered is kept in a file, so that the next run goes on there.
"""

import hashlib
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from lamplighter_client import shapes
from lamplighter_client.client import Lamplighter
from lamplighter_client.problems import Problem, Unreachable
from lamplighter_client.transport import NoRedirects

# As long as the city waits for a program.
ANSWER_WITHIN_S = 8
LONGEST_WAIT_S = 30
# The listener was ended, since nobody read it; is gone; has forgotten where we were.
ENDED, GONE, FORGOTTEN = "conflict", "not-found", "invalid-cursor"


class Down(Exception):
    """No program answers at the address."""


@dataclass
class Listener:
    """id, secret: of the listener at the city. cursor: the last event that was delivered."""

    id: str
    secret: str
    cursor: str = ""


class State:
    """The file with the listener of one city, key and address. Only the user of this machine may read it."""

    def __init__(self, site: str, key: str, forward_to: str) -> None:
        home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
        # The key itself is not in the name.
        name = hashlib.sha256("\n".join([site, key, forward_to]).encode()).hexdigest()[:16]
        self.path = Path(home) / "lamplighter" / f"{name}.json"

    def read(self) -> Listener | None:
        try:
            return Listener(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, listener: Listener) -> None:
        """Whole or not at all, also if the power fails in between."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.path.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(json.dumps(asdict(listener)))
        new.replace(self.path)


def listen(
    client: Lamplighter,
    state: State,
    forward_to: str,
    chosen: shapes.NewListener,
    say: Callable[[str], None],
    *,
    show: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Until it is interrupted. forward_to: "" only shows the events. show: gets the body of each.

    Raises Problem if the key is refused.
    """
    listener = _start(client, state, chosen, say)
    say(f"Listening to {client.site}. The secret of this webhook: {listener.secret}")
    wait = 1.0
    while True:
        try:
            answer = client.listener_events(listener.id, listener.cursor)
            for delivery in answer["results"]:
                if show:
                    show(delivery["body"])
                _deliver(delivery, forward_to, say)
                listener.cursor = delivery["headers"]["webhook-id"]
                state.write(listener)
        except (Down, Unreachable) as error:
            if wait == 1:
                say(f"{error} Trying again; nothing is lost.")
        except Problem as problem:
            if problem.code in (ENDED, GONE, FORGOTTEN):
                listener = _restart(client, state, listener, problem.code, chosen, say)
            elif problem.status < 500 and problem.status != 429:
                raise
            elif wait == 1:
                say(f"{problem.detail} Trying again; nothing is lost.")
        else:
            wait = 1.0
            sleep(answer["wait_s"])
            continue
        # Then it's read again, with a signature of that time.
        sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)


def _start(client: Lamplighter, state: State, chosen: shapes.NewListener, say: Callable[[str], None]) -> Listener:
    """The listener of the last run, with what is chosen now, or a new one."""
    listener = state.read()
    if listener:
        try:
            client.change_webhook(listener.id, cast(shapes.WebhookEdit, {"events": [], "payload": "thin", **chosen}))
        except Problem as problem:
            if problem.code != GONE:
                raise
        else:
            if listener.cursor:
                say("Going on after the last event that was delivered.")
            return listener
    return _create(client, state, chosen)


def _create(client: Lamplighter, state: State, chosen: shapes.NewListener) -> Listener:
    made = client.create_listener(chosen)
    listener = Listener(made["id"], made["secret"])
    state.write(listener)
    return listener


def _restart(
    client: Lamplighter,
    state: State,
    listener: Listener,
    code: str,
    chosen: shapes.NewListener,
    say: Callable[[str], None],
) -> Listener:
    if code == ENDED:
        say("Nobody listened for 10 minutes. What happened after the first event since then was not kept.")
        client.change_webhook(listener.id, {"enabled": True})
        return listener
    listener = _create(client, state, chosen)
    say(f"The listener is gone. A new one starts; its secret: {listener.secret}")
    return listener


def _deliver(delivery: Mapping[str, Any], forward_to: str, say: Callable[[str], None]) -> None:
    """Raises Down. Any answer counts as one: the program has had the event."""
    body, headers = delivery["body"], delivery["headers"]
    event = json.loads(body)
    line = "  ".join([event["timestamp"][:19].replace("T", " "), event["type"], event["data"].get("reference", "")])
    if not forward_to:
        say(line.rstrip())
        return
    began = time.monotonic()
    outcome = _send(forward_to, body.encode(), headers)
    say(f"{line.rstrip()}  {outcome} in {1000 * (time.monotonic() - began):.0f} ms")


def _send(address: str, body: bytes, headers: Mapping[str, str]) -> str:
    """The status, or what went wrong."""
    # Nothing of this machine goes through a proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirects)
    request = urllib.request.Request(address, data=body, headers=dict(headers), method="POST")  # noqa: S310 - see checked()
    try:
        with opener.open(request, timeout=ANSWER_WITHIN_S) as response:
            return str(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except TimeoutError:
        return f"no answer within {ANSWER_WITHIN_S} seconds"
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            return f"no answer within {ANSWER_WITHIN_S} seconds"
        raise Down(f"No program answers at {address}: {error.reason}.") from None
    except (OSError, http.client.HTTPException) as error:
        raise Down(f"The program at {address} gave no answer: {error}.") from None


def checked(address: str) -> str:
    """An address to forward to. Raises ValueError."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(address)
    return parts.geturl()
