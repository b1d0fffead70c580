"""Finds two problems in one text: "there's a pothole on Elm and the streetlight is out."

A text is cut in two where a sentence ends, a word joins two ("and", "also", "y") or, in a few words, a comma does. It tells of two
problems if each half by itself suggests a different service (suggestions.py), neither half fits the other's service much, and
the whole fits both better than most. How much of that it takes depends on what joins the halves. Missing two problems costs little,
since both are read in one report; tearing one apart costs a wrong report. So when in doubt, it's one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.rules.answers import word_search
from requests_app.rules.answers.suggestions import suggest
from requests_app.rules.answers.word_search import ARTICLE, NOBODY, SERVICE, Match
from requests_app.rules.report.path import Path

# The places where a text is cut; the first ones are tried.
MOST_CUTS = 8
# Words in each half, and in the clauses that meet there; in each half of two sentences that aren't short.
LEAST_WORDS, LEAST_WORDS_APART = 2, 4
# The most words of the other half if one is a single word ("pothole, and the light"), and of a text that a comma alone cuts.
MOST_BESIDE_ONE, MOST_WITH_COMMA = 8, 20
# The most words of a text whose sentences may be shorter than LEAST_WORDS_APART: "Hydrant leaking. Street sign missing."
MOST_SHORT = 8
# Words of a clause, one of which may say that it adds something.
ADDS_WITHIN = 5
# Words of a text that is cut at all. A longer one is a story of one problem; one in a hundred texts is longer.
MOST_WORDS = 100


# The least share of what an article or nobody's words score in a half that its service must score.
OF_OTHERS = 0.65
# A service of the halves is the whole's best, or both score this share of it.
NEARLY_BEST = 0.8


@dataclass(frozen=True)
class Weights:
    """How much each sign counts for two problems: they are two if the sum is above SURE.

    Fitted to the sentences of tests/benchmarks/two_problems/ by logistic regression, so the sum is in log-odds.

    score: of the weaker half's service, at most MOST_SCORE. of_best: what the worse of the two services scores in the whole text,
    as a share of the whole's best. both_best: they are the whole's two best. more, less: what each half's service scores in the
    other half, as a share of the other's own, the higher and the lower. alike: services of one category, which may share a
    problem ("parked illegally for weeks").
    """

    score: float = 1.25
    of_best: float = 5.7
    both_best: float = 1.65
    more: float = -5.0
    less: float = -3.0
    alike: float = -0.6


MOST_SCORE = 5.0
# More than 0, since tearing one problem apart costs more than missing two.
SURE = 0.6
WEIGHTS = Weights()


class Joint(Enum):
    """How two halves meet, and what that adds to the sum: the less it says that there are two, the more their services must."""

    # "Also", "there's", "two things".
    ANOTHER = -3.1
    # "And", "&".
    JOINED = -6.1
    # Two sentences: people say the same thing in two.
    APART = -5.5
    # Of few words: "Plate 123."
    SHORT = -6.3
    # A comma alone.
    LISTED = -7.2
    # "And people park across my driveway": often the same thing.
    PEOPLE = -5.8


_ADDING = (
    r"(?:also|plus|additionally|besides|separately|by the way|btw|on another note"
    r"|(?:separate|another|different|one more) (?:issue|problem|thing)"
    r"|while (?:i[’']?m|you[’']?re|i am|you are) (?:writing|here|there|at it)"
    r"|además|ademas|también|tambien|tampoco|aparte(?: de eso)?|asimismo|de paso|por cierto|otr[oa] (?:cosa|problema|asunto)"
    r"|ya que (?:escribo|estoy|están|estan|vienen))"
)
_JOINING = rf"(?:and|y|e|{_ADDING})"
# Runs are short, so that odd texts take no time.
_CUT = re.compile(
    rf"(?:\s{{0,4}}[.!?;,\n]{{1,4}}\s{{0,4}}|\s{{1,4}})(?:{_JOINING}\b[\s,:]{{0,4}}){{1,3}}"
    r"|[.!?;]{1,4}\s{1,4}|\n{1,4}\s{0,4}|\s[&+/]\s|,\s{1,4}|\s{1,4}(?=[2-9][.)]\s)",
    re.IGNORECASE,
)
# What goes on about the same thing: "it's blocking the sidewalk", "nobody came", "está tapando la acera".
_SAME_THING = re.compile(
    r"(?:it|its|it[’']s|they|theyre|they[’']re|them|he|she|this|that|which|who|now|then|so"
    r"|is|are|was|were|has|have|had|keeps?|still|needs?|can[’']?t|won[’']?t|will|would|could|should|i|i[’']?m|i[’']?ve|we"
    r"|thanks?|blocking|leaking|está|están|estan|es|son|era|fue|sigue|siguen|ya|no hay nadie|me|nos|lo|no me|no sé"
    r"|se me|se va|se van|que pas[oó]|gracias|quiero|necesito|tapa|tapan|bloquea|bloquean|huele|sale|salen|hace|hacen"
    r"|ahora|eso|esto|él|ella|ellos|puede|pueden"
    r"|takes|makes|goes|gets|happens|looks|smells|seems|making|causing|preventing|forcing|leaving|creating|obstructing"
    r"|causando|haciendo|impidiendo|obstruyendo|nothing|previously|nada|no puedo|no podemos|no se puede"
    r"|never|nunca|night|noche|causes?|blocks?"
    # What is said about it: "very dangerous."
    r"|(?:(?:very|so|too|extremely|super|really|muy|bien|súper)\s+)?"
    r"(?:dangerous|unsafe|hazardous|hazard|tripping|difficult|inaccessible|peligros[oa]|difícil|dificil))\b"
    # What may happen, and what did because of it; one more of the same.
    r"|(?:some(?:one|body)|alguien)\s+(?:is|will|could|can|may|might|has|almost|va|puede|podr[ií]a|se)\b"
    r"|.{0,80}\b(?:because of (?:it|that|this)|por eso|por esa culpa)\b|se hizo\b|se hace\b"
    r"|(?:another|a second) one\b|otr[oa]s?\s+(?:m[aá]s|igual(?:es)?|en|a|al|por)\b"
    # That it's in many places, and what one has to do because of it.
    r"|everywhere\b|all over\b|por tod[oa]s (?:lados|partes)\b|hay que\b|no hay (?:manera|forma|otra|por d[oó]nde|que)\b|no se\b"
    # Who can't get by because of it, and who doesn't come.
    r"|(?:nobody|no one|nadie)\s+(?:c[oa]n|could|came|comes|answers?|puede|pudo|vino|viene|contest[aó])\b"
    r"|.{0,40}\b(?:could\s?n[’']?t|can\s?n?[’']?o?t|no pud\w+|no pued\w+|no pod\w+)\s+"
    r"(?:get|see|pass|cross|walk|sleep|use|turn|park|drive|breathe|entrar|pasar|ver|cruzar|caminar|dormir|usar|salir|llegar|dar)\b"
    # Somebody who does nothing about it.
    r"|.{0,40}(?:\b(?:does|did|do) nothing|do anything|\bhac\w+ nada)",
    re.IGNORECASE,
)
# What people do or don't do: about the same thing, or another problem.
_PEOPLE = re.compile(r"(?:people|everyone|everybody|nobody|no one|la gente|todos|todo el mundo|nadie)\b", re.IGNORECASE)
# What another problem begins with, what says so later in its clause ("the truck also skipped us"), and what a text ends with that
# adds one: "the light isn't working either".
_BEGINS_ANOTHER = re.compile(
    rf"(?:{_ADDING}|there[’']?s|there (?:is|are)|some(?:one|body)|hay|alguien|another|other|otr[oa]s?|what about|qu[eé] pasa con"
    r"|second|segundo)\b|[2-9][.)]\s",
    re.IGNORECASE,
)
_ADDS = re.compile(rf"\b{_ADDING}\b", re.IGNORECASE)
_ENDS_ANOTHER = re.compile(r"\b(?:either|too|tampoco|también|tambien)\W{0,4}$", re.IGNORECASE)
_COUNTS = re.compile(
    r"\W{0,3}(?:1[.)]\s|.{0,40}\b(?:two|2|a couple(?: of)?|several|dos|varias)"
    r"\s+(?:things|problems|issues|reports|requests|cosas|problemas|reportes)\b)",
    re.IGNORECASE,
)
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
    """text: as it was typed. version: the service that fits best."""

    text: str
    version: ServiceVersion


@dataclass(frozen=True)
class TwoProblems:
    """In the order of the text."""

    first: Problem
    second: Problem


def find(jurisdiction: Jurisdiction, text: str, language: str) -> TwoProblems | None:
    """The two problems that the text tells of; None if it's one, or more than two halves can say. language: the reader's."""
    text = text.strip()
    cuts = _cuts(text) if _word_count(text, MOST_WORDS) <= MOST_WORDS else []
    if not cuts:
        return None
    halves = [half for cut in cuts for half in (text[: cut.start()], text[cut.end() :])]
    whole, *scored = word_search.scores_of_parts(jurisdiction, [text, *halves], language)
    tried: list[tuple[float, re.Match[str], tuple[Match, Match]]] = []
    for cut, first, second in zip(cuts, scored[::2], scored[1::2], strict=True):
        left, right = _best(first), _best(second)
        if (
            left is not None
            and right is not None
            and (surely := _surely(whole, first, second, left, right)) is not None
        ):
            tried.append((surely + _joint(text, cut).value, cut, (left, right)))
    if not tried:
        return None
    surely, cut, meant = max(tried, key=lambda found: found[0])
    if surely <= SURE:
        return None
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
    if first_version.category_id == second_version.category_id and surely + WEIGHTS.alike <= SURE:
        return None
    return TwoProblems(*problems)


def of_draft(path: Path, language: str) -> TwoProblems | None:
    """The two problems that the text tells of, unless the reporter has decided about them, or who can help comes first."""
    if path.typed.get("is_one_problem") or path.second_problem or path.draft.tester_id is not None:
        return None
    return None if path.screening.helps_first else find(path.jurisdiction, path.text, language)


def _cuts(text: str) -> list[re.Match[str]]:
    """Where two sentences or clauses may meet, at most MOST_CUTS."""
    cuts = []
    for cut in _CUT.finditer(text):
        before, after = text[: cut.start()], text[cut.end() :]
        counts = (_word_count(before, MOST_BESIDE_ONE + 1), _word_count(after, MOST_BESIDE_ONE + 1))
        # "Pothole, and the light": a word by itself, next to a few.
        has_one_word = min(counts) == 1 and max(counts) <= MOST_BESIDE_ONE
        if min(counts) < 1 or (_SAME_THING.match(after) and not _ADDS.search(cut[0])):
            continue
        if _is_comma(cut):
            if (min(counts) < LEAST_WORDS and not has_one_word) or _word_count(
                text, MOST_WITH_COMMA + 1
            ) > MOST_WITH_COMMA:
                continue
        elif not _joins(cut):
            if min(counts) < LEAST_WORDS_APART and _word_count(text, MOST_SHORT + 1) > MOST_SHORT:
                continue
        # "The front and side. Snow everywhere."
        elif (
            not has_one_word
            and min(_word_count(_CLAUSE.split(before)[-1]), _word_count(_CLAUSE.split(after)[0])) < LEAST_WORDS
        ):
            continue
        if not _CLAUSE.search(cut[0]) and _CORNER.search(before[-60:]) and _STREET.match(after[:60]):
            continue
        cuts.append(cut)
        if len(cuts) == MOST_CUTS:
            break
    return cuts


def _is_comma(cut: re.Match[str]) -> bool:
    return cut[0].strip() == ","


def _joins(cut: re.Match[str]) -> bool:
    """Whether a word or a sign joins the halves, or the number of a list."""
    return not cut[0].strip() or any(letter.isalpha() or letter in "&+/" for letter in cut[0])


def _joint(text: str, cut: re.Match[str]) -> Joint:
    before, after = text[: cut.start()], text[cut.end() :]
    # "The truck also skipped us."
    beginning = " ".join(after.split(None, ADDS_WITHIN)[:ADDS_WITHIN])
    if _PEOPLE.match(after) and not _ADDS.search(cut[0]):
        return Joint.PEOPLE
    if _COUNTS.match(text) or _BEGINS_ANOTHER.match(after) or _ENDS_ANOTHER.search(text[-60:]):
        return Joint.ANOTHER
    if _ADDS.search(cut[0]) or _ADDS.search(beginning):
        return Joint.ANOTHER
    if _is_comma(cut):
        return Joint.LISTED
    if _joins(cut):
        return Joint.JOINED
    is_short = min(_word_count(before, LEAST_WORDS_APART), _word_count(after, LEAST_WORDS_APART)) < LEAST_WORDS_APART
    return Joint.SHORT if is_short else Joint.APART


def _word_count(text: str, most: int = LEAST_WORDS) -> int:
    # No more than need be counted.
    return len(text.split(None, most))


def _surely(
    whole: Mapping[Match, float],
    first: Mapping[Match, float],
    second: Mapping[Match, float],
    finding: Match,
    other: Match,
) -> float | None:
    """How surely one, the first half's service, and other, the second half's, are two problems; None if they can't be."""
    best = sorted((found for found in whole if found[0] == SERVICE), key=lambda found: -whole[found])[:2]
    if finding == other or not best:
        return None
    of_best = min(whole.get(finding, 0.0), whole.get(other, 0.0)) / whole[best[0]]
    if best[0] not in (finding, other) and of_best < NEARLY_BEST:
        return None
    less, more = sorted((first.get(other, 0.0) / first[finding], second.get(finding, 0.0) / second[other]))
    return (
        WEIGHTS.score * min(first[finding], second[other], MOST_SCORE)
        + WEIGHTS.of_best * of_best
        + WEIGHTS.both_best * (set(best) == {finding, other})
        + WEIGHTS.more * more
        + WEIGHTS.less * less
    )


def _best(scores: Mapping[Match, float]) -> Match | None:
    """The best service, unless an article or what nobody serves clearly fits better."""
    best = max((found for found in scores if found[0] == SERVICE), key=lambda found: scores[found], default=None)
    others = max(
        (score for (kind, _), score in scores.items() if kind == ARTICLE or kind.startswith(NOBODY)), default=0.0
    )
    return best if best is not None and scores[best] >= OF_OTHERS * others else None
