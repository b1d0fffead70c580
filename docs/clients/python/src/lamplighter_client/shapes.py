"""The answers of API v1 as types. More fields may come; the city's OpenAPI document describes each."""

from typing import Any, TypedDict


class Named(TypedDict):
    code: str
    name: str


class Category(Named):
    icon: str | None


class AreaName(Named):
    layer: str


class Area(AreaName):
    url: str
    html_url: str


class EmergencyNumber(TypedDict):
    """name: null for the emergency number. dialed: for a `tel:` link."""

    number: str
    name: str | None
    dialed: str


class Emergency(TypedDict):
    """Danger that a text tells of. Show the words first; if is_sure, say nothing else."""

    kind: str
    is_sure: bool
    words: str
    numbers: list[EmergencyNumber]


class Photo(TypedDict):
    id: str
    url: str
    small_url: str
    width: int
    height: int
    alt: str
    kind: str


class RequestRow(TypedDict):
    """A request in a list. Times are in the city's time zone. description: null while it waits for review."""

    reference: str
    url: str
    html_url: str
    service: Named
    category: Named
    status: str
    is_open: bool
    status_text: str
    outcome: str | None
    description: str | None
    language: str
    department: Named | None
    submitted_at: str
    updated_at: str
    resolved_at: str | None
    due_at: str | None
    expected_at: str | None
    usual_half_hours: int | None
    usual_most_hours: int | None
    address: str | None
    lat: float | None
    long: float | None
    people_count: int
    affected_count: int
    thanks_count: int
    photos: list[Photo]


class PublicAnswer(TypedDict):
    code: str
    question: str
    answer: str


class TimelineLine(TypedDict):
    at: str
    text: str
    comment: str | None
    comment_language: str | None
    note: str | None


class Request(RequestRow):
    is_reviewed: bool
    next_step: str
    combined_with: str | None
    areas: list[AreaName]
    asset: Named | None
    answers: list[PublicAnswer]
    timeline: list[TimelineLine]


class ServiceRow(Named):
    description: str
    url: str
    html_url: str
    category: Named
    department: Named
    keywords: list[str]
    is_private: bool
    photos: str
    needs_place: bool
    needs_confirmation: bool
    asset_kinds: list[str]
    offered: str | None
    is_offered_today: bool


class Option(TypedDict):
    value: str
    label: str


class OnlyIf(TypedDict):
    question: str
    values: list[str]


class Question(TypedDict):
    code: str
    kind: str
    text: str
    help: str | None
    is_required: bool
    options: list[Option]
    only_if: OnlyIf | None


class Service(ServiceRow):
    emergency_question: str | None
    identity_reason: str | None
    questions: list[Question]
    answers_schema: dict[str, Any]


class ArticleRow(TypedDict):
    code: str
    title: str
    language: str
    url: str
    html_url: str
    updated_at: str


class Suggestions(TypedDict):
    """Where emergency is sure, there is nothing else."""

    emergency: Emergency | None
    services: list[ServiceRow]
    articles: list[ArticleRow]


class Place(TypedDict):
    label: str
    kind: str
    lat: float
    long: float
    confidence: float


class Limits(TypedDict):
    description_characters: int
    photos: int
    photo_bytes: int
    page: int


class City(TypedDict):
    name: str
    jurisdiction_id: str
    html_url: str
    is_demo: bool
    languages: list[str]
    time_zone: str
    units: str
    emergency_number: str
    phone_numbers: list[str]
    map: dict[str, Any]
    limits: Limits


class Tally(TypedDict):
    """Null is a number too small to be shown."""

    yes: int | None
    partly: int | None
    no: int | None
    answered: int
    is_whole: bool


class Answered(TypedDict):
    service: Named | None
    fixed: Tally
    treated_well: Tally


class Month(TypedDict):
    month: str
    total: Answered
    services: list[Answered]


class Statistics(TypedDict):
    since: str
    until: str
    smallest_number: int
    months: list[Month]


class NewPlace(TypedDict, total=False):
    """With several, the position counts. note: how to find it; only the city reads it."""

    lat: float
    long: float
    address: str
    asset: str
    note: str


class Contact(TypedDict, total=False):
    name: str
    email: str
    phone: str
    postal_address: str


class Receipt(TypedDict):
    """Show the reporter the notice, the number and the private link. Who has private_token can write as the reporter."""

    emergency: Emergency | None
    reference: str
    state: str
    url: str | None
    html_url: str | None
    private_link: str | None
    private_token: str | None
    notice: str


class PhotoReceipt(TypedDict):
    id: str
    width: int
    height: int
    alt: str


class CommentReceipt(TypedDict):
    emergency: Emergency | None
    reference: str
    text: str
    notice: str | None


class FollowerReceipt(TypedDict):
    reference: str
    notice: str


class FollowReceipt(TypedDict):
    following: str
    cadence: str
    notice: str
