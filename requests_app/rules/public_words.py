"""What everyone will read of the free words of a report that is not sent yet, and what of it one may not want to show."""

from requests_app.models import QuestionVersion, ServiceVersion
from requests_app.places.public_place import public_place
from requests_app.rules import personal_data
from requests_app.rules.personal_data import Found, Kind
from requests_app.rules.report_path import Path


def is_confidential(version: ServiceVersion) -> bool:
    """Nothing of such a report is for everyone."""
    return version.visibility in (ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF)


def public_words(path: Path) -> dict[str, str]:
    """By where they stand: "text", "address", "answer:code", "photo:name"."""
    version = path.version
    if version is None or is_confidential(version):
        return {}
    words = {"text": path.text}
    address = str(path.place.get("address", ""))
    if public_place(version.visibility, path.point, address)[1] == address:
        words["address"] = address
    for question, value, _ in path.answers.given:
        if question.kind == QuestionVersion.Kind.TEXT and question.visibility == QuestionVersion.Visibility.PUBLIC:
            words[f"answer:{question.code}"] = str(value)
    if not path.answers.private_photos:
        words |= {f"photo:{photo.name}": photo.alt for photo in path.photos}
    return {where: text for where, text in words.items() if text}


def found_in(where: str, text: str) -> list[Found]:
    # "3 ELM 4", "Mr. Lincoln Rd": an address is full of what elsewhere is a plate or a name.
    return [one for one in personal_data.find(text) if where != "address" or one.kind in (Kind.EMAIL, Kind.PHONE)]
