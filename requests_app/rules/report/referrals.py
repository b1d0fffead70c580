"""“Send it to them for me”: who takes what residents write by email, and what is too urgent for it."""

from dataclasses import dataclass
from typing import Any

from requests_app.models import Article, EmergencyPhrase, Photo
from requests_app.rules.report.path import Path


@dataclass(frozen=True)
class Receiver:
    """Somebody else who does it. name and hours are by language."""

    name: dict[str, str]
    email: str
    phone: str
    hours: dict[str, str]


def receiver_of(article: Article) -> Receiver | None:
    """None if the article names nobody, or nobody who takes email from residents through the city."""
    contact: dict[str, Any] = article.contact or {}
    if not contact.get("takes_reports") or not contact.get("email"):
        return None
    return Receiver(contact["name"], contact["email"], contact.get("phone") or "", contact.get("hours") or {})


def is_urgent(path: Path) -> bool:
    """Whether the words tell of danger, or even perhaps of gas or wires: nobody may read an email in time.

    Nor does anybody else get the words of somebody who is perhaps in distress.
    """
    is_about_a_utility = path.screening.kind == EmergencyPhrase.Kind.UTILITY
    is_distress = bool(path.screening.distress)
    return is_about_a_utility or is_distress or path.screening.is_sure or path.has_flagged_danger


def photos_of(path: Path) -> list[Photo]:
    """The photos that its writer chose to send along. Those that were added to a report aren't sent to anybody else unasked."""
    names = path.typed.get("referral_photos") or []
    return list(path.draft.photos.filter(name__in=names).order_by("id")) if names else []


def can_refer(path: Path, article: Article) -> bool:
    return receiver_of(article) is not None and path.draft.tester_id is None and not is_urgent(path)
