"""All that administrators write in several languages, kind by kind: the page where it's edited, and how long it may be there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from requests_app.actions.answers import articles
from requests_app.actions.answers.notices import NOTICE
from requests_app.actions.people.memberships import ROLE
from requests_app.actions.promises.suspensions import SUSPENSION
from requests_app.actions.setup.catalog_order import CATEGORY
from requests_app.actions.setup.departments import CALENDAR, DEPARTMENT, TEAM
from requests_app.actions.setup.desk_lines import LINE
from requests_app.actions.setup.listed_reasons import REASON
from requests_app.actions.setup.translations import (
    Document,
    Path,
    ServiceRow,
    city_texts,
    save_article,
    save_city,
    save_outcomes,
    save_row,
    save_service,
    save_topic,
)
from requests_app.actions.shared.setup_rows import SetupRow
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.imports.translated_texts import EACH, Kind, Passage, Text, passages_of, paths_of
from requests_app.models import (
    Article,
    ArticleTopic,
    Jurisdiction,
    QuestionVersion,
    Service,
    ServiceDraft,
    ServiceVersion,
)
from requests_app.rules.setup.catalog_rows import ARTICLE_REFERS_TO, written_services
from requests_app.rules.setup.service_states import LIVE, WAITING, services_in
from requests_app.rules.shared import directory
from staff_app.setup.city.forms import SEAL_ALT_MAX, WELCOME_MAX
from staff_app.setup.city.forms import TEXT_MAX as CITY_TEXT_MAX
from staff_app.setup.departments.forms import NAME_MAX as DEPARTMENT_NAME_MAX
from staff_app.setup.desk.forms import GREETING_MAX, PROMISE_MAX
from staff_app.setup.desk.forms import NAME_MAX as LINE_NAME_MAX
from staff_app.setup.forms import ASKED_MAX
from staff_app.setup.people.forms import ROLE_NAME_MAX
from staff_app.setup.services.forms import KEYWORDS_MAX, NAME_MAX, TEXT_MAX
from staff_app.setup.services.question_forms import OPTION_MAX
from staff_app.setup.suspensions.forms import REASON_MAX as SUSPENSION_REASON_MAX
from staff_app.setup.texts.forms import (
    ANSWER_MAX,
    APPEAL_MAX,
    BODY_MAX,
    NOTICE_MAX,
    OUTCOME_MAX,
    REASON_MAX,
    SCRIPT_MAX,
    STAFF_NOTE_MAX,
    TITLE_MAX,
)

# Seconds. Every change of setup makes the count new at once, but not what ends by itself, as a notice does.
COUNTED_S = 600


def _page(name: str, attribute: str = "pk") -> Callable[[Any, Path], str]:
    return lambda row, _steps: reverse(f"staff_app:{name}", args=[getattr(row, attribute)])


def passages(city: Jurisdiction) -> Iterator[Passage]:
    """Everything that has a text in the city's first language, kind by kind."""
    return passages_of(KINDS, city)


def untranslated(city: Jurisdiction, language: str) -> list[Passage]:
    return [passage for passage in passages(city) if not passage.text(language)]


def untranslated_count(city: Jurisdiction, language: str) -> int:
    """Kept until setup is changed, since it reads all texts of the city."""
    key = f"untranslated:{directory.stamp_of(city.pk)}:{'-'.join(city.languages)}:{language}"
    return int(cache.get_or_set(key, lambda: len(untranslated(city, language)), COUNTED_S) or 0)


def other_languages(city: Jurisdiction) -> list[str]:
    return list(city.languages[1:])


# --- Services ----------------------------------------------------------------------------------


