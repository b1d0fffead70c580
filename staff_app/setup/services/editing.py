"""What the pages of one service share: the service as it is drafted, what is wrong with it, and two editors at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from csp.decorators import csp_update
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import ErrorDetails

from requests_app.actions.setup import service_drafts
from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.imports.catalog_file import service_problems
from requests_app.messages.setup_differences import differences, field_label
from requests_app.models import Jurisdiction, Service, ServiceDraft
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city
from staff_app.setup.conflict import Change, Conflict
from staff_app.setup.edit import Edit, F, edit_logged

Definition = dict[str, Any]
Text = str | Promise

# The editors of a service, with the parts of its written form that they change. Targets have a page of their own.
SECTIONS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "service_words": (
        gettext_lazy("Words"),
        ("name", "description", "keywords", "asked", "emergency_screen", "outcome_words"),
    ),
    "service_questions": (gettext_lazy("Questions"), ("questions",)),
    "service_handling": (
        gettext_lazy("Who and when"),
        (
            "category", "department", "priority", "photo", "evidence", "duplicates", "place", "offered", "owner_kinds",
            "place_rule", "asset_kinds",
        ),
    ),
    "service_privacy": (
        gettext_lazy("Privacy"),
        ("visibility", "listed_by_place", "identity_words", "must_confirm"),
    ),
}  # fmt: skip
OTHER_PAGES: dict[str, Text] = {
    "service_changes": gettext_lazy("See the difference"),
    "service_history": gettext_lazy("History"),
}
# Where problems of the whole service are put right, by their type.
WHOLE = {"urgent_waits": "service_privacy", "stop_without_words": "service_words", "condition": "service_questions"}
# The preview on the same page is a frame.
framing: Callable[[Any], Any] = csp_update({"frame-src": ["'self'"]})


@dataclass
class Editing:
    """A service with its draft, if there is one. A new service has only a draft."""

    city: Jurisdiction
    code: str
    service: Service | None
    draft: ServiceDraft | None
    known_codes: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def published(self) -> Definition | None:
        return written_service(self.service) if self.service and self.service.current else None

    @cached_property
    def definition(self) -> Definition:
        if self.draft is not None:
            return dict(service_drafts.with_current_targets(self.draft.written, self.published))
        return self.published or {}

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @property
    def base(self) -> int:
        return self.service.current.number if self.service and self.service.current else 0

    @property
    def name(self) -> str:
        return localized(self.definition.get("name")) or self.code

    @property
    def languages(self) -> list[str]:
        return list(self.city.languages)

    @cached_property
    def changes(self) -> list[str]:
        return differences("service", self.published, self.definition, Names(self.city)) if self.draft else []

    @property
    def is_outdated(self) -> bool:
        """Whether a version was published after the draft was started, as by a file."""
        return self.draft is not None and self.draft.base != self.base

    def problems(self, definition: Definition | None = None) -> list[ErrorDetails]:
        if not self.known_codes:
            self.known_codes = service_drafts.known_codes(self.city)
        return service_problems(definition or self.definition, self.languages, self.known_codes)

    @cached_property
    def unfinished(self) -> list[tuple[str, str]]:
        """What must be put right before it can be published: a sentence, and the page for it."""
        return [(sentence(problem, self.definition), self._page_of(problem)) for problem in self.problems()]

    def _page_of(self, problem: ErrorDetails) -> str:
        loc = problem["loc"]
        if len(loc) > 1 and loc[0] == "questions" and isinstance(loc[1], int):
            return reverse("staff_app:service_question", args=[self.code, self.definition["questions"][loc[1]]["code"]])
        if not loc:
            return reverse(f"staff_app:{WHOLE.get(problem['type'], 'service_words')}", args=[self.code])
        name = next((name for name, (_words, parts) in SECTIONS.items() if loc[0] in parts), "service_words")
        return reverse(f"staff_app:{name}", args=[self.code])


def load(request: StaffRequest, code: str) -> Editing:
    """Raises Denied and Http404."""
    need_in_city(request, "administer")
    city, code = request.jurisdiction, code.replace("\x00", "\ufffd")
    service = (
        Service.objects.filter(jurisdiction=city, service_code=code)
        .select_related("current__category", "current__department", "current__service")
        .first()
    )
    draft = (
        ServiceDraft.objects.filter(jurisdiction=city, service_code=code)
        .select_related("service", "edited_by", "jurisdiction")
        .first()
    )
    if draft is None and (service is None or service.current is None):
        raise Http404
    return Editing(city, code, service, draft)


def number(request: StaffRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def edit_draft(
    request: StaffRequest, editing: Editing, make: Callable[[QueryDict | None], F], *, sent: QueryDict | None = None
) -> Edit[F]:
    """A form of some of the service's fields, merged with what others saved in the draft. sent: as in Edit."""
    city, code = editing.city, editing.code
    return edit_logged(
        request, make, city=city, kind=service_drafts.KIND, key=code, state=editing.definition, sent=sent
    )


