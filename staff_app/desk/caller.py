"""The desk's left column: who may be calling, their reports as sentences to read aloud, and their last contacts."""

from typing import Any

from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.messages import caller_sentences
from requests_app.models import Contact
from requests_app.rules.contacts import callers
from requests_app.rules.contacts import contacts as rules
from requests_app.rules.contacts.callers import Candidate, OwnRequest
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest
from staff_app.desk.desk import row
from staff_app.desk.forms import CHECKED, FindCallerForm

CHECK_BUTTONS = {
    Contact.Checked.REFERENCE: gettext_lazy("Checked: report number"),
    Contact.Checked.NAME_AND_STREET: gettext_lazy("Checked: name and street"),
}


def column(
    request: StaffRequest,
    contact: Contact,
    *,
    find_form: FindCallerForm | None = None,
    matching: list[Candidate] | None = None,
) -> dict[str, Any]:
    """find_form, matching: what the taker looked for, and who was found so."""
    who = callers.of_contact(contact, request.user)
    candidates = [*([who.checked] if who.checked else who.candidates), *(matching or [])]
    own = [one for candidate in candidates for one in candidate.requests]
    sentences = caller_sentences.sentences([one.service_request for one in own if not one.is_private], contact.language)

    def shown(candidate: Candidate) -> dict[str, Any]:
        language = candidate.person.language
        return {
            "person": candidate.person,
            "name": candidate.name,
            "language": get_language_info(language)["name_local"].capitalize() if language != contact.language else "",
            "checks": [(code, CHECK_BUTTONS[Contact.Checked(code)]) for code in candidate.checks],
            "requests": [_line(request, one, sentences) for one in candidate.requests],
        }

    return {
        "callers": who,
        "checked": {**shown(who.checked), "how": CHECKED[contact.checked]} if who.checked else None,
        "candidates": [shown(candidate) for candidate in who.candidates],
        "matching": None if matching is None else [shown(candidate) for candidate in matching],
        "find_form": find_form or FindCallerForm(),
        "last": [row(one) for one in _last_contacts(contact, who)],
    }


def _line(request: StaffRequest, own: OwnRequest, sentences: dict[int, str]) -> dict[str, Any]:
    """Of a private report, until its caller is checked, the date alone."""
    about = own.service_request
    if own.is_private:
        return {"sentence": _("Private, %(day)s") % {"day": caller_sentences.day_of(about)}, "is_private": True}
    return {
        "sentence": sentences[about.pk],
        "request": about,
        "is_private": False,
        "may_open": permissions.can(request.user, "view", about),
    }


def _last_contacts(contact: Contact, who: callers.Callers) -> list[Contact]:
    if who.checked is not None:
        return list(rules.of_people(contact, who.checked.people))
    return [] if who.names_nobody or contact.by_relay else list(rules.of_same_number(contact))
