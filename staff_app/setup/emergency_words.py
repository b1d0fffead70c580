"""Edit the phrases that trigger the emergency question, and see how often it was asked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.alarms import emergency_words as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.core.languages import language_name
from requests_app.models import EmergencyPhrase, ScreeningCount
from requests_app.rules.alarms import figures, screening
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit, edit_row
from staff_app.setup.forms import PhraseForm, SentenceForm
from staff_app.setup.listing import Column, listing
from staff_app.setup.word_history import change_lines, undo_change

log = structlog.get_logger(__name__)

MONTHS = 12
STEPS = [ScreeningCount.Step.BLOCK, ScreeningCount.Step.ASKED, ScreeningCount.Step.CALLED, ScreeningCount.Step.WENT_ON]


@staff_page
def emergency_words(request: StaffRequest) -> HttpResponse:
    """The city's list of one language and the phrases that ship, with the "add" and "try" forms.

    Try checks every language and the trained score, as for residents.
    """
    need_in_city(request, "administer")
    every = EmergencyPhrase.objects.filter(jurisdiction=request.jurisdiction)
    counts = dict(every.values_list("language").annotate(count=Count("id")))
    languages = _languages(request, counts)
    language = request.GET.get("language", "")
    language = language if language in languages else languages[0]
    form, sentence, status = PhraseForm(languages=languages, initial={"language": language}), SentenceForm(), 200
    heard = danger = None
    distress = ""
    if "switch_off" in request.POST:
        return _switch_off(request, language)
    if "undo" in request.POST:
        undo_change(request, actions.PHRASE)
        return _back_to(language)
    if "try" in request.POST:
        sentence = SentenceForm(request.POST)
        if sentence.is_valid():
            heard = list(screening.heard(screening.phrases_of(request.jurisdiction), sentence.cleaned_data["sentence"]))
            assessment = screening.find_danger(request.jurisdiction, sentence.cleaned_data["sentence"])
            danger, distress = assessment.danger, assessment.distress
        else:
            status = 422
    elif request.method == "POST":
        form, status = PhraseForm(request.POST, languages=languages), 422
        if form.is_valid() and _saved(request, EmergencyPhrase(jurisdiction=request.jurisdiction), form):
            return _back_to(form.cleaned_data["language"])
    phrases = listing(
        request,
        every.filter(language=language),
        caption=language_name(language),
        columns={"words": Column(_("Words"), ("phrase", "id")), "unless": Column(_("Unless it’s part of"))},
        row_template="staff_app/setup/_phrase_row.html",
        empty=_("You haven’t added phrases in this language."),
        search=["phrase"],
        kept={"language": language},
    )
    context = {
        # Only one form was posted; the title and the error summary are about that one.
        "form": sentence if sentence.errors else form,
        "add": form,
        "sentence": sentence,
        "danger": danger,
        "distress": distress,
        "heard": None if heard is None else [(one, language_name(one.phrase.language)) for one in heard],
        "list": phrases,
        "query": phrases.query,
        "changes": change_lines(request, actions.PHRASE),
        "shipped": [
            phrase
            for phrase in screening.phrases_of(request.jurisdiction)
            if screening.is_shipped(phrase)
            and phrase.language == language
            and phrases.query.casefold() in phrase.phrase.casefold()
        ],
        "language": language,
        "languages": [{"code": one, "name": language_name(one), "count": counts.get(one, 0)} for one in languages],
    }
    return render(request, "staff_app/setup/emergency_words.html", context, status=status)


def _switch_off(request: StaffRequest, language: str) -> HttpResponseRedirect:
    """Switches off a phrase that ships, for this city alone."""
    phrases = screening.phrases_of(request.jurisdiction)
    shipped = next(
        (
            phrase
            for phrase in phrases
            if screening.is_shipped(phrase)
            and phrase.language == language
            and phrase.phrase == request.POST["switch_off"]
        ),
        None,
    )
    if shipped is not None:
        own = EmergencyPhrase(jurisdiction=request.jurisdiction, language=language, phrase=shipped.phrase)
        actions.PHRASE.add(own, actor=request.user, kind=shipped.kind, unless=shipped.unless, active=False)
        log.info("emergency_phrase_switched_off", phrase=shipped.phrase, user_id=request.user.pk)
        messages.success(request, _("“%(phrase)s” no longer triggers the question.") % {"phrase": shipped.phrase})
    return _back_to(language)


@staff_page
def emergency_phrase(request: StaffRequest, phrase_id: int) -> HttpResponse:
    """Edit or remove one phrase."""
    phrase = get_city_row_or_404(request, "administer", EmergencyPhrase, phrase_id)
    was, is_off = phrase.phrase, not phrase.active
    initial = {
        "phrase": phrase.phrase,
        "kind": phrase.kind,
        "language": phrase.language,
        "unless": "\n".join(phrase.unless),
    }
    make = partial(PhraseForm, initial=initial, languages=_languages(request, [phrase.language]))
    edit = edit_row(request, make, actions.PHRASE, phrase)
    page, context = "staff_app/setup/emergency_phrase.html", {"phrase_id": phrase.pk, "was": was, "is_off": is_off}
    try:
        if edit.is_valid() and _saved(request, phrase, edit.form, edit):
            return _back_to(edit.form.cleaned_data["language"])
    except ChangedMeanwhile as changed:
        return edit_page(request, page, context, edit.form, edit=edit, changed=changed)
    return edit_page(request, page, context, edit.form, edit=edit)


@staff_page
@require_POST
def remove_emergency_phrase(request: StaffRequest, phrase_id: int) -> HttpResponse:
    phrase = get_city_row_or_404(request, "administer", EmergencyPhrase, phrase_id)
    actions.PHRASE.remove(phrase.pk, actor=request.user)
    log.info("emergency_phrase_removed", phrase_id=phrase_id, phrase=phrase.phrase, user_id=request.user.pk)
    said = _("“%(phrase)s” no longer triggers the question.") if phrase.active else _("“%(phrase)s” is on again.")
    messages.success(request, said % {"phrase": phrase.phrase})
    return _back_to(phrase.language)


def _saved(
    request: StaffRequest, phrase: EmergencyPhrase, form: PhraseForm, edit: Edit[PhraseForm] | None = None
) -> bool:
    """Saves the phrase and adds a message, or adds an error to the form if it is already listed. Raises ChangedMeanwhile."""
    seen = edit.seen if edit else None
    try:
        phrase = actions.PHRASE.save(phrase, actor=request.user, seen=seen, active=True, **form.cleaned_data)
    except actions.DuplicatePhrase as taken:
        form.add_error("phrase", _("This is already on the list as “%(phrase)s”.") % {"phrase": taken.phrase})
        return False
    log.info("emergency_phrase_saved", phrase_id=phrase.pk, phrase=phrase.phrase, user_id=request.user.pk)
    message = _("“%(phrase)s” now triggers the question.") % {"phrase": phrase.phrase}
    messages.success(request, edit.saved(message) if edit else message)
    return True


def _languages(request: StaffRequest, listed: Iterable[str]) -> list[str]:
    """The city's languages, then any others on the list."""
    return list(dict.fromkeys([*request.jurisdiction.languages, *sorted(listed)]))


