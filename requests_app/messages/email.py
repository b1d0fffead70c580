"""Email: one message to one person about one event, in their language, with the same Message-ID on every try."""

import hashlib
import re
import smtplib
import uuid
from email.utils import formataddr
from typing import Any

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_app import links
from requests_app.clock import app_now
from requests_app.core import metrics
from requests_app.core.localized import localized
from requests_app.messages import email_parts, html_part, limits, timeline, wording
from requests_app.models import (
    CONFIDENTIAL,
    AccessLink,
    Cadence,
    Comment,
    ContactPoint,
    Department,
    DigestItem,
    Draft,
    Event,
    Jurisdiction,
    Message,
    OutboxRow,
    Participation,
    PrivacyChoice,
    ServiceRequest,
    SurveyAnswer,
)
from requests_app.places import named
from requests_app.rules.publication import redaction
from requests_app.rules.truth import surveys
from requests_app.rules.work import reopenings

# These carry a comment. If it has been hidden, they aren't sent.
ABOUT_WORDS = {"commented", "asked", "reminded"}
# The question, which is for its reporter only.
ABOUT_QUESTION = {"asked", "reminded"}
ONLY_TO_REPORTER = {*ABOUT_QUESTION, "made_public"}
# Not about the recipient: our own sign-in is missing or failed.
OWN_SIGN_IN_REFUSED = (530, 535)
# Letters of the text that an email program shows below the subject.
PREHEADER_LETTERS = 110


class Undeliverable(Exception):
    """The address was rejected permanently. code: the SMTP code (5xx), or "refused" by an email service's API."""

    def __init__(self, code: str, contact_point_id: int | None) -> None:
        self.code, self.contact_point_id = code, contact_point_id
        super().__init__(code)


