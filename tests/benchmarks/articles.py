"""How often a question with a typing error finds its article among 5,000: bin/test tests/benchmarks/articles.py -s.

The demo's 140 articles stand among others that only a large city has, a place and a matter each ("Hours of the rose garden"). Of
200 questions, half are sentences that nobody trained on (tests/benchmarks/asked/), and half are about the others, most of them in
other words than their titles and phrases. Each has one typing error: a letter left out, doubled, swapped with the next, or its
neighbor on the keyboard. The right article must be among the first three in at least 95 % of them, for residents as for the desk.
"""

import random
import time
from collections.abc import Callable, Iterator

import pytest

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Article, User
from requests_app.rules.answers.staff_articles import for_takers
from requests_app.rules.answers.suggestions import suggest
from tests import factories
from tests.benchmarks.asked import read

ARTICLES, QUESTIONS, FIRST, LEAST = 5000, 200, 3, 0.95
SEED = 311
# What an article says of its subject, how its writers say that people ask for it, and a question in other words.
ASKED = {
    "Hours of the {}": ("opening hours of the {}", "what time does the {} close"),
    "Fees of the {}": ("what does the {} cost", "admission price, how much do i pay at the {}"),
    "Parking at the {}": ("is there a parking lot at the {}", "where do i park my car at the {}"),
    "Wheelchair access to the {}": ("ramp or elevator at the {}", "is the {} accessible with a wheelchair"),
    "Jobs at the {}": ("who is hiring at the {}", "apply for a job at the {}"),
    "Volunteering at the {}": ("help out at the {}", "become a volunteer at the {}"),
    "Tours of the {}": ("guided tour of the {}", "visit the {} with a guide"),
    "Renting the {} for a party": ("have my wedding at the {}", "rent the {} for a birthday"),
    "School visits to the {}": ("class trip to the {}", "field trip for my class to the {}"),
    "Lost and found at the {}": ("lost my bag at the {}", "i forgot my jacket at the {}"),
    "Complaints about the {}": ("file a complaint about the {}", "staff at the {} were rude, who do i complain to"),
    "History of the {}": ("when was the {} built", "how old is the {}"),
    "Donations to the {}": ("give money to the {}", "donate to the {}"),
    "Photos and filming at the {}": ("take pictures at the {}", "film a video at the {}"),
    "Dogs at the {}": ("can i bring my dog to the {}", "are pets allowed at the {}"),
    "Safety at the {}": ("is it dangerous at the {}", "guards and safety at the {} at night"),
}  # fmt: skip
# The question.
MATTERS = {
    "Hours of the {}": "when does the {} open",
    "Fees of the {}": "how much do they charge at the {}",
    "Parking at the {}": "where can i leave my car near the {}",
    "Wheelchair access to the {}": "can my wheelchair get into the {}",
    "Jobs at the {}": "is the {} hiring",
    "Volunteering at the {}": "i want to help out as a volunteer at the {}",
    "Tours of the {}": "can i take a tour of the {}",
    "Renting the {} for a party": "rent the {} for my wedding party",
    "School visits to the {}": "bring my class on a school visit to the {}",
    "Lost and found at the {}": "i lost my coat at the {}",
    "Complaints about the {}": "who do i complain to about the {}",
    "History of the {}": "how old is the {} and what is its history",
    "Donations to the {}": "how do i donate to the {}",
    "Photos and filming at the {}": "may i film a video at the {}",
    "Dogs at the {}": "is my dog allowed in the {}",
    "Safety at the {}": "is it safe at the {} at night",
}
FIRST_PARTS = (
    "Ashford", "Birchwood", "Cobblestone", "Dunmore", "Eastlake", "Fairmont", "Glenbrook", "Hawthorne", "Ironwood", "Juniper",
    "Kingsley", "Larkspur", "Meadowlark", "Northgate", "Orchard", "Pinecrest", "Quarry", "Ravenwood", "Silverton", "Thornbury",
)  # fmt: skip
PLACES = (
    "rose garden", "ice rink", "planetarium", "ferry terminal", "pottery studio", "skate park", "opera house", "fish market",
    "toy library", "wind farm", "chess club", "bowling green", "bird sanctuary", "science museum", "archery range", "boat house",
)  # fmt: skip
NEIGHBORS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l", "l": "k",
    "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c",
    "y": "u", "z": "x",
}  # fmt: skip


