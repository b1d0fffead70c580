"""Email to staff: a notice at once, a morning digest to a person, and on Mondays one to departments and who supervises them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from requests_app import links, outbox
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.messages import email, notifications, staff_words, wording
from requests_app.messages.email_parts import StatusLine
from requests_app.models import (
    CONFIDENTIAL,
    OPEN,
    Department,
    Jurisdiction,
    Membership,
    OutboxRow,
    ServiceRequest,
    StaffNotice,
    Status,
    User,
)
from requests_app.rules.people import leaves, permissions, staff_notices
from requests_app.rules.promises.lateness import is_late
from requests_app.rules.promises.service_levels import working_hours
from requests_app.rules.publication import redaction
from requests_app.rules.work import snoozes
from requests_app.rules.work.attention import ATTENTION

# Listed in one email; it links to the rest.
REQUESTS_LISTED = 25
OLDEST_LISTED = 5
# Counted no further.
COUNT_MAX = 1000
WEEKDAYS_OF_WORK = range(5)
# A morning's digest that could not be sent for so long is no longer of use.
MORNING_LASTS = dt.timedelta(hours=5)


@dataclass(frozen=True)
class Row:
    """A request in an email: what and where, what is to be said about it, and its page."""

    name: str
    reference: str
    place: str
    lines: list[str]
    url: str
    is_late: bool = False


# --- A notice, at once --------------------------------------------------------------------------------------------------


def send_notice(row: OutboxRow) -> None:
    """One email with all notices of this person about the request that go out at once and aren't read yet."""
    _kind, _event_id, user_id = row.dedupe_key.split(":")
    service_request = row.service_request
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    if service_request is None or user is None or not permissions.can(user, "view", service_request):
        return
    waiting = list(
        StaffNotice.objects.select_for_update(of=("self",))
        .filter(user=user, service_request=service_request, email=StaffNotice.Email.AT_ONCE)
        .filter(emailed_at=None, read_at=None)
        .select_related("event__user", "away", "service_request__department")
        .order_by("pk")
    )
    if not waiting:
        return
    jurisdiction = service_request.jurisdiction
    with override(user.language), timezone.override(jurisdiction.zone):
        sentences = list(dict.fromkeys(staff_words.sentence_of(notice) for notice in waiting))
        mail = _compose_notice(service_request, sentences, to=user, escalated=_is_escalated(waiting))
    mail.extra_headers["Message-ID"] = email.message_id(waiting[0].event_id, user.pk, "staff_notice", jurisdiction)
    mail.extra_headers["X-Lamplighter-Event"] = f"staff_{waiting[0].kind}"
    if row.trace_id:
        mail.extra_headers["X-Request-Id"] = row.trace_id
    email.send(mail, None)
    StaffNotice.objects.filter(pk__in=[notice.pk for notice in waiting]).update(emailed_at=app_now())


def _is_escalated(notices: list[StaffNotice]) -> bool:
    return any(notice.kind == StaffNotice.Kind.ESCALATED for notice in notices)


def _compose_notice(
    service_request: ServiceRequest, sentences: list[str], *, to: User, escalated: bool
) -> EmailMultiAlternatives:
    jurisdiction = service_request.jurisdiction
    redaction.redact_addresses(to, [service_request], jurisdiction)
    if service_request.public_state in CONFIDENTIAL:
        service_request.address = ""
    context = {
        "service_request": service_request,
        "city": jurisdiction,
        "sentences": sentences,
        "reopened": service_request.reopened_count if escalated else 0,
        "due": due_words(service_request),
        "page": _url(jurisdiction, "staff_app:detail", service_request.reference),
        "preferences": _url(jurisdiction, "staff_app:notice_preferences"),
        "demo": settings.DEMO,
    }
    is_urgent = escalated or is_late(service_request, app_now())
    status_line = StatusLine(sentences[0], "waits" if is_urgent else "info")
    return email.about(service_request, "emails/staff_notice", context, to=to.email, status_line=status_line)


def due_words(service_request: ServiceRequest) -> str:
    at = service_request.due_at
    if at is None:
        return ""
    words = _("Late since %(time)s") if is_late(service_request, app_now()) else _("Due %(time)s")
    return words % {"time": wording.long_time(at, service_request.jurisdiction.zone)}


