"""Notices for staff: made from an event by the worker, counted for the bell, marked as read, and deleted."""

import datetime as dt
from collections.abc import Collection

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from requests_app import events, outbox
from requests_app.clock import app_now
from requests_app.models import (
    Article,
    BulkJob,
    CallBack,
    Jurisdiction,
    Mention,
    OutboxRow,
    ServiceRequest,
    StaffNotice,
    StaffNoticePreference,
    User,
)
from requests_app.rules.people import staff_notices
from requests_app.rules.people.staff_notices import Choice

# The bell counts no further.
COUNT_MAX = 9
COUNT_KEPT_S = 30
KEPT = dt.timedelta(days=90)
DELETED_AT_ONCE = 20_000


def notify_row(row: OutboxRow) -> None:
    """Makes a notice for everyone on the staff whom the event concerns, and the email of those who want it at once; and the email
    of a department that works by email alone."""
    event, service_request = row.event, row.service_request
    if event is None or service_request is None or service_request.is_test:
        return
    recipients = staff_notices.recipients(event, service_request)
    StaffNotice.objects.bulk_create(
        [
            StaffNotice(
                jurisdiction_id=service_request.jurisdiction_id,
                user=recipient.user,
                service_request=service_request,
                event=event,
                kind=recipient.kind,
                away=recipient.away,
                in_page=recipient.choice.in_page,
                email=recipient.choice.email,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )
    emails = [
        OutboxRow(
            kind="email_staff_notice",
            lane="outside",
            service_request=service_request,
            event=event,
            dedupe_key=f"email_staff_notice:{event.pk}:{recipient.user.pk}",
            ordering_key=f"staff_mail:{service_request.pk}:{recipient.user.pk}",
        )
        for recipient in recipients
        if recipient.choice.email == StaffNotice.Email.AT_ONCE
    ]
    if event.kind in events.TO_DEPARTMENT and service_request.department is not None:
        department = service_request.department
        if department.works_by_email and department.email:
            emails.append(
                OutboxRow(
                    kind="mail_department",
                    lane="outside",
                    service_request=service_request,
                    event=event,
                    dedupe_key=f"mail_department:{event.pk}:{department.pk}",
                    ordering_key=f"department_mail:{service_request.pk}:{department.pk}",
                )
            )
    if emails:
        outbox.enqueue_rows(emails, lane="outside")
    forget_counts(service_request.jurisdiction_id, [recipient.user.pk for recipient in recipients])


def notify_job(job: BulkJob) -> None:
    """A notice for who started the job: that it's finished, and once more when it's undone."""
    StaffNotice.objects.filter(bulk_job=job).delete()
    StaffNotice.objects.create(
        jurisdiction_id=job.jurisdiction_id, user_id=job.user_id, bulk_job=job, kind=StaffNotice.Kind.JOB_DONE
    )
    forget_counts(job.jurisdiction_id, [job.user_id])


def notify_of_article(article: Article, users: Collection[User]) -> None:
    """A notice for those who keep it: a colleague says that it's wrong."""
    StaffNotice.objects.bulk_create(
        StaffNotice(jurisdiction_id=article.jurisdiction_id, user=user, article=article, kind=StaffNotice.Kind.ARTICLE)
        for user in users
    )
    forget_counts(article.jurisdiction_id, [user.pk for user in users])


def notify_of_call_backs(jurisdiction: Jurisdiction, rows: Collection[CallBack], users: Collection[User]) -> None:
    """A notice for those who supervise the desk: nobody called in time."""
    StaffNotice.objects.bulk_create(
        StaffNotice(jurisdiction=jurisdiction, user=user, call_back=row, kind=StaffNotice.Kind.CALL_BACK)
        for row in rows
        for user in users
    )
    forget_counts(jurisdiction.pk, [user.pk for user in users])


# --- The bell -----------------------------------------------------------------------------------------------------------


def _key(jurisdiction_id: int, user_id: int) -> str:
    return f"unread_notices:{jurisdiction_id}:{user_id}"


def forget_counts(jurisdiction_id: int, users: list[int]) -> None:
    """A count taken between this and the commit is wrong for COUNT_KEPT_S at most."""
    if users:
        cache.delete_many([_key(jurisdiction_id, user_id) for user_id in users])


def unread(user: User, jurisdiction: Jurisdiction) -> QuerySet[StaffNotice]:
    return StaffNotice.objects.filter(user=user, jurisdiction=jurisdiction, in_page=True, read_at=None)


def unread_count(user: User, jurisdiction: Jurisdiction) -> int:
    """Up to one more than COUNT_MAX. At most COUNT_KEPT_S old."""
    key = _key(jurisdiction.pk, user.pk)
    count: int | None = cache.get(key)
    if count is None:
        count = unread(user, jurisdiction)[: COUNT_MAX + 1].count()
        cache.set(key, count, COUNT_KEPT_S)
    return count


# --- Reading ------------------------------------------------------------------------------------------------------------


def mark_read(user: User, jurisdiction: Jurisdiction, *, pk: int) -> None:
    _mark(user, jurisdiction, unread(user, jurisdiction).filter(pk=pk))


def mark_all_read(user: User, jurisdiction: Jurisdiction, *, up_to: int) -> None:
    """up_to: the newest notice that its reader has seen."""
    _mark(user, jurisdiction, unread(user, jurisdiction).filter(pk__lte=up_to))


def mark_request_read(user: User, service_request: ServiceRequest) -> None:
    """Its page shows all that its notices are about. Costs nothing for somebody without unread notices."""
    jurisdiction = service_request.jurisdiction
    if unread_count(user, jurisdiction):
        _mark(user, jurisdiction, unread(user, jurisdiction).filter(service_request=service_request))


def mark_job_read(user: User, job: BulkJob) -> None:
    """Its page shows how it ended."""
    if unread_count(user, job.jurisdiction):
        _mark(user, job.jurisdiction, unread(user, job.jurisdiction).filter(bulk_job=job))


def mark_article_read(user: User, article: Article) -> None:
    """Its page shows what is said to be wrong."""
    if unread_count(user, article.jurisdiction):
        _mark(user, article.jurisdiction, unread(user, article.jurisdiction).filter(article=article))


def _mark(user: User, jurisdiction: Jurisdiction, notices: QuerySet[StaffNotice]) -> None:
    if notices.update(read_at=app_now()):
        forget_counts(jurisdiction.pk, [user.pk])


@transaction.atomic
def save_preferences(user: User, choices: dict[str, Choice]) -> None:
    """choices: by kind; also staff_notices.DIGEST."""
    StaffNoticePreference.objects.bulk_create(
        [
            StaffNoticePreference(user=user, kind=kind, in_page=choice.in_page, email=choice.email)
            for kind, choice in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_page", "email"],
    )


def delete_old() -> None:
    # By primary key, and so by age, without another index.
    oldest = StaffNotice.objects.order_by("pk").values_list("pk", "created_at")[:DELETED_AT_ONCE]
    old = [pk for pk, created_at in oldest if created_at < app_now() - KEPT]
    StaffNotice.objects.filter(pk__in=old).delete()


def mention(comment_id: int, users: dict[str, User]) -> None:
    """users: by the handle in the text."""
    Mention.objects.bulk_create(
        [Mention(comment_id=comment_id, user=user, handle=handle) for handle, user in users.items()],
        ignore_conflicts=True,
    )
