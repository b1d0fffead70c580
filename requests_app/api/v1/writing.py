"""Reports, photos, messages and follows by API: the same actions as the website's, held to the same rules."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import link_actions, links, photos
from requests_app.actions.following import followers, subscriptions
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import corrections, emergency_question, later_photos, submission
from requests_app.actions.report.submission import Idempotency, Refused, SubmissionResult
from requests_app.actions.shared import verify_email
from requests_app.actions.work import progress
from requests_app.api.emergency import emergency_in
from requests_app.api.framework.bodies import canonical
from requests_app.api.framework.idempotency import body_hash
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.v1 import versions
from requests_app.api.v1.report_serializers import NewReportSerializer
from requests_app.core import limits
from requests_app.link_access import RequestAccess, access_by_link, allowed_actions
from requests_app.messages.report_notice import notice_of
from requests_app.models import (
    SMALLEST_RADIUS_M,
    ApiKey,
    Jurisdiction,
    Photo,
    PublicState,
    ServiceRequest,
)
from requests_app.photos import stored_photos
from requests_app.rules.alarms import screening
from requests_app.rules.following.follow_target import RADII, FollowTarget
from requests_app.rules.people import blocked_addresses
from requests_app.rules.report import corrections as correction_rules
from requests_app.rules.shared.lifecycle import IllegalTransition

# A field of Refused as the body names it.
FIELDS = {
    "place": "place",
    "service": "service",
    "email": "contact.email",
    "name": "contact.name",
    "postal_address": "contact.postal_address",
}


# --- A report ---------------------------------------------------------------------------------------------------------


def hash_of(city: Jurisdiction, data: Any, files: Iterable[UploadedFile] = ()) -> str:
    """What makes two reports the same, by any way of v1."""
    return body_hash("v1", city.pk, canonical(data), files=files)


def report(
    city: Jurisdiction, data: Any, files: list[UploadedFile], *, key: ApiKey, idempotency: Idempotency
) -> tuple[dict[str, Any], bool]:
    """The receipt, and whether the same report came before. Raises a 422 problem that names every mistake, and a 409 for a key that
    was used for another body."""
    serializer = NewReportSerializer(data=data, context={"city": city, "key": key, "photo_count": len(files)})
    serializer.is_valid(raise_exception=True)
    new, names = serializer.validated_data["report"], serializer.validated_data["photos"]
    found = screen(new)
    emergency = emergency_in(city, "\n".join([own_words(new), *_photo_words(city, names)]))
    with stored_photos(city, files, photos_refused) as taken:
        # Nobody could be shown the emergency page: staff must look as if it had been passed by.
        new = replace(new, photos=taken, after_warning=new.after_warning or found.is_sure, is_test=key.is_test)
        submitted = _submit(new, names, idempotency)
    notice = notice_of(submitted, city, found, emergency)
    return {"emergency": emergency, **_receipt(city, submitted, " ".join(notice))}, submitted.repeated


def screen(new: submission.NewReport) -> screening.Screening:
    """Whether its words tell of danger."""
    return screening.screen(new.jurisdiction, new.version, own_words(new))


def own_words(new: submission.NewReport) -> str:
    return screening.own_words(new.description, new.place.address, new.place.note, new.answers.answered)


def _photo_words(city: Jurisdiction, names: list[str]) -> list[str]:
    """What photos that were uploaded before show, in the reporter's words."""
    if not names:
        return []
    return list(Photo.objects.filter(jurisdiction=city, name__in=names).exclude(alt="").values_list("alt", flat=True))


def photos_refused(message: str) -> Problem:
    """Of files that came with a report."""
    return invalid_body([FieldError("photos", "invalid", message)])


def refused(error: Refused) -> Problem:
    """A report that was read well and is still not acceptable."""
    return invalid_body(
        [FieldError(FIELDS.get(name, f"answers.{name}"), error.code, words) for name, words in error.problems.items()]
    )