def _services(city: Jurisdiction) -> list[ServiceRow]:
    """Those that residents use, and those that wait to go live."""
    services = list((services_in(city, LIVE) | services_in(city, WAITING)).order_by("service_code"))
    definitions = written_services(services)
    drafts = {draft.service_code: draft for draft in ServiceDraft.objects.filter(jurisdiction=city)}
    rows = [_service_row(city, row, definitions[row.pk], drafts.pop(row.service_code, None)) for row in services]
    new = [draft for _code, draft in sorted(drafts.items()) if draft.service_id is None]
    return rows + [ServiceRow(city, draft.service_code, draft.written, draft.revision) for draft in new]


def _service_row(city: Jurisdiction, service: Service, published: Document, draft: ServiceDraft | None) -> ServiceRow:
    base = service.current.number if service.current else 0
    if draft is None:
        return ServiceRow(city, service.service_code, published, base=base)
    return ServiceRow(city, service.service_code, draft.written, draft.revision, base)


def _service_url(row: ServiceRow, steps: Path) -> str:
    if steps[0] == "questions":
        return reverse("staff_app:service_question", args=[row.code, steps[1]])
    return reverse(
        f"staff_app:{'service_privacy' if steps[0] == 'identity_words' else 'service_words'}", args=[row.code]
    )


# --- The other kinds ----------------------------------------------------------------------------------------------------------


def _city_url(_city: Jurisdiction, steps: Path) -> str:
    return reverse("staff_app:city_part", args=["look" if steps[0] == "seal_alt" else "texts"])


def _fresh(city: Jurisdiction) -> list[Jurisdiction]:
    # The request's city may be some seconds old.
    return list(Jurisdiction.objects.defer("boundary").filter(pk=city.pk))


def _in(row: SetupRow[Any], **lookup: Any) -> Callable[[Jurisdiction], QuerySet[Any]]:
    of_city = "department__jurisdiction" if row is TEAM else "jurisdiction"
    rows = row.model._default_manager.select_related(*row.related).filter(**lookup).order_by("pk")
    return lambda city: rows.filter(**{of_city: city})


def _not_over(row: SetupRow[Any]) -> Callable[[Jurisdiction], QuerySet[Any]]:
    rows = _in(row)
    return lambda city: rows(city).filter(ends_at__gt=app_now())


def setup_kind(
    row: SetupRow[Any],
    name: Text,
    page: str,
    most: Mapping[str, int],
    *,
    rows: Callable[[Jurisdiction], Iterable[Any]] | None = None,
    title: Callable[[Any], str] = str,
) -> Kind:
    """Rows of a table, saved as their own page saves them."""
    return Kind(
        row.kind, name, [row.model], most, rows or _in(row), lambda one: one.pk, title, _page(page), save_row(row)
    )


OUTCOME_PATHS = [path for path in paths_of(Jurisdiction) if path[0] == "outcome_words"]
BRANDING_PATHS = [path[1:] for path in paths_of(Jurisdiction) if path[0] == "branding"]

