"""The sentence that matters in a long text: the one that fits the report's service best. All of the text stays.

Lists cut a report's words. What somebody said to a microphone may begin with who they are and what happened last year, so lists
begin with this sentence. Where it begins is stored with the report when it's made or its words change, since a queue of 50 rows has
no time to search.
"""

import re
from collections.abc import Iterator
from itertools import islice

from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.rules.answers import word_search
from requests_app.rules.answers.word_search import SERVICE

# Characters that a list shows anyway.
SHORT = 160
# Sentences that are compared, and words after which a sentence without an end is cut: speech comes without marks.
MOST_SENTENCES, LONG_WORDS = 40, 25
_END = re.compile(r"(?<=[.!?…])\s+|\n\s*")
_JOINING = re.compile(
    r"(?:,?\s{1,3}(?:and|but|so|because|anyway|y|pero|porque|entonces|así que|bueno)\b){1,3},?\s{1,3}", re.IGNORECASE
)
_MANY_WORDS = re.compile(rf"(?:\S+\s+){{{LONG_WORDS}}}")


def start_in(service_request: ServiceRequest) -> int:
    """Where it begins in the request's description as it is now."""
    return start_of(
        service_request.jurisdiction, service_request.description, service_request.language, service_request.service_id
    )


def start_of(jurisdiction: Jurisdiction, text: str, language: str, service_id: int) -> int:
    """Where it begins in the text; 0 if that is short, or no sentence says more about the service than the first."""
    if len(text) <= SHORT:
        return 0
    spans = list(islice(_sentences(text), MOST_SENTENCES))
    found = word_search.scores_of_parts(jurisdiction, [text[start:end] for start, end in spans], language)
    scores = [scores.get((SERVICE, service_id), 0.0) for scores in found]
    return spans[scores.index(max(scores))][0]


def first_words(service_request: ServiceRequest, most: int = SHORT) -> str:
    """What a list shows of the description, in one line."""
    return shortened(service_request.description, service_request.key_sentence_at, most)


def shortened(text: str, start: int, most: int = SHORT) -> str:
    """A text that fits, from its beginning; any other, from the sentence that matters."""
    return excerpt(text, start if len(text) > most else 0, most)


def excerpt(text: str, start: int = 0, most: int = SHORT) -> str:
    """In one line, from the sentence that matters. An ellipsis says that there is more, before or after it.

    If the text isn't the one that `start` was found in, since parts are redacted for the reader, it begins with the next word.
    """
    if len(text) <= start:
        start = 0
    while 0 < start < len(text) and not text[start - 1].isspace():
        start += 1
    words = " ".join(text[start:].split())
    if start:
        words = f"… {words}"
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each. A long one is cut where words join clauses, or else after many words."""
    for start, end in _between(_END, text, 0, len(text)):
        if _is_short(text[start:end]):
            yield start, end
            continue
        for clause_start, clause_end in _between(_JOINING, text, start, end):
            at = clause_start
            while not _is_short(text[at:clause_end]) and (many := _MANY_WORDS.match(text, at, clause_end)):
                yield at, many.end()
                at = many.end()
            if at < clause_end:
                yield at, clause_end


def _is_short(text: str) -> bool:
    return len(text.split(None, LONG_WORDS)) <= LONG_WORDS


def _between(mark: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for found in mark.finditer(text, start, end):
        if found.start() > at:
            yield at, found.start()
        at = found.end()
    if at < end:
        yield at, end
