"""The steps of a report that staff write, at the desk or of what they saw themselves: the residents' own
(rules/report/path.py), one at a time on one page.

Each step shows its form and saves what was typed into the taker's draft. What comes next, the path says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.utils.translation import gettext as _

from requests_app.actions.contacts import contacts
from requests_app.actions.following import followers
from requests_app.actions.report import drafts, emergency_question, places, submission
from requests_app.core.localized import localized
from requests_app.forms import place_input
from requests_app.forms.details_form import DetailsForm, in_order, with_alt
from requests_app.forms.report_forms import (
    AssetForm,
    FollowForm,
    PlaceChoiceForm,
    PlaceForm,
    ProblemForm,
    ServiceForm,
)
from requests_app.messages.wording import ago, away, named_away, now_for, status_words
from requests_app.models import Channel, Contact, Draft, ServiceRequest, ServiceVersion
from requests_app.places import assets
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.answers import suggestions
from requests_app.rules.publication.public_words import (
    KIND_WORDS,
    SHOWN_AT_ONCE,
    found_in,
    public_labels,
    public_words,
)
from requests_app.rules.report import two_problems
from requests_app.rules.report.duplicates import Candidate, joinable
from requests_app.rules.report.path import Path
from requests_app.rules.setup.offered_services import offered_versions
from staff_app.desk.forms import ReachForm

# Of the services whose name begins with what was typed.
SHOWN_BY_NAME = 5
# Choices that a digit takes.
DIGIT_MAX = 9
# Of a conversation whose taker can have the photo in front of them.
WITH_PHOTOS = (Channel.COUNTER, Channel.LETTER)


@dataclass
class Step:
    """One step as it is shown. form: with errors if what was sent is to be corrected. joined, sent: the draft ended so.

    path: as the step read it; what was sent may have changed it since.
    """

    name: str
    form: Form | None = None
    context: dict[str, Any] = field(default_factory=dict)
    joined: bool = False
    sent: bool = False
    path: Path | None = None

    @property
    def has_errors(self) -> bool:
        return self.form is not None and bool(self.form.errors)


@dataclass
class Sent:
    """What a step is made of. contact: the conversation; None if somebody who works here saw it themselves. data: what was posted;
    None to show it."""

    contact: Contact | None
    draft: Draft
    path: Path
    step: str
    data: QueryDict | None
    language: str

    @property
    def is_posted(self) -> bool:
        return self.data is not None

    @property
    def is_practice(self) -> bool:
        return self.contact is not None and self.contact.is_practice

    def has(self, name: str) -> bool:
        return self.data is not None and name in self.data

    def value(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data is not None else ""


def show(contact: Contact | None, draft: Draft, language: str, step: str = "") -> Step:
    """This step, or the next one, with what was typed in it before. language: the writer's, in which they type."""
    path = Path(draft)
    made = _handle(Sent(contact, draft, path, step or next_step(contact, path), None, language))
    _restore(made, draft)
    return made


def handle(contact: Contact | None, draft: Draft, step: str, data: QueryDict, language: str) -> Step:
    """Saves what was posted for a step."""
    made = _handle(Sent(contact, draft, Path(draft), step, data, language))
    if not made.has_errors and not (made.sent or made.joined):
        # The number of the report before it was said.
        drafts.save(draft, unsent={}, after="")
        settle_danger(contact, draft)
    return made


def _handle(sent: Sent) -> Step:
    made = _STEPS[sent.step.partition(":")[0]](sent)
    made.path = sent.path
    return made


def _restore(made: Step, draft: Draft) -> None:
    """What was typed in this step and saved at a pause, but not sent: the taker may be at another computer now."""
    unsent = draft.typed.get("unsent") or {}
    if made.form is None or unsent.get("step") != made.name:
        return
    for name in made.form.fields:
        if name in unsent:
            made.form.initial[name] = unsent[name]


def is_step(name: str) -> bool:
    head, _colon, number = name.partition(":")
    return head in _STEPS and (number.isdecimal() and 0 < int(number) < 100 if head == "details" else not number)