def message_id(event_id: int | None, recipient_id: int | None, kind: str, jurisdiction: Jurisdiction) -> str:
    """The same on every try of a message, and impossible to guess."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{event_id}:{recipient_id}:{kind}".encode()).hexdigest()[:32]
    domain = re.sub(r"[^A-Za-z0-9.-]", "", jurisdiction.jurisdiction_id) or "lamplighter"
    return f"<{digest}@{domain}>"


def sender(jurisdiction: Jurisdiction) -> str:
    name = jurisdiction.sender_name or f"{jurisdiction.name} 311"
    return formataddr((name, jurisdiction.sender_address or settings.DEFAULT_FROM_EMAIL))


def reply_to(jurisdiction: Jurisdiction) -> list[str]:
    """Where replies go; empty: back to the sender."""
    return [jurisdiction.reply_address] if jurisdiction.reply_address else []


def send_notification(row: OutboxRow) -> None:
    """Sends the email of one outbox row of kind `email_…`.

    Runs inside the row's transaction. If the process dies before the commit, the email is sent again with the same
    Message-ID.
    """
    contact_point = row.recipient
    service_request = row.service_request
    if contact_point is None or service_request is None or contact_point.bounced_at is not None:
        return
    kind = row.kind.removeprefix("email_")
    jurisdiction = service_request.jurisdiction
    participation = Participation.objects.filter(
        service_request=service_request, contact_point=contact_point, unsubscribed_at=None
    ).first()
    if participation is None or not _is_theirs(service_request, participation, kind):
        return
    event = row.event
    if event is None or (kind in ABOUT_WORDS and _comment_of(event, kind) is None):
        return
    if kind == "reminded" and not service_request.waits_for_reporter:
        # They answered in the meantime.
        return
    if kind == "made_public" and service_request.privacy_choice != PrivacyChoice.OFFERED:
        # They have kept it private already.
        return
    message, _created = Message.objects.get_or_create(
        event=event,
        contact_point=contact_point,
        channel="email",
        kind=kind,
        defaults={
            "jurisdiction": jurisdiction,
            "service_request": service_request,
            "person": contact_point.person,
            "message_id": message_id(event.pk, contact_point.pk, kind, jurisdiction),
        },
    )
    if message.sent_at is not None or message.skipped:
        return
    if limits.is_over(contact_point):
        # Nobody may flood someone else's mailbox through us, so the update waits for tomorrow's digest.
        message.skipped = "cap"
        message.save(update_fields=["skipped"])
        DigestItem.objects.bulk_create(
            [
                DigestItem(
                    contact_point=contact_point, service_request=service_request, event=event, cadence=Cadence.DAILY
                )
            ],
            ignore_conflicts=True,
        )
        return
    language = contact_point.person.language
    with override(language), timezone.override(jurisdiction.zone):
        mail = compose(
            service_request, contact_point, kind=kind, event=event, own=participation.role in Participation.OWN
        )
    mail.extra_headers["Message-ID"] = message.message_id
    mail.extra_headers["X-Lamplighter-Event"] = kind
    if row.trace_id:
        mail.extra_headers["X-Request-Id"] = row.trace_id
    send(mail, contact_point)
    message.sent_at = app_now()
    message.save(update_fields=["sent_at"])


def _is_theirs(service_request: ServiceRequest, participation: Participation, kind: str) -> bool:
    """Followers get nothing about a request that became private, and never the questions put to its reporter."""
    return participation.role in Participation.OWN or (service_request.is_public and kind not in ONLY_TO_REPORTER)


def compose(
    service_request: ServiceRequest, contact_point: ContactPoint, *, kind: str, event: Event, own: bool = True
) -> EmailMultiAlternatives:
    """Subject, plain text and HTML from templates/emails/, in the active language. own: the recipient reported it."""
    jurisdiction = service_request.jurisdiction
    link = links.get_or_create_link(contact_point.person, service_request)
    stop_url = links.base_url(jurisdiction) + reverse("requests_app:unsubscribe_link", args=[links.token(link)])
    facts, comment = _facts(service_request, kind=kind, event=event, own=own), _comment_of(event, kind)
    context = {
        **facts,
        "comment": comment,
        "preheader": Truncator(comment.text if comment else facts["next_step"].sentence).chars(PREHEADER_LETTERS),
        "pictures": email_parts.pictures(service_request, kind, event, what=facts["what"]),
        "survey_urls": _survey_urls(service_request, link) if kind == "resolved" else [],
        "keep_private_url": _site_url(jurisdiction, "requests_app:keep_private_link", links.token(link)),
        "follow_url": links.url(link, jurisdiction),
        "stop_url": stop_url,
    }
    mail = EmailMultiAlternatives(
        subject=_subject("emails/report.subject.txt", context),
        body=_plain(f"emails/{kind}.txt", context),
        from_email=sender(jurisdiction),
        reply_to=reply_to(jurisdiction),
        to=[contact_point.value],
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string(f"emails/{kind}.html", context), "text/html")
    return mail


def preview(service_request: ServiceRequest, *, kind: str, event: Event, text: str) -> tuple[str, str]:
    """Subject and plain text as the reporter would read them, in their language. Writes nothing, and has none of their links.

    event: as it would be recorded. service_request: as it would be afterward.
    """
    jurisdiction = service_request.jurisdiction
    with override(service_request.language), timezone.override(jurisdiction.zone):
        link = _("[the reporter’s private link]")
        context = {
            **_facts(service_request, kind=kind, event=event, own=True),
            "comment": Comment(text=text, public=True),
            "survey_urls": [],
            "follow_url": link,
            "stop_url": link,
            "keep_private_url": link,
        }
        subject = _subject("emails/report.subject.txt", context)
        return subject, _plain(f"emails/{kind}.txt", context)


def _facts(service_request: ServiceRequest, *, kind: str, event: Event, own: bool) -> dict[str, Any]:
    """What an email says about the request and its event, in the active language."""
    service_name = localized(service_request.service_version.name)
    place = service_request.address if own else named.public_words(service_request.public_address)
    department = wording.department_words(service_request)
    status = wording.status_words(service_request, to_reporter=own)
    change = timeline.change_words(event, service_request, own=own) if kind == "changed" else ""
    return {
        "service_request": service_request,
        "city": service_request.jurisdiction,
        "service_name": service_name,
        "what": email_parts.about(service_request, place),
        "department": department,
        "place": place,
        "own": own,
        "status_line": email_parts.status_line(
            service_request, kind, department=department, status=status, change=change
        ),
        "me_too_url": email_parts.me_too_url(service_request, own=own),
        "reported_on": wording.month_day(timezone.localdate(service_request.submitted_at)),
        "next_step": wording.next_step(service_request, to_reporter=own),
        "closed": wording.read_later(service_request) if kind == "received" and service_request.owner is None else "",
        "answer_by": _day_in(event, "until") if kind in ABOUT_QUESTION else "",
        "fixed_question": surveys.fixed_question(service_request),
        "no_reopens": reopenings.is_reopened_by_no(service_request),
        "days_to_reopen": reopenings.days_to_reopen(service_request.disposition),
        "demo": settings.DEMO,
    }


def _subject(template: str, context: dict[str, Any]) -> str:
    """What happened to which report, on one line, with the report number last."""
    subject = " ".join(render_to_string(template, context).split())
    return f"{subject} ({context['service_request'].display_reference})"


def _plain(template: str, context: dict[str, Any]) -> str:
    """The plain part, without the empty lines that what is left out leaves behind."""
    return re.sub(r"\n{3,}", "\n\n", render_to_string(template, context)).strip() + "\n"


def _survey_urls(service_request: ServiceRequest, link: AccessLink) -> list[dict[str, str]]:
    """The answers to "Is it fixed?" with their links, for those who are asked. Opening one answers nothing."""
    if surveys.outcome_asked_about(service_request, link.person, through=service_request) is None:
        return []
    city, token = service_request.jurisdiction, links.token(link)
    return [
        {"label": words, "url": _site_url(city, "requests_app:survey_link", token, value)}
        for value, words in ((SurveyAnswer.Value.YES, _("Yes")), (SurveyAnswer.Value.NO, _("No")))
    ]


def _site_url(jurisdiction: Jurisdiction, name: str, *args: str) -> str:
    return links.base_url(jurisdiction) + reverse(name, args=args)


def _day_in(event: Event, key: str) -> str:
    day = parse_date(str(event.data.get(key, "")))
    return wording.long_date(day) if day else ""


def _comment_of(event: Event, kind: str) -> Comment | None:
    """The comment of this event, if it is public or a question to the reporter."""
    comment_id = event.data.get("comment_id") or event.data.get("question_id")
    if not comment_id:
        return None
    comment = Comment.objects.filter(pk=comment_id, hidden_at=None).first()
    is_question = comment is not None and comment.kind == Comment.Kind.QUESTION
    if comment is None or not (comment.public or (kind in ABOUT_QUESTION and is_question)):
        return None
    return comment


def send(mail: EmailMultiAlternatives, contact_point: ContactPoint | None) -> None:
    """Tries once. Raises Undeliverable if the address was rejected for good; any other error may be retried."""
    try:
        mail.send()
    except Exception as error:
        code, answer = _answer(error)
        metrics.count(metrics.EMAIL_ANSWERS, answer)
        if answer in ("5xx", "refused"):
            raise Undeliverable(code, contact_point.pk if contact_point else None) from error
        raise
    metrics.count(metrics.EMAIL_ANSWERS, "2xx")


def _answer(error: Exception) -> tuple[str, str]:
    """The mail server's code, if it gave one, and its class as in EMAIL_ANSWER_CLASSES. 4xx: try later; 5xx: never again."""
    if isinstance(error, AnymailRecipientsRefused):
        return "refused", "refused"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _reply = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    else:
        return "", "no_answer"
    if code in OWN_SIGN_IN_REFUSED and not isinstance(error, smtplib.SMTPRecipientsRefused):
        return str(code), "sign_in"
    return str(code), "5xx" if code >= 500 else "4xx"


