"""The bodies and answers of API v1, from the OpenAPI document by `python -m tests.clients.generate`.

The city may answer with more fields and other codes than these: ignore what you don't know. So a code that you get
is a string, and one that you send is one of the listed values.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AcceptAction(TypedDict):
    """Accept."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ActionField(TypedDict):
    """A field of its body."""

    name: str
    """Its name."""
    type: str
    """Its type. One of string, integer, number, boolean, date, or a new one."""
    is_required: bool
    """Whether it is required."""
    label: str
    """The label for staff."""
    choices: list[ActionValue] | None


class ActionValue(TypedDict):
    """A value."""

    value: str
    """What to send."""
    name: str
    """What it means."""


class AnswerAction(TypedDict):
    """Record a reply."""

    text: str
    """What did the reporter say?"""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Answered(TypedDict):
    """The answers about one service. Null for all services with too few answers, taken together."""

    service: Named | None
    fixed: Tally
    treated_well: Tally


class AreaName(TypedDict):
    """An area."""

    layer: str
    """Its layer."""
    code: str
    """Its code there."""
    name: str
    """Its name."""


class AreaRow(TypedDict):
    """An area."""

    layer: str
    """Its layer: `ward`, `neighborhood` …"""
    code: str
    """Its code in the layer."""
    name: str
    """Its name."""
    url: str
    """Its URL in this API."""
    html_url: str
    """Its web page."""


class Areas(TypedDict):
    """Areas, by layer and code."""

    results: list[AreaRow]


class ArticleRow(TypedDict):
    """An article."""

    code: str
    """Never changes."""
    title: str
    """The question it answers."""
    language: str
    """The language of its text."""
    url: str
    """Its URL in this API."""
    html_url: str
    """Its web page."""
    updated_at: str
    """When it was last edited. In the city’s time, to the second."""


class Article(ArticleRow):
    """An article with its text."""

    body_markdown: str
    """The text as Markdown."""
    body_html: str
    """The text as safe HTML."""
    services: list[str]
    """The codes of the services it is about."""


class Articles(TypedDict):
    """All articles."""

    results: list[ArticleRow]


class AskAction(TypedDict):
    """Ask reporter."""

    text: str
    """Your question"""
    until: NotRequired[str | None]
    """A day after today."""
    language_checked: NotRequired[bool | None]
    """Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Asset(TypedDict):
    """City property with a number on it."""

    number: str
    """As on its tag."""
    kind: str
    """What it is, as a code."""
    name: str
    """What it is called."""
    lat: float
    """Degrees north (WGS84)."""
    long: float
    """Degrees east (WGS84)."""
    html_url: str
    """Its web page."""


class AssetPage(TypedDict):
    """One page of assets."""

    results: list[Asset]
    next: str | None
    """The next page, or null on the last one."""
    previous: str | None
    """The previous page, or null on the first one."""


class AssignAction(TypedDict):
    """Assign."""

    assignee: str | None
    """The id of a member of staff, or `me`. Null: nobody."""
    although_away: NotRequired[bool | None]
    """Even if they are away."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Batch(TypedDict):
    """What became of each report."""

    results: list[BatchResult]


class BatchResult(TypedDict):
    """What became of one: its receipt, or what the reading did, or its problem."""

    status: int
    """201, or 200 if it came before; else the status of the problem."""
    receipt: Receipt | None
    reading: Reading | None
    problem: Problem | None


class CallCountGap(TypedDict):
    """Half hours between two others that nobody counted, though the line was open."""

    line: str
    """The line’s number."""
    begins: str
    """When the gap begins. In the city’s time, to the second."""
    ends: str
    """When it ends. In the city’s time, to the second."""


class CallCountsReceipt(TypedDict):
    """What was stored."""

    added: int
    """Half hours that weren’t there before."""
    replaced: int
    """Half hours that were sent before."""
    gaps: list[CallCountGap]
    """At most ten."""


class Categories(TypedDict):
    """All categories."""

    results: list[Category]


class Category(TypedDict):
    """A group of services."""

    code: str
    """Never changes."""
    name: str
    """Its name."""
    icon: str | None
    """The name of its icon."""


class Change(TypedDict):
    """One or several changes of one request."""

    kind: str
    """`created` and `changed`: store `request`. `removed`: delete your copy, if you have one. One of created,
    changed, removed, or a new one.
    """
    reference: str
    """The request’s number, which people write with a hyphen."""
    request: ChangedRequest | None


class ChangePage(TypedDict):
    """One page of changes."""

    results: list[Change]
    """Oldest first. Changes of one request may be combined into the last one."""
    cursor: str
    """Where to go on. Store it together with what this page changed."""
    next: str | None
    """The next page, or null if there is nothing new yet: come back later with `cursor`."""


class ChangeServiceAction(TypedDict):
    """Change service."""

    service: str
    """The code of a service."""
    names_nobody: NotRequired[bool | None]
    """That it names nobody, so it may become public."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ChangedRequest(TypedDict):
    """A request as it is now. With `fields`, only these."""

    reference: str
    """The request’s number, which people write with a hyphen."""
    url: str
    """Its URL in this API."""
    html_url: str
    """Its web page; for a test, which has none, its URL in this API."""
    service: Named
    status: str
    """Its status. One of received, routed, in_progress, on_hold, resolved, closed, or a new one."""
    is_open: bool
    """Whether it is open or has ended."""
    outcome: str | None
    """Its outcome. One of fixed, action_taken, answered, handed_over, duplicate, not_found, cannot_do, no_reply,
    withdrawn, not_worked, removed, or a new one.
    """
    description: str | None
    """What was reported, without what staff removed. Null while it is pending review."""
    language: str
    """The language of the description."""
    department: Named | None
    submitted_at: str
    """When it was sent. In the city’s time, to the second."""
    updated_at: str
    """When something public last changed. In the city’s time, to the second."""
    resolved_at: str | None
    """When the work ended. In the city’s time, to the second."""
    due_at: str | None
    """The target, which isn’t a promise. In the city’s time, to the second."""
    address: str | None
    """The public location, which may be only the block."""
    lat: float | None
    """Degrees north (WGS84)."""
    long: float | None
    """Degrees east (WGS84)."""
    people_count: int
    """How many people reported it or joined."""
    affected_count: int
    """The same, with those who selected “Me too.”"""
    thanks_count: int
    """How many people thanked the crew."""
    photos: list[Photo]
    """The public photos."""


class City(TypedDict):
    """The city."""

    name: str
    """Its name."""
    jurisdiction_id: str
    """Its name in Open311."""
    html_url: str
    """Its website."""
    is_demo: bool
    """Nobody acts on reports to a demo."""
    languages: list[str]
    """The first one is the city’s own."""
    time_zone: str
    """Used for all times in this API."""
    units: str
    """The units of its residents. One of us, metric, or a new one."""
    emergency_number: str
    """The number to call in an emergency."""
    phone_numbers: list[str]
    """The city’s 311 desk."""
    map: MapView
    limits: Limits


class CommentAction(TypedDict):
    """Public comment."""

    text: str
    """Public comment"""
    language_checked: NotRequired[bool | None]
    """Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class CommentReceipt(TypedDict):
    """A stored message. Staff read it; it is not public."""

    emergency: Emergency | None
    reference: str
    """The number of the request."""
    text: str
    """The message."""
    notice: str | None
    """Whom to call, if it sounds like danger. Same as in `emergency`."""


