"""Finds two problems in one text: "there's a pothole on Elm and the streetlight is out."

A text is cut in two where a sentence ends, a word joins two ("and", "also", "y") or, in a few words, a comma does. It tells of two
problems if each half by itself suggests a different service (rules/suggestions.py), neither half fits the other's service much, and
the whole fits no service much better than the halves fit theirs, but these two better than most. Missing two problems costs
little, since both are read in one report; tearing one apart costs a wrong report. So when in doubt, it's one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.rules import word_search
from requests_app.rules.suggestions import suggest
from requests_app.rules.word_search import ARTICLE, NOBODY, SERVICE, Found

# The places where a text is cut; the first ones are tried.
MOST_CUTS = 8
# Words in each half, and in the clauses that meet there; in each half if no word joins them ("Plate 123," "Every weekend").
LEAST_WORDS, LEAST_WORDS_APART = 2, 4
# The most words of the other half if one is a single word ("pothole, and the light"), and of a text that a comma alone cuts.
MOST_BESIDE_ONE, MOST_WITH_COMMA = 8, 12
# Words of a text that is cut at all. A longer one is a story of one problem; one in a hundred texts is longer.
MOST_WORDS = 100


@dataclass(frozen=True)
class Limits:
    """How surely two services must be meant.

    strong: the least score of a half's service; alike: of two services of one category, which may share a problem ("parked
    illegally for weeks"). of_others, of_whole: the least share of what an article or nobody's words score in the half, and of the
    best that the whole text scores. of_best: the whole's two best services are the halves', or score at least this share of the
    best. shared: the most that a half's service may score in the other half, as a share of the other's own, in each half;
    less_shared: in one of them.
    """

    strong: float
    alike: float
    of_others: float
    of_whole: float
    of_best: float
    shared: float
    less_shared: float


# If the text says that it goes on to something else ("also", "there's"), if a word only joins the halves, and if none does, since
# people say the same thing in two sentences. Chosen with tests/benchmarks/two_problems.py.
ANOTHER = Limits(strong=2.0, alike=2.5, of_others=0.65, of_whole=0.5, of_best=0.35, shared=0.85, less_shared=0.6)
JOINED = Limits(strong=3.0, alike=3.5, of_others=0.7, of_whole=0.55, of_best=0.7, shared=0.58, less_shared=0.45)
APART = replace(JOINED, strong=3.2)

_ADDING = r"(?:also|plus|additionally|besides|separately|además|ademas|también|tambien|aparte|asimismo)"
_JOINING = rf"(?:and|y|e|{_ADDING})"
# Runs are short, so that odd texts take no time.
_CUT = re.compile(
    rf"(?:\s{{0,4}}[.!?;,\n]{{1,4}}\s{{0,4}}|\s{{1,4}})(?:{_JOINING}\b[\s,:]{{0,4}}){{1,3}}"
    r"|[.!?;]{1,4}\s{1,4}|\n{1,4}\s{0,4}|\s[&+]\s|,\s{1,4}",
    re.IGNORECASE,
)
# What goes on about the same thing: "it's blocking the sidewalk", "nobody came", "está tapando la acera".
_SAME_THING = re.compile(
    r"(?:it|its|it[’']s|they|theyre|they[’']re|them|he|she|this|that|which|who|people|everyone|everybody|nobody|no one|now|then|so"
    r"|is|are|was|were|has|have|had|keeps?|still|needs?|can[’']?t|won[’']?t|will|would|could|should|i|i[’']?m|i[’']?ve|we|please"
    r"|thanks?|blocking|leaking|está|están|estan|es|son|era|fue|sigue|siguen|ya|nadie|no hay nadie|la gente|me|nos|lo|no me|no sé"
    r"|se me|se va|se van|que pas[oó]|por favor|gracias|quiero|necesito|tapa|tapan|bloquea|bloquean|huele|sale|salen|hace|hacen"
    r"|ahora|eso|esto|él|ella|ellos|puede|pueden"
    r"|takes|makes|goes|gets|happens|looks|smells|seems|making|causing|preventing|forcing|leaving|creating|obstructing"
    r"|causando|haciendo|impidiendo|obstruyendo|nothing|previously|nada"
    r"|never|nunca|night|noche|causes?|blocks?"
    # What is said about it: "very dangerous."
    r"|(?:(?:very|so|too|extremely|super|really|muy|bien|súper)\s+)?"
    r"(?:dangerous|unsafe|hazardous|hazard|tripping|difficult|inaccessible|peligros[oa]|difícil|dificil))\b"
    # Somebody who does nothing about it.
    r"|.{0,40}(?:\b(?:does|did|do) nothing|do anything|\bhac\w+ nada)",
    re.IGNORECASE,
)
# What another problem begins with, and what a text ends with that adds one: "the light isn't working either".
_BEGINS_ANOTHER = re.compile(
    rf"(?:{_ADDING}|there[’']?s|there (?:is|are)|some(?:one|body)|hay|alguien)\b", re.IGNORECASE
)
_ADDS = re.compile(rf"\b{_ADDING}\b", re.IGNORECASE)
_ENDS_ANOTHER = re.compile(r"\b(?:either|too|tampoco|también|tambien)\W{0,4}$", re.IGNORECASE)
# A corner, whose two streets "and" joins. A sentence that ends with a street is none ("on Elm St. Also the street light").
_CLAUSE = re.compile(r"[.!?;\n]")
_CORNER = re.compile(
    r"\b(?:corner of|corner|intersection of|at|on|between|esquina de|esquina|cruce de|entre|en)"
    r"(?:\s+(?:la|el))?(?:\s+\S+){1,2}$",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"^(?:(?:la|el)\s+)?\S+(?:\s+(?:st|street|ave|avenue|rd|road|blvd|dr|drive|ln|lane|way|calle|avenida)\b|[\s.,!?]{0,4}$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Problem:
    """words: as they were typed. version: the service that fits best."""

    words: str
    version: ServiceVersion


@dataclass(frozen=True)
class TwoProblems:
    """In the order of the text."""

    first: Problem
    second: Problem


def find(jurisdiction: Jurisdiction, text: str, language: str) -> TwoProblems | None:
    """The two problems that the text tells of; None if it's one, or more than two halves can say. language: the reader's."""
    text = text.strip()
    cuts = _cuts(text) if _words(text, MOST_WORDS) <= MOST_WORDS else []
    if not cuts:
        return None
    halves = [half for cut in cuts for half in (text[: cut.start()], text[cut.end() :])]
    whole, *scored = word_search.scores_of_parts(jurisdiction, [text, *halves], language)
    tried: list[tuple[float, re.Match[str], tuple[Found, Found]]] = []
    for cut, first, second in zip(cuts, scored[::2], scored[1::2], strict=True):
        limits = _limits(text, cut)
        one, other = _best(first, limits), _best(second, limits)
        if one is not None and other is not None and _differ(whole, first, second, one, other, limits):
            tried.append((min(first[one], second[other]), cut, (one, other)))
    if not tried:
        return None
    strength, cut, meant = max(tried, key=lambda found: found[0])
    problems = []
    for words, best in zip((text[: cut.start()], text[cut.end() :]), meant, strict=True):
        # Residents can use it today, and what is learned from earlier reports doesn't say otherwise.
        services = suggest(jurisdiction, words, language).services
        version = next((one for one in services if best == (SERVICE, one.service_id)), None)
        # "Nobody came" fits a complaint, which has no place, but is said about the other half.
        if version is None or not version.place_required:
            return None
        problems.append(Problem(words, version))
    first_version, second_version = (problem.version for problem in problems)
    if first_version.category_id == second_version.category_id and strength < _limits(text, cut).alike:
        return None
    return TwoProblems(*problems)


def _cuts(text: str) -> list[re.Match[str]]:
    """Where two sentences or clauses may meet, at most MOST_CUTS."""
    found = []
    for cut in _CUT.finditer(text):
        before, after = text[: cut.start()], text[cut.end() :]
        words = (_words(before, MOST_BESIDE_ONE + 1), _words(after, MOST_BESIDE_ONE + 1))
        # "Pothole, and the light": a word by itself, next to a few.
        has_one_word = min(words) == 1 and max(words) <= MOST_BESIDE_ONE
        if min(words) < 1 or _SAME_THING.match(after):
            continue
        if cut[0].strip() == ",":
            if min(words) < LEAST_WORDS or _words(text, MOST_WITH_COMMA + 1) > MOST_WITH_COMMA:
                continue
        elif not _joins(cut):
            if min(words) < LEAST_WORDS_APART:
                continue
        # "The front and side. Snow everywhere."
        elif not has_one_word and min(_words(_CLAUSE.split(before)[-1]), _words(_CLAUSE.split(after)[0])) < LEAST_WORDS:
            continue
        if not _CLAUSE.search(cut[0]) and _CORNER.search(before[-60:]) and _STREET.match(after[:60]):
            continue
        found.append(cut)
        if len(found) == MOST_CUTS:
            break
    return found


def _joins(cut: re.Match[str]) -> bool:
    return any(letter.isalpha() or letter in "&+" for letter in cut[0])


def _limits(text: str, cut: re.Match[str]) -> Limits:
    if _BEGINS_ANOTHER.match(text[cut.end() :]) or _ADDS.search(cut[0]) or _ENDS_ANOTHER.search(text[-60:]):
        return ANOTHER
    return JOINED if _joins(cut) else APART


def _words(text: str, most: int = LEAST_WORDS) -> int:
    # No more than need be counted.
    return len(text.split(None, most))


def _differ(
    whole: Mapping[Found, float],
    first: Mapping[Found, float],
    second: Mapping[Found, float],
    one: Found,
    other: Found,
    limits: Limits,
) -> bool:
    """Whether one, the first half's service, and other, the second half's, are two problems and not one that the text is about."""
    weaker = min(first[one], second[other])
    best = sorted((found for found in whole if found[0] == SERVICE), key=lambda found: -whole[found])[:2]
    if one == other or weaker < limits.strong or not best or best[0] not in (one, other):
        return False
    if weaker < limits.of_whole * whole[best[0]]:
        return False
    least = limits.of_best * whole[best[0]]
    if set(best) != {one, other} and min(whole.get(one, 0.0), whole.get(other, 0.0)) < least:
        return False
    less, more = sorted((first.get(other, 0.0) / first[one], second.get(one, 0.0) / second[other]))
    return more <= limits.shared and less <= limits.less_shared


def _best(scores: Mapping[Found, float], limits: Limits) -> Found | None:
    """The best service, unless an article or what nobody serves clearly fits better."""
    best = max((found for found in scores if found[0] == SERVICE), key=lambda found: scores[found], default=None)
    others = max(
        (score for (kind, _), score in scores.items() if kind == ARTICLE or kind.startswith(NOBODY)), default=0.0
    )
    return best if best is not None and scores[best] >= limits.of_others * others else None
