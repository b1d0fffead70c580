"""What a service needs before residents can use it, and what is missing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.localized import localized
from requests_app.models.alarm import OnCall
from requests_app.models.catalog import Calendar, Department, Service, Target
from requests_app.models.go_live import ServiceApproval, ServiceTest
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.knowledge import Article
from requests_app.rules.written_catalog import written_services

Written = dict[str, Any]

OWNER, MAILBOX, TARGETS, LANGUAGES = "owner", "mailbox", "targets", "languages"
OUTCOMES, EMERGENCY, ARTICLE, TEST = "outcomes", "emergency", "article", "test"
NAMES: dict[str, str | Promise] = {
    OWNER: gettext_lazy("A department answers for it"),
    MAILBOX: gettext_lazy("The department has an email address"),
    TARGETS: gettext_lazy("Targets that can be met"),
    LANGUAGES: gettext_lazy("Words in every language"),
    OUTCOMES: gettext_lazy("Outcome words"),
    EMERGENCY: gettext_lazy("The emergency check is approved"),
    ARTICLE: gettext_lazy("An article, or none is needed"),
    TEST: gettext_lazy("A test request has passed"),
}
# In lists of what is missing.
SHORT_NAMES: dict[str, str | Promise] = {
    OWNER: gettext_lazy("Department"),
    MAILBOX: gettext_lazy("Email"),
    TARGETS: gettext_lazy("Targets"),
    LANGUAGES: gettext_lazy("Languages"),
    OUTCOMES: gettext_lazy("Outcome words"),
    EMERGENCY: gettext_lazy("Emergency check"),
    ARTICLE: gettext_lazy("Article"),
    TEST: gettext_lazy("Test"),
}
# Units that are counted by the clock: with a calendar that is always open, somebody must be reachable at night.
CLOCK_UNITS = {Target.Unit.MINUTES, Target.Unit.HOURS}


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
    tested: set[int] = field(default_factory=set)

    @property
    def today(self) -> dt.date:
        return app_now().astimezone(self.city.zone).date()


def facts_of(city: Jurisdiction, service_ids: Iterable[int]) -> Facts:
    ids = list(service_ids)
    approvals = ServiceApproval.objects.filter(service__in=ids).select_related("user")
    articles = Article.services.through.objects.filter(service__in=ids, article__published=True)
    return Facts(
        city=city,
        departments={one.code: one for one in Department.objects.filter(jurisdiction=city).select_related("calendar")},
        calendars={one.code: one for one in Calendar.objects.filter(jurisdiction=city)},
        on_call=set(OnCall.objects.filter(jurisdiction=city).values_list("department_id", flat=True)),
        approvals={(one.service_id, one.kind): one for one in approvals},
        with_article=set(articles.values_list("service_id", flat=True)),
        tested=set(
            ServiceTest.objects.filter(service__in=ids).exclude(passed_at=None).values_list("service_id", flat=True)
        ),
    )


def missing(service: Service, written: Written | None = None) -> list[Check]:
    """The checks that are not done. written: the service as it is to be published, the current version if not given."""
    return [check for check in checks(service, written) if not check.done]


def checks(service: Service, written: Written | None = None, facts: Facts | None = None) -> list[Check]:
    """All checks of a service, in order. written: as in missing()."""
    facts = facts or facts_of(service.jurisdiction, [service.pk])
    if written is None:
        written = written_services([service])[service.pk]
    department = facts.departments.get(written.get("department", ""))
    return [
        Check(OWNER, _owner(department)),
        Check(MAILBOX, _mailbox(department)),
        Check(TARGETS, list(_targets(written, department, facts))),
        Check(LANGUAGES, list(_languages(written, facts.city.languages))),
        Check(OUTCOMES, [] if written.get("outcome_words") else [_("Say what “fixed” means for this service.")]),
        Check(EMERGENCY, _emergency(written, facts.approvals.get((service.pk, ServiceApproval.Kind.EMERGENCY)), facts)),
        Check(ARTICLE, _article(service, facts)),
        Check(TEST, [] if service.pk in facts.tested else [_("Send a test request and mark it as passed.")]),
    ]


def emergency_words(written: Written) -> Written:
    """What an approval of the emergency check is about: the question, and the answers that stop the form."""
    stops = [
        [question["code"], option["value"]]
        for question in written.get("questions") or []
        for option in question.get("options") or []
        if (option.get("effects") or {}).get("stop")
    ]
    return {"screen": written.get("emergency_screen") or {}, "stops": stops}


def _owner(department: Department | None) -> list[str]:
    if department is None:
        return [_("Choose the department that answers for it.")]
    if not department.active:
        return [_("%(department)s is closed. Choose another department.") % {"department": department}]
    return []


def _mailbox(department: Department | None) -> list[str]:
    if department is None:
        return [_("Choose the department that answers for it.")]
    return [] if department.email else [_("%(department)s has no email address.") % {"department": department}]


def _targets(written: Written, department: Department | None, facts: Facts) -> Iterator[str]:
    names = {Target.Kind.ACKNOWLEDGE: _("a first answer"), Target.Kind.RESOLVE: _("the work itself")}
    for kind, name in names.items():
        target = (written.get("targets") or {}).get(kind)
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


def _languages(written: Written, languages: list[str]) -> Iterator[str]:
    for label, text in _texts(written):
        for language in languages:
            if not str((text or {}).get(language) or "").strip():
                name = get_language_info(language)["name_translated"]
                yield _("%(text)s has no words in %(language)s.") % {"text": label, "language": name}


def _texts(written: Written) -> Iterator[tuple[str, dict[str, str] | None]]:
    """Every text that residents read, with what people call it."""
    yield _("The name"), written.get("name")
    yield _("The description"), written.get("description")
    for name, label in (
        ("emergency_screen", _("The emergency question")),
        ("identity_words", _("Why a name is required")),
    ):
        if written.get(name):
            yield label, written[name]
    for outcome, words in (written.get("outcome_words") or {}).items():
        yield _("The outcome “%(outcome)s”") % {"outcome": localized(words) or outcome}, words
    for question in written.get("questions") or []:
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


def _emergency(written: Written, approval: ServiceApproval | None, facts: Facts) -> list[str]:
    if approval is None:
        return [_("Read the emergency check and approve it.")]
    if approval.approved != emergency_words(written):
        return [_("The emergency check was changed after it was approved. Read it and approve it again.")]
    if approval.review_by is not None and approval.review_by < facts.today:
        return [_("The approval of the emergency check was to be reviewed by now. Approve it again.")]
    return []


def _article(service: Service, facts: Facts) -> list[str]:
    if service.pk in facts.with_article or (service.pk, ServiceApproval.Kind.NO_ARTICLE) in facts.approvals:
        return []
    return [_("Add an article about this service, or say that none is needed.")]