def error_code(error: Exception) -> str:
    """For OutboxRow.last_error: the error's class, with the mail server's code if it gave one."""
    code, _class = _answer(error)
    return f"{type(error).__name__} {code}".rstrip()


def mark_bounced(contact_point_id: int) -> None:
    """Stops all email to this address. Call it after the failed row's transaction, whose rollback would undo it."""
    ContactPoint.objects.filter(pk=contact_point_id, bounced_at=None).update(bounced_at=app_now())


def mail_owner(row: OutboxRow) -> None:
    """Sends the report to the property's owner, without the reporter's name or contact. Personal data in the place note is
    replaced, and also in the description unless its writer let everyone read it."""
    service_request = row.service_request
    if service_request is None or service_request.owner is None or not service_request.owner.email:
        return
    if service_request.is_test:
        return
    owner = service_request.owner
    jurisdiction = service_request.jurisdiction
    context = {"service_request": service_request, "city": jurisdiction, "owner": owner, "demo": settings.DEMO}
    with override("en"), timezone.override(jurisdiction.zone):
        description = service_request.description
        redaction.redact(service_request)
        if service_request.is_public:
            service_request.description = description
        mail = about(service_request, "emails/owner", context, to=owner.email)
    mail.extra_headers["Message-ID"] = message_id(row.event_id, owner.pk, "owner", jurisdiction)
    mail.extra_headers["X-Lamplighter-Event"] = "handed_over"
    send(mail, None)