def settle_danger(contact: Contact | None, draft: Draft) -> None:
    """As on residents' pages: the question and the block are recorded when they come next, so that showing writes nothing."""
    path = Path(draft)
    if path.next_page() == "emergency":
        emergency_question.question_shown(draft)
        return
    if draft.warning == "shown":
        emergency_question.clear_warning(draft)
    emergency_question.block_shown(draft, f"/desk/{contact.number}/" if contact is not None else f"/report/{draft.pk}/")


# --- What's the problem? ----------------------------------------------------------------------------------------------


def _problem(sent: Sent) -> Step:
    form = ProblemForm(sent.data, version=sent.path.version, initial={"text": sent.path.text})
    del form.fields["photos"]
    if sent.is_posted and form.is_valid() and form.cleaned_data["text"] != sent.path.text:
        text = form.cleaned_data["text"]
        drafts.save(sent.draft, text=text, text_language=sent.language, about="", is_one_problem=False)
    return Step(sent.step, form)


def _emergency(sent: Sent) -> Step:
    if sent.has("no_danger"):
        emergency_question.answer_no(sent.draft, sent.path.warnings)
    return Step(sent.step, context={"danger_help": help_for(sent.path.jurisdiction, sent.path.screening.kind)})


def _service(sent: Sent) -> Step:
    if sent.has("one_problem"):
        drafts.report_as_one(sent.draft)
        return Step(sent.step)
    path = sent.path
    two = two_problems.of_draft(path, sent.language)
    versions = offered_versions(path.jurisdiction, to_staff=path.asks_as_staff)
    form = ServiceForm(
        None if sent.has("follow") else sent.data, offered=versions, initial={"service": path.typed.get("service")}
    )
    named = beginning_with(versions, path.text)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["service"]
        # A few letters of its name describe nothing.
        is_name = any(version.service.service_code == code for version in named)
        drafts.save(sent.draft, service=code, **({"text": ""} if is_name else {}))
        # Only if the page said so.
        if two is not None and sent.has("two_problems"):
            drafts.report_in_turn(sent.draft, two)
        return Step(sent.step, form)
    suggested: list[ServiceVersion] = named[:SHOWN_BY_NAME]
    if not suggested and not path.screening.helps_first:
        about = two.first.text if two is not None else path.asked_about
        suggested = suggestions.suggest(path.jurisdiction, about, sent.language).services
    unknown = [one for one in versions if one.service.service_code == suggestions.UNKNOWN]
    first = [*suggested, *unknown]
    chosen = form["service"].value() or (first[0].service.service_code if suggested else "")
    step = Step(
        sent.step,
        form,
        {
            "offers": first,
            "has_offers": True,
            "others": [one for one in versions if one not in first],
            "chosen": chosen,
            "two": two,
        },
    )
    if suggested and two is None and sent.contact is not None:
        # The place is known before the service is: a report like what the words tell of may be there already.
        nearby = path.candidates_as(suggested[0])[: DIGIT_MAX - len(first)]
        if sent.has("follow"):
            return _join_suggested(sent, step, nearby)
        step.context["reported_nearby"] = _rows(path, nearby, first_digit=len(first) + 1)
    return step


def _join_suggested(sent: Sent, step: Step, nearby: Sequence[Candidate]) -> Step:
    """Joins a report that was shown before a service was chosen: the draft takes its service."""
    chosen = next((one for one in nearby if one.service_request.reference == sent.value("follow")), None)
    if chosen is not None:
        drafts.save(sent.draft, service=chosen.service_request.service.service_code)
    sent.path = Path(sent.draft)
    form = FollowForm({"with_words": "on"})
    step.joined = form.is_valid() and _join(sent, form)
    step.form = None if step.joined else form
    return step


def beginning_with(versions: Sequence[ServiceVersion], text: str) -> list[ServiceVersion]:
    """The services whose name begins with what was typed, since takers know the names: "poth"."""
    typed = text.strip().casefold()
    return [version for version in versions if typed and localized(version.name).casefold().startswith(typed)]


