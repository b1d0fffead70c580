"""A service on one page: its state and what comes next, then what it says, each part with the way to its editor."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.actions.setup import service_drafts
from requests_app.clock import app_now
from requests_app.core.languages import language_name
from requests_app.models import Retirement, ServiceDraftLink, ServiceVersion
from requests_app.rules.setup import go_live
from requests_app.rules.setup.offer_dates import offer_dates
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.promises.targets import Row, target_rows
from staff_app.setup.services.editing import Editing, Text, framing, load, show
from staff_app.setup.services.forms import OUTCOMES, HandlingForm, PrivacyForm
from staff_app.setup.services.question_routes import picture_of, question_rows

# Of key words and of people's own words.
LISTED = 6


@dataclass(frozen=True)
class Value:
    """A line of a fact. language: what it is written in, with its name; empty: said by the page."""

    text: str
    language: str = ""
    language_name: str = ""


@dataclass(frozen=True)
class Fact:
    name: Text
    values: list[Value]

    @property
    def is_empty(self) -> bool:
        return not any(value.text for value in self.values)


@dataclass(frozen=True)
class Step:
    """A link that leads on from where the service is."""

    text: Text
    url: str


@dataclass(frozen=True)
class State:
    """What a service is to residents now. flags: in a word or two; is_good: residents have what they should."""

    flags: list[Text]
    sentences: list[str]
    steps: list[Step]
    is_good: bool = False


@framing
@staff_page
@require_safe
def service(request: StaffRequest, code: str) -> HttpResponse:
    editing = load(request, code)
    handling, questions = HandlingForm(editing=editing), question_rows(editing)
    context: dict[str, Any] = {
        "state": state_of(editing),
        "texts": list(_texts(editing)),
        "questions": questions,
        "picture": picture_of(questions),
        "handling": list(_handling(handling, editing)),
        "targets": _targets(editing),
        "privacy": list(_privacy(editing)),
        "share_link": _share_link(editing),
    }
    return show(request, "service", editing, section="service", **context)


def _targets(editing: Editing) -> list[Row]:
    """Those that count now: until it's reviewed, then until it's done."""
    rows = target_rows(editing.service) if editing.service is not None else []
    return sorted((row for row in rows if row.is_current), key=lambda row: row.target.kind)


def _share_link(editing: Editing) -> dict[str, Any] | None:
    if editing.draft is None:
        return None
    link = ServiceDraftLink.objects.filter(draft=editing.draft, expires_at__gt=app_now()).first()
    if link is None:
        return None
    link.draft = editing.draft
    return {"url": links.service_draft_url(link), "expires_at": link.expires_at}


# --- Its state ----------------------------------------------------------------------------------------------------------


def state_of(editing: Editing) -> State:
    service, code = editing.service, editing.code
    publish = Step(gettext_lazy("Check and publish"), reverse("staff_app:service_changes", args=[code]))
    if service is None or editing.published is None:
        sentence = _("Only administrators see it until you publish it.")
        return State([gettext_lazy("New, not published")], [sentence], [publish])
    ready = Step(gettext_lazy("Ready to go live"), reverse("staff_app:service_go_live", args=[code]))
    if not service.active and Retirement.objects.filter(service=service).exists():
        retired = Step(gettext_lazy("See what takes over from it"), reverse("staff_app:retire_service", args=[code]))
        return State([gettext_lazy("Retired")], [_("Nobody can use this service anymore.")], [retired])
    facts = go_live.facts_of(editing.city, [service.pk])
    checks = go_live.checks(service, editing.published, facts)
    missing = [check for check in checks if not check.done]
    flags: list[Text] = [gettext_lazy("Live") if service.active else gettext_lazy("Not live yet")]
    sentences, steps = [_who_uses(service.active, is_for_staff=service.is_for_staff)], []
    if editing.draft is not None:
        steps.append(publish)
        flags.append(gettext_lazy("Draft"))
        count = len(editing.changes)
        sentences.append(
            ngettext("The draft changes %(n)d thing.", "The draft changes %(n)d things.", count) % {"n": count}
        )
    if _waits_for_approval(editing, facts, missing):
        flags.append(gettext_lazy("Waiting for approval"))
        sentences.append(_("Your 911 center must read its emergency check."))
    if not service.active:
        numbers = {"done": len(checks) - len(missing), "of": len(checks)}
        sentences.append(_("%(done)d of %(of)d checks before it goes live are done.") % numbers)
        steps.append(ready)
    elif missing:
        names = ", ".join(check.short_name for check in missing)
        sentences.append(_("Missing: %(names)s.") % {"names": names})
        steps.append(ready)
    is_good = service.active and editing.draft is None and not missing
    return State(flags, sentences, steps, is_good)


def _who_uses(active: bool, *, is_for_staff: bool) -> str:
    if is_for_staff:
        return _("Only staff can use this service.") if active else _("Nobody can use this service now.")
    return _("Residents can use this service.") if active else _("Residents can’t use this service now.")


def _waits_for_approval(editing: Editing, facts: go_live.Facts, missing: list[go_live.Check]) -> bool:
    """Whether the 911 center must approve the emergency check: of the service as it is, or of a draft that changes it."""
    if any(check.code == go_live.EMERGENCY for check in missing):
        return True
    if editing.draft is None or editing.service is None or not editing.service.active:
        return False
    kept = service_drafts.kept_approval(editing.draft)
    return bool(go_live.obstacles(editing.service, editing.definition, approval=kept, facts=facts))


# --- What it says -----------------------------------------------------------------------------------------------------


def _texts(editing: Editing) -> Iterator[Fact]:
    now = editing.definition
    yield _text_fact(gettext_lazy("Name"), now.get("name"), editing)
    yield _text_fact(gettext_lazy("Description"), now.get("description"), editing)
    for part, name in (("keywords", gettext_lazy("Key words")), ("asked", gettext_lazy("In people’s own words"))):
        listed = {language: _some(texts) for language, texts in (now.get(part) or {}).items()}
        yield _text_fact(name, listed, editing)
    if screen := now.get("emergency_screen"):
        yield _text_fact(gettext_lazy("Emergency question"), screen, editing)
    else:
        yield Fact(gettext_lazy("Emergency question"), [Value(_("Not asked"))])
    for code, name in OUTCOMES.items():
        if texts := (now.get("outcome_words") or {}).get(code):
            yield _text_fact(name, texts, editing)


def _text_fact(name: Text, texts: dict[str, str] | None, editing: Editing) -> Fact:
    """A text in each of the city's languages, those without it included."""
    return Fact(
        name,
        [Value((texts or {}).get(language, ""), language, language_name(language)) for language in editing.languages],
    )


