"""The domain's tables, one file a subject."""

from requests_app.models.alarm import Alarm, AlarmCall, OnCall
from requests_app.models.answer_template import AnswerTemplate
from requests_app.models.api_key import ApiKey
from requests_app.models.api_key_request import ApiKeyRequest
from requests_app.models.api_usage import ApiKeyCalls, ApiKeyUsage
from requests_app.models.bulk import BulkJob, BulkRow
from requests_app.models.call_back import CallBack
from requests_app.models.call_month import CallMonth
from requests_app.models.catalog import (
    Calendar,
    Category,
    Department,
    EmergencyPhrase,
    ListedReason,
    QuestionVersion,
    RoutingRule,
    Service,
    ServiceVersion,
    Target,
)
from requests_app.models.clock_suspension import ClockSuspension
from requests_app.models.contact import Contact, ContactCount, ContactRequest, LetterPage, SharedPhone
from requests_app.models.counters import (
    AnsweredCount,
    ArticleVote,
    Counter,
    CounterDelta,
    ReferralCount,
    ScreeningCount,
    UnansweredSearch,
)
from requests_app.models.crew_result import CrewResult
from requests_app.models.daily_load import DailyLoad
from requests_app.models.desk import CallCount, DeskLine, DeskPhone, PhoneCall, TelephoneLink
from requests_app.models.draft import Draft
from requests_app.models.emergency_hand_over import EmergencyHandOver
from requests_app.models.ending import EndingCheck, EndingSample
from requests_app.models.event import Event
from requests_app.models.geography import Area, Asset, BasemapFeature, GazetteerEntry, Owner, OwnerArea
from requests_app.models.go_live import ServiceApproval, ServiceTest
from requests_app.models.health import ClockRun, Heartbeat
from requests_app.models.installation import Erasure, Installation
from requests_app.models.jurisdiction import CityImage, Jurisdiction
from requests_app.models.knowledge import (
    Article,
    ArticleFeedback,
    ArticleProblem,
    ArticleTopic,
    SearchDocument,
    SettledSearch,
)
from requests_app.models.layer_import import LayerImport, LayerRow
from requests_app.models.limit_count import LimitCount
from requests_app.models.macro import Macro
from requests_app.models.map_cells import MapCell, MapCellDelta
from requests_app.models.moderation_term import ModerationTerm
from requests_app.models.notice import Notice
from requests_app.models.one_time_link import OneTimeLink
from requests_app.models.outbox import Message, OutboxRow
from requests_app.models.people import AfterAction, Cadence, ContactPoint, Membership, Person, Role, User
from requests_app.models.photo import Photo
from requests_app.models.public_change import PublicChange
from requests_app.models.related_request import RelatedRequest
from requests_app.models.request_read import RequestRead
from requests_app.models.request_vote import RequestVote
from requests_app.models.retirement import Retirement
from requests_app.models.routing import RoutingDraft, RoutingSimulation, RoutingVersion
from requests_app.models.safety_note import SafetyNote, SafetyNoteReading, SafetyNoteText
from requests_app.models.saved_view import SavedView, SavedViewPin
from requests_app.models.sensor import Sensor, SensorRequest
from requests_app.models.service_draft import ServiceDraft, ServiceDraftLink
from requests_app.models.service_request import (
    AccessLink,
    Answer,
    Clock,
    Comment,
    IdempotencyKey,
    Participation,
    PlaceRevision,
    RequestArea,
    RoutingDecision,
    ServiceRequest,
)
from requests_app.models.setup_change import SetupChange
from requests_app.models.short_link import ShortLink
from requests_app.models.sign_in import LogoutToken, SignInAccount, SignInGroup, SignInProvider
from requests_app.models.silence import SilenceQuestion
from requests_app.models.snooze import Snooze
from requests_app.models.staff_access import CitySwitch, Invitation, Leave, StaffSession
from requests_app.models.staff_notice import Mention, StaffNotice, StaffNoticePreference
from requests_app.models.states import (
    CONFIDENTIAL,
    FROM_911,
    OPEN,
    PRIVATE_REASONS,
    UNKNOWN_SERVICE,
    Channel,
    Disposition,
    PrivacyChoice,
    PublicState,
    ReviewReason,
    Status,
)
from requests_app.models.street_work import StreetWork
from requests_app.models.subscription import SMALLEST_RADIUS_M, DigestItem, Subscription
from requests_app.models.survey import SurveyAnswer
from requests_app.models.task import OutsideStatus, Task
from requests_app.models.team import Team
from requests_app.models.text_revision import TextRevision
from requests_app.models.typical_time import TypicalTime
from requests_app.models.undo import UndoState
from requests_app.models.value_report import ContactCost, ValueCount
from requests_app.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "CONFIDENTIAL",
    "FROM_911",
    "OPEN",
    "PRIVATE_REASONS",
    "SMALLEST_RADIUS_M",
    "UNKNOWN_SERVICE",
    "AccessLink",
    "AfterAction",
    "Alarm",
    "AlarmCall",
    "Answer",
    "AnswerTemplate",
    "AnsweredCount",
    "ApiKey",
    "ApiKeyCalls",
    "ApiKeyRequest",
    "ApiKeyUsage",
    "Area",
    "Article",
    "ArticleFeedback",
    "ArticleProblem",
    "ArticleTopic",
    "ArticleVote",
    "Asset",
    "BasemapFeature",
    "BulkJob",
    "BulkRow",
    "Cadence",
    "Calendar",
    "CallBack",
    "CallCount",
    "CallMonth",
    "Category",
    "Channel",
    "CityImage",
    "CitySwitch",
    "Clock",
    "ClockRun",
    "ClockSuspension",
    "Comment",
    "Contact",
    "ContactCost",
    "ContactCount",
    "ContactPoint",
    "ContactRequest",
    "Counter",
    "CounterDelta",
    "CrewResult",
    "DailyLoad",
    "Department",
    "DeskLine",
    "DeskPhone",
    "DigestItem",
    "Disposition",
    "Draft",
    "EmergencyHandOver",
    "EmergencyPhrase",
    "EndingCheck",
    "EndingSample",
    "Erasure",
    "Event",
    "GazetteerEntry",
    "Heartbeat",
    "IdempotencyKey",
    "Installation",
    "Invitation",
    "Jurisdiction",
    "LayerImport",
    "LayerRow",
    "Leave",
    "LetterPage",
    "LimitCount",
    "ListedReason",
    "LogoutToken",
    "Macro",
    "MapCell",
    "MapCellDelta",
    "Membership",
    "Mention",
    "Message",
    "ModerationTerm",
    "Notice",
    "OnCall",
    "OneTimeLink",
    "OutboxRow",
    "OutsideStatus",
    "Owner",
    "OwnerArea",
    "Participation",
    "Person",
    "PhoneCall",
    "Photo",
    "PlaceRevision",
    "PrivacyChoice",
    "PublicChange",
    "PublicState",
    "QuestionVersion",
    "ReferralCount",
    "RelatedRequest",
    "RequestArea",
    "RequestRead",
    "RequestVote",
    "Retirement",
    "ReviewReason",
    "Role",
    "RoutingDecision",
    "RoutingDraft",
    "RoutingRule",
    "RoutingSimulation",
    "RoutingVersion",
    "SafetyNote",
    "SafetyNoteReading",
    "SafetyNoteText",
    "SavedView",
    "SavedViewPin",
    "ScreeningCount",
    "SearchDocument",
    "Sensor",
    "SensorRequest",
    "Service",
    "ServiceApproval",
    "ServiceDraft",
    "ServiceDraftLink",
    "ServiceRequest",
    "ServiceTest",
    "ServiceVersion",
    "SettledSearch",
    "SetupChange",
    "SharedPhone",
    "ShortLink",
    "SignInAccount",
    "SignInGroup",
    "SignInProvider",
    "SilenceQuestion",
    "Snooze",
    "StaffNotice",
    "StaffNoticePreference",
    "StaffSession",
    "Status",
    "StreetWork",
    "Subscription",
    "SurveyAnswer",
    "Target",
    "Task",
    "Team",
    "TelephoneLink",
    "TextRevision",
    "TypicalTime",
    "UnansweredSearch",
    "UndoState",
    "User",
    "ValueCount",
    "Webhook",
    "WebhookDelivery",
]
