"""Drafts of reports: created, saved, submitted, turned into following an earlier request, deleted. One draft, one request."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Collection
from typing import IO, Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from requests_app import photos
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.work import related_requests
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.models import (
    AccessLink,
    Channel,
    Contact,
    Draft,
    Jurisdiction,
    Person,
    Photo,
    ServiceRequest,
    ServiceTest,
    ServiceVersion,
    User,
)
from requests_app.places import assets
from requests_app.rules.publication import personal_data, public_words
from requests_app.rules.report.path import Path, asks_as_staff, offered
from requests_app.rules.report.two_problems import TwoProblems
from requests_app.rules.shared import intake

EXPIRES_AFTER = dt.timedelta(days=7)
TEST_EXPIRES_AFTER = dt.timedelta(hours=4)
# Reports that one draft leads to, one after the other: ten places of one problem, and ten of a second.
TOGETHER_MAX = 20


class Incomplete(Exception):
    """The draft cannot be submitted yet. page: the first step to complete (see rules.report_path)."""

    def __init__(self, page: str) -> None:
        self.page = page
        super().__init__(page)


def visitor_hash(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def create(
    jurisdiction: Jurisdiction,
    *,
    visitor: str,
    language: str,
    tester: User | None = None,
    tested_version: ServiceVersion | None = None,
    taker: User | None = None,
    channel: str = Channel.WEB,
    **typed: Any,
) -> Draft:
    """visitor: the secret in this browser's cookie; only its hash is stored. tester: who tests this version of a service. taker:
    the member of staff who writes it, and the channel by which it came to them."""
    typed = _clean(typed)
    draft = Draft(
        jurisdiction=jurisdiction,
        visitor_hash=visitor_hash(visitor),
        language=language,
        tester=tester,
        tested_version=tested_version,
        taker=taker,
        channel=channel,
        expires_at=app_now() + (TEST_EXPIRES_AFTER if tester else EXPIRES_AFTER),
    )
    draft.typed = typed | _begun(draft, typed, {})
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def save(draft: Draft, **typed: Any) -> None:
    """Merges into what was typed. A draft already submitted from another tab, or sent to somebody else, stays unchanged."""
    # Lock first: two tabs saving at once must not overwrite each other.
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.service_request_id is None and "referred" not in locked.typed:
        typed = _clean(typed)
        locked.typed = {**locked.typed, **typed, **_begun(draft, typed, locked.typed)}
        locked.language = draft.language
        locked.warning = draft.warning
        locked.updated_at = app_now()
        locked.save(update_fields=["typed", "language", "warning", "updated_at"])
    draft.typed = locked.typed
    draft.service_request_id = locked.service_request_id


def mark_answer_seen(draft: Draft) -> None:
    """An article was offered as the answer, which the value report counts if nothing is sent."""
    if not draft.saw_answer and draft.tester_id is None:
        Draft.objects.filter(pk=draft.pk).update(saw_answer=True)
        draft.saw_answer = True


def _begun(draft: Draft, typed: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The version that a draft begins with when its service is chosen, which it keeps (see Path.version)."""
    code = typed.get("service", before.get("service"))
    if not code or (code == before.get("service") and before.get("version")):
        return {}
    version = offered(draft.jurisdiction, str(code), to_staff=asks_as_staff(draft))
    return {"version": version.pk if version else None}


def report_in_turn(draft: Draft, two: TwoProblems) -> None:
    """Makes this a report about the first of two problems; sending it begins a draft about the second.

    If the words tell of danger, both reports keep all of them, so that all readers know of it.
    """
    keeps_all = Path(draft).tells_of_danger
    second = {"words": two.second.text, "whole": draft.typed.get("text", ""), "keeps_all": keeps_all}
    save(draft, second=second, **({"about": two.first.text} if keeps_all else {"text": two.first.text}))


def report_as_one(draft: Draft) -> None:
    """It's one problem after all: the words are as they were typed, or as they were changed since, with the rest."""
    second = draft.typed.get("second")
    text = str(draft.typed.get("text", ""))
    if second and not second["keeps_all"]:
        text = second["whole"] if second["whole"].startswith(text) else f"{text}\n{second['words']}"
    save(draft, text=text, about="", second=None, is_one_problem=True)


