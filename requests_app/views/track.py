"""One request, as everybody may read it, and as its own people do with their private link."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http.cookies import Morsel
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app import limits, links, references
from requests_app.actions import conversation, following, progress
from requests_app.clock import app_now
from requests_app.forms.tracking import FindForm, WordsForm
from requests_app.messages import timeline, wording
from requests_app.models import (
    AccessLink,
    Answer,
    Comment,
    Disposition,
    Event,
    Participation,
    Person,
    Photo,
    PublicState,
    QuestionVersion,
    ServiceRequest,
    Status,
    Target,
)
from requests_app.places import assets
from requests_app.places.public_place import shows_thing
from requests_app.rules import permissions
from requests_app.rules.lifecycle import IllegalTransition
from requests_app.rules.usual import usual_time
from requests_app.views.door import CityRequest, no_such_request, too_much

LOOKUPS_AN_HOUR = 300
WORDS_AN_HOUR = 60
STILL_THERE_WITHIN = dt.timedelta(days=14)
# Whose own the request is: they read all of it. Who joined or follows reads what everybody reads.
OWN_ROLES = (Participation.Role.REPORTER, Participation.Role.CALLER)
RELATED = (
    "service",
    "service_version__department",
    "department",
    "owner",
    "asset",
    "duplicate_of__service_version__department",
    "duplicate_of__department",
    "duplicate_of__owner",
    "duplicate_of__service",
)


@dataclass(frozen=True)
class Opened:
    """A request and how it was opened. link: by a private link; own: by its reporter's."""

    service_request: ServiceRequest
    link: AccessLink | None
    own: bool

    @property
    def parent(self) -> ServiceRequest | None:
        """The public request that this one was joined with: its status counts. A private one must not be known to exist."""
        parent = self.service_request.duplicate_of
        # Joined once more meanwhile: the last one of the chain.
        for _step in range(5):
            if parent is None or parent.duplicate_of is None:
                break
            parent = parent.duplicate_of
        return parent if parent is not None and parent.is_public else None

    @property
    def shown(self) -> ServiceRequest:
        return self.parent or self.service_request


def open_request(request: CityRequest, reference: str) -> Opened | None:
    """The request, for whoever may read it; None alike for what does not exist and what a stranger may not know of."""
    found = (
        ServiceRequest.objects.in_jurisdiction(request.jurisdiction)
        .exclude(public_state=PublicState.ERASED)
        .select_related(*RELATED)
        .filter(reference=references.parse(reference) or "")
        .first()
    )
    link = links.held_by(request)
    if found is None:
        return None
    if link is not None and link.service_request_id != found.pk:
        link = None
    own = link is not None and found.participations.filter(person=link.person, role__in=OWN_ROLES).exists()
    if not (found.is_public or own):
        return None
    for one in (found, found.duplicate_of):
        if one is not None:
            one.jurisdiction = request.jurisdiction
    return Opened(found, link, own)


# --- The page ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
def track(request: CityRequest, reference: str) -> HttpResponse:
    parsed = references.parse(reference)
    if parsed is not None and parsed != reference:
        # One address for each request, however it was typed: the private link's cookie is bound to it.
        return redirect("requests_app:track", parsed)
    if not limits.allow(request, "lookup", LOOKUPS_AN_HOUR):
        return render(request, "requests_app/too_much.html", {"message": too_much()}, status=429)
    opened = open_request(request, reference)
    if opened is None:
        return _for_staff(request, parsed) or no_such_request(request, reference)
    return track_page(request, opened)