# --- Where is it? -----------------------------------------------------------------------------------------------------


def _location(sent: Sent) -> Step:
    path = sent.path
    if sent.has("remove_place"):
        places.remove(sent.draft, sent.value("remove_place"))
        return Step(sent.step)
    is_adding = _is_adding(path)
    required = not is_adding and (path.version is None or path.version.place_required)
    form = PlaceForm(
        sent.data,
        initial=path.typed.get("place_typed") or ({} if is_adding else path.place),
        required=required and not any(map(sent.has, ("on_water", "skip", "proposal", "all_places"))),
    )
    proposals = {} if path.is_water_open else place_input.proposals(path)
    step = Step(
        sent.step,
        form,
        {
            "may_skip": not required and not is_adding,
            "asks_water": path.is_water_open,
            "proposals": list(proposals.values()),
            "may_add": places.may_add(path),
            "is_adding": is_adding,
        },
    )
    if not sent.is_posted or not form.is_valid():
        return step
    data = form.cleaned_data
    typed = {name: data.get(name, "") for name in ("address", "note", "lat", "long")}
    if sent.has("skip") and not required and not is_adding:
        drafts.save(sent.draft, place={}, place_typed={})
    elif sent.has("on_water") and path.place:
        drafts.save(sent.draft, place={**path.place, "note": data["note"]}, place_typed={}, on_water=path.pin)
    elif sent.has("proposal") or sent.has("all_places"):
        chosen = [one for key, one in proposals.items() if sent.has("all_places") or key == sent.value("proposal")]
        for number, mention in enumerate(chosen, 1):
            place = place_input.of_mention(path.jurisdiction, mention, data["note"])
            take_place(sent.draft, place, form, "address", adds=number < len(chosen) or sent.has("add_place"))
    elif is_adding and data["point"] is None and not data["address"]:
        places.go_on(sent.draft, adds=False)
    else:
        _take_typed(sent, form, typed, is_adding=is_adding)
    return step


def _is_adding(path: Path) -> bool:
    """Whether they say where else the same problem is."""
    return bool(path.place and path.typed.get("is_adding"))


def _take_typed(sent: Sent, form: Form, typed: dict[str, str], *, is_adding: bool) -> None:
    path, data, adds = sent.path, form.cleaned_data, sent.has("add_place")
    is_same = data["address"] == path.place.get("address") and data["point"] in (None, path.point)
    if path.place and is_same and not is_adding:
        drafts.save(sent.draft, place={**path.place, "note": data["note"]}, place_typed={})
        places.go_on(sent.draft, adds=adds)
        return
    place = place_input.place_for(
        path.jurisdiction,
        data["address"],
        data["point"],
        data["note"],
        shown_point=None if is_adding else path.point,
        shown_address="" if is_adding else str(path.place.get("address", "")),
    )
    if place is None:
        # It fits several places or none: the next step asks which one.
        drafts.save(sent.draft, place_typed=typed, chooses_place=True, adds_place=adds)
    else:
        take_place(sent.draft, place, form, "address", adds=adds)


def take_place(
    draft: Draft, place: dict[str, Any], form: Form | None = None, name: str = "", *, adds: bool = False
) -> bool:
    """adds: another place follows. False if no report may be about the place, which the form then says."""
    if problem := place_input.problem(draft.jurisdiction, place):
        if form is not None:
            form.add_error(name, problem)
        return False
    places.take(draft, place_input.marked_on_water(draft.jurisdiction, place))
    if draft.typed.get("chooses_place"):
        drafts.save(draft, chooses_place=False)
    places.go_on(draft, adds=adds)
    return True


def _choose_location(sent: Sent) -> Step:
    typed = sent.path.typed.get("place_typed") or {}
    address = str(typed.get("address", ""))
    matches = place_input.matches(sent.path.jurisdiction, address)
    form = PlaceChoiceForm(sent.data, choices=place_input.choices(matches, address))
    if sent.is_posted and form.is_valid():
        place = place_input.chosen(matches, form.cleaned_data["choice"], address, str(typed.get("note", "")))
        take_place(sent.draft, place, form, "choice", adds=bool(sent.path.typed.get("adds_place")))
    return Step(sent.step, form)