def save_photo_descriptions(draft: Draft, descriptions: dict[str, str]) -> None:
    """Saves descriptions of the draft's photos, by photo name."""
    for photo in draft.photos.filter(name__in=descriptions):
        if photo.alt != descriptions[photo.name]:
            photo.alt = descriptions[photo.name][:300]
            photo.save(update_fields=["alt"])


def photo_name(draft: Draft, key: str) -> str:
    """Our name for a photo, from the browser's key."""
    return hashlib.sha256(f"{draft.idempotency_key}:{key}".encode()).hexdigest()[:32]


@transaction.atomic
def remove_passage(draft: Draft, where: str, message: str, *, near: int) -> bool:
    """Removes a passage from public text (see rules.public_words). Returns False if it is not there.

    near: its position when it was shown; another tab may have moved it since.
    """
    draft.typed = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk).typed
    path = Path(draft)
    text, label = (
        texts.get(where, "") for texts in (public_words.public_words(path), public_words.public_labels(path))
    )
    matches = [match for match in public_words.found_in(where, text, label=label) if match.text == message]
    if not matches:
        return False
    remaining = personal_data.without(text, min(matches, key=lambda match: abs(match.start - near)))
    kind, _, name = where.partition(":")
    if kind == "photo":
        save_photo_descriptions(draft, {name: remaining})
    elif kind == "answer":
        save(draft, answers={**draft.typed["answers"], name: remaining})
    elif kind == "address":
        save(draft, place={**draft.typed["place"], "address": remaining})
    else:
        # If no text is left, the reporter returns to the page that asks for it.
        save(
            draft, text=remaining, shown=[page for page in draft.typed.get("shown", []) if remaining or page != "words"]
        )
    return True


def add_photo(
    draft: Draft,
    upload: IO[bytes],
    *,
    size: int,
    key: str = "",
    keep_taken: bool = False,
    tell: Callable[[photos.Taken], None] | None = None,
) -> Photo:
    """Adds a photo. Raises photos.PhotoRefused.

    key: the browser's own for this photo, so that a retry after a lost response does not add it twice.
    keep_taken, tell: see photos.store_upload.
    """
    name = photo_name(draft, key) if key else ""
    known = draft.photos.filter(name=name).first() if name else None
    if known is not None:
        return known
    try:
        photo = photos.store_upload(
            upload, size=size, jurisdiction=draft.jurisdiction, draft=draft, name=name, keep_taken=keep_taken, tell=tell
        )
    except IntegrityError:
        # Both tries arrived at once, or the draft was deleted while we decoded.
        if (known := draft.photos.filter(name=name).first()) is not None:
            return known
        raise photos.refused("late") from None
    with transaction.atomic():
        # Lock first: several photos may arrive at once, and the report may be submitted at the same time.
        locked = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
        is_sent = locked is None or locked.service_request_id is not None
        if not is_sent and draft.photos.filter(pk__lt=photo.pk).count() < photos.PHOTOS_MAX:
            _touch(locked)
            return photo
        unsent = draft.photos.filter(pk=photo.pk).first()
        if unsent is None:
            # It was submitted with the report.
            return photo
        unsent.delete()
    photos.delete_files(photo)
    raise photos.refused("late" if is_sent else "too_many")


def remove_photo(draft: Draft, name: str) -> None:
    """Removes a photo from an unsent draft. Does nothing if the report was submitted."""
    with transaction.atomic():
        locked = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, service_request=None).first()
        photo = draft.photos.filter(name=name).first()
        if locked is None or photo is None:
            return
        photo.delete()
        _touch(locked)
    photos.delete_files(photo)


def drop_photo_metadata(draft: Draft) -> None:
    """Deletes when and where the photos were taken, after consent was withdrawn."""
    draft.photos.update(taken_at=None, taken_point=None)


def submit(draft: Draft, *, checked: str = "", verified: str = "", over_limit: bool = False) -> ServiceRequest:
    """Makes this draft's request, or returns the one it made before. Raises Incomplete and submission.Refused.

    checked: the id of the service version that the check page showed. If there is a newer one, which may publish or ask more, the
    reporter has to check again.
    verified: the normalized email address that is signed in, if any.
    over_limit: too many reports came from this network or person (web/report/spam_signals.py).
    """
    draft.service_request = submission.in_transaction(
        lambda: _submit(_locked_to_submit(draft), checked=checked, verified=verified, over_limit=over_limit)
    )
    return draft.service_request


