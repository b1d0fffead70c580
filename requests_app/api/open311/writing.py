"""POST requests: a report by another app, held to the same rules as one from our own form."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.contrib.gis.geos import Point
from django.core import exceptions
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from requests_app import photos
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.report.submission import Idempotency, Place, Refused
from requests_app.api.emergency import CONFIRMED, emergency_in, stopped_words
from requests_app.api.framework import idempotency
from requests_app.api.framework.report_parts import (
    ADDRESS_MOST,
    EMAIL_MOST,
    NAME_MOST,
    PHONE_MOST,
    asset_place,
    is_link,
    searched_place,
)
from requests_app.api.open311 import tokens
from requests_app.api.open311.catalog import offered_version
from requests_app.api.open311.parameters import Parameters
from requests_app.messages.report_notice import notice_of
from requests_app.models import (
    ApiKey,
    Channel,
    GazetteerEntry,
    IdempotencyKey,
    Jurisdiction,
    PublicState,
    ServiceRequest,
    ServiceVersion,
)
from requests_app.photos import stored_photos
from requests_app.places import addresses, assets
from requests_app.places.address_words import search_key
from requests_app.places.ownership import owner_of
from requests_app.rules.alarms import screening
from requests_app.rules.shared import intake

# Who a request comes from or through, and what is not ours to keep.
NOT_THE_BODY = {"api_key", "jurisdiction_id"}


def create(
    city: Jurisdiction, parameters: Parameters, files: list[UploadedFile], *, key: ApiKey, idempotency_key: str
) -> dict[str, Any]:
    code = parameters.first("service_code")
    if not code:
        raise ValidationError(_("service_code was not provided."))
    version = offered_version(city, code)
    problems: list[str] = []
    with _gathered(problems):
        description = _description(parameters)
    with _gathered(problems):
        reporter = _reporter(parameters, city, version)
    place = Place()
    with _gathered(problems):
        place = _place(parameters, city, version)
    with _gathered(problems):
        answers = _answers(parameters, city, version, place)
    with _gathered(problems):
        media_urls = _media_urls(parameters)
    if len(files) > photos.PHOTOS_MAX:
        problems.append(photos.refusal_message("too_many"))
    if problems:
        raise ValidationError(problems)

    said = screening.own_words(description, place.address, place.note, answers.answered)
    danger, emergency = screening.screen(city, version, said), emergency_in(city, said)
    was_stopped = answers.stopped_by is not None
    owner = owner_of(city, place.point, version)
    takes_photos = version.photo_policy != ServiceVersion.PhotoPolicy.NONE
    with stored_photos(city, files if takes_photos else [], ValidationError) as taken:
        try:
            report = submission.NewReport(
                jurisdiction=city,
                version=version,
                description=description,
                language=get_language() or "en",
                place=place,
                answers=replace(answers, stopped_by=None),
                reporter=reporter,
                channel=Channel.API,
                owner=owner,
                photos=taken,
                # Nobody could be shown the emergency page: staff must look as if it had been passed by.
                after_warning=danger.is_sure or was_stopped,
                is_test=key.is_test,
                api_key=key,
                photo_links=media_urls if takes_photos else [],
            )
            submitted = submission.submit(
                report, idempotency=_idempotency(city, parameters, files, key, idempotency_key)
            )
        except Refused as refused:
            raise ValidationError(list(refused.problems.values())) from None
        except submission.IdempotencyConflict:
            raise ValidationError(_("This Idempotency-Key was used for another report.")) from None
    notice = notice_of(submitted, city, danger, emergency)
    if files and not takes_photos:
        notice.append(_("This service doesn’t accept photos, so we didn’t save yours."))
    elif media_urls:
        notice.append(
            _("We keep media_url as a link for staff. To show the photo to everyone, send the file itself as “media”.")
        )
    return {**_number(submitted.service_request), "service_notice": " ".join(notice), "account_id": None}


def _number(service_request: ServiceRequest) -> dict[str, str | None]:
    """The public number; or a token, if the number becomes public later; or neither.

    Who is given a token asks for its number until there is one, and may send the report again when none comes.
    """
    if service_request.public_state == PublicState.PRIVATE or (
        service_request.public_state == PublicState.UNCONFIRMED
        and service_request.service_version.visibility == ServiceVersion.Visibility.PRIVATE
    ):
        return {"service_request_id": None, "token": None}
    if service_request.public_state == PublicState.UNCONFIRMED:
        return {"service_request_id": None, "token": tokens.token_of(service_request)}
    return {"service_request_id": service_request.display_reference}


@contextmanager
def _gathered(problems: list[str]) -> Iterator[None]:
    """Collects validation errors instead of raising the first, so that the response lists them all."""
    try:
        yield
    except ValidationError as error:
        problems += [str(detail) for detail in error.detail]


def _description(parameters: Parameters) -> str:
    description = intake.clean_text(parameters.first("description"))
    if len(description) > intake.DESCRIPTION_MAX:
        raise ValidationError(_("description is longer than %(most)s characters.") % {"most": intake.DESCRIPTION_MAX})
    return description


def _short(parameters: Parameters, name: str, most: int) -> str:
    text = " ".join(intake.clean_text(parameters.first(name)).split())
    if len(text) > most:
        raise ValidationError(_("%(name)s is longer than %(most)s characters.") % {"name": name, "most": most})
    return text


def _media_urls(parameters: Parameters) -> list[str]:
    """Photos on other servers, as links: a server that fetches any address it gets can be used to attack others."""
    found = []
    for url in parameters.all("media_url"):
        if not is_link(url):
            raise ValidationError(_("media_url is not a link that begins with https:// or http://."))
        found.append(url)
    if len(found) > photos.PHOTOS_MAX:
        raise ValidationError(photos.refusal_message("too_many"))
    return found


def _reporter(parameters: Parameters, city: Jurisdiction, version: ServiceVersion) -> Reporter:
    email = _short(parameters, "email", EMAIL_MOST)
    if email:
        try:
            validate_email(email)
        except exceptions.ValidationError:
            raise ValidationError(_("email is not a valid email address.")) from None
    phone = _short(parameters, "phone", PHONE_MOST)
    if phone and not any(letter.isdigit() for letter in phone):
        raise ValidationError(_("phone is not a phone number."))
    names = [_short(parameters, name, NAME_MOST) for name in ("first_name", "last_name")]
    reporter = Reporter(
        name=" ".join(filter(None, names))[:NAME_MOST],
        email=email,
        phone=phone,
        # Ours, not the standard's: some services may not be asked for without it.
        postal_address=_short(parameters, "postal_address", ADDRESS_MOST),
    )
    try:
        submission.check_reporter(city, version, reporter)
    except Refused as refused:
        named = {"name": "first_name, last_name"}
        raise ValidationError(
            [f"{named.get(name, name)}: {words}" for name, words in refused.problems.items()]
        ) from None
    return reporter


def _place(parameters: Parameters, city: Jurisdiction, version: ServiceVersion) -> Place:
    """A position, an address from the city's list, or an address in words: any one of them is enough."""
    latitude, longitude = parameters.number("lat", -90, 90), parameters.number("long", -180, 180)
    if (latitude is None) != (longitude is None):
        raise ValidationError(_("Send both lat and long."))
    typed = _short(parameters, "address_string", ADDRESS_MOST)
    listed = _short(parameters, "address_id", ADDRESS_MOST)
    if latitude is not None and longitude is not None:
        point = Point(longitude, latitude, srid=4326)
        if (asset := assets.named_at(city, typed, point)) is not None:
            return asset_place(city, asset, typed)
        near = None if typed else addresses.nearest(city, point)
        return Place(point=point, address=typed or (near.label if near else ""), source="api")
    if listed:
        entry = GazetteerEntry.objects.filter(jurisdiction=city, search_key=search_key(listed)).first()
        if entry is not None:
            return Place(point=entry.point, address=entry.label, source="api", confidence=1.0)
        if not typed:
            raise ValidationError(_("address_id was not found in the city's list of addresses."))
    if typed:
        return searched_place(city, typed)
    if version.place_required:
        raise ValidationError(_("Say where it is: lat and long, address_string, or address_id."))
    return Place()


def _answers(parameters: Parameters, city: Jurisdiction, version: ServiceVersion, place: Place) -> intake.Answers:
    questions = intake.questions_of(version, place.asset.kind if place.asset else "")
    answers = intake.read_answers(questions, parameters.attributes())
    if answers.stopped_by is not None and not parameters.is_true(CONFIRMED):
        raise ValidationError(stopped_words(city))
    if answers.problems:
        raise ValidationError([f"attribute[{code}]: {problem}" for code, problem in answers.problems.items()])
    return answers


def _idempotency(
    city: Jurisdiction, parameters: Parameters, files: list[UploadedFile], key: ApiKey, idempotency_key: str
) -> Idempotency:
    if fixmystreet_id := next(iter(parameters.attributes().get("fixmystreet_id", [])), ""):
        # FixMyStreet sends a report again, maybe edited, until it gets a number, which a private one never has.
        number = hashlib.sha256(fixmystreet_id.encode()).hexdigest()
        return Idempotency(scope=f"{IdempotencyKey.FOR_GOOD}fixmystreet:{key.pk}", key=number, body_hash=number)
    body = idempotency.body_hash(city.pk, parameters.items(without=NOT_THE_BODY), files=files)
    return idempotency.of_body(key, idempotency_key, body)
