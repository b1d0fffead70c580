"""The gate for what becomes public: a new report and each later text ask here, by whatever way they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.photo import Photo
from requests_app.models.service_request import Comment, ServiceRequest
from requests_app.models.states import ReviewReason
from requests_app.rules.alarms import screening
from requests_app.rules.publication import public_words
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.publication.review import ModerationLists


@dataclass(frozen=True)
class Words:
    """What somebody wrote.

    told: what they wrote themselves (screening.own_words). typed: everything, one by one, for the city's lists. public: what
    everyone would read, by where it is (rules.public_words), with the questions that it answers as labels.
    """

    told: str
    typed: Sequence[str] = ()
    public: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """reason: why it can't be public at once (ReviewReason); empty if it can. listed: the one that the city's lists give, if any.
    danger: what the words tell of it.
    """

    reason: str
    listed: str
    danger: screening.Assessment


def judge(
    jurisdiction: Jurisdiction,
    texts: Words,
    *,
    was_asked: bool = False,
    is_transfer: bool = False,
    by_robot: bool = False,
    over_limit: bool = False,
    lists: ModerationLists | None = None,
) -> Verdict:
    """What these words mean for the publication of their report.

    was_asked: a page showed the writer the personal data in it, and they left it in. is_transfer: a 911 center passed it on.
    lists: the city's, if they are loaded already.
    """
    danger = screening.find_danger(jurisdiction, texts.told)
    matches = (lists or ModerationLists(jurisdiction, texts.typed)).look(texts.typed)
    distress = danger.distress
    if distress and matches.threats and not is_transfer:
        # Words on the city's list warn the crew, who may be meant (Reason threat). The rest may still tell of distress.
        distress = screening.find_danger(jurisdiction, screening.without(matches.threats, texts.told)).distress
    if distress:
        reason = ReviewReason.DISTRESS.value
    elif is_transfer:
        reason = ReviewReason.TRANSFER.value
    elif matches.reason:
        reason = matches.reason
    elif not was_asked and personal_data_in(texts):
        reason = ReviewReason.PERSONAL_DATA.value
    elif by_robot:
        reason = ReviewReason.ROBOT.value
    else:
        reason = ReviewReason.LIMIT.value if over_limit else ""
    return Verdict(reason, matches.reason, danger)


def words_of(service_request: ServiceRequest) -> Words:
    """The words of a stored request, without those of its messages."""
    answers = list(service_request.answers.select_related("question_version"))
    texts = [service_request.description, service_request.address, service_request.place_note]
    texts += [str(answer.value_text) for answer in answers]
    texts += service_request.photos.filter(kind=Photo.Kind.REPORT).order_by("id").values_list("alt", flat=True)
    return Words(
        told="\n".join(text for text in texts if text),
        typed=texts,
        public=public_words.words_of(service_request, answers),
        labels={
            f"answer:{answer.question_version.code}": public_words.label_of(answer.question_version)
            for answer in answers
        },
    )


def told_by_residents(service_request: ServiceRequest) -> list[str]:
    """The words of a stored request, and of each message that a resident wrote about it."""
    return [words_of(service_request).told, *messages_of(service_request).values_list("text", flat=True)]


def messages_of(service_request: ServiceRequest) -> QuerySet[Comment]:
    """What residents wrote later, oldest first. Only they and the city read it."""
    return service_request.comments.filter(person__isnull=False).order_by("id")


def personal_data_in(texts: Words) -> list[Kind]:
    """The kinds of personal data in what everyone would read, each once."""
    found = [
        one.kind
        for where, text in texts.public.items()
        for one in public_words.found_in(where, text, label=texts.labels.get(where, ""))
    ]
    return list(dict.fromkeys(found))
