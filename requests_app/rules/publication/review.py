"""Which reports are reviewed before they become public, and why. Review delays publication only, never the work.

publication.py asks for every text, by whatever way it came. Swearing is no reason. Phrases of every language are matched, whatever
the language of the page.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from requests_app.models.catalog import ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.moderation_term import ModerationTerm
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import PRIVATE_REASONS, UNKNOWN_SERVICE, PrivacyChoice, PublicState, ReviewReason
from requests_app.rules.alarms import screening
from requests_app.rules.people import blocked_addresses

# A report with this many unlisted links is fine; with more, it is mostly an advertisement.
LINKS_MAX = 2
# Longer text is no host name (RFC 1035) or no part of one; nobody lists names with more parts.
HOST_MAX, PART_MAX, PARTS_MAX = 253, 63, 10
PHRASE_MAX = 120

# Candidates for host names: in an address, after an @, or alone. Scanned once from left to right; a pattern for a whole name
# would start over at each dot. Sentences run together ("broken.Please") match too, but are on no list.
_DOTTED = re.compile(r"[\w.-]+")
_LINK = re.compile(r"\bhttps?://|(?<![\w.])www\.", re.IGNORECASE)
# Ways to disguise a dot, and the dots of other scripts.
_DOTS = re.compile(r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?|[。．｡]", re.IGNORECASE)


@dataclass(frozen=True)
class Matches:
    """Matches in a text: the listed threats and hosts, and the number of links."""

    threats: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    links: int = 0

    @property
    def reason(self) -> str:
        if self.threats:
            return ReviewReason.THREAT
        return ReviewReason.LINK if self.hosts or self.links > LINKS_MAX else ""


def public_state_of(version: ServiceVersion, *, is_test: bool, review_reason: str = "") -> str:
    """The public state of a new request. review_reason: from publication.judge()."""
    if is_test:
        return PublicState.TEST
    if version.visibility == ServiceVersion.Visibility.PRIVATE:
        return PublicState.PRIVATE
    if version.visibility == ServiceVersion.Visibility.STAFF:
        return PublicState.STAFF
    if review_reason in PRIVATE_REASONS:
        return PublicState.PRIVATE
    return PublicState.PENDING_REVIEW if review_reason else PublicState.PUBLIC


def awaits_review(service_request: ServiceRequest) -> bool:
    """Whether somebody has to read it before it can be public."""
    return service_request.public_state == PublicState.PENDING_REVIEW or is_private_review(service_request)


def is_private_review(service_request: ServiceRequest) -> bool:
    """Whether it's private only until somebody who may read confidential requests has decided."""
    return service_request.public_state == PublicState.PRIVATE and service_request.review_reason in PRIVATE_REASONS


def may_publish_unknown(service_request: ServiceRequest, version: ServiceVersion) -> bool:
    """Whether staff may make this “I don’t know” report public, now that they know its service: it is private only because
    nobody did. Not if its reporter chose to keep it private."""
    if service_request.public_state != PublicState.PRIVATE or service_request.privacy_choice == PrivacyChoice.KEPT:
        return False
    if public_state_of(version, is_test=service_request.is_test) != PublicState.PUBLIC:
        return False
    return was_unknown(service_request)


def was_unknown(service_request: ServiceRequest) -> bool:
    """Whether it was sent as “I don’t know”, whatever its service is now."""
    if service_request.service.service_code == UNKNOWN_SERVICE:
        return True
    changes = service_request.events.filter(kind="service_changed")
    return changes.filter(data__from_service_code=UNKNOWN_SERVICE).exists()


def find_matches(jurisdiction: Jurisdiction, texts: Iterable[str]) -> Matches:
    """Matches of these texts with the city's lists."""
    texts = list(texts)
    return ModerationLists(jurisdiction, texts).look(texts)


class ModerationLists:
    """The part of the city's lists that these texts could match, loaded once for many texts.

    email: of their author, to learn whether it is blocked (see rules.blocked_addresses).
    """

    def __init__(self, jurisdiction: Jurisdiction, texts: Iterable[str], *, email: str = "") -> None:
        # The list of links may be long, so load only hosts that occur in the texts.
        hosts = {name for text in texts for host in hosts_in(text) for name in _with_parents(host)}
        listed = ModerationTerm.objects.filter(jurisdiction=jurisdiction)
        threats = listed.filter(kind=ModerationTerm.Kind.THREAT)
        links = listed.filter(kind=ModerationTerm.Kind.LINK, value__in=hosts)
        wanted = threats | links if hosts else threats
        if email:
            addresses = list(blocked_addresses.as_listed(email))
            wanted |= listed.filter(kind=ModerationTerm.Kind.ADDRESS, value__in=addresses)
        terms = list(wanted.order_by("value"))
        self.is_blocked = any(term.kind == ModerationTerm.Kind.ADDRESS for term in terms)
        self.threats = [term.value for term in terms if term.kind == ModerationTerm.Kind.THREAT]
        self.hosts = {term.value for term in terms if term.kind == ModerationTerm.Kind.LINK}

    def look(self, texts: Iterable[str]) -> Matches:
        threats: dict[str, None] = {}
        hosts: dict[str, None] = {}
        links = 0
        for text in texts:
            threats |= dict.fromkeys(screening.phrases_in(self.threats, text))
            for host in hosts_in(text):
                hosts |= dict.fromkeys(name for name in _with_parents(host) if name in self.hosts)
            links += len(_LINK.findall(text))
        return Matches(tuple(threats), tuple(hosts), links)


def hosts_in(text: str) -> Iterator[str]:
    """The host names in a text, normalized as in the list: lower case, Unicode rather than punycode."""
    plain = _DOTS.sub(".", unicodedata.normalize("NFKC", text))
    for dotted in _DOTTED.findall(plain):
        parts = (part.strip("-_") for part in dotted.split("."))
        for is_name, together in groupby(parts, lambda part: 0 < len(part) <= PART_MAX):
            name = list(together)
            # The last part of a host name starts with a letter: "3.5" is a number.
            while is_name and name and not name[-1][0].isalpha():
                name.pop()
            if is_name and len(name) > 1:
                yield normalize_host(".".join(name))


def normalize_host(host: str) -> str:
    """Normalizes a host name: lower case, without "www.", Unicode rather than punycode."""
    host = unicodedata.normalize("NFKC", host).casefold().strip(".")
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return host.removeprefix("www.")


def host_of(typed: str) -> str:
    """The host of an administrator's input: "https://www.Spam.example/x?y" gives "spam.example". Empty if there is none."""
    host = next(hosts_in(typed.strip()), "")
    return host if len(host) <= HOST_MAX else ""


def normalize_threat(typed: str) -> str:
    """Normalizes a threat for the list. Empty if it has no words or is too long for a phrase."""
    phrase = " ".join(typed.split()).lower()
    return phrase if screening.has_words(phrase) and len(phrase) <= PHRASE_MAX else ""


def _with_parents(host: str) -> Iterator[str]:
    """a.spam.example, spam.example: listing a host includes its subdomains."""
    labels = host.split(".")[-PARTS_MAX:]
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
