"""Whether what is sent arrives: email, text messages; and what is received: calls and voicemail."""

import datetime as dt

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_noop

from requests_app.clock import app_now
from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.doctor.queues import EMAIL_LATE_S, EMAIL_SLOW_S
from requests_app.doctor.queues import email as email_queue
from requests_app.models import AlarmCall, CallBack, Jurisdiction, TelephoneLink

WEEK = dt.timedelta(days=7)
# Refused addresses: people mistype, so a few are usual.
MANY_REFUSED = 20
# A telephone system that is connected tells of calls on each working day.
SILENT_FOR = dt.timedelta(days=4)
MONTH = dt.timedelta(days=30)
# With so much voicemail in a month, silence isn't usual.
USUAL_IN_A_MONTH = 10


def email(city: Jurisdiction | None) -> Finding:
    """Accepted in the last hour, and waiting."""
    if settings.PRODUCTION and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return red(
            gettext_noop("Email is written to files on this machine, so nobody receives it."),
            gettext_noop("Set EMAIL_URL to your mail server, or ANYMAIL_SERVICE to your email service."),
        )
    queue = email_queue()
    measures = {
        "accepted": queue.accepted,
        "retried": queue.retried,
        "refused": queue.refused,
        "behind_s": round(queue.behind_s, 1),
    }
    if queue.behind_s > EMAIL_SLOW_S:
        report = red if queue.behind_s > EMAIL_LATE_S else yellow
        return report(
            gettext_noop(
                "Email is %(minutes)s min behind. Last error: %(error)s. Accepted in the last hour: %(accepted)s."
            ),
            gettext_noop("Send a test under Setup, Integrations: it shows what the mail server answers."),
            measures=measures,
            minutes=round(queue.behind_s / 60),
            error=queue.error or "–",
            accepted=queue.accepted,
        )
    return green(
        gettext_noop("Emails accepted in the last hour: %(accepted)s. None has been waiting long."),
        measures=measures,
        accepted=queue.accepted,
    )


def bounces(city: Jurisdiction | None) -> Finding:
    """Email that a mail server refused for good in the last week."""
    queue = email_queue()
    if queue.refused >= MANY_REFUSED:
        return yellow(
            gettext_noop("Mail servers refused %(refused)s emails for good this week."),
            gettext_noop(
                "Check their errors in the outbox. One error for many addresses means that our sender is blocked."
            ),
            measures={"refused": queue.refused},
            refused=queue.refused,
        )
    return green(
        gettext_noop("Emails refused for good this week: %(refused)s."),
        measures={"refused": queue.refused},
        refused=queue.refused,
    )


def texts(city: Jurisdiction | None) -> Finding:
    """Text messages of alarms in a week."""
    if not settings.SMS_BACKEND:
        return green(gettext_noop("No gateway for text messages is set up: people on call get email."))
    calls = AlarmCall.objects.filter(channel=AlarmCall.Channel.SMS, alarm__started_at__gte=app_now() - WEEK)
    if city is not None:
        calls = calls.filter(alarm__jurisdiction=city)
    failed, sent = Q(state=AlarmCall.State.FAILED), Q(state=AlarmCall.State.SENT)
    counted = calls.aggregate(
        failed=Count("pk", filter=failed),
        sent=Count("pk", filter=sent),
        last_failed=Max("created_at", filter=failed),
        last_sent=Max("created_at", filter=sent),
    )
    measures = {"sent": counted["sent"], "failed": counted["failed"]}
    values = {"sent": counted["sent"], "failed": counted["failed"]}
    if counted["failed"] and (counted["last_sent"] is None or counted["last_sent"] < counted["last_failed"]):
        return red(
            gettext_noop(
                "The last text message about danger wasn’t sent. This week: %(sent)s sent, %(failed)s failed."
            ),
            gettext_noop("Send a test under Setup, Integrations, and check your account with the gateway."),
            measures=measures,
            **values,
        )
    return green(
        gettext_noop("Text messages about danger this week: %(sent)s sent, %(failed)s failed."),
        measures=measures,
        **values,
    )


def calls(city: Jurisdiction | None) -> Finding | None:
    """Whether the telephone system still tells of calls. None: none is connected."""
    links = TelephoneLink.objects.all() if city is None else TelephoneLink.objects.filter(jurisdiction=city)
    now = app_now()
    last: dt.datetime | None = None
    for created_at, used_at in links.values_list("created_at", "last_used_at"):
        since = used_at or created_at
        if now - since > SILENT_FOR:
            sentence = (
                gettext_noop("The telephone system hasn’t reported a call since %(since)s.")
                if used_at
                else gettext_noop("The telephone system was connected on %(since)s and hasn’t reported a call yet.")
            )
            return yellow(
                sentence,
                gettext_noop(
                    "Make a test ring under Setup, The 311 desk, and check the webhook in the telephone system."
                ),
                since=since,
            )
        last = max(filter(None, (last, used_at)), default=None)
    if not links:
        return None
    if last is None:
        return green(gettext_noop("The telephone system is connected. It hasn’t reported a call yet."))
    return green(gettext_noop("The telephone system last reported a call on %(at)s."), at=last)


def mailboxes(city: Jurisdiction | None) -> Finding | None:
    """Voicemail, which the mail server hands to `receive_voicemail`. None: no city has had any."""
    voicemail = CallBack.objects.filter(kind=CallBack.Kind.VOICEMAIL)
    if city is not None:
        voicemail = voicemail.filter(jurisdiction=city)
    now = app_now()
    month = Q(created_at__gte=now - MONTH)
    counted = voicemail.aggregate(last=Max("created_at"), month=Count("pk", filter=month))
    last = counted["last"]
    if last is None:
        return None
    if now - last > SILENT_FOR and counted["month"] >= USUAL_IN_A_MONTH:
        return yellow(
            gettext_noop("No voicemail has come since %(at)s. In the month before there were %(count)s."),
            gettext_noop("Leave one yourself, and check the mail server’s log for receive_voicemail."),
            at=last,
            count=counted["month"],
        )
    return green(gettext_noop("The last voicemail came on %(at)s."), at=last)
