"""A catalog as a city writes it, in one YAML file or several: read, joined, and checked before any row is touched."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.yaml_file import (
    Loc,
    LooseText,
    Section,
    YamlFile,
    child,
    context_of,
    distinct,
    in_range,
    matching,
    one_of,
    parse_yaml,
    read_yaml,
    refers_to,
    sentences_of,
    tables,
    whole_number,
    wrong,
)
from requests_app.models import Article as ArticleRow
from requests_app.models import Channel, EmergencyPhrase, ListedReason, QuestionVersion, ServiceVersion, Target
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.calls import KINDS_ON_CALL
from requests_app.rules.promises.service_levels import LONGEST, WEEKDAYS
from requests_app.rules.publication import review
from requests_app.rules.setup.go_live import REVIEW_WITHIN
from requests_app.rules.shared import question_kinds
from requests_app.rules.work import answer_templates, steps

FORMAT = 1
NAME_MAX = 200
# Parts that others refer to, and what names a row.
REFERRED_TO = {
    "calendars": "code",
    "departments": "code",
    "categories": "code",
    "services": "service_code",
    "topics": "code",
    "articles": "code",
    "templates": "name",
}
PHRASE_MAX = 120
# Open311 puts service codes into paths and comma lists.
SAFE_CODE = r"[A-Za-z0-9_.-]{1,60}"
# What a catalog may list for moderators. The addresses of persons are in no file that goes from hand to hand.
TERMS = {"link": review.host_of, "threat": review.normalize_threat}
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
# May end the next day.
SHIFT = r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d"
SPAN = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)")


# --- Values -----------------------------------------------------------------------------------------------------------


def _text(value: Any, info: ValidationInfo) -> Any:
    """A text in each of the city's languages."""
    given = value if isinstance(value, dict) else {}
    missing = [
        one for one in context_of(info)["languages"] if not (isinstance(given.get(one), str) and given[one].strip())
    ]
    if missing:
        sentence = f"the text in {', '.join(f'`{one}`' for one in missing)} is missing."
        raise wrong(sentence, "missing_text", languages=missing)
    return value


def _span(value: Any) -> Any:
    if not SPAN.fullmatch(str(value)) or value[:5] >= value[6:]:
        raise wrong(f"`{value}` should be like 07:00-16:00.")
    return value


def _date(value: Any) -> str:
    # YAML reads 2027-06-14 without quotes as a date.
    if not DATE.fullmatch(str(value)):
        raise wrong(f"`{value}` should be a date like 2027-06-14.")
    return str(value)


def _offer_day(value: Any) -> str:
    day = str(value)
    try:
        # 2028 has a February 29.
        dt.date.fromisoformat(f"2028-{day}" if len(day) == len("MM-DD") else day)
    except ValueError:
        raise wrong(f"`{value}` should be a day like 10-15, or a date like 2026-10-15.", "offer_day") from None
    return day


def _in_address_card(value: str, info: ValidationInfo) -> str:
    known = context_of(info).get("address_card")
    # A city without an address card may still get one.
    if value and known and value not in known:
        raise wrong(f"`{value}` should be a layer or a field of the address card: {', '.join(sorted(known))}.")
    return value


def _phrase(value: Any) -> str:
    if not isinstance(value, str) or len(value.strip()) > PHRASE_MAX or not screening.has_words(value):
        raise wrong(f"`{value}` is not a phrase of at most {PHRASE_MAX} characters.")
    return value


def listed_term(kind: str, value: Any) -> str:
    """A link or threat as it is compared; empty: it is none."""
    return TERMS[kind](str(value)) if kind in TERMS else ""


def _term(kind: str, value: Any) -> Any:
    if not listed_term(kind, value):
        raise wrong(f"`{value}` is not something that can be found.")
    return value


def terms(kind: str) -> Any:
    return Annotated[
        list[Annotated[str, PlainValidator(partial(_term, kind))]], distinct(partial(listed_term, kind), str)
    ]


def _target_length(value: Any, info: ValidationInfo) -> int:
    longest = LONGEST[Target.Unit(info.data["unit"])] if "unit" in info.data else max(LONGEST.values())
    return in_range(value, 1, longest)