def _choose_asset(sent: Sent) -> Step:
    path = sent.path
    names = [(asset, assets.name_of(path.jurisdiction, asset)) for asset in path.nearby_assets]
    choices = [(asset.asset_id, named_away(name, asset.meters.m)) for asset, name in names]  # type: ignore[attr-defined]
    form = AssetForm(None if sent.has("none") else sent.data, choices=choices)
    if sent.has("none"):
        places.decline_asset(path)
    elif sent.is_posted and form.is_valid():
        chosen = next(asset for asset in path.nearby_assets if asset.asset_id == form.cleaned_data["asset"])
        address, note = (str(path.place.get(name, "")) for name in ("address", "note"))
        take_place(sent.draft, place_input.of_asset(path.jurisdiction, chosen, address, note), form, "asset")
    return Step(sent.step, form)


def _owner(sent: Sent) -> Step:
    owner = sent.path.owner
    can_send = owner is not None and (bool(owner.email) or not sent.path.is_outside)
    if sent.has("send") and owner is not None and can_send:
        drafts.save(sent.draft, owner=owner.code)
    return Step(sent.step, context={"owner": owner, "can_send": can_send})


# --- Is it one of these? ----------------------------------------------------------------------------------------------


def _duplicates(sent: Sent) -> Step:
    path = sent.path
    form = FollowForm(sent.data if sent.has("follow") else None, initial={"with_words": True})
    if sent.has("different"):
        drafts.save(sent.draft, different=path.spot)
        return Step(sent.step)
    if sent.has("block"):
        drafts.save(sent.draft, block=path.spot)
        return Step(sent.step)
    step = Step(sent.step, form, {"is_block_open": path.is_block_open})
    if sent.has("follow") and form.is_valid():
        step.joined = _join(sent, form)
    step.context["reported_nearby"] = [] if step.joined else _rows(path, path.candidates)
    return step


def _join(sent: Sent, form: Form) -> bool:
    version = sent.path.version
    reference = sent.value("follow").replace("\x00", "")[:20]
    chosen = joinable(version).filter(reference=reference).first() if version is not None else None
    if chosen is not None and sent.is_practice:
        return True
    try:
        if chosen is None:
            raise followers.NotJoinable
        followers.follow(sent.draft.pk, chosen.pk, **form.cleaned_data)
    except drafts.Incomplete:
        return False
    except followers.NotJoinable:
        form.add_error(None, _("Nobody can be added to that report anymore. Make a new one."))
        return False
    except submission.Refused as refused:
        for name, message in refused.problems.items():
            form.add_error(name if name in form.fields else None, message)
        return False
    return True


def _rows(path: Path, candidates: Sequence[Candidate], *, first_digit: int = 1) -> list[dict[str, Any]]:
    now = now_for(candidate.service_request for candidate in candidates)
    rows = []
    for digit, candidate in enumerate(candidates, first_digit):
        service_request = candidate.service_request
        service_request.jurisdiction = path.jurisdiction
        rows.append(
            {
                "request": service_request,
                "digit": digit,
                "status": status_words(service_request, to_reporter=False, now=now),
                "away": away(candidate.meters),
                "ago": ago(service_request.submitted_at, candidate.at),
            }
        )
    return rows


# --- Questions and how to reach them ----------------------------------------------------------------------------------