def save_merged(request: StaffRequest, editing: Editing, definition: Definition) -> None:
    """Saves what edit_draft() merged as the draft. Raises service_drafts.Conflict if somebody saved since `editing` was read."""
    service_drafts.save(
        editing.city, editing.code, definition, revision=editing.revision, base=editing.base, actor=request.user
    )


def save(request: StaffRequest, editing: Editing, definition: Definition) -> None:
    """Saves it as the draft, from what the posted form saw. Raises service_drafts.Conflict."""
    service_drafts.save(
        editing.city,
        editing.code,
        definition,
        revision=number(request, "revision"),
        base=number(request, "base"),
        actor=request.user,
    )


def conflict(request: StaffRequest, editing: Editing) -> Conflict:
    """Who changed what since this editor opened the page; `editing` is as it is now."""
    before = service_drafts.seen(
        editing.draft, editing.service, revision=number(request, "revision"), base=number(request, "base")
    )
    sentences = differences("service", before, editing.definition, Names(editing.city))
    change = Change(sentences, editing.draft.edited_by if editing.draft else "")
    return Conflict([change], keeps_typed=False)


def show(
    request: StaffRequest, template: str, editing: Editing, *, section: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the service: its top bar and sections on the left, the preview on the right."""
    preview = reverse("staff_app:service_preview", args=[editing.code])
    pages: dict[str, Text] = {"service": gettext_lazy("All on one page")}
    pages |= {name: title for name, (title, _parts) in SECTIONS.items()}
    context |= {
        "editing": editing,
        "section": section,
        "section_name": (pages | OTHER_PAGES).get(section, ""),
        "sections": [
            {"url": reverse(f"staff_app:{name}", args=[editing.code]), "name": title, "is_current": name == section}
            for name, title in pages.items()
        ],
        "previews": [
            {"language": language, "name": language_name(language), "url": translate_url(preview, language)}
            for language in editing.languages
        ],
    }
    return render(request, f"staff_app/setup/services/{template}.html", context, status=status)


# --- Problems in words ------------------------------------------------------------------------------------------------


def sentence(problem: ErrorDetails, definition: Definition) -> str:
    """A problem in the active language, with what it is about."""
    about = _about(problem["loc"], definition)
    return f"{about}: {reason(problem, definition)}" if about else reason(problem, definition)


def reason(problem: ErrorDetails, definition: Definition) -> str:
    """A problem in the active language."""
    details = dict(problem.get("ctx") or {})
    kind = problem["type"]
    if kind == "missing_text":
        languages = ", ".join(language_name(one) for one in details["languages"])
        return _("Enter the text in %(language)s.") % {"language": languages}
    if kind == "condition":
        names = {one.get("code"): localized(one.get("text")) for one in definition.get("questions") or []}
        words = _("“%(question)s” can only depend on answers to a question above it.")
        return words % {"question": names.get(details["code"]) or details["code"]}
    if kind == "whole_number":
        return _("Enter a whole number from %(low)d to %(high)d.") % details
    if kind == "twice":
        return _("“%(value)s” is listed twice.") % details
    sentences = {
        "unknown": _("Choose one from the list."),
        "options": _("A question to choose from needs at least one answer. Other kinds have none."),
        "urgent_waits": _("This can be urgent, so a report can’t wait until its reporter confirms by email."),
        "stop_without_words": _("An answer stops the form, so enter the emergency question that says why."),
        "offer_day": _("Enter a real day."),
        "offer_dates": _("Enter the first and the last day."),
        "offer_dates_order": _("The last day can’t be before the first."),
        "missing": _("Fill this in."),
    }
    return sentences.get(kind) or str(details.get("sentence") or problem["msg"])


def _about(loc: tuple[int | str, ...], definition: Definition) -> str:
    """ "Question “How deep?”, Help" """
    parts: list[str] = []
    value: Any = definition
    for step in loc:
        inside = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            inside = value[step]
            parts.append(f"“{localized(inside.get('text') or inside.get('label')) or inside.get('value', '')}”")
        elif step not in ("questions", "options"):
            parts.append(field_label(str(step)))
        value = inside
    return ", ".join(parts)