def _answer(value: Any, info: ValidationInfo) -> Any:
    """A text that staff send: a placeholder that nobody knows would reach residents as it is."""
    given = _text(value, info)
    if unknown := [one for text in given.values() for one in answer_templates.problems(text)]:
        known = ", ".join(f"{{{name}}}" for name in answer_templates.PLACEHOLDERS)
        raise wrong(f"`{unknown[0]}` can’t be filled in. These can: {known}.")
    return given


def _named(most: int) -> Any:
    return matching(rf"(?s)\s*\S.{{0,{most - 1}}}", f"it should be a name of at most {most} characters.")


Text = Annotated[dict[str, str], PlainValidator(_text)]
OptionalText = Annotated[dict[str, str] | None, PlainValidator(lambda value, info: value and _text(value, info))]
Code = Annotated[str, matching(SAFE_CODE, "a code has only letters, digits, dashes, dots and underscores.")]
AssetKind = Annotated[
    str, matching(r"[A-Za-z0-9_.-]{1,40}", "it should be a kind as the city’s assets have it, such as street_light.")
]
Family = Annotated[str, matching(r"[a-z0-9_-]{0,40}", "it should be a short code such as street-holes.")]
OptionValue = Annotated[str, matching(r"(?s).+", "each option needs a `value` that is text: put yes and no in quotes.")]
Priority = Annotated[int, whole_number(1, 4)]
Phrase = Annotated[str, PlainValidator(_phrase)]


# --- The parts of a catalog, a class each ---------------------------------------------------------------------------


class Holiday(Section):
    date: Annotated[str, PlainValidator(_date)]
    name: dict[str, str] | None = None
    # On this month and day every year.
    every_year: bool = False
    # Open only then, on a half day.
    hours: Annotated[str, PlainValidator(_span)] | None = None


class Holidays(Section):
    country: str | None = None
    subdivision: str | None = None
    extra: list[Holiday] | None = None


class Calendar(Section):
    always: bool | None = None
    hours: dict[Annotated[str, one_of(WEEKDAYS)], list[Annotated[str, PlainValidator(_span)]]] | None = None
    holidays: Holidays | None = None

    @model_validator(mode="after")
    def _is_open(self) -> Self:
        if not self.always and not any((self.hours or {}).values()):
            raise wrong("it needs `always: true` or `hours`.")
        return self

    @model_validator(mode="after")
    def _half_days_are_open(self) -> Self:
        """As on the calendar's page: hours on a day that is closed anyway would open nothing."""
        for day in (self.holidays.extra if self.holidays else None) or []:
            weekday = WEEKDAYS[dt.date.fromisoformat(day.date).weekday()]
            if day.hours and not (day.every_year or self.always or (self.hours or {}).get(weekday)):
                raise wrong(f"it has `hours` on {day.date}, but none on `{weekday}`: take them out, or open that day.")
        return self


class OnCall(Section):
    """A member of staff, by email address, or an outside contact; always, or on some days or hours."""

    staff: Annotated[str, matching(ADDRESS, "it should be an email address.")] | None = None
    name: str | None = None
    email: Annotated[str, matching(ADDRESS, "it should be an email address.")] | None = None
    phone: LooseText | None = None
    days: Annotated[list[Annotated[str, one_of(WEEKDAYS)]], distinct()] | None = None
    hours: Annotated[str, matching(SHIFT, "it should be like 18:00-07:00.")] | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if bool(self.staff) == bool(self.name):
            raise wrong("it needs either `staff` or `name`.")
        if self.staff and self.email:
            raise wrong("`staff` is the email address, so take out `email`.")
        if self.hours and self.hours[:5] == self.hours[6:]:
            raise wrong("`hours` should end at another time than they start; leave them out for all day.")
        return self


class Department(Section):
    code: Code
    name: Text
    calendar: Annotated[str, refers_to("calendars")]
    phone: LooseText = ""
    email: str = ""
    on_call: list[OnCall] | None = None
    active: bool = True


class Category(Section):
    code: Code
    name: Text
    icon: str = ""
    order: int = 0