def mail_informed(row: OutboxRow) -> None:
    """Tells a department that a routing rule informs of a request that another one handles, without anybody's words or contact."""
    service_request = row.service_request
    department = Department.objects.filter(pk=int(row.dedupe_key.split(":")[1]), active=True).first()
    if service_request is None or department is None or not department.email:
        return
    jurisdiction = service_request.jurisdiction
    redaction.redact(service_request)
    if service_request.public_state in CONFIDENTIAL:
        service_request.address = ""
    context = {
        "service_request": service_request,
        "city": jurisdiction,
        "page": links.base_url(jurisdiction) + reverse("staff_app:detail", args=[service_request.reference]),
        "demo": settings.DEMO,
    }
    with override("en"), timezone.override(jurisdiction.zone):
        mail = about(
            service_request, "emails/informed", context, to=department.email, status_line=status_now(service_request)
        )
    mail.extra_headers["Message-ID"] = message_id(row.event_id, department.pk, "informed", jurisdiction)
    mail.extra_headers["X-Lamplighter-Event"] = "informed"
    send(mail, None)


def status_now(service_request: ServiceRequest) -> email_parts.StatusLine:
    """For staff, in the active language."""
    return email_parts.StatusLine(wording.status_words(service_request), email_parts.tone_now(service_request))


def about(
    service_request: ServiceRequest,
    name: str,
    context: dict[str, Any],
    *,
    to: str,
    status_line: email_parts.StatusLine | None = None,
) -> EmailMultiAlternatives:
    """An email to someone who has to act on a request, in the active language."""
    report = email_parts.about(service_request, service_request.address)
    context = {**context, "service_name": localized(service_request.service_version.name), "report": report}
    frame = html_part.Frame(status_line, report, email_parts.map_of(service_request, what=report))
    subject = _subject(f"{name}.subject.txt", context)
    body = render_to_string(f"{name}.txt", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=sender(service_request.jurisdiction),
        reply_to=reply_to(service_request.jurisdiction),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(
        html_part.as_html(
            body, title=subject, city=service_request.jurisdiction, url=context.get("page", ""), frame=frame
        ),
        "text/html",
    )
    return mail


def mail_draft(row: OutboxRow) -> None:
    """Sends the link to continue a draft. It repeats nothing of the draft, since the address may be mistyped."""
    draft_id = uuid.UUID(row.dedupe_key.split(":")[1])
    draft = Draft.objects.select_related("jurisdiction").filter(pk=draft_id, service_request=None).first()
    # It was sent or deleted in the meantime.
    if draft is None or draft.expires_at <= app_now() or not draft.typed.get("mail_link_to"):
        return
    jurisdiction = draft.jurisdiction
    with override(draft.language), timezone.override(jurisdiction.zone):
        url = links.draft_url(draft)
        context = {"draft": draft, "city": jurisdiction, "url": url, "demo": settings.DEMO}
        subject = " ".join(render_to_string("emails/draft.subject.txt", context).split())
        body = render_to_string("emails/draft.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=sender(jurisdiction),
            reply_to=reply_to(jurisdiction),
            to=[draft.typed["mail_link_to"]],
            headers={
                "Message-ID": message_id(None, None, row.dedupe_key, jurisdiction),
                "X-Lamplighter-Event": "draft",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=jurisdiction, url=url), "text/html")
    send(mail, None)
