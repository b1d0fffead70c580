"""One contact: who is calling, what they ask or report, what the taker says, and how it ended. One page, also without a script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import references
from requests_app.actions.answers import article_counts
from requests_app.actions.contacts import call_backs, contacts, lines
from requests_app.actions.report import drafts, emergency_question
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.forms.photo_uploads import take_photos_of_draft
from requests_app.messages import desk_script
from requests_app.messages.desk_script import Line
from requests_app.messages.wording import month_day, promised_steps
from requests_app.models import CallBack, Channel, Contact, ContactPoint, ContactRequest, Draft
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.answers import staff_articles
from requests_app.rules.contacts import call_backs as call_back_rules
from requests_app.rules.contacts import contacts as rules
from requests_app.rules.contacts.callers import Candidate
from requests_app.rules.people import permissions
from requests_app.rules.report.path import Path
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.rules.shared import directory, question_kinds
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk import box, caller, keys, paper, steps, suggest
from staff_app.desk.call_back import shown_in_contact
from staff_app.desk.desk import PERMISSION, open_rows, row
from staff_app.desk.forms import (
    CHANNELS,
    OUTCOMES,
    SCREENING,
    CallerForm,
    EmergencyForm,
    FindCallerForm,
    NoteForm,
    OutcomeForm,
    ScanForm,
)

Outcome = Contact.Outcome
# A colleague was faster: the contact is closed, and its unsent report deleted.
CLOSED = (contacts.Closed, Draft.DoesNotExist)
# Shown at once.
ANSWERS, ANSWERS_OF_SERVICE = 3, 1
# There the taker compares or reads aloud something else.
WITHOUT_ANSWERS = ("duplicates", "check")
# Of what is saved while somebody types.
NOT_TYPED = {"csrfmiddlewaretoken", "writer", "note", "pick"}
FIELDS_MAX, TYPED_MAX = 60, 5000
ADDRESS_MAX = 200


def get_contact_or_404(request: StaffRequest, number: str) -> Contact:
    """A contact of this city. Takers hand calls to each other, so each opens every one."""
    need_in_city(request, PERMISSION)
    contact = get_object_or_404(
        Contact.objects.select_related("draft", "taker", "person").annotate(call_back_id=call_back_rules.of_call()),
        jurisdiction=request.jurisdiction,
        number=references.parse_contact(number) or "",
    )
    contact.jurisdiction = request.jurisdiction
    if contact.draft is not None:
        contact.draft.jurisdiction = request.jurisdiction
    return contact


def back_to_contact(contact: Contact, query: str = "") -> HttpResponse:
    return redirect(reverse("staff_app:contact", args=[contact.number]) + query)


def on_open_contact(
    view: Callable[[StaffRequest, Contact], HttpResponse],
) -> Callable[[StaffRequest, str], HttpResponse]:
    """For what is sent to a contact: its outcome may be written down before, or by somebody else right now."""

    @wraps(view)
    def guarded(request: StaffRequest, number: str) -> HttpResponse:
        contact = get_contact_or_404(request, number)
        try:
            if contact.closed_at is not None:
                raise contacts.Closed
            return view(request, contact)
        except CLOSED:
            return _closed_meanwhile(request, contact)

    return guarded


def _closed_meanwhile(request: StaffRequest, contact: Contact) -> HttpResponse:
    messages.warning(request, _("This contact is closed. Begin a new one."))
    return back_to_contact(contact)


@staff_page
def contact(request: StaffRequest, number: str) -> HttpResponse:
    """?step= goes back to a step of the report; ?emergency=1 opens 911."""
    contact = get_contact_or_404(request, number)
    if contact.closed_at is not None:
        return _closed(request, contact)
    draft = contact.draft if contact.draft is not None and contact.draft.service_request_id is None else None
    if draft is None:
        return _show(request, contact, None, None)
    step = request.POST.get("step") or request.GET.get("step") or ""
    if (step or request.method == "POST") and not steps.is_step(step):
        raise Http404
    if request.method != "POST":
        return _show(request, contact, draft, steps.show(contact, draft, request.LANGUAGE_CODE, step))
    try:
        return _take_step(request, contact, draft, step)
    except CLOSED:
        return _closed_meanwhile(request, contact)


def _take_step(request: StaffRequest, contact: Contact, draft: Draft, step: str) -> HttpResponse:
    """Raises one of CLOSED."""
    refused: list[str] = []
    if steps.takes_photos(contact, draft, step) and request.FILES:
        refused = take_photos_of_draft(request, draft, keep_taken=False)
    made = steps.handle(contact, draft, step, request.POST, request.LANGUAGE_CODE)
    for problem in refused:
        messages.warning(request, problem)
    if made.has_errors:
        return _show(request, contact, draft, made, status=422)
    if step == "emergency" and "no_danger" in request.POST and contact.screening != Contact.Screening.ASKED_YES:
        contacts.change(contact, screening=Contact.Screening.ASKED_NO)
    _note_place(contact, draft)
    if made.joined or made.sent:
        _end_report(request, contact, draft, joined=made.joined)
    return back_to_contact(contact)


def _note_place(contact: Contact, draft: Draft) -> None:
    path = Path(draft)
    address = str(path.place.get("address", ""))
    if path.place and (address, path.point) != (contact.address, contact.point):
        contacts.set_place(contact, address, path.point)


def _end_report(request: StaffRequest, contact: Contact, draft: Draft, *, joined: bool) -> None:
    if contact.is_practice:
        contacts.go_on_to_next(contact, draft)
        messages.success(request, _("Practice: this is where the report would be made. Nothing was sent."))
        return
    draft.refresh_from_db()
    draft.jurisdiction = request.jurisdiction
    if draft.service_request is not None:
        role = ContactRequest.Role.JOINED if joined else ContactRequest.Role.MADE
        contacts.made(contact, draft, draft.service_request, role)


def show_contact(request: StaffRequest, contact: Contact, **more: Any) -> HttpResponse:
    """The page of an open contact at its next step, with more of its context."""
    draft = _draft_of(contact)
    step = steps.show(contact, draft, request.LANGUAGE_CODE) if draft is not None else None
    return _show(request, contact, draft, step, **more)


def _show(
    request: StaffRequest,
    contact: Contact,
    draft: Draft | None,
    step: steps.Step | None,
    *,
    status: int = 200,
    find_form: FindCallerForm | None = None,
    matching: list[Candidate] | None = None,
    **more: Any,
) -> HttpResponse:
    path = step.path if step is not None else None
    links = _linked(request, contact)
    is_emergency = "emergency" in request.GET or contact.screening == Contact.Screening.ASKED_YES
    kind = path.screening.kind if path is not None else ""
    planned = step.context.get("planned") if step is not None else None
    suggested = rules.outcome_of([link["role"] for link in links])
    context = {
        "contact": contact,
        "channel": CHANNELS.get(contact.channel, contact.channel),
        "draft": draft,
        "path": path,
        "step": step,
        "step_template": f"staff_app/desk/_{step.name.partition(':')[0]}.html" if step is not None else "",
        "script": _script(request, contact, path, step, links),
        "summary": steps.summary(path) if path is not None and step is not None and step.name != "check" else [],
        "links": links,
        **caller.column(request, contact, find_form=find_form, matching=matching),
        "open": open_rows(request, but=contact),
        "keys": keys.of(request.user),
        "caller_form": CallerForm(contact=contact, jurisdiction=request.jurisdiction),
        "outcome_form": OutcomeForm(contact=contact, initial={"outcome": suggested, "note": contact.note}),
        "emergency_form": EmergencyForm(initial={"event_911_number": contact.event_911_number}),
        "danger_help": help_for(request.jurisdiction, kind)
        if is_emergency or (draft is not None and draft.typed.get("hint_on"))
        else None,
        "is_emergency": is_emergency,
        "answers": _answers(request, contact, path, step),
        "has_answers": step is None or step.name not in WITHOUT_ANSWERS,
        "promised": promised_steps(planned) if planned is not None else [],
        "has_map": path is not None and path.point is not None and bool(request.jurisdiction.basemap_version),
        "outcomes": list(OUTCOMES.items()),
        "department": localized(path.version.department.name) if path is not None and path.version else "",
        "screening": SCREENING[contact.screening],
        **shown_in_contact(request, contact),
        **({"scan_form": ScanForm(), "pages": contact.letter_pages.all()} if contact.channel == Channel.LETTER else {}),
        "now": app_now(),
        **(step.context if step is not None else {}),
        "form": step.form if step is not None else None,
        **more,
    }
    return render(request, "staff_app/desk/contact.html", context, status=status)


def _script(
    request: StaffRequest,
    contact: Contact,
    path: Path | None,
    step: steps.Step | None,
    links: list[dict[str, Any]],
) -> list[Line]:
    """In the caller's language."""
    if path is not None and step is not None:
        before, asked = _done_before(contact, path, links), desk_script.lines(contact, path, step.name, step.context)
        if step.name == "check":
            whole = desk_script.whole_read_back(contact, path, step.context.get("planned"))
            return [*before, *asked, *map(Line, whole)]
        place = desk_script.read_back(contact, path)
        return [*before, *([Line(place)] if place else []), *asked]
    done = next((one for one in links if one["role"] != ContactRequest.Role.ASKED and not one["is_private"]), None)
    if done is None:
        dialed = lines.find(request.jurisdiction, contact.line) if contact.line else None
        return [Line(desk_script.greeting(contact, str(request.user).partition(" ")[0], dialed))]
    return [Line(_said_when_done(contact, done))]