class Promise(Section):
    # Before `value`, whose bound it decides.
    unit: Annotated[str, one_of(Target.Unit.values)]
    value: Annotated[int, PlainValidator(_target_length)]
    # Of the department that does it, unless another one is named.
    calendar: Annotated[str, refers_to("calendars", "department")] = "department"


class Effects(Section):
    stop: bool = False
    priority: Priority | None = None
    resolve_target: Promise | None = None
    private_photos: bool = False
    service: Annotated[str, refers_to("services")] | None = None
    article: Annotated[str, refers_to("articles")] | None = None


class Option(Section):
    value: OptionValue
    label: Text
    effects: Effects | None = None


class Condition(Section):
    question: LooseText
    values: Annotated[list[LooseText], Field(min_length=1)]


class Question(Section):
    code: Code
    text: Text
    help: OptionalText = None
    # As takers ask it aloud at the desk.
    script: OptionalText = None
    kind: Annotated[str, one_of(QuestionVersion.Kind.values)]
    required: bool = False
    visibility: Annotated[str, one_of(QuestionVersion.Visibility.values)] = "staff"
    show_if: Condition | None = None
    # For the number on a pole: not asked once the pole was chosen.
    asks_asset: bool = False
    options: Annotated[list[Option], distinct(attrgetter("value"))] | None = None

    @model_validator(mode="after")
    def _lists_have_options(self) -> Self:
        if (self.kind in question_kinds.CHOICES) != bool(self.options):
            raise wrong("only a list has options, and a list needs them.", "options", code=self.code)
        return self


class Duplicates(Section):
    policy: Annotated[str, one_of(ServiceVersion.DuplicatePolicy.values)] = "join"
    # A report farther away or older than this is not a duplicate.
    radius_m: Annotated[int, whole_number(0, 1_000)] = 100
    window_days: Annotated[int, whole_number(0, 366)] = 30
    family: Family = ""


class OfferDates(Section):
    """When residents can ask for it: two days of every year (10-15), or two dates (2026-10-15)."""

    model_config = ConfigDict(populate_by_name=True)
    first: Annotated[str, PlainValidator(_offer_day)] = Field(alias="from")
    last: Annotated[str, PlainValidator(_offer_day)] = Field(alias="to")

    @model_validator(mode="after")
    def _are_alike(self) -> Self:
        if len(self.first) != len(self.last):
            raise wrong("`from` and `to` should both have a year, or neither.", "offer_dates")
        if len(self.first) > len("MM-DD") and self.first > self.last:
            raise wrong("`from` should not be after `to`.", "offer_dates_order")
        return self


class EmergencyCheck(Section):
    """Who at the 911 center approved the emergency check, and until when: a date, or so many days from now."""

    approved_by: Annotated[str, matching(r"(?s)\s*\S.{0,99}", "it should say who at the 911 center approved it.")]
    until: Annotated[str, PlainValidator(_date)] | None = None
    days: Annotated[int, whole_number(1, REVIEW_WITHIN.days)] | None = None
    # Stands for the words that were read: a file whose words change needs another.
    code: Annotated[str, matching(r"w[0-9a-f]{10}", "it should be a code like w3f9a2c1b07.")]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.until is None) == (self.days is None):
            raise wrong("it needs either `until` or `days`.")
        return self


class TestReport(Section):
    """A report that is sent through the real rules when the file is imported. Nothing of it is kept."""

    description: str
    answers: dict[str, LooseText | list[LooseText]] = {}
    # In the city's address file; somewhere in the city if left out.
    address: str = ""
    # Where it should go; null: triage; left out: the service's own.
    department: Annotated[str, refers_to("departments")] | None = None