def track_page(
    request: CityRequest, opened: Opened, *, form: WordsForm | None = None, form_for: str = "", status: int = 200
) -> HttpResponse:
    service_request, shown = opened.service_request, opened.shown
    own = opened.own
    usual = usual_time(service_request.service)
    acts = _acts(opened)
    forms: dict[str, WordsForm] = {act: words_form(act) for act in acts & {"answer", "add", "still_broken"}}
    if form is not None:
        forms[form_for] = form
    response = render(
        request,
        "requests_app/track.html",
        {
            "opened": opened,
            "service_request": service_request,
            "shown": shown,
            "status": wording.status_words(shown, to_reporter=own and opened.parent is None),
            "status_since": _status_since(shown),
            "tone": _tone(shown),
            "next_step": wording.next_step(shown, to_reporter=own and opened.parent is None),
            "is_late": shown.is_open and shown.due_at is not None and shown.due_at < app_now(),
            "parent": opened.parent,
            "usual": usual,
            "promise": None if usual else _promise(service_request),
            "acts": acts,
            "act_forms": forms,
            # The one that came back with errors: the page's error summary is about it.
            "form": form,
            "form_for": form_for,
            "question": _open_question(opened),
            "appeal": _appeal(shown),
            "by_remote": not shown.visited_at and _was_remote(shown),
            "work_photos": _photos(shown, Photo.Kind.WORK, own=False),
            "photos": _photos(service_request, Photo.Kind.REPORT, own=own),
            "lines": timeline.lines(
                service_request, parent=opened.parent, reporter=opened.link.person if opened.link and own else None
            ),
            "thing": _thing(request, service_request, own=own),
            "answers": _answers(service_request, own=own),
            "contacts": _masked_contacts(opened),
            "news_on": _wants_news(opened),
            "is_confidential": not service_request.is_public,
        },
        status=status,
    )
    if opened.link is not None:
        response["Cache-Control"] = "private, no-store"
    return response


def _thing(request: CityRequest, service_request: ServiceRequest, *, own: bool) -> str:
    """Which of the city's things it is about, for whoever may know the exact place."""
    may_know = own or shows_thing(service_request.service_version.visibility)
    asset = service_request.asset
    return assets.name_of(request.jurisdiction, asset) if asset and may_know else ""


def _for_staff(request: CityRequest, reference: str | None) -> HttpResponse | None:
    """A member of staff who may see it is shown it where they work."""
    if not reference or not request.user.is_authenticated:
        return None
    found = ServiceRequest.objects.in_jurisdiction(request.jurisdiction).filter(reference=reference).first()
    if found is None or not permissions.can(request.user, "view", found):
        return None
    try:
        return redirect(reverse("staff_app:detail", args=[reference]))
    except NoReverseMatch:
        return None


def _status_since(shown: ServiceRequest) -> dt.datetime:
    if not shown.is_open and shown.resolved_at is not None:
        return shown.resolved_at
    if shown.status == Status.ROUTED and shown.routed_at is not None:
        return shown.routed_at
    return shown.submitted_at if shown.status == Status.RECEIVED else shown.updated_at


def _was_remote(shown: ServiceRequest) -> bool:
    """Whether it was said to be done without going there; who said nothing is not told to have stayed in the office."""
    last = Event.objects.filter(service_request=shown, kind="resolved").order_by("-id").first()
    return not shown.is_open and last is not None and last.data.get("remote") is True


def _tone(shown: ServiceRequest) -> str:
    if shown.is_open:
        return "waiting" if shown.status == Status.ON_HOLD else ""
    good = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.ANSWERED)
    return "done" if shown.disposition in good else "waiting"


def _promise(service_request: ServiceRequest) -> Target | None:
    """What we promise for this service, where too few reports ended lately to say what is usual."""
    return (
        Target.objects.filter(
            service_id=service_request.service_id,
            kind=Target.Kind.RESOLVE,
            area=None,
            valid_from__lte=service_request.submitted_at,
        )
        .order_by("-valid_from", "-id")
        .first()
    )


def _acts(opened: Opened) -> set[str]:
    """What this reader may do here: the pages' buttons, and what the server takes."""
    if opened.link is None:
        return set()
    service_request, shown = opened.service_request, opened.shown
    acts: set[str] = set()
    if service_request.is_open:
        waits_for_answer = service_request.status == Status.ON_HOLD and service_request.hold_reason == "reporter"
        if not waits_for_answer:
            acts.add("add")
        elif opened.own:
            acts.add("answer")
        if opened.own:
            acts.add("withdraw")
    elif service_request.disposition == Disposition.NO_REPLY and opened.own:
        acts.add("answer")
    elif not shown.is_open and _may_reopen(shown, own=opened.own and opened.parent is None):
        acts.add("still_broken")
    if _wants_news(opened):
        acts.add("stop_mails")
    return acts


def _may_reopen(shown: ServiceRequest, *, own: bool) -> bool:
    if shown.disposition == Disposition.REMOVED or shown.resolved_at is None:
        return False
    if shown.disposition == Disposition.WITHDRAWN and not own:
        return False
    within = STILL_THERE_WITHIN if shown.disposition == Disposition.NOT_FOUND else progress.REOPEN_WITHIN
    return app_now() - shown.resolved_at <= within


