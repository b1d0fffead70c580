"""Reporting: tell us more. The service's questions page by page, the words, and photos, which may also come one by one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import photos
from requests_app.actions import drafts
from requests_app.localized import localized
from requests_app.models import Draft, QuestionVersion
from requests_app.rules import intake
from requests_app.rules.report_path import Path
from requests_app.web.city_request import CityRequest, switched_to
from requests_app.web.photo_uploads import plain, take_photos
from requests_app.web.report.details_form import DetailsForm, name_of
from requests_app.web.report.draft_page import draft_page, in_other_language, show, to_next_page

# A form of ours has fewer.
ANSWERS_MAX = 100


@draft_page
def details(request: CityRequest, draft: Draft, number: int = 1) -> HttpResponse:
    path = Path(draft)
    if path.version is None or not 1 <= number <= len(path.pages) or (number > 1 and not path.pages[number - 1]):
        return _asks_otherwise(request, draft)
    if request.POST.get("version", str(path.version.pk)) != str(path.version.pk):
        return _asks_otherwise(request, draft)
    kept = list(draft.photos.order_by("id"))
    form = DetailsForm(path=path, version=path.version, number=number, kept_photos=kept)
    if request.method == "POST":
        form = DetailsForm(request.POST, path=path, version=path.version, number=number, kept_photos=kept)
        valid = form.is_valid()
        refused = _take_photos(request, draft, keep_taken=_agrees(form)) if path.takes_photos and number == 1 else []
        _keep_details(request, draft, form)
        if name := request.POST.get("remove_photo", ""):
            drafts.remove_photo(draft, name)
            return redirect(request.path + "#photos")
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if "add_photos" in request.POST and not refused and not form.has_error("text", "max_length"):
            # What is not answered yet is no mistake yet.
            return redirect(request.path + "#photos")
        if valid and not refused:
            drafts.keep(draft, shown=sorted({*draft.typed.get("shown", []), *form.codes, "words"}))
            return to_next_page(draft)
        # Once more with the photos that were taken: they are kept, whatever else is wrong.
        kept = list(draft.photos.order_by("id"))
        form = DetailsForm(request.POST, path=path, version=path.version, number=number, kept_photos=kept)
        form.is_valid()
        for problem in refused:
            form.add_error("photos" if "photos" in form.fields else None, problem)
    return show(
        request,
        "details",
        step=3,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        path=path,
        number=number,
        kept_photos=_with_alt(form),
        fields=_in_order(form),
        no_photos=not path.takes_photos and number == 1,
    )


@require_POST
@draft_page
def draft_photos(request: CityRequest, draft: Draft) -> HttpResponse:
    """A photo comes or goes while its page is open (js/photo-upload.js); without a script the page's form does the same.

    The answer is the page's piece with the photos that are kept, or a 422 with what was wrong, in plain words.
    """
    path = Path(draft)
    if path.version is None or not path.takes_photos:
        return plain(_("You can’t add photos to this report."))
    if name := request.POST.get("remove", ""):
        drafts.remove_photo(draft, name)
    elif refused := _take_photos(request, draft, keep_taken="keep_taken" in request.POST):
        return plain("\n".join(refused))
    elif "keep_taken" in request.POST:
        # Also for the page that is opened again before its form was ever sent.
        drafts.keep(draft, keep_taken=True)
    kept = list(draft.photos.order_by("id"))
    form = DetailsForm(path=path, version=path.version, number=1, kept_photos=kept)
    return render(request, "requests_app/report/_kept_photos.html", {"kept_photos": _with_alt(form)})


def _asks_otherwise(request: CityRequest, draft: Draft) -> HttpResponse:
    """The page that was open is not asked like that any more: the service was changed or switched off. All typed is kept."""
    if request.method == "POST":
        # As it came: which answers still fit, the path decides when it reads them.
        sent = {
            name.removeprefix("q_"): [one[: intake.ANSWER_MAX] for one in values[: intake.CHOICES_MAX]]
            for name, values in list(request.POST.lists())[:ANSWERS_MAX]
            if name.startswith("q_")
        }
        typed: dict[str, Any] = {"answers": {**draft.typed.get("answers", {}), **sent}}
        if text := request.POST.get("text", "").strip():
            typed |= {"text": text[: intake.DESCRIPTION_MAX], "text_language": request.LANGUAGE_CODE}
        drafts.keep(draft, **typed)
        refused = []
        if Path(draft).takes_photos:
            refused = _take_photos(request, draft, keep_taken="keep_taken" in request.POST)
        for problem in refused:
            messages.error(request, problem)
        if Path(draft).version is not None:
            messages.warning(
                request, _("These questions changed while you had them open. We kept the answers that still apply. Please check them.")
            )
    return to_next_page(draft)


def _in_order(form: DetailsForm) -> list[dict[str, Any]]:
    """The page's questions as the template shows them: a field, with what opens below it, or words that ask nothing."""
    found: list[dict[str, Any]] = []
    for question in form.questions:
        if question.kind == QuestionVersion.Kind.DISPLAY:
            found.append({"words": localized(question.text), "help": localized(question.help)})
            continue
        found.append({"field": form[name_of(question)]})
        below = form.in_place
        if below is not None and below.show_if["question"] == question.code:
            found[-1]["below"] = {
                "field": form[name_of(below)],
                "code": below.code,
                "values": [str(one) for one in below.show_if.get("values", [])],
                "is_opened": form.is_opened,
            }
    return found


def _with_alt(form: DetailsForm) -> list[dict[str, Any]]:
    return [
        {"photo": one, "alt": form[f"alt_{one.name}"]} for one in form.kept_photos if f"alt_{one.name}" in form.fields
    ]


def _agrees(form: DetailsForm) -> bool:
    return bool(form.cleaned_data.get("keep_taken"))


def _take_photos(request: CityRequest, draft: Draft, *, keep_taken: bool) -> list[str]:
    def add(upload: Any, key: str) -> None:
        drafts.add_photo(draft, upload, size=upload.size or 0, key=key, keep_taken=keep_taken)

    return take_photos(request, add, room=photos.PHOTOS_MAX - draft.photos.count(), most=photos.PHOTOS_MAX)


def _keep_details(request: CityRequest, draft: Draft, form: DetailsForm) -> None:
    """Everything that was typed, also where something is wrong with it."""
    typed: dict[str, Any] = {"answers": {**draft.typed.get("answers", {}), **form.given}}
    if "text" in form.cleaned_data and form.cleaned_data["text"] != draft.typed.get("text", ""):
        typed |= {"text": form.cleaned_data["text"], "text_language": request.LANGUAGE_CODE}
    if "keep_taken" in form.fields:
        typed["keep_taken"] = _agrees(form)
        if not typed["keep_taken"]:
            drafts.forget_taken(draft)
    drafts.keep(draft, **typed)
    drafts.describe(
        draft, {photo.name: form.cleaned_data.get(f"alt_{photo.name}", photo.alt) for photo in form.kept_photos}
    )
