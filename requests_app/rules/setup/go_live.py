"""The gate to residents: what a service needs before they can use it, and what of it may change while they do."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models.alarm import OnCall
from requests_app.models.catalog import Calendar, Department, QuestionVersion, Service, ServiceVersion, Target
from requests_app.models.go_live import ServiceApproval, ServiceTest
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.knowledge import Article
from requests_app.models.retirement import Retirement
from requests_app.rules.setup.catalog_rows import question_columns, written_question, written_services

Definition = dict[str, Any]

OWNER, MAILBOX, TARGETS, LANGUAGES = "owner", "mailbox", "targets", "languages"
OUTCOMES, EMERGENCY, ARTICLE, TEST = "outcomes", "emergency", "article", "test"
# None of the list: a retired service stays retired.
RETIRED = "retired"
NAMES: dict[str, str | Promise] = {
    OWNER: gettext_lazy("A department is responsible for it"),
    MAILBOX: gettext_lazy("The department has an email address"),
    TARGETS: gettext_lazy("Targets that can be met"),
    LANGUAGES: gettext_lazy("Text in every language"),
    OUTCOMES: gettext_lazy("Outcome wording"),
    EMERGENCY: gettext_lazy("The emergency check is approved"),
    ARTICLE: gettext_lazy("An article, or none is needed"),
    TEST: gettext_lazy("A test request has passed"),
    RETIRED: gettext_lazy("It isn’t retired"),
}
# In lists of what is missing.
SHORT_NAMES: dict[str, str | Promise] = {
    OWNER: gettext_lazy("Department"),
    MAILBOX: gettext_lazy("Email"),
    TARGETS: gettext_lazy("Targets"),
    LANGUAGES: gettext_lazy("Languages"),
    OUTCOMES: gettext_lazy("Outcome wording"),
    EMERGENCY: gettext_lazy("Emergency check"),
    ARTICLE: gettext_lazy("Article"),
    TEST: gettext_lazy("Test"),
    RETIRED: gettext_lazy("Retired"),
}
# Units that are counted by the clock: with a calendar that is always open, somebody must be reachable at night.
CLOCK_UNITS = {Target.Unit.MINUTES, Target.Unit.HOURS}
# A review that never comes is none.
REVIEW_WITHIN = dt.timedelta(days=3 * 366)
# Administrators are notified so many days before the last day of an approval.
NOTIFIED_BEFORE = (dt.timedelta(days=14), dt.timedelta(days=1))
# Of the code of an emergency check in a file: a letter, so that YAML reads it as text, and what tells two apart.
CODE_LENGTH = 10


@dataclass(frozen=True)
class Check:
    """One line of the list. missing: what is wrong, a sentence each; none: it is done."""

    code: str
    missing: list[str]

    @property
    def name(self) -> str:
        return str(NAMES[self.code])

    @property
    def short_name(self) -> str:
        return str(SHORT_NAMES[self.code])

    @property
    def done(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Facts:
    """What the checks need to know of a city and of some of its services, read in a few queries for all of them."""

    city: Jurisdiction
    departments: dict[str, Department] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    # Departments, by id, that have somebody on call.
    on_call: set[int | None] = field(default_factory=set)
    approvals: dict[tuple[int, str], ServiceApproval] = field(default_factory=dict)
    with_article: set[int] = field(default_factory=set)
    # By service, the questions of each version that has passed a test.
    tested: dict[int, list[list[Definition]]] = field(default_factory=dict)
    # Read once: an approval that ends at midnight counts for all of a decision, or for none.
    today: dt.date = field(kw_only=True)


class NotReady(Exception):
    """Residents can't be offered a service as it is written. checks: what is missing."""

    def __init__(self, checks: list[Check]) -> None:
        self.checks = checks
        super().__init__(", ".join(check.code for check in checks))

    @property
    def sentences(self) -> list[str]:
        return [sentence for check in self.checks for sentence in check.missing]


def obstacles(
    service: Service,
    fields: Definition,
    *,
    approval: ServiceApproval | None = None,
    facts: Facts | None = None,
) -> list[Check]:
    """The gate: what keeps residents from being offered the service as it is written; an empty list: they may be.

    A service that they can't use yet needs everything on the list. One that they use goes on whatever it lacks, but its emergency
    check doesn't change until the 911 center approves the new one: approval, if the stored one isn't about these words.
    """
    facts = facts or facts_of(service.jurisdiction, [service.pk])
    key = (service.pk, str(ServiceApproval.Kind.EMERGENCY))
    if approval is not None:
        facts = replace(facts, approvals={**facts.approvals, key: approval})
    if not _is_used(service, fields):
        retired = Check(RETIRED, [_("It was retired.")] if Retirement.objects.filter(service=service).exists() else [])
        return [check for check in [*checks(service, fields, facts), retired] if not check.done]
    now = written_services([service])[service.pk]
    if emergency_words(now, facts.city) == emergency_words(fields, facts.city):
        return []
    check = emergency_check(service, fields, facts.approvals.get(key), facts)
    return [] if check.done else [check]