def _said_when_done(contact: Contact, link: dict[str, Any], *, ends: bool = True) -> str:
    joined = link["role"] == ContactRequest.Role.JOINED
    has_link = (
        contact.channel == Channel.PHONE
        and link["request"].participations.filter(contact_point__kind=ContactPoint.Kind.EMAIL).exists()
    )
    return desk_script.done(contact, link["request"], joined=joined, ends=ends, has_link=has_link)


def _done_before(contact: Contact, path: Path, links: list[dict[str, Any]]) -> list[Line]:
    """The number of the report right before this one, until the taker goes on."""
    reference = str(path.typed.get("after", ""))
    before = next((one for one in links if one["request"].reference == reference and not one["is_private"]), None)
    return [Line(_said_when_done(contact, before, ends=False))] if before is not None else []


def _linked(request: StaffRequest, contact: Contact) -> list[dict[str, Any]]:
    """Newest first. What this taker may not open is a line with its date; what they just made themselves, they may read aloud."""
    rows = []
    linked = contact.contact_requests.select_related("service_request__service_version", "service_request__owner")
    for link in linked.order_by("-id"):
        service_request = link.service_request
        service_request.jurisdiction = request.jurisdiction
        directory.of(request.jurisdiction).fill([service_request])
        is_private = not permissions.can(request.user, "view", service_request)
        may_read = not is_private or (link.role == ContactRequest.Role.MADE and contact.closed_at is None)
        day = service_request.submitted_at.astimezone(request.jurisdiction.zone).date()
        rows.append(
            {
                "role": link.role,
                "request": service_request,
                "is_private": not may_read,
                "may_open": not is_private,
                "sentence": desk_script.status(contact, service_request)
                if may_read
                else _("Private, %(day)s") % {"day": month_day(day)},
            }
        )
    return rows


