"""What a crew can say about a stop without typing, and the words that people get then."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_app import event_kinds
from requests_app.models import AnswerTemplate, Disposition, Event, ServiceRequest, User
from requests_app.rules.shared.intake import clean_text
from requests_app.rules.work import answer_templates
from requests_app.rules.work.staff_actions import changes_since

# Outcomes of work at the place. The others of the request's page are the desk's.
DONE = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.NOT_FOUND)
NO_ACCESS = "no_access"
# The form that a result outdates, in CHANGES_FOR of rules/work/staff_actions.py.
FORM = "crew_result"
ENDINGS = event_kinds.where(work="ends")
PHOTOS_MAX = 6


def words_for(
    service_request: ServiceRequest,
    disposition: str,
    templates: Sequence[AnswerTemplate],
    user: User,
    *,
    reason: str = "",
) -> str:
    """In the reporter's language: the outcome's template, its service's own before one for all; else a plain sentence; empty
    if there's neither in that language.

    templates: of the city. reason: why it can't be done, in words. Pure, if the request is loaded with what templates name.
    """
    language = service_request.language
    usable = [
        one
        for one in templates
        if one.outcome == disposition
        and one.service_id in (None, service_request.service_id)
        and one.words.get(language)
    ]
    if usable:
        own = min(usable, key=lambda one: (one.service_id is None, one.name))
        return clean_text(answer_templates.fill(own.words, service_request, language, staff=user))
    if language not in dict(settings.LANGUAGES):
        return ""
    with override(language):
        return _sentence(disposition, reason)


def _sentence(disposition: str, reason: str) -> str:
    return {
        Disposition.FIXED: _("Our crew was there and fixed it."),
        Disposition.ACTION_TAKEN: _("Our crew was there and took action."),
        Disposition.NOT_FOUND: _("Our crew went there and couldn’t find it. Tell us exactly where it is."),
        Disposition.CANNOT_DO: _("Our crew was there, but we can’t do this: %(reason)s.")
        % {"reason": reason.rstrip(".")},
    }.get(Disposition(disposition), "")


def changes_for(service_request: ServiceRequest, seen: int, *, by_others_than: User, before: int = 0) -> list[Event]:
    """What others did since the phone's last contact that a result may not overwrite, oldest first. before: an event (id)."""
    return [
        event
        for event in changes_since(service_request, seen, FORM)
        # What a crew sent itself, earlier today and in this order, it has seen.
        if event.user_id != by_others_than.pk and (not before or event.pk < before)
    ]


def ending_of(service_request: ServiceRequest, *, before: int) -> list[Event]:
    """The newest ending before this event (id), as a list."""
    found = Event.objects.filter(service_request=service_request, kind__in=ENDINGS, id__lt=before)
    return list(found.select_related("user", "person").order_by("-id")[:1])
