"""Generates what happens to a demo request after it is sent: who accepts it, comments, and how and when it is resolved.

The kinds are those of requests_app/events.py; `data["words"]` holds texts, which the loader turns into comments.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from requests_app.demo import phrases
from requests_app.models.states import Disposition, Status
from requests_app.models.survey import SurveyAnswer
from requests_app.rules.promises.service_levels import WorkingHours, due_at
from requests_app.rules.shared.lifecycle import next_status
from requests_app.rules.truth import surveys

# The lifecycle action behind each kind of event; other kinds do not change the status.
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
# Hold reasons by service (codes from the catalog).
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
# For misrouted requests: the right department's code to the code of the one that got it first.
MISTAKEN_FOR = {
    "PW": "WS", "SW": "PW", "TR": "PW", "WS": "PW", "PK": "CE", "CE": "PH", "PE": "CE", "AN": "PH", "PH": "SW",
    "HS": "CA", "CA": "CE", "IT": "PW",
}  # fmt: skip
# Invented shares of yes, partly and no to the survey question "Is it fixed?".
SURVEY_FIXED: dict[str, tuple[float, float, float]] = {
    Disposition.FIXED: (0.82, 0.08, 0.10),
    Disposition.ACTION_TAKEN: (0.52, 0.20, 0.28),
    Disposition.ANSWERED: (0.72, 0.12, 0.16),
    Disposition.NOT_FOUND: (0.10, 0.15, 0.75),
    Disposition.CANNOT_DO: (0.06, 0.10, 0.84),
}
# Likewise for "Were you treated well?", by whether most reporters got what they wanted.
SURVEY_TREATED_WELL: dict[bool, tuple[float, float, float]] = {True: (0.88, 0.08, 0.04), False: (0.56, 0.20, 0.24)}
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """by: reporter, neighbor, staff or system."""

    kind: str
    at: dt.datetime
    by: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceTargets:
    """Targets to acknowledge and resolve a service, and the department's working hours."""

    department: str
    hours: WorkingHours
    acknowledge: tuple[int, str, WorkingHours]
    resolve: tuple[int, str, WorkingHours]
    urgent: bool

    def acknowledge_by(self, opened: dt.datetime) -> dt.datetime:
        value, unit, hours = self.acknowledge
        return due_at(opened, value, unit, hours)

    def resolve_by(self, opened: dt.datetime) -> dt.datetime:
        value, unit, hours = self.resolve
        return due_at(opened, value, unit, hours)


@dataclass(frozen=True, slots=True)
class PlannedOutcome:
    """How and when a request will be resolved, drawn first so that later reports can be merged with it."""

    at: dt.datetime
    disposition: str
    silent: bool
    hold: str = ""
    # It is on hold to this day, and is to go on then.
    hold_until: dt.datetime | None = None


