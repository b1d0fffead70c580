"""A copy of the data about one email address, for its holder: a ZIP of data.json and photos. docs/personal-data.md has the format.

Nothing of anybody else is in it, no name of staff, and no internal note.
"""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from requests_app import links, references
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import (
    CallBack,
    Comment,
    Contact,
    ContactPoint,
    LetterPage,
    Message,
    Participation,
    Person,
    Photo,
    ServiceRequest,
    Subscription,
    SurveyAnswer,
)
from requests_app.rules.people import my_requests

FORMAT = "lamplighter-own-data/1"
# Requests per file. More come in further parts, so that each can be made while the user waits.
IN_A_PART = 100


def parts(contact_point: ContactPoint) -> int:
    """Number of files; at least one, since an address may have subscriptions only."""
    return max(1, -(-len(_keys(contact_point)) // IN_A_PART))


def _keys(contact_point: ContactPoint) -> list[int]:
    found = my_requests.requests(contact_point).order_by("-submitted_at", "-id")
    return list(found.values_list("pk", flat=True))


def copy(contact_point: ContactPoint, part: int) -> Iterator[bytes]:
    """Streams one part's ZIP, holding one picture in memory at a time."""
    keys = _keys(contact_point)[(part - 1) * IN_A_PART : part * IN_A_PART]
    data, pictures = _data(contact_point, keys, part)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        packed.writestr("read-me.txt", _read_me(contact_point))
        yield sink.taken()
        for name, path in pictures:
            try:
                with default_storage.open(path) as file:
                    # Pictures are compressed already.
                    packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), file.read(), zipfile.ZIP_STORED)
            except FileNotFoundError:
                continue
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A write-only file that passes on what the ZIP writes."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self.waiting = self.waiting, []
        return b"".join(pieces)


def _read_me(contact_point: ContactPoint) -> str:
    lines = [
        _("This is a copy of the information the city has about %(address)s.") % {"address": contact_point.value},
        _(
            "data.json has all the text and dates. You can open it in any text editor. Your photos are in the “photos” folder."
        ),
        _("It doesn’t have staff notes or anything other people sent."),
    ]
    return "\n\n".join(lines) + "\n"


# --- Contents ----------------------------------------------------------------------------------------------------