def _url(jurisdiction: Jurisdiction, name: str, *args: Any) -> str:
    return links.base_url(jurisdiction) + reverse(name, args=args)


# --- The morning digest of a person ---------------------------------------------------------------------------------------


def enqueue_digests(city: Jurisdiction) -> int:
    """Enqueues the city's digests of today, once, from the morning on: on working days, and those of Mondays."""
    local = app_now().astimezone(city.zone)
    morning = dt.datetime.combine(local.date(), dt.time(notifications.HOUR), city.zone)
    today = f"{city.pk}:{local.date()}"
    if not morning <= local < morning + MORNING_LASTS or _is_enqueued(f"staff_digest:{today}:"):
        return 0
    keys = [f"staff_digest:{today}:{pk}" for pk in _who_gets_digest(city, local.date())]
    if local.weekday() == notifications.WEEKDAY:
        weekly = Department.objects.filter(jurisdiction=city, active=True, weekly_email=True)
        keys += [f"department_digest:{today}:{pk}" for pk in weekly.values_list("pk", flat=True)]
        keys += [f"monday_digest:{today}:{pk}" for pk in _supervisors(city, local.date())]
    if keys:
        with transaction.atomic():
            outbox.enqueue_rows(
                [
                    outbox.new_row(key.partition(":")[0], lane="outside", jurisdiction_id=city.pk, dedupe_key=key)
                    for key in keys
                ],
                lane="outside",
            )
    return len(keys)


def _is_enqueued(prefix: str) -> bool:
    """What comes in during the day is for tomorrow."""
    return OutboxRow.objects.filter(dedupe_key__startswith=prefix).exists()


def _who_gets_digest(city: Jurisdiction, day: dt.date) -> list[int]:
    """Those with open requests or notices that waited for the morning, if they work today."""
    assigned = ServiceRequest.objects.filter(jurisdiction=city, assignee=OuterRef("pk"), status__in=OPEN)
    waiting = StaffNotice.objects.filter(
        jurisdiction=city, user=OuterRef("pk"), email=StaffNotice.Email.MORNING, emailed_at=None
    )
    staff = User.objects.filter(memberships__jurisdiction=city, is_active=True).exclude(
        pk__in=leaves.away_ids(city, day)
    )
    found = staff.filter((Exists(assigned) & ~staff_notices.without(staff_notices.DIGEST)) | Exists(waiting))
    ids = set(found.values_list("pk", flat=True))
    return sorted(ids & _working(city, day))


def _working(city: Jurisdiction, day: dt.date) -> set[int]:
    """Those whose department works on this day, by its calendar; those of the whole city, Monday to Friday."""
    is_open: dict[int | None, bool] = {None: day.weekday() in WEEKDAYS_OF_WORK}
    for department in Department.objects.filter(jurisdiction=city).select_related("calendar"):
        hours = working_hours(department.calendar, city.zone)
        is_open[department.pk] = hours.always or bool(hours.opening_hours(day))
    members = Membership.objects.filter(jurisdiction=city).values_list("user_id", "department_id")
    return {user_id for user_id, department_id in members if is_open.get(department_id, False)}


def send_digest(row: OutboxRow) -> None:
    """My open requests, late first, and what waited for the morning. Nothing if there is nothing."""
    _kind, city_id, _day, user_id = row.dedupe_key.split(":")
    jurisdiction = Jurisdiction.objects.defer("boundary").filter(pk=int(city_id)).first()
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    if jurisdiction is None or user is None or not permissions.memberships_of(user):
        return
    waited = list(
        StaffNotice.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(user=user, jurisdiction=jurisdiction, email=StaffNotice.Email.MORNING, emailed_at=None)
        .select_related("event__user", "away", "service_request__department")
        .select_related("service_request__service", "service_request__service_version")
        .order_by("-pk")
    )
    open_requests = _open_of(user, jurisdiction) if staff_notices.wants(user, staff_notices.DIGEST) else []
    with override(user.language), timezone.override(jurisdiction.zone):
        news = _news(jurisdiction, user, waited)
        own = [_row(jurisdiction, one, [due_words(one)]) for one in open_requests[:REQUESTS_LISTED]]
        if news or own:
            mail = _compose_digest(jurisdiction, user, own, news, has_more=len(open_requests) > REQUESTS_LISTED)
            mail.extra_headers["Message-ID"] = email.message_id(None, user.pk, row.dedupe_key, jurisdiction)
            email.send(mail, None)
    StaffNotice.objects.filter(pk__in=[notice.pk for notice in waited]).update(emailed_at=app_now())