def _open_question(opened: Opened) -> Comment | None:
    """What we asked the reporter last, for them alone."""
    if not opened.own:
        return None
    service_request = opened.service_request
    waits = service_request.status == Status.ON_HOLD and service_request.hold_reason == "reporter"
    if not waits and service_request.disposition != Disposition.NO_REPLY:
        return None
    asked = service_request.comments.filter(kind=Comment.Kind.QUESTION, hidden_at=None)
    return asked.select_related("department").order_by("-id").first()


def _appeal(shown: ServiceRequest) -> dict[str, str]:
    """Where one may appeal, if we said that we cannot do it."""
    if shown.disposition != Disposition.CANNOT_DO:
        return {}
    reason = shown.jurisdiction.reasons_by_code.get(("cannot_do", shown.disposition_reason))
    return dict(reason.appeal) if reason else {}


def _photos(service_request: ServiceRequest, kind: str, *, own: bool) -> list[Photo]:
    found = service_request.photos.filter(kind=kind, hidden_at=None).order_by("id")
    return list(found if own else found.filter(is_private=False))


def _answers(service_request: ServiceRequest, *, own: bool) -> list[Answer]:
    found = service_request.answers.select_related("question_version").order_by("question_version__order")
    return list(found if own else found.filter(question_version__visibility=QuestionVersion.Visibility.PUBLIC))


def _masked_contacts(opened: Opened) -> list[str]:
    """Enough to recognize one's own address, never enough for whoever found the link."""
    if opened.link is None:
        return []
    return [masked(one.value) for one in opened.link.person.contact_points.order_by("kind")]


def masked(value: str) -> str:
    """a…@example.org; …99 for a phone number."""
    name, at, host = value.partition("@")
    digits = "".join(letter for letter in value if letter.isdigit())
    return f"{name[:1]}…@{host}" if at else f"…{digits[-2:]}"


def _wants_news(opened: Opened) -> bool:
    if opened.link is None:
        return False
    ids = [pk for pk in (opened.service_request.pk, opened.service_request.duplicate_of_id) if pk]
    return (
        opened.link.person.participations.filter(service_request__in=ids, stopped_at=None)
        .filter(contact_point__kind="email")
        .exists()
    )


# --- What one can do with the private link ----------------------------------------------------------------------------

P = ParamSpec("P")
Act = Callable[Concatenate[CityRequest, Opened, Person, P], HttpResponse]


