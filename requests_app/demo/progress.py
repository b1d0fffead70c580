"""What happens to a demo request after it was sent: who takes it, what is said, how and when it ends.

Kinds of happenings are the event kinds of requests_app/events.py; words lie in `data["words"]` until the loader makes
comments of them.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from requests_app.demo import phrases
from requests_app.models.states import Disposition, Status
from requests_app.models.survey import SurveyAnswer
from requests_app.rules import survey
from requests_app.rules.lifecycle import next_status
from requests_app.rules.service_levels import WorkingHours, due_at

# Which action of the lifecycle table an event kind stands for; the others change no status.
ACTION = {
    "routed": "route",
    "triaged": "triage",
    "transferred": "transfer",
    "assigned": "assign",
    "accepted": "accept",
    "scheduled": "schedule",
    "visited": "visit",
    "made_safe": "make_safe",
    "put_on_hold": "hold",
    "resumed": "resume",
    "asked": "ask",
    "answered": "answer",
    "resolved": "resolve",
    "handed_over": "hand_over",
    "merged": "merge",
    "withdrawn": "withdraw",
    "reopened": "reopen",
    "closed": "close",
}
# What each service may wait for (codes of the catalogue's hold reasons).
HOLDS: dict[str, list[str]] = {
    "pothole": ["weather"],
    "cavein": ["another_group"],
    "sidewalk": ["weather", "yearly_plan"],
    "cart": ["parts"],
    "signalout": ["parts"],
    "sign": ["parts", "permit"],
    "streetlight": ["parts", "another_group", "parts"],
    "trafficsafety": ["yearly_plan"],
    "watermain": ["another_group"],
    "drain": ["weather", "another_group"],
    "treehazard": ["another_group"],
    "treeprune": ["yearly_plan", "weather", "yearly_plan"],
    "parkmaint": ["parts", "weather"],
    "graffiti": ["weather", "owner_deadline"],
    "overgrown": ["owner_deadline"],
    "blight": ["owner_deadline"],
    "rodent": ["owner_deadline"],
    "airwater": ["another_group"],
    "access": ["permit", "yearly_plan", "parts"],
    "internal-fac": ["parts"],
    "dumping": ["owner_deadline"],
}
# Whom a misread request first went to: code of the department that has it, code of one that had it before.
MISTAKEN_FOR = {
    "PW": "WS", "SW": "PW", "TR": "PW", "WS": "PW", "PK": "CE", "CE": "PH", "PE": "CE", "AN": "PH", "PH": "SW",
    "HS": "CA", "CA": "CE", "IT": "PW",
}  # fmt: skip
# Which share says yes, partly and no when they are asked whether it is fixed; invented.
SAID_AFTER: dict[str, tuple[float, float, float]] = {
    Disposition.FIXED: (0.82, 0.08, 0.10),
    Disposition.ACTION_TAKEN: (0.52, 0.20, 0.28),
    Disposition.ANSWERED: (0.72, 0.12, 0.16),
    Disposition.NOT_FOUND: (0.10, 0.15, 0.75),
    Disposition.CANNOT_DO: (0.06, 0.10, 0.84),
}
# And whether they were treated well, where most got what they wanted and where most did not.
TREATED: dict[bool, tuple[float, float, float]] = {True: (0.88, 0.08, 0.04), False: (0.56, 0.20, 0.24)}
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Happening:
    """by: reporter, neighbor, staff or system."""

    kind: str
    at: dt.datetime
    by: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon a service is looked at and ended, and when its people work."""

    department: str
    hours: WorkingHours
    acknowledge: tuple[int, str, WorkingHours]
    resolve: tuple[int, str, WorkingHours]
    urgent: bool

    def look_by(self, opened: dt.datetime) -> dt.datetime:
        value, unit, hours = self.acknowledge
        return due_at(opened, value, unit, hours)

    def end_by(self, opened: dt.datetime) -> dt.datetime:
        value, unit, hours = self.resolve
        return due_at(opened, value, unit, hours)


@dataclass(frozen=True, slots=True)
class Ending:
    """The plan of a request's end, drawn before its life is told, so that a later report can be joined with it."""

    at: dt.datetime
    disposition: str
    silent: bool
    hold: str = ""


