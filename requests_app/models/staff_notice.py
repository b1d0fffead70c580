"""Notices for members of staff about requests and their own jobs, how each chose to be notified, and who is named in a note."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.bulk import BulkJob
from requests_app.models.call_back import CallBack
from requests_app.models.event import Event
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.knowledge import Article
from requests_app.models.people import User
from requests_app.models.service_request import Comment, ServiceRequest


class StaffNotice(models.Model):
    """One event that concerns one person, one finished bulk job, one article that is wrong, or one call that is late.

    Deleted after 90 days (actions/privacy/expiry.py)."""

    class Kind(models.TextChoices):
        """Where an event concerns somebody in two ways, the earlier kind counts."""

        ESCALATED = "escalated"
        MENTIONED = "mentioned"
        ASSIGNED = "assigned"
        ANSWERED = "answered"
        REOPENED = "reopened"
        DUE_SOON = "due_soon"
        # They reported it themselves as staff.
        RESOLVED = "resolved"
        # Came to their department or team: sent by a colleague, or by the routing rules.
        TRANSFERRED = "transferred"
        ROUTED = "routed"
        # Their bulk job is finished or undone: always in the list, never by email.
        JOB_DONE = "job_done"
        # A colleague says that their article is wrong: always in the list, with an email of its own.
        ARTICLE = "article"
        # Nobody called in time who waits for the desk: always in the list, never by email.
        CALL_BACK = "call_back"

    class Email(models.TextChoices):
        AT_ONCE = "at_once"
        MORNING = "morning"
        NEVER = "never"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    # Of all but a job's, an article's and a call's.
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, null=True, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False)
    bulk_job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    call_back = models.ForeignKey(CallBack, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Somebody who is away, whose stand-in this is for.
    away = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    # In the list and counted by the bell. Otherwise it only waits for its email.
    in_page = models.BooleanField(default=True)
    # When its email goes, as its reader chose then.
    email = models.CharField(max_length=8, choices=Email.choices, default=Email.NEVER)
    emailed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="staff_notice_once_an_event")]
        indexes = [
            models.Index(fields=["user", "jurisdiction", "-id"], condition=Q(in_page=True), name="staff_notice_list"),
            models.Index(
                fields=["user", "jurisdiction", "-id"],
                condition=Q(in_page=True, read_at__isnull=True),
                name="staff_notice_unread",
            ),
            models.Index(
                fields=["jurisdiction", "user"],
                condition=Q(email="morning", emailed_at__isnull=True),
                name="staff_notice_for_morning",
            ),
            models.Index(fields=["bulk_job"], condition=Q(bulk_job__isnull=False), name="staff_notice_of_job"),
            models.Index(fields=["article"], condition=Q(article__isnull=False), name="staff_notice_of_article"),
            models.Index(fields=["call_back"], condition=Q(call_back__isnull=False), name="staff_notice_of_call_back"),
        ]


class StaffNoticePreference(models.Model):
    """What somebody chose for a kind of notice; without a row, rules/people/staff_notices.py says what holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences", db_index=False)
    # A kind of notice, or a regular email: "digest" (their open requests, each morning) or "monday".
    kind = models.CharField(max_length=12)
    in_page = models.BooleanField(default=True)
    email = models.CharField(max_length=8, choices=StaffNotice.Email.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="staff_notice_preference_unique")]


class Mention(models.Model):
    """A colleague named in a note, as @handle."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # As it is in the text, without the @.
    handle = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once_a_comment")]
