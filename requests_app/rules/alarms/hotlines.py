"""Who can help in each kind of danger: the numbers and the words, for pages, messages, APIs and the offline page alike.

The national numbers are settings; docs/danger.md says where they come from.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from requests_app.models import EmergencyPhrase, Jurisdiction, Owner
from requests_app.rules.alarms import screening

Kind = EmergencyPhrase.Kind
# Who may be watched by somebody they live with, and must be able to leave the page at once.
NEED_QUICK_EXIT = frozenset(
    {
        Kind.DOMESTIC_VIOLENCE,
        Kind.SEXUAL_VIOLENCE,
        Kind.CHILD_ABUSE,
        Kind.ELDER_ABUSE,
        Kind.TRAFFICKING,
        Kind.THREAT,
    }
)
# Where the quick exit leads: a page that looks like nothing special in anybody's history.
QUICK_EXIT_URL = "https://www.weather.gov/"
MOST_UTILITIES = 3


@dataclass(frozen=True)
class Number:
    """number: as people read it. name: whose it is; empty for the emergency number."""

    number: str
    name: str = ""

    @property
    def dialed(self) -> str:
        """For a tel: link."""
        return "".join(letter for letter in self.number if letter.isdigit() or letter == "+")


@dataclass(frozen=True)
class Help:
    """kind: of danger (EmergencyPhrase.Kind), or empty. advice: whom to call and when, one paragraph of plain text.

    hotline: who helps besides the emergency number, if anybody. companies: the gas and electric companies to call then.
    """

    kind: str
    advice: str
    emergency: Number
    hotline: Number | None = None
    companies: tuple[Number, ...] = ()

    @property
    def numbers(self) -> list[Number]:
        """All of them, the emergency number first."""
        return [self.emergency, *([self.hotline] if self.hotline else []), *self.companies]

    @property
    def is_special(self) -> bool:
        """Whether the advice says more than to call the emergency number."""
        return self.kind not in ("", Kind.RED_FLAG)

    def message(self) -> str:
        """The advice, for somebody who wrote to us."""
        return f"{self.advice} {_('We may not read your message right away.')}"

    @property
    def quick_exit_url(self) -> str:
        """Empty where nobody has to hide that they were here."""
        return QUICK_EXIT_URL if self.kind in NEED_QUICK_EXIT else ""


def help_for(jurisdiction: Jurisdiction, kind: str) -> Help:
    """Who can help in a danger of this kind; kind may be empty."""
    emergency = Number(jurisdiction.emergency_number)
    hotline = _hotline(jurisdiction, kind)
    companies = _companies(jurisdiction) if kind == Kind.UTILITY else ()
    words = _advice(kind, has_hotline=hotline is not None) % {
        "number": emergency.number,
        "hotline": hotline.number if hotline else "",
        "text": settings.TRAFFICKING_TEXT_NUMBER,
    }
    listed = "; ".join(f"{company.name}: {company.number}" for company in companies)
    return Help(kind, f"{words} {listed}" if listed else words, emergency, hotline, companies)


def help_in(jurisdiction: Jurisdiction, text: str) -> Help | None:
    """Who can help in the danger that a search tells of, or may tell of. None if it doesn't.

    Nothing of a search becomes public, so that what is only perhaps distress doesn't count.
    """
    danger = screening.assess(jurisdiction, text)
    return help_for(jurisdiction, danger.kind) if danger else None


def _hotline(jurisdiction: Jurisdiction, kind: str) -> Number | None:
    """None if the setting or the city's number is empty."""
    names = {
        Kind.POISON.value: _("Poison Control"),
        Kind.SELF_HARM.value: _("988 Suicide & Crisis Lifeline"),
        Kind.DOMESTIC_VIOLENCE.value: _("National Domestic Violence Hotline"),
        Kind.SEXUAL_VIOLENCE.value: _("National Sexual Assault Hotline (RAINN)"),
        Kind.CHILD_ABUSE.value: _("Childhelp National Child Abuse Hotline"),
        Kind.ELDER_ABUSE.value: _("Eldercare Locator"),
        Kind.TRAFFICKING.value: _("National Human Trafficking Hotline"),
        Kind.OVERDOSE.value: _("SAMHSA National Helpline"),
        Kind.THREAT.value: _("Police (non-emergency)"),
        Kind.HAZARD.value: jurisdiction.name,
    }
    number = {
        **settings.HOTLINES,
        Kind.THREAT.value: jurisdiction.non_emergency_number,
        Kind.HAZARD.value: jurisdiction.all_night_number,
    }.get(kind, "")
    return Number(number, names[kind]) if number else None


