"""Who can help in a danger: the numbers to call, and how to say so in a message."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from requests_app.models import EmergencyPhrase, Jurisdiction, Owner

Kind = EmergencyPhrase.Kind


@dataclass(frozen=True)
class Hotline:
    """number: as people read it; dialed: for a tel: link."""

    number: str
    dialed: str


# National numbers in the United States, free and answered day and night.
HOTLINES: dict[str, Hotline] = {
    Kind.POISON: Hotline("1-800-222-1222", "18002221222"),
    Kind.SELF_HARM: Hotline("988", "988"),
    Kind.DOMESTIC_VIOLENCE: Hotline("1-800-799-7233", "18007997233"),
}
# Where the quick exit leads: a page that looks like nothing special in anybody's history.
QUICK_EXIT_URL = "https://www.weather.gov/"
MOST_UTILITIES = 3


def help_for(jurisdiction: Jurisdiction, kind: str) -> dict[str, Any]:
    """What a template needs to say who can help in a danger of this kind; kind may be empty."""
    context: dict[str, Any] = {"danger_kind": kind, "hotline": HOTLINES.get(kind), "quick_exit_url": QUICK_EXIT_URL}
    if kind == Kind.UTILITY:
        owners = Owner.objects.filter(jurisdiction=jurisdiction, kind="utility").exclude(phone="")
        context["utilities"] = owners.order_by("name").only("name", "phone")[:MOST_UTILITIES]
    return context


def whom_to_call(jurisdiction: Jurisdiction, kind: str) -> str:
    """A sentence or two for a message."""
    words = {
        Kind.POISON: _(
            "Did someone swallow, breathe in or touch poison? Call Poison Control at 1-800-222-1222 anytime. "
            "If they won’t wake up or can’t breathe, call %(number)s."
        ),
        Kind.SELF_HARM: _(
            "Are you thinking of hurting yourself? Call or text 988 anytime. If you’re in danger now, call %(number)s."
        ),
        Kind.DOMESTIC_VIOLENCE: _(
            "Is someone hurting you at home? Call 1-800-799-7233 anytime. If you’re in danger now, call %(number)s."
        ),
        Kind.UTILITY: _(
            "Do you smell gas or see a downed wire? Leave first. Then call %(number)s. We may not read your message right away."
        ),
    }
    other = _("If anyone is in danger now, call %(number)s. We may not read your message right away.")
    words_by_kind: dict[str, str] = {key.value: said for key, said in words.items()}
    return words_by_kind.get(kind, other) % {"number": jurisdiction.emergency_number}