def _some(texts: list[str]) -> str:
    """The first of a list, and how many more there are."""
    first = ", ".join(texts[:LISTED])
    more = len(texts) - LISTED
    return _("%(first)s and %(n)d more") % {"first": first, "n": more} if more > 0 else first


def _handling(form: HandlingForm, editing: Editing) -> Iterator[Fact]:
    for name in ("category", "department", "priority", "photo", "evidence", "place", "duplicates"):
        yield _chosen(form[name])
        if name == "duplicates" and form[name].value() != ServiceVersion.DuplicatePolicy.NEVER:
            near = _("Within %(feet)s feet and %(days)s days")
            numbers = {"feet": form["radius_ft"].value(), "days": form["window_days"].value()}
            yield Fact(gettext_lazy("How near, and how recent"), [Value(near % numbers)])
    dates = offer_dates(editing.definition.get("offered") or {})
    yield Fact(form["offered"].label, [Value(dates)]) if dates else _chosen(form["offered"])


def _privacy(editing: Editing) -> Iterator[Fact]:
    form = PrivacyForm(editing=editing)
    yield _chosen(form["visibility"])
    for name in ("listed_by_place", "must_confirm"):
        yield Fact(form[name].label, [Value(_("Yes") if form[name].value() else _("No"))])
    if texts := editing.definition.get("identity_words"):
        yield _text_fact(gettext_lazy("Why a name is required"), texts, editing)
    else:
        yield Fact(gettext_lazy("Name required"), [Value(_("No. People can report anonymously."))])


def _chosen(field: BoundField) -> Fact:
    """What is chosen in an editor's menu, as the editor calls it."""
    labels = {str(code): str(label) for code, label in field.field.choices}  # type: ignore[attr-defined]
    return Fact(field.label, [Value(labels.get(str(field.value()), ""))])
