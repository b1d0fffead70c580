"""A report on the call: what its reporter may do with their private link, done for them by the taker; or a caller who joins it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from requests_app import access as staff_access
from requests_app import link_actions, references
from requests_app.actions.contacts import caller_views, contacts
from requests_app.actions.following import followers
from requests_app.actions.people import own_contact
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import emergency_question, submission
from requests_app.actions.work import progress
from requests_app.link_access import RequestAccess, allowed_actions
from requests_app.messages import caller_sentences, timeline
from requests_app.models import AccessLink, Comment, Contact, ContactRequest, Participation, Person, ServiceRequest
from requests_app.rules.alarms import screening
from requests_app.rules.contacts import callers
from requests_app.rules.contacts.callers import OwnRequest
from requests_app.rules.people import permissions
from requests_app.rules.shared.lifecycle import IllegalTransition
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk.contact import get_contact_or_404
from staff_app.desk.forms import AddCallerForm, CallerPhoneForm, CallerWordsForm

# In the order of the page: with the button's words, and what is said afterward.
ACTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "answer": (gettext_lazy("Send their answer"), gettext_lazy("Answer sent.")),
    "add": (gettext_lazy("Send their words"), gettext_lazy("Words sent.")),
    "not_fixed": (gettext_lazy("It’s not fixed: reopen"), gettext_lazy("The report is open again.")),
    "undo_reopening": (gettext_lazy("It’s fixed after all: close again"), gettext_lazy("The report is closed again.")),
    "withdraw": (gettext_lazy("Withdraw report"), gettext_lazy("The report is withdrawn.")),
    "unsubscribe_link": (gettext_lazy("No more email about it"), gettext_lazy("They won’t get email about it.")),
}
WITH_WORDS = ("answer", "add", "not_fixed")
# Whom it concerns, too, and who only wants to know.
JOINING = {"join": Participation.Role.AFFECTED, "follow": Participation.Role.FOLLOWER}


@require_POST
@staff_page
def open_caller_request(request: StaffRequest, number: str, reference: str) -> HttpResponse:
    """Each look at a checked caller's report is logged with the call."""
    contact = get_contact_or_404(request, number)
    own = callers.own_request(contact, request.user, references.parse(reference) or "")
    if own is None:
        raise Http404
    caller_views.log_opened(contact, own, actor=request.user)
    contacts.link(contact, own.service_request)
    return redirect("staff_app:caller_request", contact.number, own.service_request.reference)


@staff_page
def caller_request(request: StaffRequest, number: str, reference: str) -> HttpResponse:
    """While its caller is on the line. Once the call has ended, what was typed is on the page that says so."""
    contact = get_contact_or_404(request, number)
    if not callers.is_on_call(contact):
        raise Http404
    own = callers.own_request(contact, request.user, references.parse(reference) or "")
    if own is not None and not caller_views.is_logged(contact, own, actor=request.user):
        raise Http404
    if own is None:
        about = staff_access.find(request.user, reference, jurisdiction=request.jurisdiction)
        if about is None:
            raise Http404
        return _of_another(request, contact, about)
    return _of_caller(request, contact, own)


# --- The caller's own -------------------------------------------------------------------------------------------------


def _access(own: OwnRequest) -> RequestAccess:
    """As who has its private link."""
    link = AccessLink(person=own.person, service_request=own.service_request)
    return RequestAccess(own.service_request, link, own=True)


def _of_caller(request: StaffRequest, contact: Contact, own: OwnRequest) -> HttpResponse:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form: Form | None = None
    if act == "phone":
        form = CallerPhoneForm(request.POST)
        if form.is_valid():
            return _set_phone(request, contact, own, form.cleaned_data["phone"])
    elif act in ACTS:
        form = CallerWordsForm(request.POST) if act in WITH_WORDS else Form(request.POST)
        if form.is_valid() and (answer := _perform(request, contact, own, act, form)):
            return answer
    elif act:
        raise Http404
    return _page(request, contact, own, form, act)


def _perform(request: StaffRequest, contact: Contact, own: OwnRequest, act: str, form: Form) -> HttpResponse | None:
    """None if the page shows what is wrong."""
    text = form.message if isinstance(form, CallerWordsForm) else ""
    if act in ("answer", "add") and not text:
        form.add_error("text", _("Write something first."))
        return None
    try:
        link_actions.perform(_access(own), act, text, on_call=contact)
    except (IllegalTransition, progress.TooLate):
        form.add_error(None, _("The report changed meanwhile, so this wasn’t sent. Below is what’s possible now."))
        return None
    contacts.link(contact, own.service_request)
    messages.success(request, str(ACTS[act][1]))
    return _back(contact, own.service_request, text)


