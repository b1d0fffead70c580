"""The answers of a question as rows of a form that was sent, in the order of the page.

They are added, moved, removed, or pasted as a list before anything is saved.

A row's number in the names of its fields only keeps its fields together. Their order is that of the page, so moving a row there,
by a script, moves it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from requests_app.rules.shared.question_kinds import CHOICES_MAX

PREFIX = "options"
ANSWERS_MAX, OPTION_MAX = CHOICES_MAX, 120
FIELD = re.compile(rf"{PREFIX}-(\d{{1,6}})-(\w+)")
AnswerRow = dict[str, list[str]]


class Pasted(NamedTuple):
    """left: the lines that were not added. problems: why, as sentences."""

    left: str
    problems: list[str]


class AnswerRows:
    """data: what was sent. numbers: of the rows as they were sent, in their order."""

    def __init__(self, data: QueryDict, languages: Sequence[str]) -> None:
        self.languages = languages
        self._data = data.copy()
        sent: dict[int, AnswerRow] = {}
        for name in list(self._data):
            if match := FIELD.fullmatch(name):
                sent.setdefault(int(match[1]), {})[match[2]] = self._data.getlist(name)
                del self._data[name]
        self.numbers = list(sent)
        self.rows = list(sent.values())

    @property
    def data(self) -> QueryDict:
        """What was sent with the rows as they are now, as a formset reads them."""
        data = self._data.copy()
        for number, row in enumerate(self.rows):
            for name, values in row.items():
                data.setlist(f"{PREFIX}-{number}-{name}", values)
        # All of them count as initial: a formset takes a further one that says what the row there said before for untouched.
        data[f"{PREFIX}-TOTAL_FORMS"] = data[f"{PREFIX}-INITIAL_FORMS"] = str(len(self.rows))
        return data

    def act(self, act: str) -> int:
        """add, or up:3, down:3, remove:3 with the number of a row as it was sent. Returns the place of the row to go on with."""
        verb, _colon, number = act.partition(":")
        if verb == "add":
            self.rows.append({})
            return len(self.rows) - 1
        place = next((at for at, sent in enumerate(self.numbers) if str(sent) == number), -1)
        if place < 0:
            return 0
        if verb == "remove":
            del self.rows[place]
            return max(0, min(place, len(self.rows) - 1))
        other = place + (1 if verb == "down" else -1)
        if verb in ("up", "down") and 0 <= other < len(self.rows):
            self.rows[place], self.rows[other] = self.rows[other], self.rows[place]
            return other
        return place

    def paste(self, text: str) -> Pasted:
        """Adds an answer for each line: its words in the city's languages, separated by semicolons or tabs.

        Lines that are wrong are left, and added by nobody. If there would be too many answers, none is added.
        """
        lines = text.splitlines()
        used = [row for row in self.rows if any(text.strip() for texts in row.values() for text in texts)]
        taken = {self._words(row).casefold() for row in used}
        added: list[AnswerRow] = []
        left: list[str] = []
        problems: list[str] = []
        for number, line in enumerate(lines, start=1):
            words = [" ".join(part.split()) for part in line.split("\t" if "\t" in line else ";")]
            while words and not words[-1]:
                words.pop()
            if not words:
                continue
            first = next(word for word in words if word)
            named = {"line": number, "words": first[:OPTION_MAX]}
            if len(words) > len(self.languages):
                problem = _("Line %(line)d has more parts than the city has languages: “%(words)s.”") % named
            elif max(len(word) for word in words) > OPTION_MAX:
                problem = _("Line %(line)d is longer than %(most)d characters: “%(words)s.”") % {
                    **named,
                    "most": OPTION_MAX,
                }
            elif first.casefold() in taken:
                problem = _("Line %(line)d is on the list already: “%(words)s.”") % named
            else:
                taken.add(first.casefold())
                added.append({f"label_{self.languages[at]}": [word] for at, word in enumerate(words)})
                continue
            left.append(line)
            problems.append(problem)
        if len(used) + len(added) > ANSWERS_MAX:
            return Pasted(text, [too_many(len(used) + len(added))])
        self.rows = [*used, *added]
        return Pasted("\n".join(left), problems)

    def _words(self, row: AnswerRow) -> str:
        """In the first language that has any."""
        texts = (" ".join(text.split()) for one in self.languages for text in row.get(f"label_{one}", []))
        return next((text for text in texts if text), "")


def too_many(count: int) -> str:
    words = _("A question has at most %(most)d answers; with these it would be %(count)d. Nothing was added.")
    return words % {"most": ANSWERS_MAX, "count": count}