def _data(contact_point: ContactPoint, keys: Sequence[int], part: int) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Also the pictures: their names in the ZIP, and in the storage."""
    city = contact_point.person.jurisdiction
    people = my_requests.people(contact_point)
    requests = _requests(keys)
    roles: dict[int, list[str]] = defaultdict(list)
    for request_id, role in Participation.objects.filter(person__in=people, service_request__in=keys).values_list(
        "service_request_id", "role"
    ):
        roles[request_id].append(role)
    own = {pk for pk, found in roles.items() if set(found) & set(Participation.OWN)}
    photos = _photos(own)
    names = {
        photo.pk: f"photos/{one.reference}-{number}.jpg"
        for one in requests
        for number, photo in enumerate(photos[one.pk], 1)
    }
    comments, surveyed, sent = _comments(people, keys, own), _surveyed(people, keys), _messages(people, keys)
    data: dict[str, Any] = {
        "format": FORMAT,
        "city": city.name,
        "site": links.base_url(city),
        "made_at": app_now(),
        "address": contact_point.value,
        "part": part,
        "parts": parts(contact_point),
        "requests": [
            {
                **_request(one, roles[one.pk], own=one.pk in own),
                "comments": comments[one.pk],
                "photos": [_photo(photo, names[photo.pk]) for photo in photos[one.pk]],
                "messages": sent[one.pk],
                "survey_answers": surveyed[one.pk],
            }
            for one in requests
        ],
    }
    pictures = [(names[photo.pk], photo.path) for one in requests for photo in photos[one.pk]]
    if part == 1:
        conversations = list(_conversations(people))
        data["conversations"] = [_conversation(one) for one in conversations]
        pictures += [(_page_name(page), page.path) for one in conversations for page in one.letter_pages.all()]
        data["people"] = [_person(one) for one in people.prefetch_related("contact_points").order_by("id")]
        data["subscriptions"] = [_subscription(one) for one in _subscriptions(contact_point)]
        data["call_backs"] = [_call_back(one) for one in _call_backs(people)]
        data["other_messages"] = [_message(one) for one in _about_none(people)]
    return _plain(data), pictures


def _call_backs(people: QuerySet[Person]) -> QuerySet[CallBack]:
    """The calls that they were promised or that we made to them. What a taker noted about one is for staff."""
    theirs = Q(contact__person__in=people) | Q(call__person__in=people)
    return CallBack.objects.filter(theirs).distinct().order_by("id")


def _call_back(row: CallBack) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "phone": row.phone,
        "asked_at": row.created_at,
        "promised_at": row.promised_at,
        "called_at": row.last_tried_at,
        "ended_at": row.closed_at,
        "transcript": row.transcript,
    }


def _requests(keys: Sequence[int]) -> list[ServiceRequest]:
    found = (
        ServiceRequest.objects.filter(pk__in=keys)
        .select_related("service", "service_version", "department")
        .prefetch_related("answers", "text_revisions__comment", "place_revisions")
    )
    return sorted(found, key=lambda one: (one.submitted_at, one.pk), reverse=True)


def _request(service_request: ServiceRequest, roles: list[str], *, own: bool) -> dict[str, Any]:
    """All of a request they reported; of one they joined or follow, its public part."""
    about: dict[str, Any] = {
        "reference": service_request.reference,
        "service": {
            "code": service_request.service.service_code,
            "name": localized(service_request.service_version.name),
        },
        "department": localized(service_request.department.name) if service_request.department else None,
        "you": sorted(set(roles)),
        "status": service_request.status,
        "outcome": service_request.disposition or None,
        "shown_to_everybody": service_request.is_public,
        "submitted_at": service_request.submitted_at,
        "updated_at": service_request.updated_at,
        "ended_at": service_request.resolved_at,
        "place": {"address": service_request.public_address or None},
    }
    if not own:
        return about
    return about | {
        "channel": service_request.channel,
        "language": service_request.language,
        "words": service_request.description,
        "place": _place(service_request) | {"named_by": service_request.place_source or None},
        "answers": [
            {"question": answer.question_text, "answer": answer.value_text} for answer in service_request.answers.all()
        ],
        "earlier_words": [
            {"of": revision.field, "before": revision.before, "after": revision.after, "at": revision.created_at}
            for revision in service_request.text_revisions.all()
            if revision.comment is None
        ],
        "earlier_places": [_place(place) | {"at": place.created_at} for place in service_request.place_revisions.all()],
    }


def _place(at: Any) -> dict[str, Any]:
    return {
        "address": at.address or None,
        "note": at.place_note or None,
        "latitude": at.point.y if at.point else None,
        "longitude": at.point.x if at.point else None,
    }


def _comments(people: Any, keys: Sequence[int], own: set[int]) -> dict[int, list[dict[str, Any]]]:
    """Their messages, our questions to them, and our public comments, with departments but no staff names."""
    ids = set(people.values_list("pk", flat=True))
    by_request: dict[int, list[dict[str, Any]]] = defaultdict(list)
    comments = Comment.objects.filter(service_request__in=keys).select_related("department").order_by("id")
    for comment in comments:
        is_own = comment.service_request_id in own
        # A call taker wrote down what they said on the phone.
        by_phone = comment.kind == Comment.Kind.ANSWER and comment.person_id is None and is_own
        theirs = comment.person_id in ids or by_phone
        asked = comment.kind == Comment.Kind.QUESTION and is_own
        of_the_city = comment.person_id is None and comment.hidden_at is None and (comment.public or asked)
        if theirs or of_the_city:
            by_request[comment.service_request_id].append(
                {
                    "by": "you" if theirs else "city",
                    "department": localized(comment.department.name) if comment.department and not theirs else None,
                    "kind": comment.kind,
                    "text": comment.text,
                    "language": comment.language,
                    "at": comment.created_at,
                }
            )
    return by_request


def _photos(own: set[int]) -> dict[int, list[Photo]]:
    found: dict[int, list[Photo]] = defaultdict(list)
    for one in Photo.objects.filter(service_request__in=own, kind=Photo.Kind.REPORT).order_by("id"):
        if one.service_request_id is not None:
            found[one.service_request_id].append(one)
    return found


def _photo(photo: Photo, name: str) -> dict[str, Any]:
    return {
        "file": name,
        "shows": photo.alt or None,
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.taken_at,
        "latitude": photo.taken_point.y if photo.taken_point else None,
        "longitude": photo.taken_point.x if photo.taken_point else None,
        "sent_at": photo.created_at,
    }


def _messages(people: Any, keys: Sequence[int]) -> dict[int | None, list[dict[str, Any]]]:
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for one in _sent(people).filter(service_request__in=keys):
        found[one.service_request_id].append(_message(one))
    return found


def _about_none(people: Any) -> Iterable[Message]:
    return _sent(people).filter(service_request=None)


def _sent(people: Any) -> Any:
    sent = Message.objects.filter(person__in=people).exclude(sent_at=None)
    return sent.select_related("contact_point").order_by("id")


def _message(message: Message) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "by": message.channel,
        "to": message.contact_point.value if message.contact_point else None,
        "at": message.sent_at,
    }


def _surveyed(people: Any, keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in SurveyAnswer.objects.filter(person__in=people, service_request__in=keys).order_by("id"):
        found[one.service_request_id].append(
            {"question": one.question, "answer": one.value, "reason": one.reason or None, "at": one.answered_at}
        )
    return found


def _person(person: Any) -> dict[str, Any]:
    return {
        "name": person.name or None,
        "postal_address": person.postal_address or None,
        "language": person.language,
        "may_be_called": person.may_be_called,
        "since": person.created_at,
        "contacts": [
            {
                "kind": point.kind,
                "value": point.value,
                "confirmed_at": point.verified_at,
                "refused_at": point.bounced_at,
            }
            for point in person.contact_points.all()
        ],
    }


def _subscriptions(contact_point: ContactPoint) -> Iterable[Subscription]:
    """Including those they unsubscribed from."""
    return Subscription.objects.filter(contact_point__in=my_requests.same_address(contact_point)).order_by("id")


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return {
        "about": subscription.label,
        "latitude": subscription.point.y if subscription.point else None,
        "longitude": subscription.point.x if subscription.point else None,
        "meters_around": subscription.radius_m,
        "how_often": "the evening before collection" if subscription.collection else subscription.cadence,
        "asked_at": subscription.created_at,
        "confirmed_at": subscription.confirmed_at,
        "unsubscribed_at": subscription.unsubscribed_at,
    }


def _conversations(people: Any) -> Iterable[Contact]:
    """Calls, visits and letters whose person they are."""
    theirs = Contact.objects.filter(person__in=people, is_practice=False)
    return theirs.prefetch_related("requests", "letter_pages").order_by("id")


def _page_name(page: LetterPage) -> str:
    return f"letters/{references.display_contact(page.contact.number)}-{page.number}.jpg"


def _conversation(contact: Contact) -> dict[str, Any]:
    """Without the taker and their note."""
    return {
        "number": references.display_contact(contact.number),
        "by": contact.channel,
        "began_at": contact.started_at,
        "ended_at": contact.ended_at,
        "your_number": contact.caller_number or None,
        "language": contact.language,
        "address": contact.address or None,
        "topic": contact.topic or None,
        "outcome": contact.outcome or None,
        "requests": [one.reference for one in contact.requests.all()],
        "letter": [_page_name(page) for page in contact.letter_pages.all()],
    }


def _plain(value: Any) -> Any:
    """Converts times to ISO 8601 in UTC."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