def _details(sent: Sent) -> Step:
    path, number = sent.path, int(sent.step.partition(":")[2] or 1)
    if path.version is None or number > len(path.pages):
        return Step(sent.step)
    has_photos = takes_photos(sent.contact, sent.draft, sent.step)
    if has_photos and sent.has("remove_photo"):
        drafts.remove_photo(sent.draft, sent.value("remove_photo"))
    kept = list(sent.draft.photos.order_by("id")) if has_photos else []
    form = DetailsForm(sent.data, path=path, version=path.version, number=number, kept_photos=kept)
    # Nobody was asked whether we may keep when and where a photo was taken.
    for name in ("keep_taken",) if has_photos else ("keep_taken", "photos"):
        form.fields.pop(name, None)
    stays = sent.has("remove_photo") or sent.has("add_photos")
    if sent.is_posted and sent.value("version") == str(path.version.pk):
        is_valid = form.is_valid()
        typed: dict[str, Any] = {"answers": {**path.raw_answers, **form.typed_answers}}
        if form.cleaned_data.get("text", path.text) != path.text:
            typed |= {"text": form.cleaned_data["text"], "text_language": sent.language}
        if is_valid and not stays:
            typed["shown"] = sorted({*path.typed.get("shown", []), *form.codes, "words"})
        drafts.save(sent.draft, **typed)
        alts = {photo.name: form.cleaned_data.get(f"alt_{photo.name}", photo.alt) for photo in kept}
        drafts.save_photo_descriptions(sent.draft, alts)
        if stays:
            # Adding photos is not Continue: unanswered questions are not errors yet.
            return Step(sent.step)
    context = {"fields": in_order(form), "version": path.version, "kept_photos": with_alt(form)}
    return Step(sent.step, form, context)


def takes_photos(contact: Contact | None, draft: Draft, step: str) -> bool:
    """On the phone there are none, and who saw it themselves has added theirs."""
    return (
        step in ("details", "details:1")
        and contact is not None
        and contact.channel in WITH_PHOTOS
        and Path(draft).takes_photos
    )


def _other(sent: Sent) -> Step:
    other = sent.path.other_service
    if other is not None and sent.has("change"):
        drafts.save(sent.draft, service=other.service.service_code)
    elif other is not None and sent.has("stay"):
        drafts.save(sent.draft, stayed=[*sent.path.typed.get("stayed", []), other.service.service_code])
    return Step(sent.step, context={"other": other})


def _contact(sent: Sent) -> Step:
    path, contact = sent.path, sent.contact
    version = path.version
    if contact is None:
        # Who saw it themselves is known; nobody asks them.
        return Step(sent.step)
    initial = {
        "language": contact.language,
        "phone": contact.caller_number if contact.keep_number else "",
        **(path.typed.get("contact") or {}),
        **(path.typed.get("contact_typed") or {}),
    }
    may_be_none = version is None or not version.must_confirm
    form = ReachForm(
        sent.data,
        contact=contact,
        is_none=may_be_none and sent.has("none"),
        initial=initial,
        jurisdiction=path.jurisdiction,
        version=version,
    )
    if sent.is_posted and form.is_valid():
        contacts.change(contact, **form.columns)
        drafts.save(sent.draft, contact=form.typed, contact_typed={})
    elif sent.is_posted:
        typed = {name: sent.value(name)[:300] for name in form.fields}
        drafts.save(sent.draft, contact_typed=typed)
    return Step(sent.step, form, {"may_be_none": may_be_none})


def next_step(contact: Contact | None, path: Path) -> str:
    """The path's next page, or a step that only the desk has before it.

    A place that fits several is chosen first. And how to reach them is asked again after it was changed who gets updates.
    """
    page = path.next_page()
    if path.typed.get("chooses_place") and (page == "location" or _is_adding(path)):
        return "choose_location"
    if _is_adding(path) and page != "emergency":
        return "location"
    return "contact" if page == "check" and contact is not None and not _reaches(contact, path) else page


def _reaches(contact: Contact, path: Path) -> bool:
    """Whether the typed contact is of who gets updates, as the contact says now."""
    updates_to = contact.updates_to if contact.relation else Contact.Updates.CALLER
    if updates_to == Contact.Updates.OTHER and not contact.has_consent:
        return False
    return (path.typed.get("contact") or {}).get("reaches", Contact.Updates.CALLER) == updates_to


# --- Check and create -------------------------------------------------------------------------------------------------


