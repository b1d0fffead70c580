"""What identity-blind staff, such as contractors, read of a request: personal data is replaced, and notes for others are left out.

The replacement happens on the server, so that a page contains no trace of what it stands for. It replaces what the check for
personal data finds, what looks like it, and the people whom the request knows (known_people.py), however the text writes them.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from requests_app.models import (
    Answer,
    Comment,
    Jurisdiction,
    Photo,
    PlaceRevision,
    SafetyNote,
    ServiceRequest,
    Task,
    User,
)
from requests_app.rules.people import permissions
from requests_app.rules.publication import known_people, personal_data
from requests_app.rules.publication.known_people import NOBODY, Known, Span
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.publication.public_words import found_in


def placeholder(kind: Kind) -> str:
    return {
        Kind.EMAIL: _("[email address]"),
        Kind.PHONE: _("[phone number]"),
        Kind.SSN: _("[social security number]"),
        Kind.PLATE: _("[license plate]"),
        Kind.HANDLE: _("[account]"),
        Kind.HOME: _("[home address]"),
        Kind.NAME: _("[name]"),
    }[kind]


def redacted(text: str, where: str = "text", *, label: str = "", people: Known = NOBODY) -> str:
    """The text with each finding replaced. where: as for found_in(); label: the question that the text answers; people: the people
    of its request, of of_request()."""
    if not text:
        return text
    kinds: list[Kind | None] = [None] * len(text)
    for kind, (start, end) in _findings(text, where, label, people):
        for at in range(start, end):
            kinds[at] = kinds[at] or kind
    return "".join(
        "".join(letters[0] for letters in run) if kind is None else placeholder(kind)
        for kind, run in groupby(zip(text, kinds, strict=True), key=itemgetter(1))
    )


def _findings(text: str, where: str, label: str, people: Known) -> Iterator[tuple[Kind, Span]]:
    """The more certain kind first: where two overlap, it is the one that is named."""
    is_address = where == "address"
    yield from (
        (kind, span) for kind, span in known_people.find(text, people, is_address=is_address) if kind != Kind.NAME
    )
    found = [(one.kind, (one.start, one.end)) for one in found_in(where, text, label=label)]
    yield from (one for one in found if one[0] != Kind.NAME)
    if is_address:
        yield from ((Kind.HOME, span) for span in personal_data.apartments(text))
    for one in personal_data.find_more(text):
        if not is_address or one.kind == Kind.SSN:
            yield one.kind, (one.start, one.end)
    yield from (one for one in found if one[0] == Kind.NAME)
    yield from known_people.find(text, people, is_address=is_address)


def of_request(pk: int | None) -> Known:
    """The people whom this request (id) knows, for redacted()."""
    return known_people.of_requests([pk])[pk] if pk is not None else NOBODY


def redact(service_request: ServiceRequest, people: Known | None = None) -> None:
    """Replaces the texts of this object only. It must not be saved; actions load and lock the row again."""
    people = of_request(service_request.pk) if people is None else people
    service_request.description = redacted(service_request.description, people=people)
    service_request.place_note = redacted(service_request.place_note, people=people)
    service_request.address = redacted(service_request.address, "address", people=people)
    service_request.public_address = redacted(service_request.public_address, "address", people=people)


def redact_for(user: User | AnonymousUser, service_requests: Iterable[ServiceRequest]) -> None:
    """Redacts those of the requests whose reader is identity-blind."""
    blind = [one for one in service_requests if not permissions.reads_identity(user, one)]
    known = known_people.of_requests(one.pk for one in blind)
    for service_request in blind:
        redact(service_request, known[service_request.pk])


def redact_answers(answers: Iterable[Answer]) -> None:
    answers = list(answers)
    known = known_people.of_requests(answer.service_request_id for answer in answers)
    for answer in answers:
        answer.value_text = redacted(
            answer.value_text, label=answer.question_text, people=known[answer.service_request_id]
        )


def redact_photos(photos: Iterable[Photo]) -> None:
    photos = list(photos)
    known = known_people.of_requests(photo.service_request_id for photo in photos if photo.service_request_id)
    for photo in photos:
        photo.alt = redacted(photo.alt, people=known.get(photo.service_request_id or 0, NOBODY))


def redact_tasks(user: User | AnonymousUser, tasks: Iterable[Task], jurisdiction: Jurisdiction) -> None:
    """What colleagues wrote for those who do the work. A department that has only the task reads it as written."""
    tasks = list(tasks)
    if not tasks or permissions.searches_words(user, jurisdiction):
        return
    known = known_people.of_requests(task.service_request_id for task in tasks)
    for task in tasks:
        task.what = redacted(task.what, people=known[task.service_request_id])


def redact_addresses(
    user: User | AnonymousUser, service_requests: Iterable[ServiceRequest], jurisdiction: Jurisdiction
) -> None:
    """For lists and emails that say where something is and none of its words: only those of an identity-blind reader change."""
    if permissions.searches_words(user, jurisdiction):
        return
    rows = list(service_requests)
    known = known_people.of_requests(one.pk for one in rows)
    for one in rows:
        one.address = redacted(one.address, "address", people=known[one.pk])


def redact_safety_notes(notes: Iterable[SafetyNote], service_request: ServiceRequest) -> None:
    """Notes about a place, as shown with a request there."""
    known = of_request(service_request.pk)
    for note in notes:
        note.words = redacted(note.words, people=known)
        note.address = redacted(note.address, "address", people=known)


def redact_place(revision: PlaceRevision, people: Known) -> None:
    revision.address = redacted(revision.address, "address", people=people)
    revision.place_note = redacted(revision.place_note, people=people)


def readable_comments(
    comments: Iterable[Comment], user: User | AnonymousUser, *, reads_identity: bool
) -> list[Comment]:
    """The comments that the user may read. For identity-blind users: redacted, without notes for the department by others
    and without what was hidden."""
    comments = list(comments)
    if reads_identity:
        return comments
    known = known_people.of_requests(comment.service_request_id for comment in comments)
    readable = []
    for comment in comments:
        is_own = comment.user_id is not None and comment.user_id == user.pk
        is_for_others = comment.kind == Comment.Kind.NOTE and comment.audience != Comment.Audience.EVERYONE
        if (is_for_others and not is_own) or comment.hidden_at is not None:
            continue
        comment.text = redacted(comment.text, people=known[comment.service_request_id])
        readable.append(comment)
    return readable