def _back_to(language: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('staff_app:emergency_words')}?language={language}")


@staff_page
def emergency_counts(request: StaffRequest) -> HttpResponse:
    """How often the question was asked and answered, by month and by day of one month; and the alarms of each month."""
    need_in_city(request, "administer")
    today = app_now().astimezone(request.jurisdiction.zone).date()
    months = [_month_before(today, back) for back in range(MONTHS)]
    counted = (
        ScreeningCount.objects.filter(jurisdiction=request.jurisdiction, day__gte=months[-1])
        .values_list("day", "reason", "step")
        .annotate(count=Sum("value"))
    )
    asked_for = request.GET.get("month")
    chosen = next((month for month in months if f"{month:%Y-%m}" == asked_for), months[0])
    by_month: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_day: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_reason: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, reason, step, count in counted:
        month = day.replace(day=1)
        by_month[month][step] += count
        if month == chosen:
            by_day[day][step] += count
            by_reason[reason][step] += count
    reasons = {
        "phrase": _("Words on the list"),
        EmergencyPhrase.Kind.RED_FLAG.value: _("Words of an emergency"),
        EmergencyPhrase.Kind.POISON.value: _("Words about poison"),
        EmergencyPhrase.Kind.SELF_HARM.value: _("Words about self-harm"),
        EmergencyPhrase.Kind.DOMESTIC_VIOLENCE.value: _("Words about violence at home"),
        EmergencyPhrase.Kind.SEXUAL_VIOLENCE.value: _("Words about sexual violence"),
        EmergencyPhrase.Kind.CHILD_ABUSE.value: _("Words about child abuse"),
        EmergencyPhrase.Kind.ELDER_ABUSE.value: _("Words about elder abuse"),
        EmergencyPhrase.Kind.TRAFFICKING.value: _("Words about trafficking"),
        EmergencyPhrase.Kind.OVERDOSE.value: _("Words about an overdose"),
        EmergencyPhrase.Kind.THREAT.value: _("Words about threats or stalking"),
        EmergencyPhrase.Kind.UTILITY.value: _("Words about gas or wires"),
        EmergencyPhrase.Kind.HAZARD.value: _("Words about a hazard"),
        "answer": _("An answer that stops the form"),
        "service": _("A service that always asks"),
        "always": _("The city always asks"),
    }
    context = {
        "months": [(month, _numbers(by_month[month])) for month in months if month in by_month],
        "chosen": chosen,
        "days": [(day, _numbers(by_day[day])) for day in sorted(by_day, reverse=True)],
        "reasons": [(words, _numbers(by_reason[one])) for one, words in reasons.items() if one in by_reason],
        "alarms": figures.by_month(request.jurisdiction, since=months[-1]),
        "is_empty": not by_month,
    }
    return render(request, "staff_app/setup/emergency_counts.html", context)


def _month_before(day: dt.date, back: int) -> dt.date:
    """The first day of the month `back` months before `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return dt.date(year, month + 1, 1)


def _numbers(counts: dict[str, int]) -> list[int]:
    return [counts[step] for step in STEPS]