class Condition(TypedDict):
    """Asked only after one of these answers."""

    question: str
    """The code of the other question."""
    values: list[str]


class Contacts(TypedDict):
    """The people of a request."""

    results: list[ReporterContact]


class PlaceEdit(TypedDict):
    """The action `correct_place`."""

    address: str
    """Address, corner or park"""
    lat: NotRequired[float | None]
    """Degrees north (WGS84)."""
    long: NotRequired[float | None]
    """Degrees east (WGS84)."""
    note: NotRequired[str | None]
    """Where exactly?"""


class CorrectPlaceAction(PlaceEdit):
    """Correct location."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Edit(TypedDict):
    """The reporter’s new text."""

    private_token: str
    """The `private_token` from the report’s receipt. Keep it secret: with it, anyone can read the report,
    comment on it and edit it.
    """
    description: str
    """The complete new text."""


class RequestRow(ChangedRequest):
    """A service request in a list."""

    category: Named
    status_text: str
    """The status in a sentence for people."""
    expected_at: str | None
    """When it will probably be fixed: the target or, if most requests like it miss the target, the time by which
    8 in 10 were fixed. Null if unknown. In the city’s time, to the second.
    """
    usual_half_hours: int | None
    """The hours within which half are fixed. Null if the target is usually met."""
    usual_most_hours: int | None
    """The same, for 8 in 10. Also null if too many are still open to say."""


class Request(RequestRow):
    """One service request."""

    is_reviewed: bool
    """False while it is pending review, when only its status is public."""
    next_step: str
    """Who acts next and by when, in a sentence. Empty once it has ended."""
    combined_with: str | None
    """The number of the earlier request that it was merged into."""
    areas: list[AreaName]
    """The wards, districts and neighborhoods it lies in."""
    asset: Named | None
    answers: list[QuestionAnswer]
    """The answers that are public."""
    timeline: list[TimelineLine]
    """Newest first."""


class EditedRequest(Request):
    """One service request after its reporter’s edit, and any danger that the new text describes."""

    emergency: Emergency | None


class Emergency(TypedDict):
    """Danger that the text describes. Show `words` first, unchanged, with the numbers as links to call."""

    kind: str
    """Of danger. One of red_flag, poison, self_harm, domestic_violence, utility, sexual_violence, child_abuse,
    elder_abuse, trafficking, overdose, threat, hazard, or a new one.
    """
    is_sure: bool
    """True if it’s certain, false if it’s possible. If it’s certain, show nothing else."""
    words: str
    """Whom to call and when, in the requested language."""
    numbers: list[NumberToCall]
    """The emergency number first."""


class FieldError(TypedDict):
    """One mistake."""

    field: str
    """A parameter, or the path of a field of the body, like `place.lat`."""
    code: str
    """The kind of error, for programs."""
    message: str
    """For people, in the requested language."""


class FollowReceipt(TypedDict):
    """Updates start only after the link in the email is selected."""

    following: str
    """What it is called."""
    cadence: str
    """How often."""
    notice: str
    """What happens next."""


class FollowerReceipt(TypedDict):
    """The person now follows the request."""

    reference: str
    """The number of the request."""
    notice: str
    """What happens next."""


class HandOverAction(TypedDict):
    """Hand over to owner."""

    owner: str
    """The code of an owner."""
    owner_number: NotRequired[str | None]
    """Their reference number"""
    text: str
    """What should we tell people?"""
    language_checked: NotRequired[bool | None]
    """Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class HideAction(TypedDict):
    """Hide from public."""

    reason: Literal["personal_data", "abuse", "not_a_report", "other"]
    """Why shouldn’t the public see it? One of personal_data, abuse, not_a_report, other."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class HoldAction(TypedDict):
    """Put on hold."""

    reason: str
    """What are we waiting for?"""
    waits_for: NotRequired[str | None]
    """The number of the request that it waits for."""
    until: str
    """A day after today."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Limits(TypedDict):
    """The maximum accepted."""

    description_characters: int
    photos: int
    photo_bytes: int
    page: int


class ListenerEvent(TypedDict):
    """A delivery, as it would be sent."""

    headers: dict[str, str]
    """Among them `webhook-id`, `webhook-timestamp` and `webhook-signature`."""
    body: str
    """The body as it was signed: JSON, a WebhookMessage. Pass on these bytes."""


class ListenerEvents(TypedDict):
    """The events of a listener that come after the cursor, oldest first."""

    results: list[ListenerEvent]
    cursor: str | None
    """Ask for what comes after it. Null until there is a first event."""
    wait_s: int
    """Seconds to wait before you ask again."""


class MakeSafeAction(TypedDict):
    """Mark as made safe."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class MapView(TypedDict):
    """The initial map view: center and bounds (longitude first), and zoom."""

    center: NotRequired[list[float]]
    zoom: NotRequired[float]
    bounds: NotRequired[list[float]]


class MergeAction(TypedDict):
    """Merge."""

    into: str
    """The number of the earlier request."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Month(TypedDict):
    """A month with answers."""

    month: str
    """Like 2026-06."""
    total: Answered
    services: list[Answered]