# The row's lock is taken first, so that everybody takes the two in the same order. The time comes along.
LOCK_TO_SUBMIT = """
WITH draft AS MATERIALIZED (SELECT * FROM requests_app_draft WHERE id = %s FOR UPDATE)
SELECT draft.*, app_now() AS read_at, pg_advisory_xact_lock(hashtextextended('draft|' || idempotency_key, 311)) AS locked
FROM draft
"""


def _locked_to_submit(draft: Draft) -> Draft:
    """The draft as it is now, locked with its key: a double click must wait here and then find the request."""
    (locked,) = Draft.objects.raw(LOCK_TO_SUBMIT, [draft.pk])
    locked.jurisdiction = draft.jurisdiction
    if (scope := transactions.current()) is not None:
        scope.now = locked.read_at
    return locked


def _submit(draft: Draft, *, checked: str, verified: str, over_limit: bool) -> ServiceRequest:
    if draft.service_request is not None:
        return draft.service_request
    path = Path(draft)
    page = path.next_page()
    if page != "check" or path.version is None or (checked and checked != str(path.version.pk)):
        raise Incomplete(page)
    report = _report_of(path, path.version, checked=checked, verified=verified, over_limit=over_limit)
    key = submission.Idempotency(
        scope="draft", key=str(draft.idempotency_key), body_hash=submission.body_hash(draft.pk), is_locked=True
    )
    result = submission.submit_here(report, actor=draft.taker, idempotency=key)
    if not result.repeated:
        related_requests.link_together(result.service_request, [one.service_request for one in sent_before(draft)])
    if draft.tester is not None and not result.repeated:
        ServiceTest.objects.create(
            service_id=path.version.service_id,
            service_version=path.version,
            service_request=result.service_request,
            user=draft.tester,
        )
    # All others now belong to the request.
    if result.repeated or not path.takes_photos:
        remove_photos(draft)
    finish(draft, result.service_request, result.link, "sent")
    return result.service_request


def planned(path: Path) -> ServiceRequest:
    """The request that a draft would become if it were sent now, with its due dates. Stores nothing. Raises Incomplete."""
    page = path.next_page()
    if page != "check" or path.version is None:
        raise Incomplete(page)
    return submission.planned(_report_of(path, path.version, checked="", verified="", over_limit=False))


def _report_of(
    path: Path, version: ServiceVersion, *, checked: str, verified: str, over_limit: bool
) -> submission.NewReport:
    draft = path.draft
    answers = path.answers
    after_warning = bool(draft.typed.get("warned"))
    if after_warning:
        # Warnings of all answers that stop the form were shown, or next_page() would not be "check".
        answers = dataclasses.replace(answers, stopped_by=None)
    return submission.NewReport(
        jurisdiction=draft.jurisdiction,
        version=version,
        description=path.text,
        language=path.typed.get("text_language") or draft.language,
        place=to_place(draft.jurisdiction, path.place),
        answers=answers,
        reporter=_reporter(path.typed["contact"], draft, verified),
        channel=draft.channel,
        visitor_hash=draft.visitor_hash,
        owner=path.owner,
        may_be_outside=True,
        # If the service takes no photos, those added for another service are deleted with the draft.
        photos=path.photos,
        after_warning=after_warning,
        is_test=draft.tester is not None,
        spam_signals=submission.SpamSignals(by_robot=is_bot(draft), over_limit=over_limit),
        was_asked=bool(checked),
        received_on=_received_on(draft),
        late_reason=str(draft.typed.get("late_reason", "")),
        is_for_another=path.typed["contact"].get("reaches") == Contact.Updates.OTHER,
    )


def _received_on(draft: Draft) -> dt.date | None:
    day = draft.typed.get("received_on")
    return dt.date.fromisoformat(day) if day else None


def is_bot(draft: Draft) -> bool:
    """Whether the hidden field was filled in, or the form was completed faster than a person could."""
    looked_s = draft.typed.get("looked_s")
    if draft.typed.get("by_robot") or looked_s is None:
        return bool(draft.typed.get("by_robot"))
    return looked_s + (app_now() - draft.created_at).total_seconds() < settings.LEAST_S_TO_REPORT