def _advice(kind: str, *, has_hotline: bool) -> str:
    if kind == Kind.UTILITY:
        return _(
            "Do you smell gas or see a downed wire? Leave first, then call. Don’t touch anything. Don’t turn lights on or off. "
            "When you’re far away, call %(number)s, and then your gas or electric company."
        )
    if kind == Kind.OVERDOSE:
        first = _(
            "Did someone take too much of a drug? Call %(number)s now. Give naloxone (Narcan) if you have it, and stay with them."
        )
        later = _("For help with drugs or alcohol, call %(hotline)s, day or night.")
        return f"{first} {later}" if has_hotline else first
    if kind == Kind.HAZARD:
        first = _("Stay back, and keep others away. If someone is hurt or could be hurt any minute, call %(number)s.")
        later = _("For a danger that can’t wait for us to read this, call the city at %(hotline)s, day or night.")
        return f"{first} {later}" if has_hotline else first
    if kind == Kind.THREAT:
        first = _(
            "Is someone threatening, following or stalking you? If they’re close or you’re in danger now, call %(number)s."
        )
        later = _("If not, call the police at %(hotline)s.")
        return f"{first} {later}" if has_hotline else first
    sentences = {
        Kind.POISON.value: _(
            "Did someone swallow, breathe in or touch something poisonous? Call Poison Control at %(hotline)s, day or night. "
            "If they won’t wake up, can’t breathe or have a seizure, call %(number)s."
        ),
        Kind.SELF_HARM.value: _(
            "Are you thinking about hurting yourself, or are you worried about someone? Call or text %(hotline)s, day or night. "
            "If it’s happening now, call %(number)s."
        ),
        Kind.DOMESTIC_VIOLENCE.value: _(
            "Is someone hurting you or scaring you at home? Call the National Domestic Violence Hotline at %(hotline)s, day or "
            "night. If you’re in danger now, call %(number)s."
        ),
        Kind.SEXUAL_VIOLENCE.value: _(
            "Did someone touch you or force you sexually, or do that to someone you know? It’s not your fault. Call the National "
            "Sexual Assault Hotline (RAINN) at %(hotline)s, day or night. If you’re hurt or in danger now, call %(number)s."
        ),
        Kind.CHILD_ABUSE.value: _(
            "Is someone hurting a child, or hurting you? Call the Childhelp hotline at %(hotline)s, day or night. If a child is in "
            "danger now, call %(number)s."
        ),
        Kind.ELDER_ABUSE.value: _(
            "Is someone hurting or neglecting an older person, or taking their money? Call the Eldercare Locator at %(hotline)s on "
            "weekdays. If they’re in danger now, call %(number)s."
        ),
        Kind.TRAFFICKING.value: _(
            "Is someone forced to work or to have sex, or kept from leaving? Call the National Human Trafficking Hotline at "
            "%(hotline)s or text %(text)s, day or night. If you’re in danger now, call %(number)s."
        ),
    }
    return sentences[kind] if has_hotline and kind in sentences else _("If anyone is in danger now, call %(number)s.")


def _companies(jurisdiction: Jurisdiction) -> tuple[Number, ...]:
    """The owners of the kind `utility`. The gas company, if its name tells, comes first: a leak can't wait."""
    owners = Owner.objects.filter(jurisdiction=jurisdiction, kind="utility").exclude(phone="").order_by("name")
    numbers = [Number(owner.phone, owner.name) for owner in owners.only("name", "phone")]
    return tuple(sorted(numbers, key=lambda company: "gas" not in company.name.casefold().split())[:MOST_UTILITIES])