class Service(Section):
    service_code: Code
    category: Annotated[str, refers_to("categories")]
    department: Annotated[str, refers_to("departments")]
    name: Text
    description: OptionalText = None
    keywords: dict[str, Any] | None = None
    # People's own words for it, by language.
    asked: dict[str, list[Phrase]] = {}
    priority: Priority = 3
    targets: dict[Annotated[str, one_of(Target.Kind.values)], Promise] | None = None
    visibility: Annotated[str, one_of(ServiceVersion.Visibility.values)] = "public"
    photo: Annotated[str, one_of(ServiceVersion.PhotoPolicy.values)] = "optional"
    duplicates: Duplicates | None = None
    owner_kinds: list[str] | None = None
    place_rule: Annotated[str, one_of(["segment", "polygon", "none"])] = "none"
    place: Annotated[str, one_of(["required", "optional"])] = "required"
    emergency_screen: OptionalText = None
    outcome_words: dict[str, Text] | None = None
    evidence: Annotated[str, one_of(["none", "photo", "visit"])] = "none"
    questions: Annotated[list[Question], distinct(attrgetter("code"))] | None = None
    # Whether residents are offered it, if nothing is missing; left out: as it was, and a new one isn't.
    active: bool | None = None
    emergency_check: EmergencyCheck | None = None
    # Says that it needs no article.
    no_article: bool = False
    test: TestReport | None = None
    asset_kinds: Annotated[list[AssetKind], distinct()] | None = None
    listed_by_place: bool = True
    identity_words: OptionalText = None
    must_confirm: bool = False
    offered: OfferDates | None = None

    @model_validator(mode="after")
    def _conditions_are_about_earlier_questions(self) -> Self:
        earlier: dict[str, set[str]] = {}
        for question in self.questions or []:
            condition = question.show_if
            if condition and not set(condition.values) <= earlier.get(condition.question, set()):
                sentence = f"`show_if` of {question.code} should name an earlier question and answers of it."
                raise wrong(sentence, "condition", code=question.code)
            earlier[question.code] = {option.value for option in question.options or []}
        return self

    @model_validator(mode="after")
    def _urgent_reports_wait_for_no_email(self) -> Self:
        effects = [one.effects for question in self.questions or [] for one in question.options or [] if one.effects]
        urgent = 1 in (self.priority, *(one.priority for one in effects))
        if self.must_confirm and (urgent or self.emergency_screen):
            sentence = "it may be urgent, so it must not wait for an email: take out `must_confirm`."
            raise wrong(sentence, "urgent_waits")
        if any(one.stop for one in effects) and not self.emergency_screen:
            sentence = "an answer stops the form, so the service needs an `emergency_screen` that says why."
            raise wrong(sentence, "stop_without_words")
        return self


class Topic(Section):
    code: Code
    name: Text


class Contact(Section):
    """Who does it, if the city doesn't, or which office."""

    name: Text
    phone: str | None = None
    hours: OptionalText = None
    email: Annotated[str, Field(pattern=ADDRESS)] | None = None
    url: Annotated[str, Field(pattern=r"https?://\S+")] | None = None
    # Not an office of the city.
    outside: bool = False
    # Residents may ask the city to send them an email for them.
    takes_reports: bool = False

    @model_validator(mode="after")
    def _takes_reports_by_email(self) -> Self:
        if self.takes_reports and not self.email:
            raise wrong("`takes_reports` needs an `email`.")
        return self


class Article(Section):
    code: Code
    title: Text
    body: Text
    topic: Annotated[str, refers_to("topics")] | None = None
    # How people ask for it, by language.
    asked: dict[str, list[Phrase]] = {}
    by_address: Annotated[str, AfterValidator(_in_address_card)] = ""
    contact: Contact | None = None
    services: list[Annotated[str, refers_to("services")]] | None = None
    # For staff alone, by language: what call takers say aloud, and what they should know.
    script: OptionalText = None
    note: OptionalText = None
    audience: Annotated[str, one_of(ArticleRow.Audience.values)] = ArticleRow.Audience.EVERYONE.value
    # Whose people may read it, if it's for departments.
    departments: list[Annotated[str, refers_to("departments")]] = []
    related: list[Annotated[str, refers_to("articles")]] = []
    # When people stop seeing it, with the offset of the time zone: 2027-03-01T00:00-06:00.
    valid_until: AwareDatetime | None = None
    published: bool = True

    @model_validator(mode="after")
    def _names_departments(self) -> Self:
        if (self.audience == ArticleRow.Audience.DEPARTMENTS) != bool(self.departments):
            raise wrong("`departments` are named if, and only if, the `audience` is `departments`.")
        return self