KINDS: list[Kind] = [
    Kind(
        "service",
        gettext_lazy("Services"),
        [ServiceVersion, QuestionVersion],
        {
            "name": NAME_MAX,
            "description": TEXT_MAX,
            "keywords": KEYWORDS_MAX,
            "asked": ASKED_MAX,
            "emergency_screen": TEXT_MAX,
            "outcome_words": NAME_MAX,
            "identity_words": TEXT_MAX,
            "text": TEXT_MAX,
            "help": TEXT_MAX,
            "script": TEXT_MAX,
            "label": OPTION_MAX,
        },
        _services,
        lambda row: row.code,
        lambda row: localized(row.definition.get("name")) or row.code,
        _service_url,
        save_service,
        document=lambda row: row.definition,
        paths=[*paths_of(ServiceVersion), *(("questions", EACH, *path) for path in paths_of(QuestionVersion))],
        # A question has a page of its own.
        field=lambda steps: "_".join(steps[2:] if steps[0] == "questions" else steps),
    ),
    setup_kind(CATEGORY, gettext_lazy("Categories"), "category", {"name": NAME_MAX}),
    Kind(
        "article",
        gettext_lazy("Articles"),
        [Article],
        {
            "title": TITLE_MAX,
            "body": BODY_MAX,
            "asked": ASKED_MAX,
            "name": TITLE_MAX,
            "hours": TITLE_MAX,
            "script": SCRIPT_MAX,
            "note": STAFF_NOTE_MAX,
        },
        lambda city: (
            Article.objects.filter(jurisdiction=city)
            .select_related("jurisdiction", "owner", "topic")
            .prefetch_related(*ARTICLE_REFERS_TO)
            .order_by("code")
        ),
        lambda article: article.code,
        articles.name_of,
        _page("edit_article"),
        save_article,
        document=articles.draft_of,
    ),
    Kind(
        "topic",
        gettext_lazy("Topics of articles"),
        [ArticleTopic],
        {"name": TITLE_MAX},
        lambda city: ArticleTopic.objects.filter(jurisdiction=city).select_related("jurisdiction"),
        lambda topic: topic.code,
        str,
        lambda _topic, _steps: reverse("staff_app:catalog_file"),
        save_topic,
    ),
    setup_kind(
        NOTICE,
        gettext_lazy("Notices"),
        "edit_notice",
        {"words": NOTICE_MAX},
        rows=_not_over(NOTICE),
        title=lambda notice: localized(notice.words),
    ),
    setup_kind(
        LINE,
        gettext_lazy("The desk’s lines"),
        "desk_line",
        {"name": LINE_NAME_MAX, "greeting": GREETING_MAX, "promise": PROMISE_MAX},
    ),
    setup_kind(
        TEMPLATE,
        gettext_lazy("Answer templates"),
        "edit_template",
        {"words": ANSWER_MAX},
        rows=_in(TEMPLATE, active=True),
    ),
    Kind(
        "outcome",
        gettext_lazy("Outcome wording"),
        [Jurisdiction],
        {"outcome_words": OUTCOME_MAX},
        _fresh,
        lambda _city: "city",
        str,
        lambda _city, _steps: reverse("staff_app:outcomes"),
        save_outcomes,
        document=lambda city: {"outcome_words": city.outcome_words},
        paths=OUTCOME_PATHS,
        field=lambda steps: steps[-1],
    ),
    setup_kind(
        REASON,
        gettext_lazy("Reasons"),
        "edit_reason",
        {"words": REASON_MAX, "appeal": APPEAL_MAX},
        rows=_in(REASON, active=True),
        title=lambda reason: localized(reason.words),
    ),
    setup_kind(
        SUSPENSION,
        gettext_lazy("Stopped clocks"),
        "suspension",
        {"reason": SUSPENSION_REASON_MAX},
        rows=_not_over(SUSPENSION),
        title=lambda suspension: localized(suspension.reason),
    ),
    setup_kind(
        DEPARTMENT,
        gettext_lazy("Departments"),
        "department",
        {"name": DEPARTMENT_NAME_MAX},
        rows=_in(DEPARTMENT, active=True),
    ),
    setup_kind(TEAM, gettext_lazy("Teams"), "team", {"name": DEPARTMENT_NAME_MAX}, rows=_in(TEAM, active=True)),
    setup_kind(
        ROLE,
        gettext_lazy("Roles"),
        "role",
        {"name": ROLE_NAME_MAX},
        title=lambda role: localized(role.name) or role.code,
    ),
    setup_kind(CALENDAR, gettext_lazy("Days off"), "calendar", {"name": DEPARTMENT_NAME_MAX}),
    Kind(
        "city",
        gettext_lazy("Texts of the city"),
        [Jurisdiction],
        {"welcome": WELCOME_MAX, "privacy": CITY_TEXT_MAX, "accessibility": CITY_TEXT_MAX, "seal_alt": SEAL_ALT_MAX},
        _fresh,
        lambda _city: "city",
        str,
        _city_url,
        save_city,
        document=city_texts,
        paths=BRANDING_PATHS,
    ),
]
