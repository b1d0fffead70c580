"""Changing your own report until someone works on it: one page, plus a question if the new text or place raises one.

State between the pages travels only in the form, and nothing is changed before the last page.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from requests_app.actions.report import corrections, drafts, emergency_question, submission
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms import place_input, unsent_text
from requests_app.forms.report_forms import PlaceChoiceForm, typed_point
from requests_app.link_access import RequestAccess, allowed_actions
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Owner, Person, ServiceRequest
from requests_app.places import assets, ownership
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.publication.public_words import (
    KIND_WORDS,
    SHOWN_AT_ONCE,
    found_in,
    label_of,
    words_for_everyone,
    words_of,
)
from requests_app.rules.report import corrections as rules
from requests_app.rules.shared import rate_limits
from requests_app.web.language_switch import requested_language
from requests_app.web.request.edit_form import ChangeForm
from requests_app.web.request.forms import words_form
from requests_app.web.request.reporter_actions import with_link

# Hidden fields that a page carries besides the form's own.
CARRIED = ("choice", "owner", "said_no", "seen")
CARRIED_MAX = 50


def too_late(request: CityRequest, access: RequestAccess) -> HttpResponse:
    """Work started in the meantime: the page offers to send what was typed as an additional message."""
    unsent_texts = unsent_text.texts_not_in(request, access.service_request)
    form = words_form("add")
    form.initial = {"words": "\n\n".join(unsent_texts)}
    context = {
        "service_request": access.service_request,
        "shown": access.shown,
        "parent": access.parent,
        "why": rules.too_late(access.service_request),
        "unsent_texts": unsent_texts,
        "add_form": form if "add" in allowed_actions(access) else None,
    }
    return render(request, "requests_app/request/edit_too_late.html", context, status=409)


@with_link("change", has_page=True, too_late=too_late)
def edit(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    service_request = access.service_request
    if request.method != "POST":
        return _page(request, access, ChangeForm(service_request=service_request))
    if "back" in request.POST:
        # Back from a question to the page, with everything typed.
        return _page(request, access, ChangeForm(initial=request.POST.dict(), service_request=service_request))
    if language := requested_language(request):
        # The language switch sent the form: show the same page in that language, without validating.
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return _page(request, access, ChangeForm(initial=request.POST.dict(), service_request=service_request))
    form = ChangeForm(request.POST, service_request=service_request)
    if not form.is_valid():
        return _page(request, access, form, status=422)
    if not limits.allow(request, "words", rate_limits.WORDS_AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _page(request, access, form, status=429)
    new_place = _place(request, form)
    if isinstance(new_place, HttpResponse):
        return new_place
    if new_place and (problem := _outside(request, new_place)):
        form.add_error("address", problem)
        return _page(request, access, form, status=422)
    place = drafts.to_place(request.jurisdiction, new_place) if new_place is not None else None
    owner = _owner(service_request, place)
    assessment = _new_danger(form, place)
    is_sure = assessment.danger is not None and assessment.danger.level == screening.Level.SURE
    if is_sure and (about := _about(assessment)) not in request.POST.getlist("said_no"):
        return _ask_of_danger(request, form, assessment, about)
    if personal := _findings(request, form, place):
        return _page(request, access, form, status=422, findings=personal)
    if owner is not None and service_request.priority != 1 and request.POST.get("owner") != owner.code:
        return _question_page(request, form, "edit_owner", owner=owner)
    correction = corrections.Correction(
        text=form.cleaned_data["text"],
        note=form.cleaned_data["note"],
        place=place,
        owner=owner,
        answers=form.answers,
        said_no=assessment.danger.kind if assessment.danger and is_sure else "",
        was=form.cleaned_data["was"],
        was_asked=True,
    )
    try:
        corrections.correct(service_request.pk, correction, actor=person)
    except corrections.EditConflict:
        service_request.refresh_from_db()
        data = request.POST.copy()
        data["was"] = rules.fingerprint(service_request)
        again = ChangeForm(data, service_request=service_request)
        return _page(request, access, again, status=409, now=service_request)
    except submission.Refused as error:
        form.add_error("address", next(iter(error.problems.values())))
        return _page(request, access, form, status=422)
    messages.success(request, _("Thank you. Your report has been updated."))
    if assessment.danger and not is_sure:
        emergency_question.block_shown_for(service_request, assessment.danger.kind)
        messages.error(request, help_for(request.jurisdiction, assessment.danger.kind).message())
    return redirect("requests_app:track", service_request.reference)


def _page(
    request: CityRequest, access: RequestAccess, form: ChangeForm, status: int = 200, **more: Any
) -> HttpResponse:
    service_request = access.service_request
    asset = service_request.asset
    context = {
        "service_request": service_request,
        "form": form,
        "switch_form": "report-form",
        "carried": _carried(request.POST, CARRIED)
        + [("seen", finding["match"].text) for finding in more.get("findings", [])],
        "asset_name": assets.name_of(request.jurisdiction, asset) if asset else "",
        "has_photos": rules.takes_photos(service_request),
        **more,
    }
    return render(request, "requests_app/request/edit.html", context, status=status)


def _question_page(
    request: CityRequest, form: ChangeForm, template: str, *, without: str = "", **more: Any
) -> HttpResponse:
    """A question before saving. Hidden fields carry the form as it was sent."""
    names = [*form.fields, *(one for one in CARRIED if one != without)]
    context = {
        "service_request": form.service_request,
        "form": None,
        "switch_form": "report-form",
        "carried": _carried(request.POST, names),
        **more,
    }
    return render(request, f"requests_app/request/{template}.html", context, status=422)


def _carried(sent: QueryDict, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, value) for name in names for value in sent.getlist(name)[:CARRIED_MAX]]


# --- The new place --------------------------------------------------------------------------------------------------


def _place(request: CityRequest, form: ChangeForm) -> dict[str, Any] | HttpResponse | None:
    """The new place; None if it stays the same; or a page of choices if several places match."""
    service_request, data = form.service_request, form.cleaned_data
    address, point, old = data["address"], data["point"], service_request.point
    is_same_point = point is None or (old is not None and point.equals_exact(old, 1e-6))
    if address == service_request.address and is_same_point:
        return None
    if not address and point is None:
        # Only for services that need no place; for others the form requires one.
        return {}
    place = place_input.place_for(
        request.jurisdiction,
        address,
        point,
        data["note"],
        shown_point=typed_point(data["shown_lat"], data["shown_long"]),
        shown_address=data["shown_address"],
    )
    if place is not None:
        return place
    matches = place_input.matches(request.jurisdiction, address)
    if "choice" in request.POST:
        choice = PlaceChoiceForm(request.POST, choices=place_input.choices(matches, address))
        if choice.is_valid():
            return place_input.chosen(matches, choice.cleaned_data["choice"], address, data["note"])
    choice_form = PlaceChoiceForm(choices=place_input.choices(matches, address))
    return _question_page(
        request,
        form,
        "edit_place",
        without="choice",
        choice_form=choice_form,
        typed=address,
        has_matches=bool(matches),
    )


def _outside(request: CityRequest, fields: dict[str, Any]) -> str:
    """Error if the new place lies in a neighboring town, which takes reports itself; empty otherwise."""
    place = drafts.to_place(request.jurisdiction, fields)
    if place.point is None or ownership.inside(request.jurisdiction, place.point):
        return ""
    return submission.outside_message(request.jurisdiction, place.point)


def _owner(service_request: ServiceRequest, place: submission.Place | None) -> Owner | None:
    if place is None or place.point is None:
        return None
    return ownership.owner_at(service_request.jurisdiction, place.point, service_request.service_version)


# --- Checks of the new text -------------------------------------------------------------------------------------------


def _new_danger(form: ChangeForm, place: submission.Place | None) -> screening.Assessment:
    """The danger that the new text tells of and the old one didn't."""
    before = form.service_request
    old_words = [before.description, before.address, before.place_note, *map(str, form.current_answers.values())]
    address = place.address if place is not None else before.address
    new_words = [form.cleaned_data["text"], address, form.cleaned_data["note"], *form.answers.values()]
    old = screening.find_danger(before.jurisdiction, "\n".join(old_words))
    new = screening.find_danger(before.jurisdiction, "\n".join(new_words))
    reasons = tuple(reason for reason in new.reasons if reason not in old.reasons)
    return replace(new, reasons=reasons) if reasons else screening.Assessment()