def _submit(new: submission.NewReport, names: list[str], idempotency: Idempotency) -> SubmissionResult:
    """names: of photos that were uploaded before."""
    try:
        if not names:
            return submission.submit(new, idempotency=idempotency)
        with transaction.atomic():
            # Lock first: another report must not take the same photos.
            uploaded = Photo.objects.select_for_update().filter(
                jurisdiction=new.jurisdiction, name__in=names, draft=None, service_request=None
            )
            free = list(uploaded.order_by("id"))
            submitted = submission.submit(replace(new, photos=[*new.photos, *free]), idempotency=idempotency)
            if not submitted.repeated and len(free) < len(names):
                message = _(
                    "Photo not found. Upload it again. We keep an uploaded photo for a day, until its report is sent."
                )
                raise invalid_body([FieldError("photos", "unknown-value", message)])
            return submitted
    except Refused as error:
        raise refused(error) from None
    except submission.IdempotencyConflict:
        raise conflict() from None


def conflict() -> Problem:
    return Problem("idempotency-conflict", _("This Idempotency-Key was sent with another body. Choose a new one."))


def _receipt(city: Jurisdiction, submitted: SubmissionResult, notice: str) -> dict[str, Any]:
    """What the sender gets: the number and, unless the report waits for its confirmation, the reporter's private link."""
    made = submitted.service_request
    waits = made.public_state == PublicState.UNCONFIRMED
    link = submitted.link if not waits else None
    site = links.base_url(city)
    return {
        "reference": made.display_reference,
        "state": made.public_state,
        "url": f"{site}/api/v1/requests/{made.reference}/" if made.has_public_number or made.is_test else None,
        "html_url": f"{site}/r/{made.reference}/" if made.has_public_number else None,
        "private_link": links.url(link, city) if link else None,
        "private_token": links.token(link) if link else None,
        "notice": notice,
    }


# --- Photos before their report ---------------------------------------------------------------------------------------


def upload(city: Jurisdiction, file: UploadedFile, alt: str) -> Photo:
    try:
        return photos.store_upload(file, size=file.size or 0, jurisdiction=city, alt=alt)
    except photos.PhotoRefused as refused:
        raise invalid_body([FieldError("photo", "invalid", str(refused))]) from None


# --- With the private link --------------------------------------------------------------------------------------------


def access(city: Jurisdiction, reference: str, token: str) -> RequestAccess:
    """The request for who has its private link. Raises a 404 problem where it must not be known, else 403."""
    found = access_by_link(city, reference, links.find_link(token))
    if found is None:
        raise Problem("not-found", _("Request not found, or it isn’t public."))
    if found.link is None:
        raise Problem("forbidden", _("This token doesn’t belong to the request’s private link."))
    return found


def comment(request_access: RequestAccess, text: str, idempotency_key: str) -> tuple[dict[str, Any], bool]:
    """A message to those who work on it, or the answer to their question. Staff read it; it is not public. Also returns whether
    the same message came before."""
    try:
        with transaction.atomic():
            is_new = _is_new(request_access, "comment", idempotency_key, submission.body_hash(text))
            if is_new:
                _send_message(request_access, text)
    except (IllegalTransition, progress.TooLate):
        raise Problem("conflict", _("This request no longer accepts messages.")) from None
    emergency = emergency_in(request_access.service_request.jurisdiction, text)
    if emergency and is_new:
        emergency_question.block_shown_for(request_access.service_request, emergency["kind"])
    receipt = {
        "emergency": emergency,
        "reference": request_access.service_request.display_reference,
        "text": text,
        "notice": emergency["words"] if emergency else None,
    }
    return receipt, not is_new


def _send_message(request_access: RequestAccess, text: str) -> None:
    """Raises progress.TooLate."""
    acts = allowed_actions(request_access)
    if not acts & {"answer", "add"}:
        raise progress.TooLate
    send = link_actions.answer if "answer" in acts else link_actions.add
    send(request_access, text)