def create_similar(draft: Draft, *, visitor: str, like: bool = False) -> Draft:
    """Starts a draft from a submitted one, with the same contact and the same place, or the same service (`like`)."""
    typed: dict[str, Any] = {}
    link = private_link(draft)
    if draft.service_request is not None and link is not None and draft.typed.get("end") == "sent":
        sent = draft.service_request
        if like:
            typed["service"] = sent.service_version.service.service_code
        else:
            typed["place"] = {"address": sent.address, "note": sent.place_note, "source": sent.place_source}
            if sent.point is not None:
                typed["place"] |= {"lat": sent.point.y, "long": sent.point.x, "confidence": sent.place_confidence}
        typed["contact"] = contact_data(link.person)
    return create(
        draft.jurisdiction,
        visitor=visitor,
        language=draft.language,
        tester=draft.tester,
        tested_version=draft.tested_version,
        **typed,
    )


def create_again(
    service_request: ServiceRequest, person: Person, *, visitor: str, language: str, text: str = ""
) -> Draft:
    """Starts a draft with all that a report said, for when its problem is back. Photos show the time before, so they stay.

    text: what the reporter typed about it now, instead of the earlier text. Questions that are new in the service are asked.
    """
    text = intake.clean_text(text)
    answers = service_request.answers.select_related("question_version")
    codes = service_request.service_version.questions.values_list("code", flat=True)
    test = ServiceTest.objects.filter(service_request=service_request).first() if service_request.is_test else None
    return create(
        service_request.jurisdiction,
        visitor=visitor,
        language=language,
        tester=test.user if test else None,
        tested_version=service_request.service_version if test else None,
        text=text or service_request.description,
        text_language=language if text else service_request.language,
        service=service_request.service.service_code,
        place=place_of(service_request),
        answers={answer.question_version.code: answer.value for answer in answers if answer.value != ""},
        shown=["words", *codes],
        contact=contact_data(person),
    )


def place_of(service_request: ServiceRequest) -> dict[str, Any]:
    """As in a draft; empty if it has none."""
    point, asset = service_request.point, service_request.asset
    if point is None and not service_request.address:
        return {}
    place: dict[str, Any] = {
        "address": service_request.address,
        "note": service_request.place_note,
        "source": service_request.place_source,
    }
    if point is not None:
        place |= {"lat": point.y, "long": point.x, "confidence": service_request.place_confidence}
    if asset is not None:
        place["asset"] = {"number": asset.asset_id, "kind": asset.kind, "label": asset.label}
    return place


def private_link(draft: Draft) -> AccessLink | None:
    """The private link created by submitting or following."""
    return AccessLink.objects.select_related("person", "service_request").filter(pk=draft.typed.get("link")).first()


def sent_before(draft: Draft) -> list[AccessLink]:
    """The private links to the reports that were sent right before this one in the same go, oldest first, with the requests."""
    if not draft.typed.get("together"):
        return []
    sent = AccessLink.objects.filter(pk__in=draft.typed["together"])
    return list(sent.select_related("service_request__service_version").order_by("service_request_id"))


def contact_data(person: Person) -> dict[str, Any]:
    points = {point.kind: point.value for point in person.contact_points.all()}
    return {
        "name": person.name,
        "postal_address": person.postal_address,
        "email": points.get("email", ""),
        "phone": points.get("phone", ""),
        "language": person.language,
    }


def delete(drafts: list[Draft]) -> int:
    """Deletes drafts with their photos, and returns how many were still there. Submitted reports stay."""
    count = 0
    for draft in drafts:
        with transaction.atomic():
            # Lock first: a draft that is being submitted hands its photos to the request.
            locked = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
            own_photos = list(locked.photos.all()) if locked else []
            if locked is not None:
                locked.delete()
                count += 1
        for photo in own_photos:
            photos.delete_files(photo)
    return count


def to_place(jurisdiction: Jurisdiction, place: dict[str, Any]) -> submission.Place:
    """Converts the place of a draft to that of a report."""
    asset = place.get("asset")
    return submission.Place(
        point=Point(float(place["long"]), float(place["lat"]), srid=4326) if "lat" in place else None,
        address=place.get("address", ""),
        note=place.get("note", ""),
        source=place.get("source", ""),
        confidence=place.get("confidence"),
        asset=assets.by_number(jurisdiction, asset["number"]) if asset else None,
    )


