"""The free text of a report that is public, and the personal data in it."""

from collections.abc import Iterable

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy

from requests_app.models import Answer, QuestionVersion, ServiceRequest, ServiceVersion
from requests_app.places.public_place import public_place
from requests_app.rules.publication import personal_data
from requests_app.rules.publication.personal_data import Finding, Kind
from requests_app.rules.report.path import Path
from requests_app.rules.shared import question_kinds

KIND_WORDS = {
    Kind.EMAIL: gettext_lazy("Email address"),
    Kind.PHONE: gettext_lazy("Phone number"),
    Kind.SSN: gettext_lazy("Social security number"),
    Kind.PLATE: gettext_lazy("License plate"),
    Kind.HANDLE: gettext_lazy("Account name"),
    Kind.HOME: gettext_lazy("Home address"),
    Kind.NAME: gettext_lazy("Possible name"),
}
# With more findings than this (a pasted phone book), the rest appear as the first ones are removed.
SHOWN_AT_ONCE = 10


def public_words(path: Path) -> dict[str, str]:
    """The draft's public texts by location: "text", "address", "answer:code", "photo:name"."""
    if path.version is None or path.is_private:
        return {}
    answers = [(question, str(value)) for question, value, _ in path.answers.answered]
    words = words_for_everyone(
        path.version, text=path.text, point=path.point, address=str(path.place.get("address", "")), answers=answers
    )
    if not path.answers.private_photos:
        words |= {f"photo:{photo.name}": photo.alt for photo in path.photos if photo.alt}
    return words


def words_for_everyone(
    version: ServiceVersion,
    *,
    text: str,
    point: Point | None,
    address: str,
    answers: Iterable[tuple[QuestionVersion, str]],
) -> dict[str, str]:
    """The public texts by location: "text", "address", "answer:code"."""
    if version.is_confidential:
        return {}
    words = {"text": text}
    if public_place(version.visibility, point, address)[1] == address:
        words["address"] = address
    for question, value in answers:
        if question.kind in question_kinds.FREE_TEXT and question.visibility == QuestionVersion.Visibility.PUBLIC:
            words[f"answer:{question.code}"] = value
    return {where: value for where, value in words.items() if value}


def words_of(service_request: ServiceRequest, answers: Iterable[Answer] | None = None) -> dict[str, str]:
    """The public texts of a request, without those of its photos. answers: its own with their questions, if they are loaded."""
    if answers is None:
        answers = service_request.answers.select_related("question_version")
    return words_for_everyone(
        service_request.service_version,
        text=service_request.description,
        point=service_request.point,
        address=service_request.address,
        answers=[(answer.question_version, str(answer.value)) for answer in answers],
    )


def label_of(question: QuestionVersion) -> str:
    """The question in English if it has that, for found_in()."""
    return str(question.text.get("en") or next(iter(question.text.values()), ""))


def public_labels(path: Path) -> dict[str, str]:
    """The questions that the draft's public texts answer, by location."""
    return {f"answer:{question.code}": label_of(question) for question, _, _ in path.answers.answered}


def found_in(where: str, text: str, *, label: str = "") -> list[Finding]:
    """label: the question that the text answers, as for personal_data.find()."""
    # In an address, "3 ELM 4" is not a plate and "Mr. Lincoln Rd" is not a name.
    found = personal_data.find(text, label=label)
    return [finding for finding in found if where != "address" or finding.kind in (Kind.EMAIL, Kind.PHONE)]