class Named(TypedDict):
    """A code and its name."""

    code: str
    """Never changes."""
    name: str
    """In the requested language."""


class NewBatch(TypedDict):
    """Up to a hundred reports and readings."""

    reports: list[NewBatchReport]


class NewBatchReport(TypedDict):
    """A report, or a sensor’s reading in its place."""

    idempotency_key: str
    """As the header of a single report: it takes effect once within 14 days."""
    report: NotRequired[NewReport | None]
    reading: NotRequired[NewReading | None]
    """Needs the scope `readings`. Its time is its key, too."""


class NewCallCount(TypedDict):
    """A line's calls in half an hour."""

    line: str
    """Number or name of a line of the desk."""
    starts_at: str
    """When the half hour begins, in the city’s time or with an offset."""
    offered: int
    """Calls that came."""
    answered: int
    """Of these, answered."""
    abandoned: int
    """Of these, abandoned."""
    seconds: NotRequired[int | None]
    """How much of the half hour is counted so far."""
    abandoned_early: NotRequired[int | None]
    """Abandoned in the first 5 seconds."""
    answered_in_time: NotRequired[int | None]
    """Answered within `target_s`."""
    target_s: NotRequired[int | None]
    """The target, in seconds."""
    wait_s: NotRequired[int | None]
    """Seconds that the answered calls waited, all together."""
    handle_s: NotRequired[int | None]
    """Seconds that the answered calls took, all together."""


class NewCallCounts(TypedDict):
    """Half hours, of one line or several."""

    counts: list[NewCallCount]


class NewComment(TypedDict):
    """A message to those who work on it."""

    private_token: str
    """The `private_token` from the report’s receipt. Keep it secret: with it, anyone can read the report,
    comment on it and edit it.
    """
    text: str
    """The message."""


class NewContact(TypedDict):
    """How to reach the reporter. Only the city sees it."""

    phone: NotRequired[str | None]
    """Any notation."""
    name: NotRequired[str | None]
    """First and last name."""
    email: NotRequired[str | None]
    """Gets the updates."""
    postal_address: NotRequired[str | None]
    """Only for services that require one."""


class NewFollow(TypedDict):
    """What to follow: one of these, or a service within one of the others."""

    email: str
    """Gets a link to confirm, then the updates."""
    area: NotRequired[str | None]
    """An area as `layer:code`."""
    service: NotRequired[str | None]
    """The code of a service."""
    asset: NotRequired[str | None]
    """The number of an asset."""
    near: NotRequired[str | None]
    """A place: `latitude,longitude,meters`."""
    cadence: NotRequired[Literal["at_once", "daily", "weekly"] | None]
    """How often. One of at_once, daily, weekly."""
    radius: NotRequired[Literal[200, 500, 1000] | None]
    """Meters around the place. One of 200, 500, 1000."""


class NewFollower(TypedDict):
    """Another person it affects."""

    email: str
    """Gets the updates."""
    name: NotRequired[str | None]
    """First and last name."""


class NewListener(TypedDict):
    """What to listen to."""

    events: NotRequired[
        list[
            Literal[
                "request.submitted",
                "request.routed",
                "request.accepted",
                "request.scheduled",
                "request.visited",
                "request.made_safe",
                "request.on_hold",
                "request.resumed",
                "request.commented",
                "request.resolved",
                "request.handed_over",
                "request.merged",
                "request.unmerged",
                "request.withdrawn",
                "request.reopened",
                "request.reopening_undone",
                "request.closed",
                "request.joined",
                "request.changed",
                "request.photos_changed",
                "request.removed",
            ]
        ]
        | None
    ]
    """Types of the catalog. Empty means all."""
    services: NotRequired[list[str] | None]
    """Codes of services. Empty means all."""
    areas: NotRequired[list[str] | None]
    """Areas as `layer:code`. Empty means all."""
    departments: NotRequired[list[str] | None]
    """Codes of departments. Empty means all."""
    payload: NotRequired[Literal["thin", "full"] | None]
    """`thin` has the request’s number and URL. `full` also has the request and, with the scope `contacts`, the
    reporter. One of thin, full.
    """


class NewPlace(TypedDict):
    """Where it is: a position, an asset or an address. If you send several, the position is used."""

    lat: NotRequired[float | None]
    """Degrees north (WGS84). With `long`."""
    long: NotRequired[float | None]
    """Degrees east (WGS84). With `lat`."""
    address: NotRequired[str | None]
    """As text. Looked up if there is no position."""
    note: NotRequired[str | None]
    """How to find it. Only the city reads it."""
    asset: NotRequired[str | None]
    """The number of one of the city’s assets."""


class NewReading(TypedDict):
    """What a sensor measured."""

    asset: str
    """The number of the asset that it is at."""
    measure: str
    """What it measures, as set up."""
    value: float
    """In the sensor’s unit."""
    at: str
    """When it was measured: at most a day ago, and not in the future. Readings count in this order, so one that
    is sent again changes nothing.
    """


class NewReport(TypedDict):
    """A report."""

    service: str
    """The code of a service."""
    description: NotRequired[str | None]
    """What is wrong, in the reporter’s words."""
    contact: NotRequired[NewContact | None]
    place: NotRequired[NewPlace | None]
    answers: NotRequired[dict[str, str | list[str] | None] | None]
    """Answers by the question’s code, as `answers_schema` of the service says."""
    emergency_confirmed: NotRequired[bool | None]
    """Sends the report even though an answer indicates danger. Set it to true only after a person has read whom
    to call and confirmed that no one is in danger.
    """
    photos: NotRequired[list[str] | None]
    """The ids of photos that you already uploaded."""


class NewSecret(TypedDict):
    """The hours for which both secrets sign."""

    overlap_hours: NotRequired[int | None]
    """0 ends the previous secret right away."""


class NewTask(TypedDict):
    """A part of the work for a department."""

    department: str
    """The code of a department."""
    team: NotRequired[str | None]
    """The id of one of its teams. Without it, the whole department."""
    what: str
    """What they do. They don’t see who reported it."""
    due_on: NotRequired[str | None]
    """By which day."""
    after: NotRequired[str | None]
    """The id of an open task of the request that has to end first."""
    work_order: NotRequired[WorkOrderEdit | None]


