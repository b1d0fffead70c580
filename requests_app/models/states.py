"""The codes of a service request: status, disposition, public state and channel."""

from django.db import models


class Status(models.TextChoices):
    RECEIVED = "received"
    ROUTED = "routed"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


OPEN = [Status.RECEIVED, Status.ROUTED, Status.IN_PROGRESS, Status.ON_HOLD]


class Disposition(models.TextChoices):
    """The outcome. Its public wording is in messages/wording.py."""

    FIXED = "fixed"
    ACTION_TAKEN = "action_taken"
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    DUPLICATE = "duplicate"
    NOT_FOUND = "not_found"
    CANNOT_DO = "cannot_do"
    NO_REPLY = "no_reply"
    WITHDRAWN = "withdrawn"
    NOT_WORKED = "not_worked"
    REMOVED = "removed"


class PublicState(models.TextChoices):
    PUBLIC = "public"
    UNCONFIRMED = "unconfirmed"
    PENDING_REVIEW = "pending_review"
    HIDDEN = "hidden"
    PRIVATE = "private"
    STAFF = "staff"
    TEST = "test"
    ERASED = "erased"


class PrivacyChoice(models.TextChoices):
    """Of the reporter of an “I don’t know” report, after staff made it public."""

    OFFERED = "offered"
    KEPT = "kept"


class ReviewReason(models.TextChoices):
    """Why a request isn't public until somebody has read it. If several apply, the first one counts."""

    # It may tell of violence, abuse or self-harm (rules.screening.DISTRESS).
    DISTRESS = "distress"
    # A 911 center passed it on, or it was left as voicemail, and nobody has written yet what everyone may read.
    TRANSFER = "transfer"
    THREAT = "threat"
    LINK = "link"
    # Personal data that its writer wasn't asked about.
    PERSONAL_DATA = "personal_data"
    ROBOT = "robot"
    LIMIT = "limit"


# Until then, such a request is private, rather than pending review, when all of City Hall reads it.
PRIVATE_REASONS = (ReviewReason.DISTRESS, ReviewReason.TRANSFER)


# Visible to named roles of the request's own department only, not to all of City Hall.
CONFIDENTIAL = [PublicState.PRIVATE, PublicState.STAFF]


# The service code of “I don’t know”: its reports are private only because nobody knows yet what they are about.
# The external_source of a call that a 911 center typed; what its program sends has that of its key (submission.outside_source).
FROM_911 = "form:911"
UNKNOWN_SERVICE = "unknown"


class Channel(models.TextChoices):
    WEB = "web"
    PHONE = "phone"
    API = "api"
    EMAIL = "email"
    COUNTER = "counter"
    TEXT = "text"
    CHAT = "chat"
    LETTER = "letter"
    STAFF = "staff"
    SENSOR = "sensor"
    IMPORT = "import"