def with_link(act: str) -> Callable[[Act[P]], Callable[Concatenate[CityRequest, str, P], HttpResponse]]:
    """A POST by the holder of the private link, who may do this now. Whoever may not is told as if it did not exist."""

    def decorate(view: Act[P]) -> Callable[Concatenate[CityRequest, str, P], HttpResponse]:
        @never_cache
        @require_POST
        @wraps(view)
        def guarded(request: CityRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            opened = open_request(request, reference)
            if opened is None:
                return no_such_request(request, reference)
            if opened.link is None:
                message = _("Open the private link from our message, and you can do this.")
                return render(request, "403.html", {"message": message}, status=403)
            if act not in _acts(opened):
                messages.info(request, _("This cannot be done any more. Below is how it stands now."))
                return redirect("requests_app:track", opened.service_request.reference)
            try:
                return view(request, opened, opened.link.person, *args, **kwargs)
            except (IllegalTransition, progress.TooLate):
                messages.info(request, _("This cannot be done any more. Below is how it stands now."))
                return redirect("requests_app:track", opened.service_request.reference)

        return guarded

    return decorate


def _words(request: CityRequest, opened: Opened, act: str) -> str | HttpResponse:
    """What was written, or the page with what is wrong with it."""
    form = words_form(act, request.POST)
    if not form.is_valid():
        return track_page(request, opened, form=form, form_for=act, status=422)
    if not limits.allow(request, "words", WORDS_AN_HOUR):
        form.add_error(None, too_much())
        return track_page(request, opened, form=form, form_for=act, status=429)
    return str(form.cleaned_data["words"])


def words_form(act: str, data: Any = None) -> WordsForm:
    label = {
        "answer": _("Your answer"),
        "add": _("What do you want to add?"),
        "still_broken": _("What is still wrong?"),
    }[act]
    # That it is still broken says enough by itself.
    return WordsForm(data, label=label, required=act != "still_broken", prefix=act)


def _back(opened: Opened) -> HttpResponse:
    return redirect("requests_app:track", opened.service_request.reference)


@with_link("answer")
def answer(request: CityRequest, opened: Opened, person: Person) -> HttpResponse:
    words = _words(request, opened, "answer")
    if isinstance(words, HttpResponse):
        return words
    conversation.answer(opened.service_request.pk, text=words, actor=person)
    messages.success(request, _("Thank you. We got your answer, and the work goes on."))
    return _back(opened)


@with_link("add")
def add(request: CityRequest, opened: Opened, person: Person) -> HttpResponse:
    words = _words(request, opened, "add")
    if isinstance(words, HttpResponse):
        return words
    conversation.add(opened.service_request.pk, text=words, actor=person)
    messages.success(request, _("Thank you. The people who work on it will read it."))
    return _back(opened)


@with_link("still_broken")
def still_broken(request: CityRequest, opened: Opened, person: Person) -> HttpResponse:
    words = _words(request, opened, "still_broken")
    if isinstance(words, HttpResponse):
        return words
    progress.reopen(opened.shown.pk, words=words, actor=person)
    messages.success(request, _("It is open again. The number stays the same."))
    return _back(opened)


@with_link("withdraw")
def withdraw(request: CityRequest, opened: Opened, person: Person) -> HttpResponse:
    if "sure" not in request.POST:
        return render(request, "requests_app/withdraw.html", {"service_request": opened.service_request})
    progress.withdraw(opened.service_request.pk, actor=person)
    messages.success(request, _("You took it back. We stop working on it."))
    return _back(opened)


@with_link("stop_mails")
def stop(request: CityRequest, opened: Opened, person: Person) -> HttpResponse:
    following.stop_news(opened.service_request, actor=person)
    messages.success(request, _("You get no more mails about this report."))
    return _back(opened)


# --- The private link -------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def private_link(request: CityRequest, token: str) -> HttpResponse:
    """Shows and swaps: the secret leaves the address bar and stays in a cookie that only this request's page gets."""
    link = _link(request, token)
    if link is None:
        return no_such_request(request)
    response = redirect("requests_app:track", link.service_request.reference)
    give_link(response, token, link.service_request)
    return response


def give_link(response: HttpResponse, token: str, service_request: ServiceRequest) -> None:
    """One cookie for the page's address in each language: a cookie is bound to one path. Without a token it goes."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            path = reverse("requests_app:track", args=[service_request.reference])
        morsel: Morsel[str] = Morsel()
        morsel.set(links.COOKIE, token, token)
        flags = {"httponly": True, "secure": settings.SESSION_COOKIE_SECURE}
        for attribute, value in {"path": path, "samesite": "Lax", **flags, **({} if token else {"max-age": 0})}.items():
            morsel[attribute] = value
        # set_cookie() knows a name once; these two differ by their path alone.
        response.cookies[f"{links.COOKIE} {path}"] = morsel


def _link(request: CityRequest, token: str) -> AccessLink | None:
    link = links.follow(token)
    if link is None or link.service_request.jurisdiction_id != request.jurisdiction.pk:
        return None
    if link.service_request.public_state == PublicState.ERASED:
        return None
    return link


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: CityRequest, token: str) -> HttpResponse:
    """The mails' own way out: a page with a button, or one POST by the mail program. The token alone allows it."""
    link = _link(request, token)
    if link is None:
        return no_such_request(request)
    done = request.method == "POST"
    if done:
        following.stop_news(link.service_request, actor=link.person)
    context = {"service_request": link.service_request, "done": done}
    return render(request, "requests_app/stop_mails.html", context)


# --- Looking a report up ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
def find(request: CityRequest) -> HttpResponse:
    """By its number, in any case and with what people confuse."""
    if "reference" not in request.GET:
        return render(request, "requests_app/find.html", {"form": FindForm()})
    form = FindForm({"reference": request.GET["reference"]})
    if form.is_valid():
        return redirect("requests_app:track", form.cleaned_data["reference"])
    return render(request, "requests_app/find.html", {"form": form}, status=422)