class InAreas(Section):
    layer: str
    codes: Annotated[list[Any], Field(min_length=1)]


class InWorkingHours(Section):
    calendar: Annotated[str, refers_to("calendars")]
    # False: outside of its hours.
    open: bool = True


class When(Section):
    services: list[Annotated[str, refers_to("services")]] | None = None
    areas: InAreas | None = None
    answers: dict[str, list[LooseText]] | None = None
    words: list[str] | None = None
    channels: Annotated[list[Annotated[str, one_of(Channel.values)]], distinct()] | None = None
    priorities: list[Priority] | None = None
    # When it came in, in the city's time zone.
    days: Annotated[list[Annotated[str, one_of(WEEKDAYS)]], distinct()] | None = None
    hours: Annotated[str, matching(SHIFT, "it should be like 18:00-07:00.")] | None = None
    working_hours: InWorkingHours | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not self.model_fields_set:
            raise wrong(f"it should name at least one of {', '.join(type(self).model_fields)}.")
        return self

    @model_validator(mode="after")
    def _answers_can_be_given(self, info: ValidationInfo) -> Self:
        asked = {one for code in self.services or [] for one in context_of(info)["answers"].get(code, ())}
        for question, values in (self.answers or {}).items():
            for value in values:
                # Nothing can be said of a service that only the database knows.
                if asked and (question, value) not in asked:
                    raise wrong(f"none of its services has the answer `{value}` to a question `{question}`.")
        return self


class Rule(Section):
    name: str
    when: When
    # null is the triage queue.
    department: Annotated[str, refers_to("departments")] | None
    # A team of the department, by its code.
    team: Code | None = None
    assignee: Annotated[str, matching(ADDRESS, "it should be an email address.")] | None = None
    priority: Priority | None = None
    # These get an email as well.
    inform: Annotated[list[Annotated[str, refers_to("departments")]], distinct()] | None = None

    @model_validator(mode="after")
    def _only_a_department_has_teams_and_people(self) -> Self:
        if not self.department and (self.team or self.assignee):
            raise wrong("a `team` or `assignee` needs a `department`.")
        return self


class Reason(Section):
    code: Code
    words: Text
    appeal: OptionalText = None


class Template(Section):
    """An answer that staff send, for every service and outcome unless it says which."""

    name: Annotated[str, _named(100)]
    service: Annotated[str, refers_to("services")] | None = None
    outcome: Annotated[str, one_of(("", *answer_templates.OUTCOMES))] = ""
    texts: Annotated[dict[str, str], PlainValidator(_answer)] = Field(alias="words")
    active: bool = True


class Step(Section):
    """What rules/work/steps.py stores; a template by its name, and a person as `me` or by email address."""

    verb: Annotated[str, one_of([verb for verb in steps.ARGUMENTS if verb != "merge"])]
    service: Annotated[str, refers_to("services")] | None = None
    department: Annotated[str, refers_to("departments")] | None = None
    template: Annotated[str, refers_to("templates")] | None = None
    assignee: Annotated[str, matching(rf"me|{ADDRESS}", "it should be `me` or an email address.")] | None = None
    disposition: Annotated[str, one_of(steps.WITHOUT_EVIDENCE)] | None = None
    reason: LooseText | None = None
    priority: Priority | None = None
    days: Annotated[int, whole_number(1, 365)] | None = None
    text: str | None = None
    audience: Annotated[str, one_of(steps.AUDIENCES)] | None = None