def _reporter(contact: dict[str, Any], draft: Draft, verified: str) -> Reporter:
    if draft.tester is not None:
        # Whatever was typed, email about a test reaches nobody else.
        contact, verified = contact | {"email": draft.tester.email}, draft.tester.email.strip().lower()
    return Reporter(
        name=contact.get("name", ""),
        email=contact.get("email", ""),
        email_is_verified=bool(verified) and contact.get("email", "").strip().lower() == verified,
        phone=contact.get("phone", ""),
        postal_address=contact.get("postal_address", ""),
        may_be_called=bool(contact.get("phone")),
        language=contact.get("language") or draft.language,
    )


def _touch(draft: Draft | None) -> None:
    """Marks the draft as changed, so that other tabs can tell that they are out of date."""
    if draft is not None:
        draft.updated_at = app_now()
        draft.save(update_fields=["updated_at"])


def finish(draft: Draft, service_request: ServiceRequest, link: AccessLink | None, end: str) -> None:
    """Deletes the typed text, which is now stored in the request only. Begins the draft of what follows, if anything does."""
    own_link = link.pk if link and end == "sent" else None
    following = begin_next(draft, own_link)
    draft.service_request = service_request
    before = draft.typed.get("together")
    draft.typed = {"end": end, "link": link.pk if link else None} | ({"together": before} if before else {})
    if following is not None:
        draft.typed["next_draft"] = str(following.pk)
    draft.updated_at = app_now()
    draft.save(update_fields=["service_request", "typed", "updated_at"])


def begin_next(draft: Draft, link: int | None = None) -> Draft | None:
    """The draft of the report that follows this one: about the same problem at another place, then about a second problem.

    It has the same contact. The emergency question that was answered for the whole text isn't asked again.
    link: the id of the private link to the report that this draft made.
    """
    same = (
        "text_language", "contact", "contact_typed", "asked", "warned", "hinted", "by_robot", "together", "received_on",
        "late_reason", "is_practice",
    )  # fmt: skip
    typed: dict[str, Any] = {name: draft.typed[name] for name in same if name in draft.typed}
    if link is not None:
        typed["together"] = [*typed.get("together", []), link][-TOGETHER_MAX:]
    if draft.typed.get("more_places"):
        return _begin(draft, typed | _elsewhere(draft))
    second = draft.typed.get("second")
    if not second:
        return None
    first_place = second.get("place") or draft.typed.get("place") or {}
    if place := {name: value for name, value in first_place.items() if name != "asset"}:
        typed["place"] = place | ({"source": "pin"} if place.get("source") == "asset" else {})
    if second["keeps_all"]:
        # What remains of the words is one problem.
        typed |= {"text": second["whole"], "about": second["words"], "is_one_problem": True}
    else:
        typed["text"] = second["words"]
    return _begin(draft, typed | {"is_second": True})


def _elsewhere(draft: Draft) -> dict[str, Any]:
    """What the report about the same problem at the next place takes from this one."""
    same = ("text", "about", "is_one_problem", "service", "version", "answers", "shown")
    place, *rest = draft.typed["more_places"]
    typed = {name: draft.typed[name] for name in same if name in draft.typed}
    if second := draft.typed.get("second"):
        # It's where the first one is.
        typed["second"] = {"place": draft.typed["place"], **second}
    number = draft.typed.get("place_number", 1) + 1
    return typed | {"place": place, "more_places": rest, "is_elsewhere": True, "place_number": number}


def _begin(draft: Draft, typed: dict[str, Any]) -> Draft:
    return Draft.objects.create(
        jurisdiction=draft.jurisdiction,
        visitor_hash=draft.visitor_hash,
        language=draft.language,
        typed=_clean(typed),
        warning=draft.warning,
        taker=draft.taker,
        channel=draft.channel,
        expires_at=app_now() + EXPIRES_AFTER,
    )


def remove_photos(draft: Draft, *, but: Collection[str] = ()) -> None:
    """Deletes photos after the commit, so that a rollback loses no files. but: the names of those that stay."""
    for photo in draft.photos.exclude(name__in=but):
        transaction.on_commit(lambda photo=photo: photos.delete(photo))  # type: ignore[misc]


def _clean(typed: dict[str, Any]) -> dict[str, Any]:
    """Removes, at any depth, characters that PostgreSQL cannot store or that could deceive readers."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return intake.clean_text(value)
        if isinstance(value, dict):
            return {str(key): clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [clean(item) for item in value]
        return value

    return {key: clean(value) for key, value in typed.items()}
