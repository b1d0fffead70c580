"""What waits for a look before everybody can read it, and why. It holds back publication alone, never the work.

Swearing is no reason. A listed link or threat is, and so are many links, a flood from one network, and what only a program
would send. In the words of every language, whatever language the page is in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from requests_app.models.catalogue import ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.moderation_term import ModerationTerm
from requests_app.models.states import PublicState
from requests_app.rules import screening

# A report with so many links that nobody listed is a report; with more of them it is mostly an advertisement.
LINKS_MOST = 2
# Longer, and it is no host name (RFC 1035), nor a part of one; nobody lists one of more parts.
HOST_MAX, PART_MAX, PARTS_MAX = 253, 63, 10
PHRASE_MAX = 120

# What may hold a name with a dot, wherever it stands: in an address, behind an @, alone. Read once from left to right; a pattern
# of a whole name would begin anew at each of its dots. Words run together ("broken.Please") are found too, and are in no list.
_DOTTED = re.compile(r"[\w.-]+")
_LINK = re.compile(r"\bhttps?://|(?<![\w.])www\.", re.IGNORECASE)
# How people write a dot so that nobody finds it, and the dots of other scripts.
_DOTS = re.compile(r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?|[。．｡]", re.IGNORECASE)


class Reason(StrEnum):
    """In the order in which one is said where several hold: what a moderator should know first."""

    THREAT = "threat"
    LINK = "link"
    ROBOT = "robot"
    LIMIT = "limit"


@dataclass(frozen=True)
class Found:
    """What a text holds of the city's lists: the threats and hosts as they are listed, and how many links in all."""

    threats: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    links: int = 0

    @property
    def reason(self) -> str:
        if self.threats:
            return Reason.THREAT
        return Reason.LINK if self.hosts or self.links > LINKS_MOST else ""


def public_state_of(version: ServiceVersion, *, is_test: bool, review_reason: str = "") -> str:
    """Whether the public may see it, from its first moment on. review_reason: from review_reason()."""
    if is_test:
        return PublicState.TEST
    if version.visibility == ServiceVersion.Visibility.PRIVATE:
        return PublicState.PRIVATE
    if version.visibility == ServiceVersion.Visibility.STAFF:
        return PublicState.STAFF
    return PublicState.PENDING_REVIEW if review_reason else PublicState.PUBLIC


def review_reason(
    jurisdiction: Jurisdiction, texts: Iterable[str], *, by_robot: bool = False, over_limit: bool = False
) -> str:
    """Why this waits before everybody can read it; empty: it does not. texts: all that was typed, one by one."""
    in_words = look(jurisdiction, texts).reason
    if in_words:
        return in_words
    if by_robot:
        return Reason.ROBOT
    return Reason.LIMIT if over_limit else ""


def look(jurisdiction: Jurisdiction, texts: Iterable[str]) -> Found:
    """What of the city's lists the texts hold."""
    kept = list(texts)
    return Lists(jurisdiction, kept).look(kept)


class Lists:
    """The city's lists, as far as these texts could hold something of them; read once for many."""

    def __init__(self, jurisdiction: Jurisdiction, texts: Iterable[str]) -> None:
        # A list of links may be long: only what stands in the texts is asked for.
        named = {one for text in texts for host in hosts_in(text) for one in _with_those_above(host)}
        listed = ModerationTerm.objects.filter(jurisdiction=jurisdiction)
        threats = listed.filter(kind=ModerationTerm.Kind.THREAT)
        links = listed.filter(kind=ModerationTerm.Kind.LINK, value__in=named)
        terms = list((threats | links if named else threats).order_by("value"))
        self.threats = [one.value for one in terms if one.kind == ModerationTerm.Kind.THREAT]
        self.hosts = {one.value for one in terms if one.kind == ModerationTerm.Kind.LINK}

    def look(self, texts: Iterable[str]) -> Found:
        threats: dict[str, None] = {}
        hosts: dict[str, None] = {}
        links = 0
        for text in texts:
            threats |= dict.fromkeys(screening.phrases_in(self.threats, text))
            for host in hosts_in(text):
                hosts |= dict.fromkeys(one for one in _with_those_above(host) if one in self.hosts)
            links += len(_LINK.findall(text))
        return Found(tuple(threats), tuple(hosts), links)


def hosts_in(text: str) -> Iterator[str]:
    """The host names that a text names, as they are listed: lower case, in letters."""
    plain = _DOTS.sub(".", unicodedata.normalize("NFKC", text))
    for dotted in _DOTTED.findall(plain):
        parts = (part.strip("-_") for part in dotted.split("."))
        for is_name, together in groupby(parts, lambda part: 0 < len(part) <= PART_MAX):
            name = list(together)
            # The last part of a name begins with a letter: "3.5" is a number.
            while is_name and name and not name[-1][0].isalpha():
                name.pop()
            if is_name and len(name) > 1:
                yield as_listed(".".join(name))


def as_listed(host: str) -> str:
    """A host name as it is compared: lower case, without "www.", an international one in its own letters."""
    host = unicodedata.normalize("NFKC", host).casefold().strip(".")
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return host.removeprefix("www.")


def host_of(typed: str) -> str:
    """The host of what an administrator pasted: "https://www.Spam.example/x?y" is "spam.example". Empty: there is none."""
    found = next(hosts_in(typed.strip()), "")
    return found if len(found) <= HOST_MAX else ""


def threat_of(typed: str) -> str:
    """A threat as it is listed. Empty: there is nothing in it that could be heard, or it is longer than a phrase."""
    said = " ".join(typed.split()).lower()
    return said if screening.has_words(said) and len(said) <= PHRASE_MAX else ""


def _with_those_above(host: str) -> Iterator[str]:
    """a.spam.example, spam.example: who lists one lists all below it."""
    labels = host.split(".")[-PARTS_MAX:]
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