def _back(contact: Contact, about: ServiceRequest, text: str) -> HttpResponse:
    """To the call. If the words tell of danger, its page asks."""
    danger = screening.find_danger(contact.jurisdiction, text).danger if text else None
    if danger is not None:
        emergency_question.block_shown_for(about, danger.kind)
    query = "?emergency=1" if danger is not None else ""
    return redirect(reverse("staff_app:contact", args=[contact.number]) + query)


def _set_phone(request: StaffRequest, contact: Contact, own: OwnRequest, number: str) -> HttpResponse:
    checked = callers.of_contact(contact, request.user).checked
    people = checked.people if checked is not None else [own.person]
    own_contact.set_phone_of(Person.objects.filter(pk__in=[person.pk for person in people]), number)
    contacts.link(contact, own.service_request)
    messages.success(request, _("Phone number saved."))
    return _back(contact, own.service_request, "")


def _page(request: StaffRequest, contact: Contact, own: OwnRequest, form: Form | None, act: str) -> HttpResponse:
    about, person = own.service_request, own.person
    access = _access(own)
    possible = allowed_actions(access)
    # What was typed for something that is no longer possible can be copied.
    lost = form.message if isinstance(form, CallerWordsForm) and form.is_bound and act not in possible else ""
    unsent = request.unsent.initial() if request.unsent else {}
    with override(contact.language):
        lines = timeline.lines(about, parent=access.parent, reporter=person, reader=person)
    context = {
        **_common(contact, about),
        "is_own": True,
        "acts": [_act(name, form if name == act else None, unsent) for name in ACTS if name in possible],
        "question": _question(about),
        "lines": lines,
        "phone_form": form if act == "phone" else CallerPhoneForm(initial={"phone": _phone_of(person)}),
        "form": form,
        "unsent_texts": [lost] if lost else None,
    }
    return render(request, "staff_app/desk/caller_request.html", context, status=422 if form and form.errors else 200)


def _act(name: str, form: Form | None, unsent: dict[str, Any]) -> dict[str, Any]:
    words = None
    if name in WITH_WORDS:
        words = form or CallerWordsForm(initial=unsent if unsent.get("act") == name else None, auto_id=f"id_{name}_%s")
    return {"name": name, "button": ACTS[name][0], "form": words}


def _question(about: ServiceRequest) -> Comment | None:
    """What we asked them, if we wait for the answer."""
    if not about.waits_for_reporter:
        return None
    return about.comments.filter(kind=Comment.Kind.QUESTION, hidden_at=None).order_by("-id").first()


def _phone_of(person: Person) -> str:
    point = person.contact_points.filter(kind="phone").first()
    return point.value if point is not None else ""


# --- Of somebody else: joining and following --------------------------------------------------------------------------


def _of_another(request: StaffRequest, contact: Contact, about: ServiceRequest) -> HttpResponse:
    """A report that this taker may view: a caller may be added to it."""
    joining = [
        act for act in JOINING if about.is_public and about.is_open and permissions.can(request.user, act, about)
    ]
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act and (act not in joining or contact.is_practice):
        raise Http404
    initial = {"phone": contact.caller_number if contact.keep_number else ""}
    form = AddCallerForm(request.POST if act else None, initial=request.unsent.initial() if request.unsent else initial)
    if act and form.is_valid() and _join(contact, about, act, form):
        messages.success(request, _("Added."))
        return _back(contact, about, "")
    context = {**_common(contact, about), "is_own": False, "join_form": form if joining else None, "joining": joining}
    return render(request, "staff_app/desk/caller_request.html", context, status=422 if form.errors else 200)


def _join(contact: Contact, about: ServiceRequest, act: str, form: AddCallerForm) -> bool:
    typed = form.cleaned_data
    if act == "follow" and not (typed["email"] or typed["phone"]):
        form.add_error("email", _("Enter an email address or a phone number."))
        return False
    if contact.contact_requests.filter(service_request=about, role=ContactRequest.Role.JOINED).exists():
        return True
    try:
        followers.join(
            about.pk,
            reporter=Reporter(**typed, language=contact.language),
            language=contact.language,
            role=JOINING[act],
            on_call=contact.pk,
        )
    except followers.NotJoinable:
        form.add_error(None, _("Nobody can be added to that report anymore. Make a new one."))
        return False
    except submission.Refused as refused:
        for name, message in refused.problems.items():
            form.add_error(name if name in form.fields else None, message)
        return False
    contacts.link(contact, about, ContactRequest.Role.JOINED)
    return True


def _common(contact: Contact, about: ServiceRequest) -> dict[str, Any]:
    sentences = caller_sentences.sentences([about], contact.language)
    return {"contact": contact, "about": about, "sentence": sentences[about.pk]}
