"""Tell us more: the service's questions page by page, the description, and photos, which can also be uploaded one by one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.report import drafts
from requests_app.city_request import CityRequest
from requests_app.forms.details_form import DetailsForm, in_order, with_alt
from requests_app.forms.photo_uploads import plain, take_photos_of_draft
from requests_app.models import Draft
from requests_app.rules.report.path import Path
from requests_app.rules.shared import intake, question_kinds
from requests_app.web.language_switch import requested_language
from requests_app.web.report.draft_page import draft_page, in_other_language, show, to_next_page

# Our forms have fewer.
ANSWERS_MAX = 100


@draft_page
def details(request: CityRequest, draft: Draft, number: int = 1) -> HttpResponse:
    path = Path(draft)
    if path.version is None or not 1 <= number <= len(path.pages) or (number > 1 and not path.pages[number - 1]):
        return _questions_changed(request, draft)
    if request.POST.get("version", str(path.version.pk)) != str(path.version.pk):
        return _questions_changed(request, draft)
    kept = list(draft.photos.order_by("id"))
    form = DetailsForm(path=path, version=path.version, number=number, kept_photos=kept)
    if request.method == "POST":
        form = DetailsForm(request.POST, path=path, version=path.version, number=number, kept_photos=kept)
        valid = form.is_valid()
        refused = (
            take_photos_of_draft(request, draft, keep_taken=_agrees(form)) if path.takes_photos and number == 1 else []
        )
        _keep_details(request, draft, form)
        if name := request.POST.get("remove_photo", ""):
            drafts.remove_photo(draft, name)
            return redirect(request.path + "#photos")
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        if "add_photos" in request.POST and not refused and not form.has_error("text", "max_length"):
            # Adding photos is not Continue: unanswered questions are not errors yet.
            return redirect(request.path + "#photos")
        if valid and not refused:
            drafts.save(draft, shown=sorted({*draft.typed.get("shown", []), *form.codes, "words"}))
            return to_next_page(draft)
        # Rebuild the form with the photos that were stored: they are kept even if something else is wrong.
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
        kept_photos=with_alt(form),
        fields=in_order(form),
        no_photos=not path.takes_photos and number == 1,
    )


@require_POST
@draft_page
def draft_photos(request: CityRequest, draft: Draft) -> HttpResponse:
    """Adds or removes one photo while the page is open (js/photo-upload.js); without a script, the page's form does the same.

    Responds with the HTML of the stored photos, or a 422 with the errors as plain text.
    """
    path = Path(draft)
    if path.version is None or not path.takes_photos:
        return plain(_("You can’t add photos to this report."))
    if name := request.POST.get("remove", ""):
        drafts.remove_photo(draft, name)
    elif refused := take_photos_of_draft(request, draft, keep_taken="keep_taken" in request.POST):
        return plain("\n".join(refused))
    elif "keep_taken" in request.POST:
        # Remember it in case the page is reopened before its form is sent.
        drafts.save(draft, keep_taken=True)
    kept = list(draft.photos.order_by("id"))
    form = DetailsForm(path=path, version=path.version, number=1, kept_photos=kept)
    return render(request, "requests_app/report/_kept_photos.html", {"kept_photos": with_alt(form)})


def _questions_changed(request: CityRequest, draft: Draft) -> HttpResponse:
    """Handles a page whose questions changed because the service was edited or retired. Everything typed is kept."""
    if request.method == "POST":
        # Stored raw: Path decides which answers still apply when it reads them.
        answers = {
            name.removeprefix("q_"): [
                value[: question_kinds.ANSWER_MAX] for value in values[: question_kinds.CHOICES_MAX]
            ]
            for name, values in list(request.POST.lists())[:ANSWERS_MAX]
            if name.startswith("q_")
        }
        typed: dict[str, Any] = {"answers": {**draft.typed.get("answers", {}), **answers}}
        if text := request.POST.get("text", "").strip():
            typed |= {"text": text[: intake.DESCRIPTION_MAX], "text_language": request.LANGUAGE_CODE}
        drafts.save(draft, **typed)
        refused = []
        if Path(draft).takes_photos:
            refused = take_photos_of_draft(request, draft, keep_taken="keep_taken" in request.POST)
        for problem in refused:
            messages.error(request, problem)
        if Path(draft).version is not None:
            messages.warning(
                request,
                _(
                    "These questions changed while you had them open. We kept the answers that still apply. Please check them."
                ),
            )
    return to_next_page(draft)


def _agrees(form: DetailsForm) -> bool:
    return bool(form.cleaned_data.get("keep_taken"))


def _keep_details(request: CityRequest, draft: Draft, form: DetailsForm) -> None:
    """Saves everything that was typed, even if it is invalid."""
    typed: dict[str, Any] = {"answers": {**draft.typed.get("answers", {}), **form.typed_answers}}
    if "text" in form.cleaned_data and form.cleaned_data["text"] != draft.typed.get("text", ""):
        typed |= {"text": form.cleaned_data["text"], "text_language": request.LANGUAGE_CODE}
    if "keep_taken" in form.fields:
        typed["keep_taken"] = _agrees(form)
        if not typed["keep_taken"]:
            drafts.drop_photo_metadata(draft)
    drafts.save(draft, **typed)
    drafts.save_photo_descriptions(
        draft, {photo.name: form.cleaned_data.get(f"alt_{photo.name}", photo.alt) for photo in form.kept_photos}
    )