def _ask_of_danger(
    request: CityRequest, form: ChangeForm, assessment: screening.Assessment, about: str
) -> HttpResponse:
    kind = assessment.danger.kind if assessment.danger else ""
    emergency_question.question_shown_for_edit(form.service_request, kind)
    return _question_page(
        request, form, "edit_danger", without="said_no", about=about, danger_help=help_for(request.jurisdiction, kind)
    )


def _about(assessment: screening.Assessment) -> str:
    """Which reasons a "no" answered, so that it doesn't count for others."""
    return hashlib.sha256("\x1f".join(sorted(assessment.reasons)).encode()).hexdigest()[:16]


def _findings(request: CityRequest, form: ChangeForm, place: submission.Place | None) -> list[dict[str, Any]]:
    """Personal data in the new public text that this page hasn't warned about yet."""
    if form.is_confidential:
        return []
    service_request = form.service_request
    labels: dict[str, Any] = {"text": form["text"].label, "address": form["address"].label}
    labels |= {f"answer:{one.code}": field.label for one, field in zip(form.questions, form.answer_fields, strict=True)}
    new = words_for_everyone(
        service_request.service_version,
        text=form.cleaned_data["text"],
        point=place.point if place is not None else service_request.point,
        address=place.address if place is not None else service_request.address,
        answers=[(one, form.answers[one.code]) for one in form.questions],
    )
    questions = {f"answer:{one.code}": label_of(one) for one in form.questions}
    warned = {
        one.text
        for where, text in words_of(service_request).items()
        for one in found_in(where, text, label=questions.get(where, ""))
    }
    warned |= set(request.POST.getlist("seen")[:CARRIED_MAX])
    # The same number three times needs one warning only.
    findings = {
        one.text: {"kind": KIND_WORDS[one.kind], "match": one, "label": labels[where]}
        for where, text in new.items()
        for one in found_in(where, text, label=questions.get(where, ""))
        if one.text not in warned
    }
    return list(findings.values())[:SHOWN_AT_ONCE]