def others() -> Iterator[tuple[str, str, list[str]]]:
    """Title, question and phrases of each article about what only a large city has."""
    for place in PLACES:
        for first in FIRST_PARTS:
            for title, question in MATTERS.items():
                subject = f"{first} {place}"
                phrases = [phrase.format(subject.lower()) for phrase in ASKED[title]]
                yield title.format(subject), question.format(subject.lower()), phrases


def mistyped(text: str, chance: random.Random) -> str:
    """With one typing error, in a word of at least five letters if there is one."""
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) >= 5 and word.isascii() and word.isalpha()]
    at = chance.choice(long or [max(range(len(words)), key=lambda n: len(words[n]))])
    word = words[at]
    letter = chance.randrange(1, max(2, len(word) - 1))
    kind = chance.choice(("left out", "doubled", "swapped", "neighbor"))
    if kind == "left out":
        word = word[:letter] + word[letter + 1 :]
    elif kind == "doubled":
        word = word[:letter] + word[letter] + word[letter:]
    elif kind == "swapped":
        word = word[:letter] + word[letter + 1 : letter + 2] + word[letter] + word[letter + 2 :]
    else:
        word = word[:letter] + NEIGHBORS.get(word[letter].lower(), "e") + word[letter + 1 :]
    return " ".join([*words[:at], word, *words[at + 1 :]])


@pytest.mark.django_db
def test_a_typing_error_finds_the_article_among_5000() -> None:
    demo_city = factories.city_with_the_demo_catalog()
    chance = random.Random(SEED)
    ours = set(Article.objects.values_list("code", flat=True))
    made = list(others())
    chance.shuffle(made)
    made = made[: ARTICLES - len(ours)]
    Article.objects.bulk_create(
        Article(
            jurisdiction=demo_city,
            code=f"other-{n}",
            title={"en": title},
            body={"en": f"{title}: see our page."},
            asked={"en": phrases},
        )
        for n, (title, _question, phrases) in enumerate(made)
    )
    index_catalog(demo_city)
    taker: User = factories.staff("Cal", "call_taker", demo_city)
    sentences = [row for row in read("en") if set(row["right"]) <= ours]
    half = QUESTIONS // 2
    questions = [(row["said"], set(row["right"])) for row in chance.sample(sentences, half)]
    questions += [(made[n][1], {f"other-{n}"}) for n in chance.sample(range(len(made)), half)]
    typed = [(mistyped(text, chance), right) for text, right in questions]
    assert len(typed) == QUESTIONS
    finders: dict[str, Callable[[str], list[str]]] = {
        "residents": lambda text: [
            one.code for one in suggest(demo_city, text, "en", services=0, articles=FIRST).articles
        ],
        "desk": lambda text: [one.article.code for one in for_takers(demo_city, text, "en", user=taker, most=FIRST)],
    }
    shares = {}
    for name, find in finders.items():
        find("warm up")
        began = time.process_time()
        missed = [(text, right, found) for text, right in typed if not right & set(found := find(text))]
        spent = 1000 * (time.process_time() - began) / QUESTIONS
        shares[name] = 1 - len(missed) / QUESTIONS
        print(f"\n{name}: {shares[name]:.1%} of {QUESTIONS} among the first {FIRST}, {spent:.1f} ms of our CPU each")
        for text, right, found in missed:
            print(f"  {text!r}: {' or '.join(sorted(right))}, not {', '.join(found) or 'nothing'}")
    assert min(shares.values()) >= LEAST
