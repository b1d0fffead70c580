"""Finds two problems in one text: "there's a pothole on Elm and the streetlight is out."

A text is cut in two where a sentence ends or a word joins two ("and", "also", "y"). It tells of two problems if each half by itself
suggests a different service (rules/suggestions.py), neither half fits the other's service, and the whole fits no service as well as
the halves fit theirs, but these two better than any other. Missing two problems costs little, since both are read in one report;
tearing one apart costs a wrong report. So when in doubt, it's one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.rules import word_search
from requests_app.rules.suggestions import suggest
from requests_app.rules.word_search import ARTICLE, NOBODY, SERVICE, Found

# The places where a text is cut; the first ones are tried.
MOST_CUTS = 8
# Words in each half, and in the clauses that meet there; in each half if no word joins them ("Plate 123," "Every weekend").
LEAST_WORDS, LEAST_WORDS_APART = 2, 4
# Words of a text that is cut at all. A longer one is a story of one problem; one in a hundred texts is longer.
MOST_WORDS = 100
# The least score of a half's service, and its share of what an article or the whole text scores.
STRONG = 2.75
# That of two services of one category, which may share a problem ("parked illegally for weeks"), and of halves that no word joins,
# since people say the same thing in two sentences.
STRONG_ALIKE, STRONG_APART = 3.5, 4.0
OF_ARTICLE, OF_WHOLE = 0.7, 0.75
# What the whole scores for the halves' services: the best for one, and the next best or this share of it for the other.
OF_BEST = 0.75
# The most that a half's service may score in the other half, as a share of the other's own.
SHARED = 0.55

_JOINING = r"(?:and|also|plus|additionally|besides|y|e|además|ademas|también|tambien|aparte|asimismo)"
# Runs are short, so that odd texts take no time.
_CUT = re.compile(
    rf"(?:\s{{0,4}}[.!?;,\n]{{1,4}}\s{{0,4}}|\s{{1,4}})(?:{_JOINING}\b[\s,:]{{0,4}}){{1,3}}"
    r"|[.!?;]{1,4}\s{1,4}|\n{1,4}\s{0,4}|\s[&+]\s",
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
# A corner, whose two streets "and" joins.
_CLAUSE = re.compile(r"[.!?;\n]")
_CORNER = re.compile(
    r"\b(?:corner of|corner|intersection of|at|on|between|esquina de|esquina|cruce de|entre)(?:\s+\S+){1,2}$",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"^\S+(?:\s+(?:st|street|ave|avenue|rd|road|blvd|dr|drive|ln|lane|way|calle|avenida)\b|[\s.,!?]{0,4}$)",
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
    tried = [
        (strength, cut, (_best(first)[0], _best(second)[0]))
        for cut, first, second in zip(cuts, scored[::2], scored[1::2], strict=True)
        if (strength := _strength(whole, first, second)) >= (STRONG if _joins(cut) else STRONG_APART)
    ]
    if not tried:
        return None
    strength, cut, meant = max(tried, key=lambda found: found[0])
    problems = []
    for words, best in zip((text[: cut.start()], text[cut.end() :]), meant, strict=True):
        # Residents can use it today, and nothing that is learned from earlier reports says otherwise.
        services = suggest(jurisdiction, words, language, services=1, articles=1).services
        # "Nobody came" fits a complaint, which has no place, but is said about the other half.
        if not services or best != (SERVICE, services[0].service_id) or not services[0].place_required:
            return None
        problems.append(Problem(words, services[0]))
    first, second = (problem.version for problem in problems)
    if first.category_id == second.category_id and strength < STRONG_ALIKE:
        return None
    return TwoProblems(*problems)


def _cuts(text: str) -> list[re.Match[str]]:
    """Where two sentences or clauses may meet, at most MOST_CUTS."""
    found = []
    for cut in _CUT.finditer(text):
        before, after = text[: cut.start()], text[cut.end() :]
        least = LEAST_WORDS if _joins(cut) else LEAST_WORDS_APART
        if min(_words(before, least), _words(after, least)) < least or _SAME_THING.match(after):
            continue
        # "The front and side. Snow everywhere."
        meeting = (_CLAUSE.split(before)[-1], _CLAUSE.split(after)[0])
        if _joins(cut) and min(map(_words, meeting)) < LEAST_WORDS:
            continue
        if _CORNER.search(before[-60:]) and _STREET.match(after[:60]):
            continue
        found.append(cut)
        if len(found) == MOST_CUTS:
            break
    return found


def _joins(cut: re.Match[str]) -> bool:
    return any(letter.isalpha() or letter in "&+" for letter in cut[0])


def _words(text: str, most: int = LEAST_WORDS) -> int:
    # No more than need be counted.
    return len(text.split(None, most))


def _strength(whole: Mapping[Found, float], first: Mapping[Found, float], second: Mapping[Found, float]) -> float:
    """How surely two services are meant: the score of the weaker half; 0 if the text may be about one."""
    one, one_score = _best(first)
    other, other_score = _best(second)
    if one is None or other is None or one == other:
        return 0.0
    weaker = min(one_score, other_score)
    best = sorted((found for found in whole if found[0] == SERVICE), key=lambda found: -whole[found])[:2]
    if not best or weaker < OF_WHOLE * whole[best[0]] or best[0] not in (one, other):
        return 0.0
    if set(best) != {one, other} and min(whole.get(one, 0.0), whole.get(other, 0.0)) < OF_BEST * whole[best[0]]:
        return 0.0
    if first.get(other, 0.0) > SHARED * one_score or second.get(one, 0.0) > SHARED * other_score:
        return 0.0
    return weaker


def _best(scores: Mapping[Found, float]) -> tuple[Found | None, float]:
    """The best service, unless an article or what nobody serves clearly fits better."""
    best = max((found for found in scores if found[0] == SERVICE), key=lambda found: scores[found], default=None)
    if best is None:
        return None, 0.0
    others = max(
        (score for (kind, _), score in scores.items() if kind == ARTICLE or kind.startswith(NOBODY)), default=0.0
    )
    return (best, scores[best]) if scores[best] >= OF_ARTICLE * others else (None, 0.0)