def _open_of(user: User, jurisdiction: Jurisdiction) -> list[ServiceRequest]:
    """Late first; what is on hold waits for others, and comes last."""
    mine = ServiceRequest.objects.in_jurisdiction(jurisdiction).open().filter(assignee=user, is_test=False)
    found = mine.select_related("service", "service_version", "jurisdiction").order_by("due_at", "pk")
    visible = [one for one in found[: 4 * REQUESTS_LISTED] if permissions.can(user, "view", one)]
    redaction.redact_addresses(user, visible, jurisdiction)
    return sorted(visible, key=lambda one: one.status == Status.ON_HOLD)


def _news(jurisdiction: Jurisdiction, user: User, notices: list[StaffNotice]) -> list[Row]:
    """What happened, by request, newest first; without what was read on the page, or may no longer be seen."""
    rows: dict[int, Row] = {}
    for notice in notices:
        about = notice.service_request
        if about is None:
            continue
        about.jurisdiction = jurisdiction
        if notice.read_at is not None or not permissions.can(user, "view", about):
            continue
        if about.pk not in rows:
            redaction.redact_addresses(user, [about], jurisdiction)
        row = rows.setdefault(about.pk, _row(jurisdiction, about, []))
        if (sentence := staff_words.sentence_of(notice)) not in row.lines:
            row.lines.append(sentence)
    return list(rows.values())


def _row(jurisdiction: Jurisdiction, service_request: ServiceRequest, lines: list[str]) -> Row:
    return Row(
        name=localized(service_request.service_version.name),
        reference=service_request.display_reference,
        place="" if service_request.public_state in CONFIDENTIAL else service_request.address,
        lines=[line for line in lines if line],
        url=_url(jurisdiction, "staff_app:detail", service_request.reference),
        is_late=is_late(service_request, app_now()),
    )


def _compose_digest(
    jurisdiction: Jurisdiction, user: User, own: list[Row], news: list[Row], *, has_more: bool
) -> EmailMultiAlternatives:
    late = sum(row.is_late for row in own)
    title = ngettext("%(n)d open request", "%(n)d open requests", len(own)) % {"n": len(own)}
    if has_more:
        title = _("More than %(n)d open requests") % {"n": len(own)}
    if late:
        title = _("%(open)s, %(late)d late") % {"open": title, "late": late}
    if not own:
        title = ngettext("%(n)d notice", "%(n)d notices", len(news)) % {"n": len(news)}
    context = {
        "city": jurisdiction,
        "title": title,
        "own": own,
        "news": news,
        "has_more": has_more,
        "list_url": _url(jurisdiction, "staff_app:mine"),
        "preferences": _url(jurisdiction, "staff_app:notice_preferences"),
        "demo": settings.DEMO,
    }
    return _letter("staff_digest", context, to=user.email)


def _letter(name: str, context: dict[str, Any], *, to: str) -> EmailMultiAlternatives:
    city = context["city"]
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
        body=render_to_string(f"emails/{name}.txt", context),
        from_email=email.sender(city),
        reply_to=email.reply_to(city),
        to=[to],
        headers={"Auto-Submitted": "auto-generated", "X-Lamplighter-Event": name},
    )
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    return mail


# --- On Mondays ---------------------------------------------------------------------------------------------------------------


def _supervisors(city: Jurisdiction, day: dt.date) -> list[int]:
    """Those who supervise a department or the city, are here, and want the email of Mondays."""
    found = User.objects.filter(
        memberships__in=Membership.objects.filter(jurisdiction=city, role__permissions__contains=["supervise"]),
        is_active=True,
    )
    wanted = found.exclude(staff_notices.without(staff_notices.MONDAY)).exclude(pk__in=leaves.away_ids(city, day))
    return sorted(set(wanted.values_list("pk", flat=True)))