def emergency_check(
    service: Service, fields: Definition, approval: ServiceApproval | None, facts: Facts | None = None
) -> Check:
    """Whether this approval is enough for the emergency check as it is written."""
    return Check(EMERGENCY, _emergency(fields, approval, facts or facts_of(service.jurisdiction, [])))


def _is_used(service: Service, fields: Definition) -> bool:
    """Whether those for whom it is written can use the service already."""
    if not service.active or service.current is None:
        return False
    staff = ServiceVersion.Visibility.STAFF
    return service.current.visibility != staff or fields.get("visibility") == staff


def facts_of(city: Jurisdiction, service_ids: Iterable[int], *, today: dt.date | None = None) -> Facts:
    """today: the day in the city for which it is asked, today if not given."""
    ids = list(service_ids)
    approvals = ServiceApproval.objects.filter(service__in=ids).select_related("user")
    articles = Article.services.through.objects.filter(service__in=ids, article__in=Article.objects.public())
    return Facts(
        city=city,
        departments={one.code: one for one in Department.objects.filter(jurisdiction=city).select_related("calendar")},
        calendars={one.code: one for one in Calendar.objects.filter(jurisdiction=city)},
        on_call=set(OnCall.objects.filter(jurisdiction=city).values_list("department_id", flat=True)),
        approvals={(one.service_id, one.kind): one for one in approvals},
        with_article=set(articles.values_list("service_id", flat=True)),
        tested=_tested(ids),
        today=today or app_now().astimezone(city.zone).date(),
    )


def _tested(ids: list[int]) -> dict[int, list[list[Definition]]]:
    passed = ServiceTest.objects.filter(service__in=ids).exclude(passed_at=None).exclude(service_version=None)
    versions = dict(passed.values_list("service_version_id", "service_id"))
    questions: dict[int | None, list[Definition]] = {version: [] for version in versions}
    for question in QuestionVersion.objects.filter(service_version__in=versions).order_by("order"):
        questions[question.service_version_id].append(question_columns(written_question(question)))
    tested: dict[int, list[list[Definition]]] = {}
    for version, service in versions.items():
        tested.setdefault(service, []).append(questions[version])
    return tested


def missing(service: Service, fields: Definition | None = None) -> list[Check]:
    """The checks that are not done. fields: the service as it is to be published, the current version if not given."""
    return [check for check in checks(service, fields) if not check.done]


def checks(service: Service, fields: Definition | None = None, facts: Facts | None = None) -> list[Check]:
    """All checks of a service, in order. fields: as in missing()."""
    facts = facts or facts_of(service.jurisdiction, [service.pk])
    if fields is None:
        fields = written_services([service])[service.pk]
    department = facts.departments.get(fields.get("department", ""))
    return [
        Check(OWNER, _owner(department)),
        Check(MAILBOX, _mailbox(department)),
        Check(TARGETS, list(_targets(fields, department, facts))),
        Check(LANGUAGES, list(_languages(fields, facts.city.languages))),
        Check(OUTCOMES, [] if fields.get("outcome_words") else [_("Say what “fixed” means for this service.")]),
        Check(EMERGENCY, _emergency(fields, facts.approvals.get((service.pk, ServiceApproval.Kind.EMERGENCY)), facts)),
        Check(ARTICLE, _article(service, facts)),
        Check(TEST, _test(fields, facts.tested.get(service.pk))),
    ]


def emergency_words(fields: Definition, city: Jurisdiction) -> Definition:
    """What an approval of the emergency check is about: the question, and the answers that stop the form with a number."""
    stops = [
        {
            "question": question["code"],
            "answer": option["value"],
            "text": question["text"],
            # What takers ask aloud instead.
            **({"script": question["script"]} if question.get("script") else {}),
            "label": option["label"],
            "show_if": question.get("show_if") or {},
        }
        for question in fields.get("questions") or []
        for option in question.get("options") or []
        if (option.get("effects") or {}).get("stop")
    ]
    return {
        "screen": fields.get("emergency_screen") or {},
        # The order of the questions says nothing about danger.
        "stops": sorted(stops, key=lambda one: (one["question"], one["answer"])),
        "number": city.emergency_number,
    }


def fingerprint(emergency: Definition) -> str:
    """Of an emergency check that a page or a file shows, so that nobody approves one that they haven't seen."""
    return f"w{hashlib.sha256(json.dumps(emergency, sort_keys=True).encode()).hexdigest()[:CODE_LENGTH]}"


def unnamed_in(emergency: Definition) -> list[str]:
    """The languages in which the emergency question doesn't name the city's emergency number, however it is written."""
    digits = re.sub(r"\D", "", emergency["number"])
    named = re.compile(r"(?<!\d)" + r"[\s.–-]?".join(digits) + r"(?!\d)")
    return [language for language, text in emergency["screen"].items() if text and not named.search(text)]