class Timeline:
    """Builds one request's events in order. Texts come from the service's phrase bank."""

    def __init__(
        self,
        service: str,
        opened: dt.datetime,
        targets: ServiceTargets,
        *,
        rng: random.Random,
        language: str,
        slots: phrases.Slots,
        situation: dict[str, Any],
        can_reply: bool,
        chosen: dict[str, float],
    ) -> None:
        self.service = service
        self.opened = opened
        self.targets = targets
        self.rng = rng
        self.language = language
        self.slots = slots
        self.situation = situation
        # Whether there is a reporter who can be asked and can write again.
        self.can_reply = can_reply
        self.chosen = chosen
        self.events: list[StoryEvent] = []
        self.outcome_slots: dict[str, dict[str, str]] = {}
        self.department: str | None = None

    # --- Words ----------------------------------------------------------------------------------------------------
    def blocks(self, name: str, code: str, *, common: str = "") -> list[str]:
        """The phrase banks to try: the situation's and the service's in random order, then the common one."""
        own = [
            self.situation.get(code, {}).get(name) or "",
            (phrases.bank(self.service).get(code) or {}).get(name) or "",
        ]
        # Prefer the larger bank, to avoid repeating sentences.
        special, usual = 2 * len(own[0].splitlines()), len(own[1].splitlines())
        if self.rng.random() * (special + usual) > special:
            own.reverse()
        return [block for block in (*own, phrases.bank("_common")[code].get(common or name)) if block]

    def set_outcome_time(self, at: dt.datetime) -> None:
        """Sets the weekday and hour that outcome texts may mention."""
        local = at.astimezone(self.targets.hours.zone)
        hour = f"{local.hour % 12 or 12}:{local.minute // 5 * 5:02d} {'am' if local.hour < 12 else 'pm'}"
        self.outcome_slots = {
            "en": {"weekday": WEEKDAYS_EN[local.weekday()], "hour": hour},
            "es": {"weekday": WEEKDAYS_ES[local.weekday()], "hour": hour},
        }

    def phrase(self, name: str, *, common: str = "", language: str | None = None) -> tuple[str, str]:
        """A text and its language. Staff sometimes answer in Spanish."""
        language = language or ("es" if self.language == "es" and self.rng.random() < 0.75 else "en")
        for code in (language, "en"):
            for block in self.blocks(name, code, common=common):
                if text := phrases.say(block, self.rng, {**self.slots, **self.outcome_slots.get(code, {})}):
                    return phrases.capitalized(text), code
        return "", "en"

    def add(self, kind: str, at: dt.datetime, by: str, **data: Any) -> None:
        self.events.append(StoryEvent(kind, at, by, data))

    def say(self, kind: str, at: dt.datetime, by: str, name: str, *, common: str = "", **data: Any) -> None:
        own = self.language if by == "reporter" else None
        words, language = self.phrase(name, common=common, language=own)
        if words:
            self.add(kind, at, by, words=words, language=language, **data)

    # --- Time -----------------------------------------------------------------------------------------------------
    def working(self, at: dt.datetime, *, spread: float = 3600) -> dt.datetime:
        """`at` if the department is open then, else soon after it opens; urgent services are always open."""
        if self.targets.urgent:
            return at
        opens = self.targets.hours.add(at, 0)
        return at if opens == at else opens + dt.timedelta(seconds=self.rng.uniform(60, spread))

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.datetime | None:
        """A time in working hours strictly between the two, or None."""
        if (end - start) < dt.timedelta(minutes=4):
            return None
        at = self.working(start + (end - start) * self.rng.uniform(0.05, 0.8), spread=1800)
        return at if start < at < end else None

    # --- Events ---------------------------------------------------------------------------------------------------
    def build(self, ending: PlannedOutcome, *, routed_by: tuple[str, str], owner: str | None) -> list[StoryEvent]:
        """All events but "submitted". routed_by: the reason (rule, service or no_match) and the rule's name."""
        rng = self.rng
        at = self.opened + dt.timedelta(seconds=rng.uniform(1.5, 28))
        at = self._route(at, routed_by)
        end = max(ending.at, at + dt.timedelta(minutes=2))
        if ending.disposition == Disposition.WITHDRAWN:
            self.add("withdrawn", end, "reporter")
        elif ending.disposition == Disposition.DUPLICATE:
            pass  # merged() adds the event
        elif ending.silent:
            if rng.random() < 0.4:
                # Accepted, then forgotten.
                self._accept(at, at + 40 * DAY)
            self._end(end, ending.disposition, owner)
        else:
            at = self._accept(at, end)
            at, end = self._middle(at, end, ending)
            self._end(end, ending.disposition, owner)
        self._follow_up(end, ending)
        self.events.sort(key=lambda event: event.at)
        return self.events

    def merged(self, at: dt.datetime, parent: int) -> None:
        words, language = self.phrase("duplicate")
        self.add("merged", at, "staff", parent=parent, words=words, language=language)
        self.events.sort(key=lambda event: event.at)

    def _route(self, at: dt.datetime, routed_by: tuple[str, str]) -> dt.datetime:
        rng = self.rng
        reason, rule = routed_by
        right = self.targets.department
        if reason == "no_match":
            self.add("triaged", at, "system", reason="no_match")
            at = self.targets.hours.add(at, rng.uniform(240, 9000))
            self.add("transferred", at, "staff", department=right, **{"from": None})
        elif rng.random() < self.chosen["transferred"] and right in MISTAKEN_FOR:
            wrong = MISTAKEN_FOR[right]
            self.add("routed", at, "system", department=wrong, reason="service", rule="")
            at = self.targets.hours.add(at + dt.timedelta(minutes=rng.uniform(10, 300)), rng.uniform(60, 3600))
            words, language = self.phrase("transferred_note", language="en")
            data: dict[str, Any] = {"words": words, "language": language, "from": wrong}
            if rng.random() < 0.25:
                # Via triage, since the first department did not know whose it was.
                self.add("triaged", at, "staff", reason="by_hand", department=wrong)
                at = at + dt.timedelta(minutes=rng.uniform(15, 200))
                data["from"] = None
            self.add("transferred", at, "staff", department=right, **data)
        else:
            self.add("routed", at, "system", department=right, reason=reason, rule=rule)
        self.department = right
        return at

    def _accept(self, at: dt.datetime, end: dt.datetime) -> dt.datetime:
        """Adds "accepted", usually within the target. Requests resolved within minutes often skip it."""
        rng = self.rng
        if end - at < dt.timedelta(minutes=25) and rng.random() < 0.7:
            return at
        acknowledge_by = self.targets.acknowledge_by(self.opened)
        share = min(rng.lognormvariate(-1.0, 0.9), 4)
        accepted = self.working(at + max(acknowledge_by - at, dt.timedelta(minutes=5)) * share, spread=2400)
        if accepted >= end:
            accepted = at + (end - at) * rng.uniform(0.2, 0.7)
        self.add("accepted", accepted, "staff")
        if rng.random() < 0.55:
            soon = min(dt.timedelta(seconds=rng.uniform(20, 1500)), (end - accepted) * 0.5)
            self.add("assigned", accepted + soon, "staff", who=rng.randrange(4))
        return accepted

    def _middle(self, at: dt.datetime, end: dt.datetime, ending: PlannedOutcome) -> tuple[dt.datetime, dt.datetime]:
        """Between acceptance and resolution: questions, holds, dates, visits and comments."""
        rng = self.rng
        # Leave room for the assignment that follows acceptance.
        at = min(at + dt.timedelta(minutes=26), at + (end - at) * 0.6)
        if ending.disposition == Disposition.NO_REPLY:
            asked = self.working(at)
            self._ask(asked)
            return asked, max(end, asked + 14 * DAY)
        if self.can_reply and rng.random() < self.chosen["asked"] * 1.4 and ending.hold_until is None:
            asked = self.working(at)
            answered = asked + dt.timedelta(hours=min(rng.lognormvariate(1.8, 1.2), 200))
            self._ask(asked, answered if rng.random() > self.chosen["unanswered"] else None)
            late = max(end, answered + HOUR)
            if self.events[-1].kind == "asked":
                # No reply: staff continue without it.
                resumed = self.working(asked + 5 * DAY)
                self.add("resumed", resumed, "staff")
                late = max(end, resumed + 2 * HOUR)
            at, end = max(at, late - HOUR), self.working(late)
        if ending.hold:
            if ending.hold_until is None:
                held = self.working(at + (end - at) * rng.uniform(0.1, 0.4))
                length = dt.timedelta(days=self._hold_days(ending.hold))
            else:
                held = self.working(at + HOUR * rng.uniform(0.1, 6))
                length = ending.hold_until - held
            frost = ending.hold == "weather" and held.month in (12, 1, 2, 3)
            words, language = self.phrase("hold_frost" if frost else f"hold_{ending.hold}")
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
                date = self.targets.hours.add(end - DAY * rng.uniform(0, 0.6), 60).date()
                self.add("scheduled", planned, "staff", date=max(date, planned.date()))
        if (
            self.targets.urgent
            and span > 2 * HOUR
            and rng.random() < 0.22
            and self.phrase("made_safe", language="en")[0]
        ):
            safe = self.between(at, at + span * 0.5)
            if safe:
                self.say("made_safe", safe, "staff", "made_safe")
        for chance, least, kind, by, name, common in (
            (0.30, 6 * HOUR, "commented", "staff", "progress", ""),
            (0.25, 12 * DAY, "commented", "staff", "later", ""),
            (0.16, 20 * HOUR, "note_added", "staff", "note", "accepted_note"),
            (0.05, 3 * DAY, "answered", "reporter", "nudge", ""),
        ):
            if span > least and rng.random() < chance and (self.can_reply or by == "staff"):
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

    def _ask(self, asked_at: dt.datetime, answered: dt.datetime | None = None) -> None:
        """A question and its answer; the bank holds pairs, "question => answer"."""
        for code in (self.language, "en"):
            blocks = self.blocks("ask", code)
            if not blocks:
                continue
            pair = self.rng.choice([line for line in blocks[0].splitlines() if " => " in line])
            question, _, answer = pair.partition(" => ")
            text = phrases.say(question, self.rng, self.slots)
            reply = phrases.say(answer, self.rng, self.slots)
            if text:
                self.add("asked", asked_at, "staff", words=text, language=code)
                if answered and reply:
                    self.add("answered", answered, "reporter", words=phrases.capitalized(reply), language=code)
                return

    def _end(self, end: dt.datetime, disposition: str, owner: str | None) -> None:
        rng = self.rng
        data: dict[str, Any] = {}
        disposition = str(Disposition(disposition).value)
        self.set_outcome_time(end)
        if disposition == Disposition.HANDED_OVER:
            code = owner or "clp"
            text, language = self.phrase(f"handed_over_{code}")
            number = f"{code[:3].upper().rstrip('-')}-{rng.randrange(10_000, 99_999)}"
            self.add("handed_over", end, "staff", owner=code, number=number, words=text, language=language)
            return
        if disposition == Disposition.CANNOT_DO:
            data["reason"], text, language = self._cannot()
        else:
            text, language = self.phrase(disposition)
        went = disposition in (
            Disposition.FIXED,
            Disposition.NOT_FOUND,
            Disposition.ACTION_TAKEN,
            Disposition.CANNOT_DO,
        )
        accepted = any(event.kind == "accepted" for event in self.events)
        if went and accepted and (disposition == Disposition.NOT_FOUND or rng.random() < 0.45):
            visited = end - dt.timedelta(minutes=rng.uniform(4, 50))
            if visited > max(event.at for event in self.events):
                self.add("visited", visited, "staff", remote=False)
        remote = disposition in (
            Disposition.ANSWERED,
            Disposition.NO_REPLY,
            Disposition.NOT_WORKED,
            Disposition.REMOVED,
        )
        self.add(
            "resolved", end, "staff", disposition=disposition, words=text, language=language, remote=remote, **data
        )
        if disposition == Disposition.REMOVED:
            self.add("hidden", end + dt.timedelta(seconds=1), "staff", reason="advertising")

    def _cannot(self) -> tuple[str, str, str]:
        """A listed reason, its text and the text's language."""
        for code in ("es", "en") if self.language == "es" and self.rng.random() < 0.6 else ("en",):
            for block in self.blocks("cannot_do", code):
                pairs = [line.partition(" => ") for line in block.splitlines() if " => " in line]
                if pairs:
                    reason, _, words = self.rng.choice(pairs)
                    return reason.strip(), phrases.say(words, self.rng, self.slots), code
        return "meets_standard", self.phrase("meets_standard", language="en")[0], "en"

    def _follow_up(self, end: dt.datetime, ending: PlannedOutcome) -> None:
        """Sometimes reopened by the reporter; closed 30 days after the last resolution."""
        rng = self.rng
        ended = max(event.at for event in self.events)
        may_return = ending.disposition in (
            Disposition.FIXED,
            Disposition.NOT_FOUND,
            Disposition.ACTION_TAKEN,
            Disposition.NOT_WORKED,
        )
        if may_return and self.can_reply and rng.random() < self.chosen["reopened"] * 2.05:
            again = ended + dt.timedelta(hours=min(2 + rng.expovariate(1 / 90), 29 * 24))
            self.say("reopened", again, "reporter", "not_fixed", count=1)
            accepted = self.working(again + dt.timedelta(minutes=rng.uniform(10, 900)))
            self.add("accepted", accepted, "staff")
            goal = self.targets.resolve_by(again) - again
            done = self.working(max(again + goal * rng.lognormvariate(-0.8, 0.8), accepted + 0.3 * HOUR))
            mended = self.situation["en"].get("fixed") or (phrases.bank(self.service).get("en") or {}).get("fixed")
            self._end(done, Disposition.FIXED if mended and rng.random() < 0.8 else ending.disposition, None)
            ended = max(event.at for event in self.events)
        self._survey(ended, ending.disposition)
        if ending.disposition != Disposition.DUPLICATE:
            self.add("closed", ended + 30 * DAY, "system")

    def _survey(self, ended: dt.datetime, disposition: str) -> None:
        """Some reporters answer the survey. It has its own random generator, so that changing it changes no other event."""
        # By the last disposition, if it was reopened.
        dispositions = [event.data["disposition"] for event in self.events if event.kind == "resolved"]
        shares = SURVEY_FIXED.get(dispositions[-1] if dispositions else disposition)
        rng = random.Random(f"{self.service} {self.opened.isoformat()}")  # noqa: S311  (demo data)
        if shares is None or not self.can_reply or rng.random() > self.chosen["survey_answered"]:
            return
        at = ended + min(dt.timedelta(hours=rng.expovariate(1 / 40)), 29 * DAY)
        asked = [(SurveyAnswer.Question.FIXED, shares)]
        if rng.random() < 0.6:
            asked.append((SurveyAnswer.Question.TREATED_WELL, SURVEY_TREATED_WELL[shares[0] > 0.5]))
        for question, weights in asked:
            value = rng.choices(SurveyAnswer.Value.values, weights)[0]
            reasons = list(surveys.REASONS[question])
            reason = "" if value == SurveyAnswer.Value.YES else rng.choice(reasons)
            self.add("survey_answered", at, "reporter", question=question.value, value=value, reason=reason)


def status_after(events: list[StoryEvent]) -> tuple[str, str]:
    """Status and disposition after these events, by the lifecycle table. Raises IllegalTransition."""
    status: str = Status.RECEIVED
    disposition = ""
    for event in events:
        if event.kind not in ACTION:
            continue
        status = next_status(status, ACTION[event.kind])
        if event.kind == "resolved":
            disposition = event.data["disposition"]
        elif event.kind == "handed_over":
            disposition = Disposition.HANDED_OVER
        elif event.kind == "merged":
            disposition = Disposition.DUPLICATE
        elif event.kind == "withdrawn":
            disposition = Disposition.WITHDRAWN
        elif event.kind == "reopened":
            disposition = ""
    return str(status), str(disposition)