def _is_new(request_access: RequestAccess, act: str, key: str, sent: str) -> bool:
    """Whether this Idempotency-Key is new, in the caller’s transaction. sent: a hash. Raises a 409 problem for another one."""
    if not key or request_access.link is None:
        return True
    try:
        return submission.remember(
            Idempotency(f"{act}:{request_access.link.pk}", key, sent), request_access.service_request
        )
    except submission.IdempotencyConflict:
        raise conflict() from None


def add_photo(request_access: RequestAccess, file: UploadedFile, idempotency_key: str) -> tuple[Photo, bool]:
    """The stored photo, and whether the same one came before."""
    with transaction.atomic():
        is_new = _is_new(request_access, "photo", idempotency_key, body_hash(files=[file]))
        if request_access.link is None or (is_new and "add_photos" not in allowed_actions(request_access)):
            raise Problem("conflict", _("This request no longer accepts photos."))
    try:
        photo = later_photos.add(
            request_access.service_request,
            file,
            size=file.size or 0,
            actor=request_access.link.person,
            key=idempotency_key,
        )
    except photos.PhotoRefused as refused:
        raise invalid_body([FieldError("photo", "invalid", str(refused))]) from None
    return photo, not is_new


def edit(request_access: RequestAccess, description: str, *, seen: int) -> None:
    """The reporter's own words, until somebody works on it. seen: the event up to which they have been read."""
    about = request_access.service_request
    if request_access.link is None or "change" not in allowed_actions(request_access):
        raise Problem("conflict", _("Someone is already working on this request. Send a comment instead."))
    wanted = corrections.Correction(text=description, note=about.place_note, was=correction_rules.fingerprint(about))
    try:
        corrections.correct(about.pk, wanted, actor=request_access.link.person)
    except progress.TooLate:
        raise Problem("conflict", _("Someone is already working on this request. Send a comment instead.")) from None
    except corrections.EditConflict:
        raise versions.changed(request_access, seen) from None


# --- Following --------------------------------------------------------------------------------------------------------


def join(about: ServiceRequest, reporter: Reporter, *, key: ApiKey) -> dict[str, Any]:
    """ "Affects me too": one address counts once, however often the same key sends it."""
    if key.is_test:
        raise Problem("forbidden", _("This is a test key. It can change only its own test requests."))
    address = reporter.email.lower()
    again = Idempotency(f"join:{key.pk}:{about.pk}", limits.hashed(address), submission.body_hash(address))
    try:
        with transaction.atomic():
            if submission.remember(again, about):
                followers.join(about.pk, reporter=reporter, language=get_language() or "en")
    except followers.NotJoinable:
        raise Problem("conflict", _("This request is closed, so nobody can join it.")) from None
    except Refused as refused:
        raise invalid_body([FieldError(name, "refused", words) for name, words in refused.problems.items()]) from None
    return {"reference": about.display_reference, "notice": _("Updates about this report go to that address.")}


def follow(
    city: Jurisdiction, target: FollowTarget, *, email: str, cadence: str, radius: int | None, may_send: Any
) -> dict[str, Any]:
    """Updates start once the link in an email is selected. may_send(email): whether another email may go there."""
    if not may_send(email):
        return {}
    if target.point is not None:
        near = next((meters for meters in RADII if meters >= (target.radius_m or SMALLEST_RADIUS_M)), RADII[-1])
        target = replace(target, radius_m=radius or near)
    try:
        subscriptions.subscribe(city, target, email=email, cadence=cadence, language=get_language() or "en")
    except verify_email.AddressBlocked:
        raise invalid_body([FieldError("email", "refused", blocked_addresses.refusal(city))]) from None
    return {
        "following": target.label,
        "cadence": cadence,
        "notice": _("We sent an email with a link. Updates start once it is selected."),
    }
