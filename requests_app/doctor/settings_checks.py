"""The settings: what the system checks say of them, and whether somebody is called when a check is red."""

from django.conf import settings
from django.core.checks import ERROR, Tags, run_checks
from django.utils.translation import gettext_noop

from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction

OURS = "lamplighter."
# They have a check of their own here: email in files.
ELSEWHERE = {"lamplighter.W002"}


def system_checks(city: Jurisdiction | None) -> Finding:
    """The worst message of requests_app/checks.py that isn't about the database."""
    messages = [
        message
        for message in run_checks(tags=[Tags.security], include_deployment_checks=True)
        if (message.id or "").startswith(OURS) and message.id not in ELSEWHERE
    ]
    if not messages:
        return green(gettext_noop("The settings are safe."))
    worst = max(messages, key=lambda message: message.level)
    report = red if worst.level >= ERROR else yellow
    return report(worst.msg, worst.hint or "")


def operator(city: Jurisdiction | None) -> Finding:
    if not (settings.OPERATOR_EMAIL or settings.OPERATOR_PHONE or settings.HEARTBEAT_URL):
        return yellow(
            gettext_noop("Nobody is alerted when a check fails."),
            gettext_noop("Set OPERATOR_EMAIL, and OPERATOR_PHONE if there is a gateway for text messages."),
        )
    if not settings.OPERATOR_EMAIL:
        return yellow(gettext_noop("Nobody gets email when a check fails."), gettext_noop("Set OPERATOR_EMAIL."))
    if not settings.HEARTBEAT_URL:
        return green(
            gettext_noop(
                "You’re alerted when a check fails, but not when the whole server is down. HEARTBEAT_URL does that."
            )
        )
    return green(gettext_noop("You’re alerted when a check fails, and when the whole server is silent."))
