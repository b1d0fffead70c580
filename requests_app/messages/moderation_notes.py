"""Notes shown where staff removed or hid something: which department did it and why, without names."""

from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import Photo, PublicState, ServiceRequest
from requests_app.rules.publication import public_texts


def text_notes(service_request: ServiceRequest, parent: ServiceRequest | None = None) -> dict[str, str]:
    """Notes for texts of which staff removed a part, by the text's key."""
    notes: dict[str, list[str]] = {}
    for key, reason, department in public_texts.removed_texts(service_request, parent):
        sentence = _text_note(reason, localized(department) if department else _("the city"))
        if sentence not in notes.setdefault(key, []):
            notes[key].append(sentence)
    return {key: " ".join(sentences) for key, sentences in notes.items()}


def _text_note(reason: str, who: str) -> str:
    words = {
        "personal_data": _("Part of this text was removed by %(who)s because it had personal details."),
        "abuse": _("Part of this text was removed by %(who)s because it was abusive."),
        "threat": _("Part of this text was removed by %(who)s because it was a threat."),
    }.get(reason, _("Part of this text was removed by %(who)s."))
    return words % {"who": who}


def photo_note(photo: Photo) -> str:
    """Note in place of a photo that staff hid; empty for one that is pending review."""
    if photo.hidden_at is None or photo.hidden_reason == "unchecked":
        return ""
    return {
        "personal_data": _("A photo was hidden because it showed personal details."),
        "abuse": _("A photo was hidden because it was abusive."),
        "threat": _("A photo was hidden because it was a threat."),
    }.get(photo.hidden_reason, _("A photo was hidden."))


def hidden_note(service_request: ServiceRequest) -> str:
    """For its reporter: why the public no longer sees it."""
    if service_request.public_state != PublicState.HIDDEN:
        return ""
    return {
        "personal_data": _("Hidden from the public because it has private details about a person."),
        "abuse": _("Hidden from the public because of abuse or threats."),
        "not_a_report": _("Hidden from the public because it isn’t a report."),
    }.get(public_texts.hidden_reason(service_request), _("Hidden from the public by the city."))
