"""Template filters for times, durations, targets and answers on residents' pages."""

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.core.localized import localized
from requests_app.messages import collection_words, street_work_words, wording
from requests_app.models import Answer, Jurisdiction, ServiceRequest, Target, TextRevision
from requests_app.places.address_card import Field
from requests_app.rules.answers.collection_days import Pickup
from requests_app.rules.contacts import waits
from requests_app.rules.publication.public_texts import key_of
from requests_app.rules.shared import installation
from requests_app.rules.truth import surveys
from requests_app.web.report import spam_signals

register = template.Library()


@register.simple_tag
def first_page_stamp() -> str:
    """Signed time at which the page was made; the form sends it back."""
    return spam_signals.stamp()


@register.simple_tag
def desk_wait(jurisdiction: Jurisdiction | None) -> str:
    """About 4 minutes’ wait; empty if nothing fresh is known."""
    minutes = waits.minutes(jurisdiction)
    if minutes is None:
        return ""
    if minutes == 0:
        return _("Less than a minute’s wait.")
    return ngettext("About %(count)d minute’s wait.", "About %(count)d minutes’ wait.", minutes) % {"count": minutes}


@register.simple_tag
def lost_hours() -> installation.LostHours | None:
    """What a restore lost, for two weeks after it."""
    return installation.lost_hours()


@register.filter
def with_day(at: dt.datetime) -> str:
    """Tuesday, June 3, 4 p.m. in the city's local time; with the year if it isn't this one."""
    return wording.long_time(at, timezone.get_current_timezone())


@register.filter
def month_day(at: dt.datetime) -> str:
    """June 3; June 3, 2025 if that isn't this year."""
    return wording.month_day(timezone.localdate(at))


@register.filter
def fixed_question(service_request: ServiceRequest) -> str:
    """ "Is it fixed?", or "Did our answer help you?" if the outcome was an answer."""
    return surveys.fixed_question(service_request)


@register.filter
def day_words(day: dt.date) -> str:
    """Monday, November 30."""
    return wording.long_date(day)


register.filter("how_long", wording.how_long)
register.filter("period_words", street_work_words.period_words)
register.filter("hours_words", street_work_words.hours_words)


@register.filter
def pattern_words(field: Field) -> str:
    """Friday, every other week."""
    return collection_words.pattern_words(field)


@register.filter
def change_words(pickup: Pickup) -> str:
    """Thanksgiving: your pickup moves to Friday, November 27."""
    return collection_words.change_words(pickup)


@register.filter
def promised(target: Target) -> str:
    count = {"count": target.value}
    return {
        Target.Unit.MINUTES: ngettext("%(count)d minute", "%(count)d minutes", target.value),
        Target.Unit.HOURS: ngettext("%(count)d hour", "%(count)d hours", target.value),
        Target.Unit.DAYS: ngettext("%(count)d day", "%(count)d days", target.value),
        Target.Unit.BUSINESS_DAYS: ngettext("%(count)d working day", "%(count)d working days", target.value),
    }[Target.Unit(target.unit)] % count


@register.filter
def answer_words(answer: Answer) -> str:
    """The chosen options in the reader's language, or the text as typed."""
    labels = {str(option["value"]): localized(option.get("label")) for option in answer.question_version.options}
    chosen = answer.value if isinstance(answer.value, list) else [answer.value]
    if labels and all(str(value) in labels for value in chosen):
        return ", ".join(labels[str(value)] for value in chosen)
    return answer.value_text


@register.filter
def note_of(notes: Mapping[str, str], answer: Answer) -> str:
    """The note below an answer of which staff removed a part."""
    return notes.get(key_of(TextRevision.Field.ANSWER, answer.pk), "")