def _answers(
    request: StaffRequest, contact: Contact, path: Path | None, step: steps.Step | None
) -> list[staff_articles.TakerAnswer]:
    """What may answer the words, unless they may tell of danger: once a service is chosen, only what is about it.

    What to say is in the caller's language.
    """
    if path is None or step is None or step.name in WITHOUT_ANSWERS or path.screening.helps_first:
        return []
    # Two problems are reports, until it's said which comes first.
    if step.context.get("two") is not None:
        return []
    city, user, language = request.jurisdiction, request.user, contact.language
    if path.version is not None:
        code = path.version.service.service_code
        return staff_articles.of_service(city, code, language, user=user, most=ANSWERS_OF_SERVICE)
    if not path.text:
        return []
    return staff_articles.for_takers(city, path.asked_about, language, user=user, most=ANSWERS)


def _closed(request: StaffRequest, contact: Contact) -> HttpResponse:
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"note": contact.note})
    if request.method == "POST" and form.is_valid():
        contacts.change(contact, note=form.cleaned_data["note"])
        messages.success(request, _("Note saved."))
        return back_to_contact(contact)
    context = {
        **row(contact),
        "form": form,
        "links": _linked(request, contact),
        "screening": SCREENING[contact.screening],
    }
    return render(request, "staff_app/desk/closed.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
@on_open_contact
def contact_box(request: StaffRequest, contact: Contact) -> HttpResponse:
    """What was typed into the one box."""
    typed = request.POST.get("box", "").strip()[:5000]
    if not typed:
        return back_to_contact(contact)
    draft = _draft_of(contact)
    if draft is not None and "box" in (draft.typed.get("unsent") or {}):
        # It was saved while it was typed, and is sent now.
        drafts.save(draft, unsent={})
    if (code := request.POST.get("pick", "").removeprefix(suggest.SERVICE)) and _takes_service(request, contact, code):
        return back_to_contact(contact)
    read = box.read(request.user, request.jurisdiction, typed)
    if read.contact is not None:
        return back_to_contact(read.contact)
    if read.service_request is not None:
        contacts.link(contact, read.service_request)
    elif read.phone:
        contacts.change(contact, caller_number=read.phone)
    elif read.place is not None:
        _take_place(request, contact, read.place)
    else:
        _take_words(request, contact, typed, read.email)
    return back_to_contact(contact)


def _takes_service(request: StaffRequest, contact: Contact, code: str) -> bool:
    """Chooses the service that was picked from the suggestions; False if nobody offers it."""
    if all(version.service.service_code != code for version in offered_versions(request.jurisdiction)):
        return False
    draft = _draft_of(contact)
    if draft is None:
        draft = contacts.begin_draft(contact, service=code)
    else:
        drafts.save(draft, service=code, unsent={})
    draft.jurisdiction = request.jurisdiction
    steps.settle_danger(contact, draft)
    return True


def _draft_of(contact: Contact) -> Draft | None:
    return contact.draft if contact.draft is not None and contact.draft.service_request_id is None else None


def _take_place(request: StaffRequest, contact: Contact, place: dict[str, Any]) -> None:
    draft = _draft_of(contact) or contacts.begin_draft(contact)
    draft.jurisdiction = request.jurisdiction
    if not steps.take_place(draft, place):
        messages.warning(request, _("That place is outside the city."))
        return
    _note_place(contact, draft)


def _take_words(request: StaffRequest, contact: Contact, typed: str, email: str) -> None:
    draft = _draft_of(contact)
    is_again = draft is not None and draft.typed.get("text") == typed
    if email:
        draft = draft or contacts.begin_draft(contact)
        drafts.save(draft, contact_typed={**(draft.typed.get("contact_typed") or {}), "email": email[:254]})
        return
    if draft is not None:
        draft.jurisdiction = request.jurisdiction
    is_asked_where = draft is not None and steps.next_step(contact, Path(draft)) == "location"
    if (is_asked_where and any(map(str.isdigit, typed))) or box.is_address(request.jurisdiction, typed):
        # It says where, though the box doesn't know which place that is; what the caller said before stays.
        draft = draft or contacts.begin_draft(contact)
        drafts.save(draft, place_typed={"address": typed[:ADDRESS_MAX]}, chooses_place=True)
        return
    if draft is None:
        draft = contacts.begin_draft(contact, text=typed, text_language=request.LANGUAGE_CODE)
    else:
        # Other words are another try to say what it is.
        drafts.save(draft, text=typed, text_language=request.LANGUAGE_CODE, about="", service="", is_one_problem=False)
    draft.jurisdiction = request.jurisdiction
    if not (is_again or contact.is_practice) and article_counts.is_unmatched(Path(draft), contact.language):
        article_counts.not_found(request.jurisdiction, typed)
    steps.settle_danger(contact, draft)


@require_POST
@staff_page
@on_open_contact
def contact_caller(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Who is calling."""
    form = CallerForm(request.POST, contact=contact, jurisdiction=request.jurisdiction)
    if form.is_valid():
        contacts.change(contact, **form.columns)
        if (draft := _draft_of(contact)) is not None:
            draft.language = contact.language
            drafts.save(draft)
        return back_to_contact(contact)
    return show_contact(request, contact, status=422, caller_form=form)


@require_POST
@staff_page
@on_open_contact
def contact_emergency(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Somebody is in danger: F2, at any moment. Or nobody is, after all; or 911 has the call."""
    form = EmergencyForm(request.POST)
    data = form.cleaned_data if form.is_valid() else {}
    event_number = data.get("event_911_number", "")
    if "no" in request.POST:
        contacts.change(contact, screening=Contact.Screening.ASKED_NO)
        return back_to_contact(contact)
    if (draft := _draft_of(contact)) is not None:
        emergency_question.called(draft)
    contacts.change(contact, screening=Contact.Screening.ASKED_YES, event_911_number=event_number)
    if "transferred" not in request.POST:
        return back_to_contact(contact)
    contacts.transfer_to_911(
        contact,
        reason=data.get("reason", ""),
        is_warm=bool(data.get("is_warm")),
        event_number=event_number,
        actor=request.user,
    )
    return redirect("staff_app:desk")


@require_POST
@staff_page
@on_open_contact
def park_contact(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Parks the call, or goes on with it."""
    if contact.parked_at is not None:
        contacts.resume(contact, taker=request.user)
        return back_to_contact(contact)
    try:
        contacts.park(contact)
    except contacts.TooManyParked:
        messages.warning(request, _("You have three parked calls. Finish one of them first."))
        return back_to_contact(contact)
    return redirect("staff_app:desk")


@require_POST
@staff_page
@on_open_contact
def close_contact(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Writes down the outcome. With `article`, it's the answer that was given."""
    code = request.POST.get("article", "").replace("\x00", "")
    if code:
        article = get_object_or_404(
            staff_articles.readable(request.user, request.jurisdiction).select_related("topic"), code=code
        )
        if (draft := _draft_of(contact)) is not None and Path(draft).second_problem:
            contacts.answer(contact, article)
            contacts.go_on_to_next(contact, draft)
            return back_to_contact(contact)
        contacts.close(contact, Outcome.ANSWERED, article=article)
        return redirect("staff_app:desk")
    posted = request.POST.copy()
    if "pick" in posted:
        posted["outcome"] = str(posted["pick"])
    form = OutcomeForm(posted, contact=contact)
    if not form.is_valid():
        asks = form.has_error("outcome", "required")
        return show_contact(request, contact, status=422, outcome_form=form, asks_outcome=asks)
    _close(contact, form)
    messages.success(
        request,
        _("%(number)s is closed: %(outcome)s.")
        % {"number": references.display_contact(contact.number), "outcome": OUTCOMES[contact.outcome]},
    )
    return redirect(paper.next_sheet(contact) if contact.channel == Channel.LETTER else reverse("staff_app:desk"))


@transaction.atomic
def _close(contact: Contact, form: OutcomeForm) -> None:
    """With the promise to call back, whose number may be deleted with the contact."""
    if at := form.cleaned_data["call_back_at"]:
        call_backs.promise(
            contact.jurisdiction,
            kind=CallBack.Kind.CALL_BACK,
            phone=contact.caller_number,
            at=at,
            contact=contact,
            language=contact.language,
            reason=form.cleaned_data["note"],
            line=contact.line,
        )
    contacts.close(contact, form.cleaned_data["outcome"], **form.columns)


@require_POST
@staff_page
def save_contact(request: StaffRequest, number: str) -> HttpResponse:
    """What is typed, saved at each pause (js/desk.js): the note, and the words of the step."""
    contact = get_contact_or_404(request, number)
    if contact.closed_at is not None:
        return HttpResponse(status=409)
    if "note" in request.POST:
        contacts.change(contact, note=request.POST["note"][: contacts.NOTE_MAX].replace("\x00", ""))
    draft = _draft_of(contact)
    if "box" in request.POST or (draft is not None and "step" in request.POST):
        draft = draft or contacts.begin_draft(contact)
        drafts.save(draft, unsent=_typed(request))
    return HttpResponse(status=204)


def _typed(request: StaffRequest) -> dict[str, Any]:
    """By field; of boxes to tick, a list."""
    return {
        name: [value[:TYPED_MAX] for value in values[: question_kinds.CHOICES_MAX]]
        if len(values) > 1
        else values[0][:TYPED_MAX]
        for name, values in list(request.POST.lists())[:FIELDS_MAX]
        if name not in NOT_TYPED and values
    }