class NewTransfer(TypedDict):
    """A call that isn’t for 911, as the 911 center took it."""

    service: str
    """The code of a service."""
    description: NotRequired[str | None]
    """What is wrong, in the reporter’s words."""
    contact: NotRequired[NewContact | None]
    place: NotRequired[NewPlace | None]
    answers: NotRequired[dict[str, str | list[str] | None] | None]
    """Answers by the question’s code, as `answers_schema` of the service says."""
    emergency_confirmed: NotRequired[bool | None]
    """Sends the report even though an answer indicates danger. Set it to true only after a person has read whom
    to call and confirmed that no one is in danger.
    """
    number: str
    """The center’s own number. Sending the same number again doesn’t create a second request."""
    priority: NotRequired[Literal[1, 2, 3, 4] | None]
    """Instead of the service’s: 1 (danger to people) to 4 (can wait). One of 1, 2, 3, 4."""
    media_urls: NotRequired[list[str] | None]
    """URLs of photos, kept as links for staff."""
    reason: NotRequired[Literal["city_service", "question", "not_urgent", "other"] | None]
    """Why it isn’t for 911. Counted by month. One of city_service, question, not_urgent, other."""
    warm: NotRequired[bool | None]
    """True if the dispatcher stayed on the line until the city answered; false if not."""


class NewWebhook(NewListener):
    """What to send, and where to."""

    url: str
    """The URL that events are sent to: https, on the public internet."""


class NoteAction(TypedDict):
    """Internal note."""

    text: str
    """Internal note"""
    audience: NotRequired[Literal["department", "everyone"] | None]
    """Who can read this note? One of department, everyone."""
    tell: NotRequired[str | None]
    """A colleague’s @handle."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class NumberToCall(TypedDict):
    """A number to call."""

    number: str
    """The number as displayed."""
    name: str | None
    """Whose number it is. Null for the emergency number."""
    dialed: str
    """For a link: `tel:` and this."""


class Task(TypedDict):
    """A department’s part of the work, maybe kept in another system."""

    id: str
    """Never changes."""
    url: str
    """Its address."""
    request: str
    """The number of the request."""
    department: Named
    team: Team | None
    what: str
    """What the department does."""
    state: str
    """Whether it is still to do. One of open, done, dropped, or a new one."""
    due_on: str | None
    """By which day."""
    after: str | None
    """The id of the task that has to end first."""
    work_order: WorkOrder | None
    created_at: str
    """When it was given. In the city’s time, to the second."""
    ended_at: str | None
    """When it ended. In the city’s time, to the second."""


class OneTask(Task):
    """A task, and what its people may read of the request."""

    service: Named
    address: str | None
    """The exact place, as text."""
    lat: float | None
    """Degrees north (WGS84)."""
    long: float | None
    """Degrees east (WGS84)."""
    description: str | None
    """What was reported. Null if the request is confidential."""


class Option(TypedDict):
    """A choice."""

    value: str
    """The value to send."""
    label: str
    """The label to show."""


class Photo(TypedDict):
    """A photo as the public sees it, without metadata, at most 2,048 pixels wide or high."""

    id: str
    """Its name."""
    url: str
    """The JPEG."""
    small_url: str
    """A thumbnail."""
    width: int
    height: int
    alt: str
    """What it shows, if someone described it."""
    kind: str
    """Sent with the report, or taken by those who did the work. One of report, work, or a new one."""


class PhotoReceipt(TypedDict):
    """A stored photo."""

    id: str
    """The id to send with a report."""
    width: int
    height: int
    alt: str
    """What it shows."""


class Place(TypedDict):
    """A place."""

    label: str
    """The address, corner, landmark or asset."""
    kind: str
    """What it is: `address`, `about` (between two known house numbers), `intersection`, `asset`, `town` …"""
    lat: float
    """Degrees north (WGS84)."""
    long: float
    """Degrees east (WGS84)."""
    confidence: float
    """How well it matches the query."""


class Places(TypedDict):
    """Places, best first."""

    results: list[Place]


class PossibleAction(TypedDict):
    """An action."""

    action: str
    """The verb at the end of its URL. One of accept, resolve, resume, reopen, assign, ask, transfer, triage,
    hand_over, comment, note, schedule, visit, make_safe, hold, answer, change_service, set_priority,
    correct_place, route, merge, unmerge, withdraw, hide, publish, or a new one.
    """
    name: str
    """The label for staff."""
    hint: str | None
    """What to know first."""
    fields: list[ActionField]


class Problem(TypedDict):
    """What went wrong (RFC 9457)."""

    type: str
    """The URL of a page that explains this problem."""
    title: str
    """The kind of problem, in the requested language."""
    status: int
    detail: str
    """What to do about it, in the requested language."""
    instance: str
    """The path of the call."""
    request_id: str
    """The same as the header X-Request-Id. Quote it when you ask for help."""
    errors: list[FieldError]
    """Each error, if there are several."""
    possible_actions: NotRequired[list[str]]
    """Verbs. Only for `action-not-possible`: the actions that are possible."""
    changes: NotRequired[list[ProblemChange]]
    """Only for `precondition-failed`: what has changed since the version in If-Match, oldest first."""
    emergency: NotRequired[Emergency]
    """Only for `emergency`: whom to call."""


class ProblemChange(TypedDict):
    """What happened to the request."""

    at: str
    """When. In the city’s time, to the second."""
    text: str
    """What happened, in the requested language."""
    by: str | None
    """Who did it. Only staff read names."""


class PublishAction(TypedDict):
    """Show to public again."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Question(TypedDict):
    """A question, for a form."""

    code: str
    """The key for its answer."""
    kind: str
    """`display` is text to show, with no answer. One of text, number, datetime, single, multi, display, or a new
    one.
    """
    text: str
    """The question."""
    help: str | None
    """Help text."""
    is_required: bool
    """Where it is asked."""
    asks_asset: bool
    """Asks for the number on an asset. Skip it if `place` is an asset of one of the `asset_kinds`."""
    options: list[Option]
    only_if: Condition | None


class QuestionAnswer(TypedDict):
    """A question and its answer."""

    code: str
    """The question’s code."""
    question: str
    """As asked."""
    answer: str
    """As given."""


