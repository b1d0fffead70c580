"""Review before publication: by content, in every language; never because of swearing."""

import time

import pytest

from requests_app.models import Jurisdiction, ModerationTerm, ServiceRequest
from requests_app.rules.publication import publication, review
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.33")]

SWEARING = [
    "This damn hole is bullshit, fix the fucking road you assholes",
    "Qué mierda de calle, arreglen el puto bache de una vez, cabrones",
    "What the hell, this shitty light is out again",
    "Carajo, otra vez la maldita basura",
]


@pytest.fixture
def city() -> Jurisdiction:
    city = factories.jurisdiction()
    for kind, value in (
        ("link", "spam.example"),
        ("link", "señal.example"),
        ("threat", "i'll kill you"),
        ("threat", "te voy a matar"),
        ("address", "troll@banned.example"),
    ):
        ModerationTerm.objects.create(jurisdiction=city, kind=kind, value=value)
    return city


@pytest.mark.parametrize("text", SWEARING)
def test_swearing_alone_holds_nothing(city: Jurisdiction, text: str) -> None:
    assert review.find_matches(city, [text]).reason == ""


@pytest.mark.parametrize(
    "text",
    [
        "see https://spam.example/buy?x=1",
        "SPAM.EXAMPLE",
        "www.spam.example.",
        "http://a.b.c.d.e.f.g.h.i.j.k.l.m.n.spam.example",
        "http://good.example@spam.example/",
        "spam[.]example, spam (dot) example",
        "ｓｐａｍ．ｅｘａｍｐｌｅ",
        "mail me@spam.example",
        "_spam.example_",
        f"{'a.' * 200}spam.example",
        "http://xn--seal-hqa.example/oferta",
    ],
)
def test_a_listed_host_holds_however_it_is_written(city: Jurisdiction, text: str) -> None:
    assert review.find_matches(city, ["A hole.", text]).reason == "link"


@pytest.mark.parametrize(
    "text", ["notspam.example", "spam.example.org", "The lid is broken.Please fix it.", "spam example", "see a.example"]
)
def test_other_hosts_hold_nothing(city: Jurisdiction, text: str) -> None:
    assert review.find_matches(city, [text]).reason == ""


def test_two_links_are_a_report_and_three_an_advertisement(city: Jurisdiction) -> None:
    links = [f"https://photos.example/{number}" for number in range(3)]
    assert review.find_matches(city, links[:2]).reason == ""
    assert review.find_matches(city, links).reason == "link"
    assert review.find_matches(city, [" www.one.example ".join(links[:2])]).reason == "link"


@pytest.mark.parametrize("text", ["Fix it or I’LL KILL YOU", "ill   kill, you!", "TE VOY A MATÁR, jefe"])
def test_a_listed_threat_holds_in_every_language_without_case_accents_and_signs(city: Jurisdiction, text: str) -> None:
    assert review.find_matches(city, [text]).reason == "threat"


@pytest.mark.parametrize("text", ["I will kill the weeds", "te voy a mata", "kill you"])
def test_other_words_are_no_threat(city: Jurisdiction, text: str) -> None:
    assert review.find_matches(city, [text]).reason == ""


DISTRESS = "My husband beats me every night."


@pytest.mark.parametrize(
    ("told", "public", "asked", "reason"),
    [
        (f"{DISTRESS} I'll kill you.", "", {"is_transfer": True}, "distress"),
        ("See spam.example", "", {"is_transfer": True}, "transfer"),
        # Who is threatened, and not who threatens.
        (f"{DISTRESS} I'll kill you, he says.", "", {}, "distress"),
        ("See spam.example or I'll kill you", "", {"by_robot": True}, "threat"),
        ("spam.example", "Call 617-555-0142", {"by_robot": True}, "link"),
        ("A hole.", "Call 617-555-0142", {"by_robot": True, "over_limit": True}, "personal_data"),
        ("A hole.", "Call 617-555-0142", {"by_robot": True, "over_limit": True, "was_asked": True}, "robot"),
        ("A hole.", "", {"over_limit": True}, "limit"),
        ("A hole.", "A hole.", {}, ""),
    ],
)
def test_the_gravest_reason_counts(
    city: Jurisdiction, told: str, public: str, asked: dict[str, bool], reason: str
) -> None:
    words = publication.Words(told=told, typed=[told], public={"text": public})
    assert publication.judge(city, words, **asked).reason == reason


def test_the_lists_of_another_city_do_not_count(city: Jurisdiction) -> None:
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    assert review.find_matches(other, ["spam.example", "I'll kill you"]).reason == ""


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://www.Spam.example/x?y=1#z", "spam.example"),
        ("spam.example", "spam.example"),
        (" XN--SEAL-HQA.example ", "señal.example"),
        ("no host", ""),
        ("", ""),
        (f"{'a.' * 200}example", ""),
    ],
)
def test_the_host_of_what_was_pasted(typed: str, host: str) -> None:
    assert review.host_of(typed) == host


def test_a_long_list_and_a_long_text_cost_two_queries(city: Jurisdiction, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        review.find_matches(city, ["a." * 2000, "b.example " * 300, "no links"])


@pytest.mark.shows("5.48")
@pytest.mark.parametrize("piece", ["\u2488", "a.", "a", "a-", "1.", "[.]", "www."])
def test_no_text_keeps_the_city_busy(city: Jurisdiction, piece: str) -> None:
    """Eight times the text takes about eight times as long. A pattern that starts over at each dot would take 64 times."""

    def seconds(times: int) -> float:
        taken = []
        for _ in range(3):
            began = time.process_time()
            review.find_matches(city, [piece * times])
            taken.append(time.process_time() - began)
        return min(taken)

    few = seconds(4_000)
    assert seconds(32_000) < 8 * 3 * few + 0.05


@pytest.mark.parametrize(
    ("state", "reason", "is_private", "awaits"),
    [
        ("private", "distress", True, True),
        # Somebody has decided.
        ("public", "distress", False, False),
        ("private", "", False, False),
        ("private", "link", False, False),
        ("pending_review", "link", False, True),
    ],
)
def test_what_waits_for_somebody_who_reads_it(state: str, reason: str, is_private: bool, awaits: bool) -> None:
    made = ServiceRequest(public_state=state, review_reason=reason)
    assert (review.is_private_review(made), review.awaits_review(made)) == (is_private, awaits)


def test_the_longest_host_and_phrase_of_a_list_are_taken() -> None:
    host = f"{'a' * 50}." * 4 + "a" * (review.HOST_MAX - 204 - 8) + ".example"
    assert (len(host), review.host_of(host), review.host_of(f"a{host}")) == (review.HOST_MAX, host, "")
    phrase = "a" * review.PHRASE_MAX
    assert (review.normalize_threat(phrase), review.normalize_threat(f"{phrase}a")) == (phrase, "")
