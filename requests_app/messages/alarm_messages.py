"""The email and text message of an alarm. Sent at once: never part of a digest, and no limit delays them. See docs/alarms.md."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.actions.alarms import calls
from requests_app.core.localized import localized
from requests_app.messages import email, html_part, sms
from requests_app.models import Alarm, AlarmCall, OutboxRow

# After a timeout, a gateway may have sent the message anyway. Escalation does not wait for it.
SMS_TRIES = 3


def send_email(row: OutboxRow) -> None:
    """Sends one alarm email. If the process dies before the commit, it is sent again with the same Message-ID."""
    call = _waiting_call(row)
    if call is None:
        return
    jurisdiction = call.alarm.jurisdiction
    with override(_language(call)), timezone.override(jurisdiction.zone):
        context = _context(call)
        subject = " ".join(render_to_string("emails/alarm.subject.txt", context).split())
        body = render_to_string("emails/alarm.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(jurisdiction),
            reply_to=email.reply_to(jurisdiction),
            to=[call.address],
            headers={
                "Message-ID": email.message_id(None, call.pk, "alarm", jurisdiction),
                "X-Lamplighter-Event": "alarm",
                "Auto-Submitted": "auto-generated",
                "Importance": "high",
            },
        )
        mail.attach_alternative(
            html_part.as_html(body, title=subject, city=jurisdiction, url=str(context["url"])), "text/html"
        )
    email.send(mail, None)
    calls.mark_sent(call)


def send_sms(row: OutboxRow) -> None:
    """Sends one alarm text message; after SMS_TRIES errors it is given up."""
    call = _waiting_call(row)
    if call is None:
        return
    with override(_language(call)), timezone.override(call.alarm.jurisdiction.zone):
        text = " ".join(render_to_string("emails/alarm.sms.txt", _context(call)).split())
    try:
        sms.send(call.address, text)
    except sms.Undeliverable as error:
        raise email.Undeliverable(error.code, None) from error
    except OSError as error:
        if row.attempts >= SMS_TRIES:
            raise email.Undeliverable(type(error).__name__, None) from error
        raise
    calls.mark_sent(call)


def _waiting_call(row: OutboxRow) -> AlarmCall | None:
    """The call, unless it was made already, or somebody has accepted the alarm since."""
    call = calls.call_of(row)
    if call.state != AlarmCall.State.WAITING:
        return None
    if call.alarm.state != Alarm.State.RINGING:
        calls.mark_unneeded(call)
        return None
    return call


def _language(call: AlarmCall) -> str:
    return call.user.language if call.user is not None else call.alarm.jurisdiction.languages[0]


def _context(call: AlarmCall) -> dict[str, object]:
    """Not what the reporter wrote: messages are passed on, and the page behind the link has it."""
    service_request = call.alarm.service_request
    return {
        "call": call,
        "city": call.alarm.jurisdiction,
        "service_request": service_request,
        "service_name": localized(service_request.service_version.name),
        "since": call.alarm.started_at,
        "minutes": call.alarm.jurisdiction.alarm_minutes,
        "url": links.alarm_url(call),
        "demo": settings.DEMO,
    }