def _check(sent: Sent) -> Step:
    path = sent.path
    step = Step(
        sent.step,
        Form(sent.data),
        {"rows": summary(path), "findings": _findings(path), "version": path.version},
    )
    if sent.has("remove"):
        start = sent.value("start")
        near = int(start) if start.isdecimal() and len(start) < 6 else 0
        drafts.remove_passage(sent.draft, sent.value("remove"), sent.value("words"), near=near)
    elif sent.has("create") and not sent.is_practice:
        step.sent = _send(sent, step)
    elif sent.has("create"):
        step.sent = next_step(sent.contact, path) == "check"
    if not sent.is_posted or step.has_errors:
        step.context["planned"] = _planned(sent)
    return step


def _planned(sent: Sent) -> ServiceRequest | None:
    """The request as it would be made now, for what is promised; None if something is missing."""
    try:
        return drafts.planned(sent.path)
    except drafts.Incomplete:
        return None


def _send(sent: Sent, step: Step) -> bool:
    if step.form is None or next_step(sent.contact, sent.path) != "check":
        return False
    try:
        # What the page found in the words was before the taker's eyes.
        drafts.submit(sent.draft, checked=sent.value("version"))
    except drafts.Incomplete:
        return False
    except submission.Refused as refused:
        for message in refused.problems.values():
            step.form.add_error(None, message)
        return False
    return True


def summary(path: Path) -> list[dict[str, Any]]:
    """What was typed so far, with the step that changes it. is_public: everyone will see it."""
    version, is_private = path.version, path.is_private
    public = {} if is_private else public_words(path)
    rows: list[dict[str, Any]] = []
    if path.text:
        rows.append({"label": _("Description"), "value": path.text, "step": "problem", "is_public": "text" in public})
    if path.second_problem:
        rows.append({"label": _("Next problem"), "value": path.second_problem, "step": "service", "is_public": False})
    if version is not None:
        rows.append(
            {"label": _("Service"), "value": localized(version.name), "step": "service", "is_public": not is_private}
        )
    if path.place:
        place = ", ".join(filter(None, [path.asset_name, str(path.place.get("address", ""))]))
        rows.append(
            {
                "label": _("Place"),
                "value": place or _("Pinned location"),
                "step": "location",
                "is_public": "address" in public,
            }
        )
        for another in path.more_places:
            rows.append(
                {
                    "label": _("Another place"),
                    "value": str(another.get("address", "")) or _("Pinned location"),
                    "step": "location",
                    "is_public": "address" in public,
                }
            )
        if note := path.place.get("note"):
            rows.append({"label": _("How to find it"), "value": note, "step": "location", "is_public": False})
    for number, questions in enumerate(path.pages if version is not None else [], 1):
        codes = {question.code for question in questions}
        for question, _value, words in path.answers.answered:
            if question.code in codes:
                is_public = question.visibility == "public" and not is_private
                rows.append(
                    {
                        "label": localized(question.text),
                        "value": words,
                        "step": f"details:{number}",
                        "is_public": is_public,
                    }
                )
    if "contact" in path.typed and not path.is_of_staff:
        contact = path.typed["contact"]
        value = ", ".join(str(contact[name]) for name in ("name", "phone", "email") if contact.get(name))
        rows.append(
            {
                "label": _("How to reach you"),
                "value": value or _("Don’t contact me"),
                "step": "contact",
                "is_public": False,
            }
        )
    return rows


def _findings(path: Path) -> list[dict[str, Any]]:
    labels = public_labels(path)
    return [
        {"where": where, "match": match, "kind": KIND_WORDS[match.kind]}
        for where, text in public_words(path).items()
        for match in found_in(where, text, label=labels.get(where, ""))
    ][:SHOWN_AT_ONCE]


_STEPS: dict[str, Callable[[Sent], Step]] = {
    "problem": _problem,
    "emergency": _emergency,
    "service": _service,
    "location": _location,
    "choose_location": _choose_location,
    "choose_asset": _choose_asset,
    "owner": _owner,
    "duplicates": _duplicates,
    "details": _details,
    "other": _other,
    "contact": _contact,
    "check": _check,
}