class Life:
    """One request's happenings, in the order in which they happen. Words come from the service's phrase bank."""

    def __init__(
        self,
        service: str,
        opened: dt.datetime,
        promise: Promise,
        *,
        rng: random.Random,
        language: str,
        slots: phrases.Slots,
        situation: dict[str, Any],
        speaks: bool,
        chosen: dict[str, float],
    ) -> None:
        self.service = service
        self.opened = opened
        self.promise = promise
        self.rng = rng
        self.language = language
        self.slots = slots
        self.situation = situation
        # Whether there is a reporter who can be asked and who may write again.
        self.speaks = speaks
        self.chosen = chosen
        self.happenings: list[Happening] = []
        self.then: dict[str, dict[str, str]] = {}
        self.department: str | None = None

    # --- Words ----------------------------------------------------------------------------------------------------
    def blocks(self, name: str, code: str, *, common: str = "") -> list[str]:
        """The banks that may speak, in order: the situation's and the service's in a drawn order, then everybody's."""
        own = [
            self.situation.get(code, {}).get(name) or "",
            (phrases.bank(self.service).get(code) or {}).get(name) or "",
        ]
        # The richer bank more often, so that no sentence comes back all the time.
        special, usual = 2 * len(own[0].splitlines()), len(own[1].splitlines())
        if self.rng.random() * (special + usual) > special:
            own.reverse()
        return [block for block in (*own, phrases.bank("_common")[code].get(common or name)) if block]

    def at_that_time(self, at: dt.datetime) -> None:
        """Lets the words of an outcome name the day and hour at which somebody was there."""
        local = at.astimezone(self.promise.hours.zone)
        hour = f"{local.hour % 12 or 12}:{local.minute // 5 * 5:02d} {'am' if local.hour < 12 else 'pm'}"
        self.then = {
            "en": {"weekday": WEEKDAYS_EN[local.weekday()], "hour": hour},
            "es": {"weekday": WEEKDAYS_ES[local.weekday()], "hour": hour},
        }

    def words(self, name: str, *, common: str = "", language: str | None = None) -> tuple[str, str]:
        """What is said, with its language. Staff answer in Spanish at times."""
        language = language or ("es" if self.language == "es" and self.rng.random() < 0.75 else "en")
        for code in (language, "en"):
            for block in self.blocks(name, code, common=common):
                if said := phrases.say(block, self.rng, {**self.slots, **self.then.get(code, {})}):
                    return phrases.capitalized(said), code
        return "", "en"

    def add(self, kind: str, at: dt.datetime, by: str, **data: Any) -> None:
        self.happenings.append(Happening(kind, at, by, data))

    def say(self, kind: str, at: dt.datetime, by: str, name: str, *, common: str = "", **data: Any) -> None:
        own = self.language if by == "reporter" else None
        words, language = self.words(name, common=common, language=own)
        if words:
            self.add(kind, at, by, words=words, language=language, **data)

    # --- Time -----------------------------------------------------------------------------------------------------
    def working(self, at: dt.datetime, *, spread: float = 3600) -> dt.datetime:
        """This moment if the department works then, else soon after it opens; people on call work at once."""
        if self.promise.urgent:
            return at
        opens = self.promise.hours.add(at, 0)
        return at if opens == at else opens + dt.timedelta(seconds=self.rng.uniform(60, spread))

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.datetime | None:
        """A working moment strictly between the two, if there is one."""
        if (end - start) < dt.timedelta(minutes=4):
            return None
        at = self.working(start + (end - start) * self.rng.uniform(0.05, 0.8), spread=1800)
        return at if start < at < end else None

    # --- The life -------------------------------------------------------------------------------------------------
    def tell(self, ending: Ending, *, routed_by: tuple[str, str], owner: str | None) -> list[Happening]:
        """routed_by: why it went to its department (rule, service, no_match), and the rule's name."""
        rng = self.rng
        at = self.opened + dt.timedelta(seconds=rng.uniform(1.5, 28))
        at = self._route(at, routed_by)
        end = max(ending.at, at + dt.timedelta(minutes=2))
        if ending.disposition == Disposition.WITHDRAWN:
            self.add("withdrawn", end, "reporter")
        elif ending.disposition == Disposition.DUPLICATE:
            pass  # the story says of which one, see merged()
        elif ending.silent:
            if rng.random() < 0.4:
                # Taken, and then forgotten.
                self._accept(at, at + 40 * DAY)
            self._end(end, ending.disposition, owner)
        else:
            at = self._accept(at, end)
            at, end = self._middle(at, end, ending)
            self._end(end, ending.disposition, owner)
        self._follow_up(end, ending)
        self.happenings.sort(key=lambda one: one.at)
        return self.happenings

    def merged(self, at: dt.datetime, parent: int) -> None:
        words, language = self.words("duplicate")
        self.add("merged", at, "staff", parent=parent, words=words, language=language)
        self.happenings.sort(key=lambda one: one.at)

    def _route(self, at: dt.datetime, routed_by: tuple[str, str]) -> dt.datetime:
        rng = self.rng
        reason, rule = routed_by
        right = self.promise.department
        if reason == "no_match":
            self.add("triaged", at, "system", reason="no_match")
            at = self.promise.hours.add(at, rng.uniform(240, 9000))
            self.add("transferred", at, "staff", department=right, **{"from": None})
        elif rng.random() < self.chosen["transferred"] and right in MISTAKEN_FOR:
            wrong = MISTAKEN_FOR[right]
            self.add("routed", at, "system", department=wrong, reason="service", rule="")
            at = self.promise.hours.add(at + dt.timedelta(minutes=rng.uniform(10, 300)), rng.uniform(60, 3600))
            words, language = self.words("transferred_note", language="en")
            data: dict[str, Any] = {"words": words, "language": language, "from": wrong}
            if rng.random() < 0.25:
                # Sent back to triage first: nobody knew whose it was.
                self.add("triaged", at, "staff", reason="by_hand", department=wrong)
                at = at + dt.timedelta(minutes=rng.uniform(15, 200))
                data["from"] = None
            self.add("transferred", at, "staff", department=right, **data)
        else:
            self.add("routed", at, "system", department=right, reason=reason, rule=rule)
        self.department = right
        return at

    def _accept(self, at: dt.datetime, end: dt.datetime) -> dt.datetime:
        """Somebody takes it, mostly within the goal. What ends within minutes is often never accepted first."""
        rng = self.rng
        if end - at < dt.timedelta(minutes=25) and rng.random() < 0.7:
            return at
        look_by = self.promise.look_by(self.opened)
        share = min(rng.lognormvariate(-1.0, 0.9), 4)
        accepted = self.working(at + max(look_by - at, dt.timedelta(minutes=5)) * share, spread=2400)
        if accepted >= end:
            accepted = at + (end - at) * rng.uniform(0.2, 0.7)
        self.add("accepted", accepted, "staff")
        if rng.random() < 0.55:
            soon = min(dt.timedelta(seconds=rng.uniform(20, 1500)), (end - accepted) * 0.5)
            self.add("assigned", accepted + soon, "staff", who=rng.randrange(4))
        return accepted

    def _middle(self, at: dt.datetime, end: dt.datetime, ending: Ending) -> tuple[dt.datetime, dt.datetime]:
        """Between accepting and the end: questions, waiting, dates, visits, words."""
        rng = self.rng
        # Nothing may fall between accepting and the assignment that comes with it.
        at = min(at + dt.timedelta(minutes=26), at + (end - at) * 0.6)
        if ending.disposition == Disposition.NO_REPLY:
            asked = self.working(at)
            self._ask(asked)
            return asked, max(end, asked + 14 * DAY)
        if self.speaks and rng.random() < self.chosen["asked"] * 1.4:
            asked = self.working(at)
            answered = asked + dt.timedelta(hours=min(rng.lognormvariate(1.8, 1.2), 200))
            self._ask(asked, answered if rng.random() > self.chosen["unanswered"] else None)
            late = max(end, answered + HOUR)
            if self.happenings[-1].kind == "asked":
                # No answer came; staff go on with what they know.
                resumed = self.working(asked + 5 * DAY)
                self.add("resumed", resumed, "staff")
                late = max(end, resumed + 2 * HOUR)
            at, end = max(at, late - HOUR), self.working(late)
        if ending.hold:
            held = self.working(at + (end - at) * rng.uniform(0.1, 0.4))
            length = dt.timedelta(days=self._hold_days(ending.hold))
            frost = ending.hold == "weather" and held.month in (12, 1, 2, 3)
            words, language = self.words("hold_frost" if frost else f"hold_{ending.hold}")
            until = (held + length).date()
            self.add("put_on_hold", held, "staff", reason=ending.hold, until=until, words=words, language=language)
            resumed = self.working(held + length + DAY * rng.uniform(0, 2))
            self.add("resumed", resumed, "staff")
            at = resumed + dt.timedelta(minutes=5)
            end = self.working(at + max(end - held, HOUR) * rng.uniform(0.3, 0.8))
        span = end - at
        if span > 1.5 * DAY and ending.disposition != Disposition.ANSWERED and rng.random() < 0.35:
            planned = self.between(at, at + span * 0.5)
            if planned:
                date = self.promise.hours.add(end - DAY * rng.uniform(0, 0.6), 60).date()
                self.add("scheduled", planned, "staff", date=max(date, planned.date()))
        if (
            self.promise.urgent
            and span > 2 * HOUR
            and rng.random() < 0.22
            and self.words("made_safe", language="en")[0]
        ):
            safe = self.between(at, at + span * 0.5)
            if safe:
                self.say("made_safe", safe, "staff", "made_safe")
        for chance, least, kind, by, name, common in (
            (0.30, 6 * HOUR, "commented", "staff", "progress", ""),
            (0.25, 12 * DAY, "commented", "staff", "later", ""),
            (0.16, 20 * HOUR, "noted", "staff", "note", "accepted_note"),
            (0.05, 3 * DAY, "answered", "reporter", "nudge", ""),
        ):
            if span > least and rng.random() < chance and (self.speaks or by == "staff"):
                when = self.between(at, end)
                if when:
                    self.say(kind, when, by, name, common=common)
        return at, end

    def _hold_days(self, reason: str) -> float:
        low, high = {
            "weather": (3, 30),
            "parts": (10, 35),
            "yearly_plan": (60, 240),
            "another_group": (3, 25),
            "owner_deadline": (7, 30),
            "permit": (5, 20),
        }[reason]
        return self.rng.uniform(low, high)

    def _ask(self, asked: dt.datetime, answered: dt.datetime | None = None) -> None:
        """A question with its answer: the bank holds them as pairs, "question => answer"."""
        for code in (self.language, "en"):
            blocks = self.blocks("ask", code)
            if not blocks:
                continue
            pair = self.rng.choice([line for line in blocks[0].splitlines() if " => " in line])
            question, _, answer = pair.partition(" => ")
            said = phrases.say(question, self.rng, self.slots)
            reply = phrases.say(answer, self.rng, self.slots)
            if said:
                self.add("asked", asked, "staff", words=said, language=code)
                if answered and reply:
                    self.add("answered", answered, "reporter", words=phrases.capitalized(reply), language=code)
                return

    def _end(self, end: dt.datetime, disposition: str, owner: str | None) -> None:
        rng = self.rng
        data: dict[str, Any] = {}
        disposition = str(Disposition(disposition).value)
        self.at_that_time(end)
        if disposition == Disposition.HANDED_OVER:
            code = owner or "clp"
            words, language = self.words(f"handed_over_{code}")
            number = f"{code[:3].upper().rstrip('-')}-{rng.randrange(10_000, 99_999)}"
            self.add("handed_over", end, "staff", owner=code, number=number, words=words, language=language)
            return
        if disposition == Disposition.CANNOT_DO:
            data["reason"], words, language = self._cannot()
        else:
            words, language = self.words(disposition)
        went = disposition in (
            Disposition.FIXED,
            Disposition.NOT_FOUND,
            Disposition.ACTION_TAKEN,
            Disposition.CANNOT_DO,
        )
        accepted = any(one.kind == "accepted" for one in self.happenings)
        if went and accepted and (disposition == Disposition.NOT_FOUND or rng.random() < 0.45):
            visited = end - dt.timedelta(minutes=rng.uniform(4, 50))
            if visited > max(one.at for one in self.happenings):
                self.add("visited", visited, "staff", remote=False)
        remote = disposition in (
            Disposition.ANSWERED,
            Disposition.NO_REPLY,
            Disposition.NOT_WORKED,
            Disposition.REMOVED,
        )
        self.add(
            "resolved", end, "staff", disposition=disposition, words=words, language=language, remote=remote, **data
        )
        if disposition == Disposition.REMOVED:
            self.add("hidden", end + dt.timedelta(seconds=1), "staff", reason="advertising")

    def _cannot(self) -> tuple[str, str, str]:
        """A listed reason with the words that belong to it."""
        for code in ("es", "en") if self.language == "es" and self.rng.random() < 0.6 else ("en",):
            for block in self.blocks("cannot_do", code):
                pairs = [line.partition(" => ") for line in block.splitlines() if " => " in line]
                if pairs:
                    reason, _, words = self.rng.choice(pairs)
                    return reason.strip(), phrases.say(words, self.rng, self.slots), code
        return "meets_standard", self.words("meets_standard", language="en")[0], "en"

    def _follow_up(self, end: dt.datetime, ending: Ending) -> None:
        """Reopened by a resident who saw that it is still broken; and closed 30 days after the last end."""
        rng = self.rng
        ended = max(one.at for one in self.happenings)
        may_return = ending.disposition in (
            Disposition.FIXED,
            Disposition.NOT_FOUND,
            Disposition.ACTION_TAKEN,
            Disposition.NOT_WORKED,
        )
        if may_return and self.speaks and rng.random() < self.chosen["reopened"] * 2.05:
            again = ended + dt.timedelta(hours=min(2 + rng.expovariate(1 / 90), 29 * 24))
            self.say("reopened", again, "reporter", "not_fixed", count=1)
            accepted = self.working(again + dt.timedelta(minutes=rng.uniform(10, 900)))
            self.add("accepted", accepted, "staff")
            goal = self.promise.end_by(again) - again
            done = self.working(max(again + goal * rng.lognormvariate(-0.8, 0.8), accepted + 0.3 * HOUR))
            mended = self.situation["en"].get("fixed") or (phrases.bank(self.service).get("en") or {}).get("fixed")
            self._end(done, Disposition.FIXED if mended and rng.random() < 0.8 else ending.disposition, None)
            ended = max(one.at for one in self.happenings)
        self._survey(ended, ending.disposition)
        if ending.disposition != Disposition.DUPLICATE:
            self.add("closed", ended + 30 * DAY, "system")

    def _survey(self, ended: dt.datetime, disposition: str) -> None:
        """Some say afterward whether it is fixed and whether they were treated well. With dice of its own, so that whoever
        changes the survey changes no other story."""
        # Of the last ending, if it was opened again.
        last = [one.data["disposition"] for one in self.happenings if one.kind == "resolved"]
        shares = SAID_AFTER.get(last[-1] if last else disposition)
        dice = random.Random(f"{self.service} {self.opened.isoformat()}")  # noqa: S311  (a demo's dice)
        if shares is None or not self.speaks or dice.random() > self.chosen["surveyed"]:
            return
        at = ended + min(dt.timedelta(hours=dice.expovariate(1 / 40)), 29 * DAY)
        asked = [(SurveyAnswer.Question.FIXED, shares)]
        if dice.random() < 0.6:
            asked.append((SurveyAnswer.Question.TREATED_WELL, TREATED[shares[0] > 0.5]))
        for question, weights in asked:
            value = dice.choices(SurveyAnswer.Value.values, weights)[0]
            reasons = list(survey.REASONS[question])
            reason = "" if value == SurveyAnswer.Value.YES else dice.choice(reasons)
            self.add("surveyed", at, "reporter", question=question.value, value=value, reason=reason)


def status_after(happenings: list[Happening]) -> tuple[str, str]:
    """Status and disposition at the end, by the lifecycle's own table; raises IllegalTransition for what may not be."""
    status: str = Status.RECEIVED
    disposition = ""
    for one in happenings:
        if one.kind not in ACTION:
            continue
        status = next_status(status, ACTION[one.kind])
        if one.kind == "resolved":
            disposition = one.data["disposition"]
        elif one.kind == "handed_over":
            disposition = Disposition.HANDED_OVER
        elif one.kind == "merged":
            disposition = Disposition.DUPLICATE
        elif one.kind == "withdrawn":
            disposition = Disposition.WITHDRAWN
        elif one.kind == "reopened":
            disposition = ""
    return str(status), str(disposition)
