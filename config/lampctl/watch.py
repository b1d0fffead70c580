"""`lampctl watch`, which root's timer calls every minute: alerts the operator when a check stays red.

It is outside the four processes and the outbox, and keeps its state in memory (/run). A check that is red for ten minutes goes out
by email and text message once, then daily, and once more when it's over. While nothing is red, it calls HEARTBEAT_URL every five
minutes.
"""

import argparse
import datetime as dt
import fcntl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.request import urlopen

from config.lampctl import alerts, doctor, notes, settings_files, shell
from config.lampctl.place import Place

RED_FOR_S = 600
AGAIN_AFTER_S = 86400
HEARTBEAT_EVERY_S = 300
# The disk's trend: a sample every six hours, for two weeks.
SAMPLE_EVERY_S, SAMPLES_FOR_S = 6 * 3600, 14 * 86400
TIMEOUT_S = 5
# In the folder of sockets, then in that of the data.
STATE, LOCK = "watch.json", "watch.lock"
DISK, PLANNED, STATUS = "disk.json", "planned.json", "status.json"
# By email and by text, each until it was sent.
CHANNELS = ("email", "text")

State = dict[str, Any]
Send = Callable[[str, str], None]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--loop", action="store_true", help="every minute until it's stopped, where there is no systemd"
    )


def main(place: Place, options: argparse.Namespace) -> None:
    place.run.mkdir(parents=True, exist_ok=True)
    with (place.run / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # The last one is still at it.
            return
        while True:
            once(place, time.time())
            if not options.loop:
                return
            time.sleep(60 - time.time() % 60)


def once(place: Place, now: float) -> None:
    """One look at everything. now: seconds since 1970; tests shift it."""
    report = doctor.examine(place)
    findings = {finding["code"]: finding for finding in report["findings"]}
    reds = {code: finding for code, finding in findings.items() if finding["color"] == "red"}
    # A disk that is full keeps nobody from being alerted: what that needs is in memory (/run).
    with suppress(OSError):
        notes.write(place.health, report)
        _write_status(place, reds, now)
        _sample_disk(place, findings.get("disk", {}).get("measures", {}), now)
    place.run.mkdir(parents=True, exist_ok=True)
    state = notes.read(place.run / STATE)
    try:
        settings = settings_files.read(place.settings / "shared.env")
    except (OSError, ValueError):
        # The doctor has said so. Nobody can be reached; the heartbeat's silence tells.
        settings = {}
    if not is_planned(place, now):
        host = settings.get("SITE_URL", "").partition("://")[2] or "Lamplighter"
        _alert(state, reds, host, alerts.senders(settings, place), now)
    if not reds and settings.get("HEARTBEAT_URL") and now - state.get("heartbeat", 0) >= HEARTBEAT_EVERY_S - 30:
        _heartbeat(settings["HEARTBEAT_URL"], state, now)
    notes.write(place.run / STATE, state)


def _alert(state: State, reds: dict[str, Any], host: str, senders: dict[str, Send], now: float) -> None:
    """state["red"]: since when each is red, and when it was sent by which channel. state["over"]: what is to be cleared there."""
    red_rows: dict[str, Any] = state.setdefault("red", {})
    over: dict[str, Any] = state.setdefault("over", {})
    for code, finding in reds.items():
        row = red_rows.setdefault(code, {"since": now, "sent": {}})
        # A clock that was set back makes nothing last forever.
        row["since"] = min(row["since"], now)
        row["text"], row["advice"] = finding["text"], finding["advice"]
        for channel in CHANNELS:
            over.get(channel, {}).pop(code, None)
    for code in [code for code in red_rows if code not in reds]:
        row = red_rows.pop(code)
        for channel in row["sent"]:
            over.setdefault(channel, {})[code] = row["text"]
    for channel, send in senders.items():
        due = {
            code: row
            for code, row in red_rows.items()
            if now - row["since"] >= RED_FOR_S and now - row["sent"].get(channel, -AGAIN_AFTER_S) >= AGAIN_AFTER_S
        }
        cleared = over.get(channel, {})
        if not due and not cleared:
            continue
        try:
            send(*_message(host, channel, due, cleared, still_red=bool(red_rows)))
        except Exception as error:
            # Tried again in a minute; the other channel tells.
            shell.say(f"The {channel} to the operator wasn’t sent: {type(error).__name__}")
            continue
        for row in due.values():
            row["sent"][channel] = now
        over.pop(channel, None)


def _message(
    host: str, channel: str, due: dict[str, Any], cleared: dict[str, str], *, still_red: bool
) -> tuple[str, str]:
    """(subject, text). What is wrong, what is over, and what to do."""
    subject = f"{host}: {', '.join(sorted(due))} red" if due else f"{host}: all clear ({', '.join(sorted(cleared))})"
    if channel == "text":
        first = next(iter(due.values()))["text"] if due else ""
        return subject, f"{subject}. {first}".strip(" .") + "."
    lines = []
    for code, row in sorted(due.items()):
        since = dt.datetime.fromtimestamp(row["since"], dt.UTC)
        lines += [f"RED since {since:%Y-%m-%d %H:%M} UTC: {row['text']}", f"  {row['advice']}", f"  ({code})", ""]
    lines += [f"Over: {text} ({code})" for code, text in sorted(cleared.items())]
    if due:
        lines += ["", f"All checks: lampctl doctor, or https://{host}/staff/health/"]
    elif not still_red:
        lines += ["", "Nothing is red anymore."]
    return subject, "\n".join(lines)


def _heartbeat(url: str, state: State, now: float) -> None:
    try:
        with urlopen(url, timeout=TIMEOUT_S):  # noqa: S310  (the operator's own)
            state["heartbeat"] = now
    except (OSError, ValueError) as error:
        shell.say(f"HEARTBEAT_URL didn’t answer: {type(error).__name__}")


def is_planned(place: Place, now: float) -> bool:
    """Whether work that was announced goes on (`lampctl planned`): nobody is alerted then."""
    planned = notes.read(place.data / PLANNED)
    try:
        return float(planned["from"]) <= now < float(planned["until"])
    except (KeyError, TypeError, ValueError):
        return False


def _write_status(place: Place, reds: dict[str, Any], now: float) -> None:
    """For /status/ while the database is away: since when."""
    status = notes.read(place.data / STATUS)
    is_away = bool(reds.keys() & {"database", "lamplighter"})
    if not is_away:
        status = {"well_at": now}
    notes.write(place.data / STATUS, {**status, "away": is_away})


def _sample_disk(place: Place, free_by_folder: dict[str, float], now: float) -> None:
    """For the trend. Without a new sample, the file stays as it is."""
    before = notes.read(place.data / DISK)
    after = dict(before)
    for folder, free in free_by_folder.items():
        rows = [row for row in before.get(folder, []) if now - SAMPLES_FOR_S <= row[0] <= now]
        if not rows or now - rows[-1][0] >= SAMPLE_EVERY_S:
            after[folder] = [*rows, [round(now), round(free)]]
    if after != before:
        notes.write(place.data / DISK, after)