class Macro(Section):
    """Of a department, or of the whole city."""

    name: Annotated[str, _named(60)]
    department: Annotated[str, refers_to("departments")] | None = None
    key: Annotated[int, whole_number(1, 9)] | None = None
    steps: Annotated[list[Step], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        try:
            steps.check(step.model_dump(exclude_unset=True) for step in self.steps)
        except steps.Refused as refused:
            raise wrong(f"these steps can’t follow each other, or say too much: look at `{refused.verb}`.") from None
        return self


class View(Section):
    """Of the queue, shared with everyone on the staff. query: as in the queue's address."""

    name: Annotated[str, _named(60)]
    query: dict[str, LooseText | list[LooseText]]


class Emergency(Section):
    """Words alone, or with the longer phrases in which they mean something else."""

    phrase: Phrase
    # Switches off the phrase that ships with the product.
    off: bool = False
    unless: Annotated[list[Phrase], BeforeValidator(lambda value: value if isinstance(value, list) else [value])] = []

    @model_validator(mode="after")
    def _exceptions_hold_the_phrase(self) -> Self:
        if idle := next((one for one in self.unless if not screening.holds(one, self.phrase)), None):
            raise wrong(f"`{idle}` has no effect: it must be longer and contain the phrase.")
        return self

    @property
    def heard(self) -> str:
        return screening.plain(self.phrase)


EmergencyWords = Annotated[
    Emergency, BeforeValidator(lambda value: value if isinstance(value, dict) else {"phrase": value})
]


class ModerationWords(Section):
    link: terms("link") = []  # type: ignore[valid-type]
    threat: terms("threat") = []  # type: ignore[valid-type]


class UrgentMinutes(Section):
    """The city's targets for priority 1, in minutes by the clock."""

    acknowledge: Annotated[int, whole_number(1, 1440)]
    resolve: Annotated[int, whole_number(1, 1440)]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.resolve < self.acknowledge:
            raise wrong("`resolve` should be at least as long as `acknowledge`.")
        return self


class CatalogFile(Section):
    urgent_minutes: UrgentMinutes | None = None
    calendars: dict[Any, Calendar] = {}
    departments: Annotated[list[Department], distinct(attrgetter("code"))] = []
    desk_on_call: list[OnCall] = []
    danger_on_call: dict[Annotated[str, one_of(KINDS_ON_CALL)], list[OnCall]] = {}
    categories: Annotated[list[Category], distinct(attrgetter("code"))] = []
    services: Annotated[list[Service], distinct(attrgetter("service_code"))] = []
    topics: Annotated[list[Topic], distinct(attrgetter("code"))] = []
    articles: Annotated[list[Article], distinct(attrgetter("code"))] = []
    routing: Annotated[list[Rule], distinct(attrgetter("name"))] = []
    reasons: dict[
        Annotated[str, one_of(ListedReason.Kind.values)], Annotated[list[Reason], distinct(attrgetter("code"))]
    ] = {}
    templates: Annotated[list[Template], distinct(attrgetter("name"))] = []
    macros: Annotated[list[Macro], distinct(attrgetter("department", "name"), attrgetter("name"))] = []
    views: Annotated[list[View], distinct(attrgetter("name"))] = []
    emergency_words: dict[
        Annotated[str, one_of(EmergencyPhrase.Kind.values)],
        dict[str, Annotated[list[EmergencyWords], distinct(attrgetter("heard"), attrgetter("phrase"))]],
    ] = {}
    moderation_words: ModerationWords = ModerationWords()


# --- Reading and checking ---------------------------------------------------------------------------------------------


class Catalog(dict[str, Any]):
    """The parts of a catalog by name, and of each row the file that it comes from."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, int | str], YamlFile] = {}
        # The first file that has a part.
        self.parts: dict[str, YamlFile] = {}
        # The name of its only file, or the first one and how many more.
        self.name = ""
        self.files = 0
        # For how long its emergency words count without a 911 center, which the starter catalog's do.
        self.shipped_for: dt.timedelta | None = None
        # Once it is imported: by service, what its test report ran into.
        self.test_problems: dict[str, list[str]] = {}

    def add(self, file: YamlFile) -> None:
        self.files += 1
        self.name = file.name[:NAME_MAX] if self.files == 1 else f"{self.name.split(' (+')[0]} (+{self.files - 1})"
        for part, content in file.data.items():
            node = child(file.node, part)
            self.parts.setdefault(str(part), file)
            if isinstance(content, list) and isinstance(self.setdefault(part, []), list):
                known = len(self[part])
                for number, _ in enumerate(content):
                    self.rows[part, known + number] = YamlFile(file.name, None, child(node, number))
                self[part].extend(content)
            elif isinstance(content, dict) and isinstance(self.setdefault(part, {}), dict):
                for key in content:
                    self.rows[part, key] = YamlFile(file.name, None, child(node, key))
                self[part].update(content)
            else:
                raise ImportProblemError(f"{file.place([part])}: `{part}` is not written as it should be.")

    def place(self, loc: Loc) -> str:
        if row := self.rows.get((str(loc[0]), loc[1])) if len(loc) > 1 else None:
            return row.place(loc[2:])
        file = self.parts.get(str(loc[0])) if loc else None
        return file.place(loc) if file else ""


def read_catalog(paths: Iterable[Path]) -> Catalog:
    """The files as one catalog: lists of the same name are joined in order. Raises ImportProblemError."""
    return _joined(map(read_yaml, paths))


def parse_catalog(name: str, content: bytes) -> Catalog:
    """The content of one file. Raises ImportProblemError."""
    return _joined([parse_yaml(name, content)])


def _joined(files: Iterable[YamlFile]) -> Catalog:
    joined = Catalog()
    for file in files:
        if file.data.pop("format", None) != FORMAT:
            raise ImportProblemError(f"{file.name} is not a catalog: it should begin with `format: {FORMAT}`.")
        joined.add(file)
    return joined


def problems(
    catalog: Catalog,
    languages: Sequence[str],
    codes: Mapping[str, set[str]] | None = None,
    existing: Mapping[str, Any] | None = None,
) -> list[str]:
    """What is wrong in it, a sentence each, by file, line and column; an empty list: it can be imported.

    codes: by the names of parts, the codes that the city has already; "address_card": its layers and fields.
    existing: the city's own export. A row that the city has just so is not refused: it changes nothing.
    """
    context: dict[str, Any] = {part: (codes or {}).get(part, set()) | _codes(catalog, part) for part in REFERRED_TO}
    context |= {"languages": languages, "answers": _answers(catalog.get("services"))}
    context["address_card"] = (codes or {}).get("address_card")
    try:
        CatalogFile.model_validate(dict(catalog), context=context)
    except ValidationError as error:
        found = sentences_of(error, CatalogFile, catalog)
        return [
            ": ".join(filter(None, [catalog.place(loc), sentence]))
            for loc, sentence in found
            if existing is None or not _is_as_in(existing, catalog, loc)
        ]
    return []


def _is_as_in(existing: Mapping[str, Any], catalog: Catalog, loc: Loc) -> bool:
    if len(loc) < 2:
        return False
    part, key = str(loc[0]), loc[1]
    before, after = existing.get(part), catalog[part]
    if isinstance(before, list) and isinstance(after, list) and isinstance(key, int):
        return after[key] in before
    return isinstance(before, dict) and isinstance(after, dict) and key in before and before[key] == after.get(key)


def service_problems(
    service: Mapping[str, Any], languages: Sequence[str], codes: Mapping[str, set[str]]
) -> list[ErrorDetails]:
    """What is wrong in one service as written in a catalog: `loc` is the path in it, `type` and `ctx` say what (see wrong())."""
    try:
        Service.model_validate(dict(service), context={**codes, "languages": languages, "answers": {}})
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _codes(catalog: Catalog, part: str) -> set[str]:
    rows = catalog.get(part, [])
    return set(map(str, rows)) if isinstance(rows, dict) else {str(row.get(REFERRED_TO[part])) for row in tables(rows)}


def _answers(services: Any) -> dict[str, set[tuple[str, str]]]:
    """What can be answered to which question, by service."""
    found: dict[str, set[tuple[str, str]]] = {}
    for service in tables(services):
        for question in tables(service.get("questions")):
            answers = {
                (str(question.get("code")), str(option.get("value"))) for option in tables(question.get("options"))
            }
            found.setdefault(str(service.get("service_code")), set()).update(answers)
    return found


def is_switched_off(value: Any) -> bool:
    """Whether an emergency phrase is written as {phrase, off: true}."""
    return isinstance(value, dict) and bool(value.get("off"))


def read_phrase(value: Any) -> tuple[Any, list[Any]]:
    """An emergency phrase as it is written, words alone or {phrase, unless: […]}: the words, and its `unless`."""
    if not isinstance(value, dict):
        return value, []
    unless = value.get("unless") or []
    return value.get("phrase"), unless if isinstance(unless, list) else [unless]