class Reading(TypedDict):
    """What became of it."""

    state: str
    """Whether the value is within the sensor’s limits. One of normal, alarm, or a new one."""
    reference: str | None
    """The open request of this sensor. Null if there is none."""
    is_new: bool
    """Whether this reading opened the request."""
    is_counted: bool
    """False if a reading of this moment, or a later one, came before: then it changed nothing."""


class Receipt(TypedDict):
    """The receipt for a report. Show the notice, number and private link to the reporter."""

    emergency: Emergency | None
    reference: str
    """The number of the request."""
    state: str
    """Whether it is public. One of public, pending_review, private, unconfirmed, test, or a new one."""
    url: str | None
    """Its URL in this API; for a test, with the same key. Null if it isn’t public."""
    html_url: str | None
    """Its web page. Null if it isn’t public."""
    private_link: str | None
    """The reporter’s own page; null while it waits for the link in the email."""
    private_token: str | None
    """The token of that link, for comments, photos and edits."""
    notice: str
    """What the reporter should know now."""


class ReopenAction(TypedDict):
    """Reopen."""

    text: NotRequired[str | None]
    """Why? (Everyone can read this.)"""
    language_checked: NotRequired[bool | None]
    """Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ReporterContact(TypedDict):
    """Someone who reported it, called about it, is affected or follows it."""

    role: str
    """Their role. One of reporter, affected, caller, follower, or a new one."""
    name: str | None
    """As entered."""
    language: str
    """Their language."""
    postal_address: str | None
    """Only for services that require one."""
    may_be_called: bool
    """Whether they agreed to be called."""
    gets_updates: bool
    """Whether they get updates by email."""
    is_erased: bool
    """Whether their data was erased."""
    points: list[ReporterContactPoint]


class ReporterContactPoint(TypedDict):
    """A way to reach them."""

    kind: str
    """What it is. One of email, phone, or a new one."""
    value: str
    """As entered."""
    is_verified: bool
    """Whether it was confirmed by a link."""
    bounces: bool
    """Whether email bounced."""


class RequestPage(TypedDict):
    """One page of requests."""

    results: list[RequestRow | SomeRequestRowFields]
    next: str | None
    """The next page, or null on the last one."""
    previous: str | None
    """The previous page, or null on the first one."""


class ResolveAction(TypedDict):
    """Resolve."""

    outcome: Literal[
        "fixed",
        "action_taken",
        "answered",
        "handed_over",
        "duplicate",
        "not_found",
        "cannot_do",
        "no_reply",
        "withdrawn",
        "not_worked",
        "removed",
    ]
    """What was the outcome? One of fixed, action_taken, answered, handed_over, duplicate, not_found, cannot_do,
    no_reply, withdrawn, not_worked, removed.
    """
    visited: NotRequired[bool | None]
    """Whether someone visited."""
    reason: NotRequired[str | None]
    """Why can’t we do it?"""
    text: str
    """What should we tell people?"""
    no_evidence: NotRequired[str | None]
    """The code of why there is no photo or visit."""
    language_checked: NotRequired[bool | None]
    """Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ResumeAction(TypedDict):
    """Resume."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class RouteAction(TypedDict):
    """Reroute."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ScheduleAction(TypedDict):
    """Schedule."""

    on: str
    """Today or a later day."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class ServiceRow(TypedDict):
    """Something that can be reported."""

    code: str
    """Never changes."""
    name: str
    """Its name."""
    description: str
    """What it is for."""
    url: str
    """Its URL in this API, with its questions."""
    html_url: str
    """Its web page."""
    category: Named
    department: Named
    keywords: list[str]
    """Other words for it."""
    is_private: bool
    """Its reports are never public."""
    photos: str
    """Whether the service accepts photos. One of none, optional, asked, or a new one."""
    needs_place: bool
    """Whether a report needs a location."""
    needs_confirmation: bool
    """Whether a report is submitted only once its reporter selects the link in an email."""
    asset_kinds: list[str]
    """The kinds of the city’s assets it is about."""
    offered: str | None
    """When it can be reported, as text. Null means always."""
    is_offered_today: bool
    """Whether it can be reported today."""


class Service(ServiceRow):
    """Something that can be reported, with its questions."""

    emergency_question: str | None
    """Ask this first. Someone who answers yes should call instead of reporting."""
    identity_reason: str | None
    """Why name and postal address are required. Null if they aren’t."""
    questions: list[Question]
    """In the order in which they are asked."""
    answers_schema: dict[str, Any]
    """The JSON Schema 2020-12 that `answers` of a report must match, with `if` and `then` for questions that are
    asked only after certain answers. It doesn’t know the place, so it never requires an answer that
    `asks_asset`.
    """


class Services(TypedDict):
    """All services."""

    results: list[ServiceRow]


class SetPriorityAction(TypedDict):
    """Change priority."""

    priority: int
    """1 (danger to people) to 4 (can wait)."""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class SomeRequestRowFields(TypedDict):
    """A service request in a list. With `fields`: only these."""

    reference: NotRequired[str]
    """The request’s number, which people write with a hyphen."""
    url: NotRequired[str]
    """Its URL in this API."""
    html_url: NotRequired[str]
    """Its web page; for a test, which has none, its URL in this API."""
    service: NotRequired[Named]
    category: NotRequired[Named]
    status: NotRequired[str]
    """Its status. One of received, routed, in_progress, on_hold, resolved, closed, or a new one."""
    is_open: NotRequired[bool]
    """Whether it is open or has ended."""
    status_text: NotRequired[str]
    """The status in a sentence for people."""
    outcome: NotRequired[str | None]
    """Its outcome. One of fixed, action_taken, answered, handed_over, duplicate, not_found, cannot_do, no_reply,
    withdrawn, not_worked, removed, or a new one.
    """
    description: NotRequired[str | None]
    """What was reported, without what staff removed. Null while it is pending review."""
    language: NotRequired[str]
    """The language of the description."""
    department: NotRequired[Named | None]
    submitted_at: NotRequired[str]
    """When it was sent. In the city’s time, to the second."""
    updated_at: NotRequired[str]
    """When something public last changed. In the city’s time, to the second."""
    resolved_at: NotRequired[str | None]
    """When the work ended. In the city’s time, to the second."""
    due_at: NotRequired[str | None]
    """The target, which isn’t a promise. In the city’s time, to the second."""
    expected_at: NotRequired[str | None]
    """When it will probably be fixed: the target or, if most requests like it miss the target, the time by which
    8 in 10 were fixed. Null if unknown. In the city’s time, to the second.
    """
    usual_half_hours: NotRequired[int | None]
    """The hours within which half are fixed. Null if the target is usually met."""
    usual_most_hours: NotRequired[int | None]
    """The same, for 8 in 10. Also null if too many are still open to say."""
    address: NotRequired[str | None]
    """The public location, which may be only the block."""
    lat: NotRequired[float | None]
    """Degrees north (WGS84)."""
    long: NotRequired[float | None]
    """Degrees east (WGS84)."""
    people_count: NotRequired[int]
    """How many people reported it or joined."""
    affected_count: NotRequired[int]
    """The same, with those who selected “Me too.”"""
    thanks_count: NotRequired[int]
    """How many people thanked the crew."""
    photos: NotRequired[list[Photo]]
    """The public photos."""


class SomeStaffRequestRowFields(TypedDict):
    """A request in the queue. With `fields`: only these."""

    reference: NotRequired[str]
    """The request’s number, which people write with a hyphen."""
    url: NotRequired[str]
    """Its URL in this part of the API."""
    html_url: NotRequired[str]
    """Its page for staff."""
    service: NotRequired[Named]
    status: NotRequired[str]
    """Its status. One of received, routed, in_progress, on_hold, resolved, closed, or a new one."""
    is_open: NotRequired[bool]
    """Whether it is open or has ended."""
    outcome: NotRequired[str | None]
    """Its outcome. One of fixed, action_taken, answered, handed_over, duplicate, not_found, cannot_do, no_reply,
    withdrawn, not_worked, removed, or a new one.
    """
    priority: NotRequired[int]
    """1 (danger to people) to 4 (can wait)."""
    priority_reason: NotRequired[str]
    """`service`, `staff`, `danger`, or the code of an answer."""
    flags: NotRequired[list[str]]
    """Flags."""
    public_state: NotRequired[str]
    """What the public sees. One of public, unconfirmed, pending_review, hidden, private, staff, test, erased, or
    a new one.
    """
    description: NotRequired[str]
    """What was reported, in the reporter’s words."""
    language: NotRequired[str]
    """The language of the description, and of the reporter."""
    channel: NotRequired[str]
    """How it was sent. One of web, phone, api, email, counter, text, chat, letter, staff, sensor, import, or a
    new one.
    """
    department: NotRequired[Named | None]
    team: NotRequired[Team | None]
    assignee: NotRequired[StaffPerson | None]
    address: NotRequired[str | None]
    """The exact place, as text."""
    lat: NotRequired[float | None]
    """Degrees north (WGS84)."""
    long: NotRequired[float | None]
    """Degrees east (WGS84)."""
    areas: NotRequired[list[AreaName]]
    """The wards, districts and neighborhoods it lies in."""
    people_count: NotRequired[int]
    """How many people reported it or joined."""
    affected_count: NotRequired[int]
    """The same, with those who selected “Me too.”"""
    thanks_count: NotRequired[int]
    """How many people thanked the crew."""
    submitted_at: NotRequired[str]
    """When it was sent. In the city’s time, to the second."""
    updated_at: NotRequired[str]
    """When something public last changed. In the city’s time, to the second."""
    acknowledge_due_at: NotRequired[str | None]
    """When work should start by. Also null if the work should end before that. In the city’s time, to the
    second.
    """
    acknowledged_at: NotRequired[str | None]
    """When work started. In the city’s time, to the second."""
    due_at: NotRequired[str | None]
    """When the work should end by. In the city’s time, to the second."""
    expected_at: NotRequired[str | None]
    """When it will probably be fixed: the target or, if most requests like it miss the target, the time by which
    8 in 10 were fixed. Null if unknown. In the city’s time, to the second.
    """
    usual_half_hours: NotRequired[int | None]
    """The hours within which half are fixed. Null if the target is usually met."""
    usual_most_hours: NotRequired[int | None]
    """The same, for 8 in 10. Also null if too many are still open to say."""
    resolved_at: NotRequired[str | None]
    """When the work ended. In the city’s time, to the second."""
    hold_reason: NotRequired[str | None]
    """The code of what it waits for."""
    hold_until: NotRequired[str | None]
    """The day on which it returns to the queue."""
    outside_number: NotRequired[str | None]
    """Its number in the system that transferred it."""


class StaffActions(TypedDict):
    """What can be done now."""

    results: list[PossibleAction]


class StaffChange(TypedDict):
    """What was done."""

    reference: str
    """The number of the request."""
    request: StaffRequest | None
    undo: Undoable | None
    warning: str | None
    """Anything else to know, such as a name in a note that matches no colleague."""


class StaffPerson(TypedDict):
    """A member of staff."""

    id: str
    """Never changes."""
    name: str
    """Their name."""


class StaffPhoto(TypedDict):
    """A photo as staff see it."""

    id: str
    """Its name."""
    url: str
    """The JPEG. With the key, unless everyone may see it."""
    small_url: str
    """A thumbnail."""
    width: int
    height: int
    alt: str
    """What it shows, if someone described it."""
    kind: str
    """Of the report, of the work, or by somebody who checked the work. One of report, work, check, or a new one."""
    is_public: bool
    """Whether everyone may see it."""
    is_hidden: bool
    """Whether staff hid it."""


class StaffRequestRow(TypedDict):
    """A request in the queue."""

    reference: str
    """The request’s number, which people write with a hyphen."""
    url: str
    """Its URL in this part of the API."""
    html_url: str
    """Its page for staff."""
    service: Named
    status: str
    """Its status. One of received, routed, in_progress, on_hold, resolved, closed, or a new one."""
    is_open: bool
    """Whether it is open or has ended."""
    outcome: str | None
    """Its outcome. One of fixed, action_taken, answered, handed_over, duplicate, not_found, cannot_do, no_reply,
    withdrawn, not_worked, removed, or a new one.
    """
    priority: int
    """1 (danger to people) to 4 (can wait)."""
    priority_reason: str
    """`service`, `staff`, `danger`, or the code of an answer."""
    flags: list[str]
    """Flags."""
    public_state: str
    """What the public sees. One of public, unconfirmed, pending_review, hidden, private, staff, test, erased, or
    a new one.
    """
    description: str
    """What was reported, in the reporter’s words."""
    language: str
    """The language of the description, and of the reporter."""
    channel: str
    """How it was sent. One of web, phone, api, email, counter, text, chat, letter, staff, sensor, import, or a
    new one.
    """
    department: Named | None
    team: Team | None
    assignee: StaffPerson | None
    address: str | None
    """The exact place, as text."""
    lat: float | None
    """Degrees north (WGS84)."""
    long: float | None
    """Degrees east (WGS84)."""
    areas: list[AreaName]
    """The wards, districts and neighborhoods it lies in."""
    people_count: int
    """How many people reported it or joined."""
    affected_count: int
    """The same, with those who selected “Me too.”"""
    thanks_count: int
    """How many people thanked the crew."""
    submitted_at: str
    """When it was sent. In the city’s time, to the second."""
    updated_at: str
    """When something public last changed. In the city’s time, to the second."""
    acknowledge_due_at: str | None
    """When work should start by. Also null if the work should end before that. In the city’s time, to the
    second.
    """
    acknowledged_at: str | None
    """When work started. In the city’s time, to the second."""
    due_at: str | None
    """When the work should end by. In the city’s time, to the second."""
    expected_at: str | None
    """When it will probably be fixed: the target or, if most requests like it miss the target, the time by which
    8 in 10 were fixed. Null if unknown. In the city’s time, to the second.
    """
    usual_half_hours: int | None
    """The hours within which half are fixed. Null if the target is usually met."""
    usual_most_hours: int | None
    """The same, for 8 in 10. Also null if too many are still open to say."""
    resolved_at: str | None
    """When the work ended. In the city’s time, to the second."""
    hold_reason: str | None
    """The code of what it waits for."""
    hold_until: str | None
    """The day on which it returns to the queue."""
    outside_number: str | None
    """Its number in the system that transferred it."""


class StaffRequest(StaffRequestRow):
    """A request as the member of staff sees it."""

    place_note: str | None
    """How to find the place."""
    asset: Named | None
    answers: list[QuestionAnswer]
    """The answers that the staff member may read."""
    photos: list[StaffPhoto]
    """All photos, as on the request’s page."""
    sent_by: str | None
    """The name of the program that sent it."""
    owner: Named | None
    owner_number: str | None
    """The owner’s number for it."""
    combined_with: str | None
    """The number of the earlier request that it was merged into."""
    scheduled_for: str | None
    """The day for which the work is planned."""
    reopened_count: int
    """How often it was reopened."""
    tasks: list[Task]
    """The parts of departments."""
    timeline: list[StaffTimelineLine]
    """The newest 30, newest first."""
    actions: list[str]
    """Verbs: what the status and the member of staff’s permissions allow now."""


class StaffRequestEdit(TypedDict):
    """The changes. Each field is an action, and either all of them are done or none."""

    priority: NotRequired[int | None]
    """The action `set_priority`. 1 (danger to people) to 4 (can wait)."""
    service: NotRequired[str | None]
    """The action `change_service`. The code of a service."""
    assignee: NotRequired[str | None]
    """The action `assign`. The id of a member of staff, or `me`. Null: nobody."""
    place: NotRequired[PlaceEdit | None]
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class StaffRequestPage(TypedDict):
    """One page of the queue."""

    results: list[StaffRequestRow | SomeStaffRequestRowFields]
    next: str | None
    """The next page, or null on the last one."""
    previous: str | None
    """The previous page, or null on the first one."""


class StaffTimelineLine(TypedDict):
    """Something that happened."""

    at: str
    """When. In the city’s time, to the second."""
    text: str
    """What happened, in a sentence."""
    by: str
    """Who did it, and the program through which they did it."""
    comment: str | None
    """The text."""
    is_internal: bool
    """Whether only staff read the comment."""
    is_undone: bool
    """Whether it was undone."""


class Statistics(TypedDict):
    """What people answered after their reports ended."""

    since: str
    """The first month."""
    until: str
    """The last month."""
    smallest_number: int
    """Smaller numbers are null."""
    months: list[Month]
    """Newest first."""


class Suggestions(TypedDict):
    """The best matches first. Empty if the text clearly describes danger."""

    emergency: Emergency | None
    services: list[ServiceRow]
    articles: list[ArticleRow]


class Tally(TypedDict):
    """The answers to one question."""

    yes: int | None
    """Null if it is too small to show."""
    partly: int | None
    """Null if it is too small to show."""
    no: int | None
    """Null if it is too small to show."""
    answered: int
    """The sum of the numbers shown."""
    is_whole: bool
    """Whether that is all of them."""


class TaskDepartment(Named):
    """A department."""

    teams: list[Team]
    """Its teams."""


class TaskDepartments(TypedDict):
    """The departments and teams that a task can be given to."""

    results: list[TaskDepartment]


class TaskEdit(TypedDict):
    """What changes."""

    work_order: NotRequired[WorkOrderEdit | None]
    team: NotRequired[str | None]
    """The id of a team of its department; null: the whole department. Needs `assign` there."""
    state: NotRequired[Literal["open", "done", "dropped"] | None]
    """Ends the task or reopens it. One of open, done, dropped."""
    note: NotRequired[str | None]
    """When the task ends: a note for the department that has the request."""


class TaskPage(TypedDict):
    """One page of tasks, oldest first."""

    results: list[OneTask]
    next: str | None
    """The next page, or null on the last one."""
    previous: str | None
    """The previous page, or null on the first one."""


class Team(TypedDict):
    """A team of the department."""

    id: str
    """Never changes."""
    name: str
    """Its name."""


class TestStep(TypedDict):
    """What happens to a test request."""

    action: NotRequired[
        Literal[
            "route",
            "accept",
            "schedule",
            "visit",
            "make_safe",
            "hold",
            "resume",
            "comment",
            "ask",
            "resolve",
            "transfer",
            "hand_over",
            "merge",
            "unmerge",
            "withdraw",
            "reopen",
            "close",
        ]
        | None
    ]
    """What to do. Defaults to the usual next step. A new request is routed first. One of route, accept,
    schedule, visit, make_safe, hold, resume, comment, ask, resolve, transfer, hand_over, merge, unmerge,
    withdraw, reopen, close.
    """
    text: NotRequired[str | None]
    """The city’s text. Required for `comment`, `ask` and `transfer`; optional for `resolve`, `hand_over` and
    `reopen`.
    """
    outcome: NotRequired[Literal["fixed", "action_taken", "answered", "not_found"] | None]
    """The outcome, for `resolve`. One of fixed, action_taken, answered, not_found."""
    into: NotRequired[str | None]
    """The number of another of your test requests, for `merge`."""
    department: NotRequired[str | None]
    """The code of a department, for `transfer`."""
    owner: NotRequired[str | None]
    """The code of another owner, for `hand_over`. They get no email."""


class TimelineLine(TypedDict):
    """Something that happened."""

    at: str
    """When. In the city’s time, to the second."""
    text: str
    """What happened, in a sentence."""
    comment: str | None
    """What the city wrote."""
    comment_language: str | None
    """Its language."""
    note: str | None
    """Says that staff removed part of the comment, and why."""


class TriageAction(TypedDict):
    """Return to triage."""

    reason: str
    """Why?"""
    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class TransferAction(TriageAction):
    """Transfer."""

    department: str
    """The code of a department."""


class TransferReceipt(TypedDict):
    """Request created."""

    reference: str
    """The number of the request: tell the caller."""
    url: str
    """Its URL in this part of the API."""
    html_url: str
    """Its page for staff."""
    outside_number: str
    """The number of the center."""
    is_new: bool
    """False if the number was already sent."""
    notice: str
    """What the caller can expect and when, in the requested language."""


class Undo(TypedDict):
    """What is undone."""

    event: str
    """`undo.event` of the answer."""


class Undoable(TypedDict):
    """How to undo it. No email about it is sent before then."""

    event: str
    """Send it to the request’s `undo/`."""
    until: str
    """The last moment. In the city’s time, to the second."""


class UnmergeAction(TypedDict):
    """Unmerge."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class VisitAction(TypedDict):
    """Log a visit."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class Webhook(TypedDict):
    """A URL that gets events."""

    id: str
    """Never changes."""
    url: str
    """Where events are sent, or where your program reads them (a listener)."""
    events: list[str]
    """Types of the catalog. Empty means all."""
    services: list[str]
    """Codes of services. Empty means all."""
    areas: list[str]
    """Areas as `layer:code`. Empty means all."""
    departments: list[str]
    """Codes of departments. Empty means all."""
    payload: str
    """`thin` has the request’s number and URL. `full` also has the request and, with the scope `contacts`, the
    reporter. One of thin, full, or a new one.
    """
    enabled: bool
    """Whether events are sent."""
    end_reason: str | None
    """Why it is off: by a program with the key, by city staff, because its URL answered 410, because it failed
    for five days, or because nobody read its events. One of owner, staff, gone, failing, unread, or a new
    one.
    """
    failing_since: str | None
    """When deliveries started to fail. In the city’s time, to the second."""
    previous_secret_until: str | None
    """Until when the previous secret also signs. In the city’s time, to the second."""
    created_at: str
    """When it was created. In the city’s time, to the second."""


class WebhookContact(TypedDict):
    """Who reported it: in a full body, for a key with the scopes `contacts` and `staff`. Null once they were
    erased.
    """

    name: str | None
    """Their name."""
    email: str | None
    """Their email address."""
    phone: str | None
    """Their phone number."""
    postal_address: str | None
    """Only for services that require one."""


class WebhookData(TypedDict):
    """Empty in a test."""

    reference: NotRequired[str]
    """The number of the request."""
    url: NotRequired[str]
    """Its URL in this API."""
    request: NotRequired[RequestRow]
    contact: NotRequired[WebhookContact | None]


class WebhookDelivery(TypedDict):
    """One event for one webhook. Request and response bodies aren’t kept."""

    id: str
    """Never changes."""
    webhook_id: str
    """The header webhook-id, which is the same for each try and when it is resent."""
    type: str
    """The type of the event."""
    reference: str | None
    """The number of the request."""
    state: str
    """`dead` means that we gave up. You can send it again. One of waiting, delivered, dead, or a new one."""
    attempts: int
    """The number of tries."""
    status: int | None
    """The status of the last response."""
    error: str | None
    """A code that says why there was no response, or why it wasn’t sent."""
    milliseconds: int | None
    """How long the last try took."""
    tried_at: str | None
    """The last try. In the city’s time, to the second."""
    created_at: str
    """When it was first due. In the city’s time, to the second."""


class WebhookDeliveryPage(TypedDict):
    """One page of deliveries, newest first."""

    results: list[WebhookDelivery]
    next: str | None
    """The next page, or null on the last one."""
    previous: str | None
    """The previous page, or null on the first one."""


class WebhookEdit(NewListener):
    """What changes."""

    url: NotRequired[str | None]
    """The URL that events are sent to: https, on the public internet."""
    enabled: NotRequired[bool | None]
    """Whether events are sent."""


class WebhookEventType(TypedDict):
    """A type of event."""

    type: str
    """Its name, which never changes."""
    description: str
    """When it is sent."""
    thin: WebhookMessage
    full: WebhookMessage


class WebhookEventTypes(TypedDict):
    """The catalog."""

    results: list[WebhookEventType]


class WebhookMessage(TypedDict):
    """The body of a webhook."""

    type: str
    """The type of the event."""
    timestamp: str
    """When it happened. In the city’s time, to the second."""
    data: WebhookData


class WebhookWithSecret(Webhook):
    """A webhook and its new secret."""

    secret: str
    """Signs what is sent. It is shown only once."""


class Webhooks(TypedDict):
    """All webhooks of the key."""

    results: list[Webhook]


class WithdrawAction(TypedDict):
    """Withdraw for the reporter."""

    personal_data_checked: NotRequired[bool | None]
    """Confirms that the text may name someone. Without it, text that looks like personal data is an error."""


class WorkOrder(TypedDict):
    """A work order of another system."""

    number: str
    """Its number in the other system."""
    url: str | None
    """Its address there."""
    status: str | None
    """Its status in that system’s own words."""


class WorkOrderEdit(TypedDict):
    """A work order in another system. Left out, its texts are empty."""

    number: str
    """Its number in the other system."""
    url: NotRequired[str | None]
    """Its address there."""
    status: NotRequired[str | None]
    """Its status in that system’s own words."""