def send_department_digest(row: OutboxRow) -> None:
    """To the department's address, if it has one. Nothing if nothing is open."""
    _kind, city_id, _day, department_id = row.dedupe_key.split(":")
    department = (
        Department.objects.select_related("jurisdiction")
        .filter(pk=int(department_id), jurisdiction=int(city_id), active=True, weekly_email=True)
        .exclude(email="")
        .first()
    )
    if department is None:
        return
    city = department.jurisdiction
    with override(city.languages[0]), timezone.override(city.zone):
        rows = ServiceRequest.objects.open().filter(department=department, is_test=False)
        _send_numbers(row, city, rows, [department], title=str(department), to=department.email)


def send_monday_digest(row: OutboxRow) -> None:
    """What a supervisor looks at first, of the departments that they supervise, or of the city. Nothing if nothing is open."""
    _kind, city_id, _day, user_id = row.dedupe_key.split(":")
    city = Jurisdiction.objects.defer("boundary").filter(pk=int(city_id)).first()
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    if city is None or user is None or not staff_notices.wants(user, staff_notices.MONDAY):
        return
    supervised = [
        one.department
        for one in permissions.memberships_of(user)
        if one.jurisdiction_id == city.pk and "supervise" in one.role.permissions
    ]
    if not supervised:
        return
    # A supervisor of the whole city has no department.
    departments = [] if None in supervised else sorted({one.pk: one for one in supervised if one}.values(), key=str)
    with override(user.language), timezone.override(city.zone):
        # As the queue lists them.
        rows = ServiceRequest.objects.visible_to(user, triage=False).in_jurisdiction(city).open().filter(is_test=False)
        if departments:
            rows = rows.filter(department__in=departments)
        rows = rows.exclude(pk__in=snoozes.hidden_ids(user, city))
        title = ", ".join(str(one) for one in departments) or city.name
        _send_numbers(row, city, rows, departments, title=title, to=user.email, reader=user)


def _send_numbers(
    row: OutboxRow,
    city: Jurisdiction,
    rows: QuerySet[ServiceRequest],
    departments: Sequence[Department],
    *,
    title: str,
    to: str,
    reader: User | None = None,
) -> None:
    """departments: those that the rows are limited to. reader: whose preferences the email links to."""
    context = _numbers(city, rows, departments)
    if context is None:
        return
    preferences = _url(city, "staff_app:notice_preferences") if reader else ""
    mail = _letter("monday_digest", {**context, "title": title, "preferences": preferences}, to=to)
    mail.extra_headers["Message-ID"] = email.message_id(None, row.pk or 0, f"{row.dedupe_key}:{to}", city)
    email.send(mail, None)


def _numbers(
    city: Jurisdiction, rows: QuerySet[ServiceRequest], departments: Sequence[Department]
) -> dict[str, Any] | None:
    """The counts of what is open, each with the address of its rows, and the oldest. None if nothing is open."""
    count, now = _count(rows), app_now()
    if not count:
        return None
    scope = [("department", one.code) for one in departments]
    queue_url = _url(city, "staff_app:queue")

    def address(*pairs: tuple[str, str]) -> str:
        return f"{queue_url}?{urlencode([*scope, *pairs])}" if scope or pairs else queue_url

    oldest = []
    for one in rows.select_related("service_version", "service").order_by("submitted_at", "pk")[:OLDEST_LISTED]:
        one.jurisdiction = city
        oldest.append(_row(city, one, [wording.ago(one.submitted_at, now), due_words(one)]))
    return {
        "city": city,
        "numbers": [
            (_("Open"), count, address()),
            *(
                (kind.name, _count(rows.filter(kind.rows(city, now))), address(*kind.query))
                for kind in ATTENTION.values()
            ),
        ],
        "open": count,
        "oldest": oldest,
        "queue_url": address(),
        "demo": settings.DEMO,
    }


def _count(service_requests: QuerySet[ServiceRequest]) -> str:
    """ "12" or "1000+"; empty for none."""
    count = service_requests.order_by()[: COUNT_MAX + 1].count()
    return f"{COUNT_MAX}+" if count > COUNT_MAX else str(count or "")
