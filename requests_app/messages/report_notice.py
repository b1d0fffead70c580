"""What a program tells the reporter of a report that it has just sent."""

from typing import Any

from django.utils.translation import gettext as _

from requests_app import links
from requests_app.actions.report.submission import SubmissionResult
from requests_app.messages import wording
from requests_app.models import Jurisdiction, PublicState, ReviewReason, ServiceRequest
from requests_app.rules.alarms import screening
from requests_app.rules.publication import public_words, publication
from requests_app.rules.shared.jurisdictions import is_demo


def notice_of(
    submitted: SubmissionResult, city: Jurisdiction, danger: screening.Screening, emergency: dict[str, Any] | None
) -> list[str]:
    """What the reporter should know now, in whole sentences: first whom to call, if they or others may be in danger."""
    service_request, owner = submitted.service_request, submitted.service_request.owner
    notice = []
    if emergency is not None:
        notice.append(emergency["words"])
    elif danger.must_ask or service_request.service_version.emergency_screen:
        notice.append(_("If someone is in danger, call %(number)s now.") % {"number": city.emergency_number})
    if is_demo(city):
        notice.append(demo_words())
    if service_request.is_test:
        notice.append(_("This is a test. It isn’t shown to anyone, and nobody acts on it."))
    if service_request.public_state == PublicState.UNCONFIRMED:
        notice.append(_("One more step: select the link in our email to send us your report."))
        return notice
    # The city takes urgent reports first, no matter who owns the land (actions/routing/routing.py).
    if owner is not None and service_request.priority > 1:
        notice.append(_("This place belongs to %(owner)s. We send your report to them.") % {"owner": owner.name})
    else:
        notice.append(wording.next_step(service_request, now=submitted.made_at).sentence)
    if service_request.public_state == PublicState.PENDING_REVIEW:
        notice.append(_("Someone will review it before everyone can see it."))
        if service_request.review_reason == ReviewReason.PERSONAL_DATA:
            notice.append(_personal_data_words(service_request))
    if service_request.public_state == PublicState.PRIVATE:
        if danger.distress:
            notice.append(_("Only the city can read this."))
        notice.append(
            _("This report is private. Your reference is %(reference)s.")
            % {"reference": service_request.display_reference}
        )
        if submitted.link is not None:
            notice.append(_("Follow it here: %(link)s") % {"link": links.url(submitted.link, city)})
    return [sentence for sentence in notice if sentence]


def _personal_data_words(service_request: ServiceRequest) -> str:
    """What was found in it."""
    found = publication.personal_data_in(publication.words_of(service_request))
    kinds = ", ".join(str(public_words.KIND_WORDS[kind]) for kind in found)
    return _("It may contain: %(kinds)s.") % {"kinds": kinds}


def demo_words() -> str:
    return _("This is a demo city: nobody acts on its reports.")
