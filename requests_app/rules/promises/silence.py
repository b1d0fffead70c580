"""The watch for silence: which requests went without a public word for too long, and the reasons a person may give.

It never posts anything, and nobody can switch it off for themselves: only an administrator sets the days, for the whole city.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.models import OPEN, Jurisdiction, ServiceRequest, SilenceQuestion, Status
from requests_app.models.service_request import ServiceRequestQuerySet

# Last public word, or the report itself: what the index request_open_by_quiet is sorted by.
QUIET_SINCE = Coalesce("last_public_message_at", "submitted_at")
REASONS: dict[str, str | Promise] = {
    SilenceQuestion.Reason.SCHEDULED: _("The work is scheduled"),
    SilenceQuestion.Reason.BACKLOG: _("Others come first"),
    SilenceQuestion.Reason.PARTS: _("We’re waiting for parts or equipment"),
    SilenceQuestion.Reason.OTHERS: _("We’re waiting for someone else"),
    SilenceQuestion.Reason.INVESTIGATING: _("We’re still finding out"),
    SilenceQuestion.Reason.UNCLEAR: _("Nobody has looked at it yet"),
}


def is_silent(jurisdiction: Jurisdiction, now: dt.datetime) -> Q:
    """Of an open request: no public word for the city's number of days. Those on hold have told the public why, and until when."""
    before = now - dt.timedelta(days=jurisdiction.silent_days)
    return Q(LessThan(QUIET_SINCE, before)) & ~Q(status=Status.ON_HOLD)


def silent(jurisdiction: Jurisdiction, *, now: dt.datetime) -> ServiceRequestQuerySet:
    open_requests = ServiceRequest.objects.open().filter(jurisdiction=jurisdiction, is_test=False)
    return open_requests.filter(is_silent(jurisdiction, now))


def to_ask(jurisdiction: Jurisdiction, *, now: dt.datetime) -> ServiceRequestQuerySet:
    """The silent ones about which nobody was asked, or gave a reason, within the same number of days."""
    since = now - dt.timedelta(days=jurisdiction.silent_days)
    asked = SilenceQuestion.objects.filter(service_request=OuterRef("pk")).filter(
        Q(answered_at=None, ended_at=None) | Q(answered_at__gt=since)
    )
    return silent(jurisdiction, now=now).filter(~Exists(asked))


def is_waiting() -> Exists:
    """Of a request: whether a question about its silence has no answer."""
    return Exists(SilenceQuestion.objects.filter(service_request=OuterRef("pk"), answered_at=None, ended_at=None))


def is_asked(service_request: ServiceRequest, *, now: dt.datetime) -> bool:
    """Whether somebody still has to say why there is no update. Of a request that was read with is_waiting()."""
    last_word = service_request.last_public_message_at or service_request.submitted_at
    is_quiet = service_request.status in OPEN and now - last_word >= dt.timedelta(days=1)
    return is_quiet and service_request.is_silence_question_waiting