def ends_soon(approval: ServiceApproval, city: Jurisdiction) -> dt.date | None:
    """Its last day, once administrators are notified of it; None before, and after."""
    today = app_now().astimezone(city.zone).date()
    if approval.review_by is None or not approval.review_by - NOTIFIED_BEFORE[0] <= today <= approval.review_by:
        return None
    return approval.review_by


def is_notice_due(approval: ServiceApproval, city: Jurisdiction) -> bool:
    """Whether administrators are notified today that it ends: two weeks and a day before, unless they were since then.

    Not on the days in which it was given: who approves something for a week knows.
    """
    review_by = ends_soon(approval, city)
    if review_by is None:
        return False
    today, given_on = app_now().astimezone(city.zone).date(), approval.at.astimezone(city.zone).date()
    begun = max(review_by - before for before in NOTIFIED_BEFORE if review_by - before <= today)
    return given_on < begun and (approval.notified_on is None or approval.notified_on < begun)


def _owner(department: Department | None) -> list[str]:
    if department is None:
        return [_("Choose the department responsible for it.")]
    if not department.active:
        return [_("%(department)s is closed. Choose another department.") % {"department": department}]
    return []


def _mailbox(department: Department | None) -> list[str]:
    if department is None:
        return [_("Choose the department responsible for it.")]
    return [] if department.email else [_("%(department)s has no email address.") % {"department": department}]


def _targets(fields: Definition, department: Department | None, facts: Facts) -> Iterator[str]:
    names = {Target.Kind.ACKNOWLEDGE: _("a first answer"), Target.Kind.RESOLVE: _("the work itself")}
    for kind, name in names.items():
        target = (fields.get("targets") or {}).get(kind)
        if not target:
            yield _("Set a target for %(what)s.") % {"what": name}
            continue
        code = target.get("calendar", "department")
        calendar = (department.calendar if department else None) if code == "department" else facts.calendars.get(code)
        if calendar is None:
            continue
        if not calendar.always and not any(calendar.hours.values()):
            yield _("The calendar %(calendar)s has no working hours, so the target for %(what)s can’t be met.") % {
                "calendar": calendar,
                "what": name,
            }
        at_night = calendar.always and target["unit"] in CLOCK_UNITS
        if at_night and department is not None and department.pk not in facts.on_call:
            yield _("The target for %(what)s counts day and night, but %(department)s has nobody on call.") % {
                "what": name,
                "department": department,
            }


def _languages(fields: Definition, languages: list[str]) -> Iterator[str]:
    for label, text in texts(fields):
        for language in languages:
            if not str((text or {}).get(language) or "").strip():
                name = get_language_info(language)["name_translated"]
                yield _("%(text)s is missing in %(language)s.") % {"text": label, "language": name}


def texts(fields: Definition) -> Iterator[tuple[str, dict[str, str] | None]]:
    """Every text that residents read, with what people call it."""
    yield _("The name"), fields.get("name")
    yield _("The description"), fields.get("description")
    for name, label in (
        ("emergency_screen", _("The emergency question")),
        ("identity_words", _("Why a name is required")),
    ):
        if fields.get(name):
            yield label, fields[name]
    for outcome, words in (fields.get("outcome_words") or {}).items():
        yield _("The outcome “%(outcome)s”") % {"outcome": localized(words) or outcome}, words
    for question in fields.get("questions") or []:
        called = localized(question.get("text")) or question["code"]
        yield _("The question “%(question)s”") % {"question": called}, question.get("text")
        if question.get("help"):
            yield _("The help of “%(question)s”") % {"question": called}, question["help"]
        for option in question.get("options") or []:
            answer = localized(option.get("label")) or option["value"]
            yield (
                _("The answer “%(answer)s” of “%(question)s”") % {"answer": answer, "question": called},
                option.get("label"),
            )


def _emergency(fields: Definition, approval: ServiceApproval | None, facts: Facts) -> list[str]:
    words = emergency_words(fields, facts.city)
    if unnamed := unnamed_in(words):
        languages = ", ".join(str(get_language_info(one)["name_translated"]) for one in unnamed)
        return [
            _("The emergency question must name %(number)s in %(languages)s.")
            % {"number": facts.city.emergency_number, "languages": languages}
        ]
    if approval is None:
        return [_("Read the emergency check and approve it.")]
    if approval.approved != words:
        return [_("The emergency check was changed after it was approved. Read it and approve it again.")]
    if approval.review_by is not None and approval.review_by < facts.today:
        return [_("The approval of the emergency check has run out. Approve it again.")]
    return []


def _test(fields: Definition, tested: list[list[Definition]] | None) -> list[str]:
    if not tested:
        return [_("Send a test request and mark it as passed.")]
    questions = [question_columns(question) for question in fields.get("questions") or []]
    return [] if questions in tested else [_("The questions were changed after the test. Send another test request.")]


def _article(service: Service, facts: Facts) -> list[str]:
    if service.pk in facts.with_article or (service.pk, ServiceApproval.Kind.NO_ARTICLE) in facts.approvals:
        return []
    return [_("Add an article about this service, or say that none is needed.")]
