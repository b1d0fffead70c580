"""Generates about 20,000 invented requests of the demo city's last two years. The same seed and `now` give the same stories.

Counts follow figures.yaml (a real city's published figures), texts come from texts/, places from the city folder.
"""

import datetime as dt
import math
import random
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from requests_app.demo import phrases, places
from requests_app.demo.places import CityMap, Place
from requests_app.demo.progress import HOLDS, PlannedOutcome, ServiceTargets, StoryEvent, Timeline, status_after
from requests_app.models.states import Disposition
from requests_app.rules.alarms.screening import plain
from requests_app.rules.promises.service_levels import DayOff, WorkingHours
from requests_app.rules.routing.routing import Facts, RuleSet, answer_values, read_rule

FIGURES = Path(__file__).parent / "figures.yaml"
DAYS = 730
# Only phone numbers reserved for fiction, so that none belongs to a person.
PHONES = [f"555-{number:04d}" for number in range(100, 200)]


@dataclass(frozen=True, slots=True)
class Reporter:
    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """One request up to now. `duplicate_of` and `events` refer to other stories by `number`."""

    number: int
    service_code: str
    situation: str
    opened_at: dt.datetime
    channel: str
    language: str
    text: str
    place: Place | None
    answers: dict[str, Any]
    reporter: Reporter | None
    people: int
    after_warning: bool
    events: list[StoryEvent]
    status: str
    disposition: str
    department: str | None
    duplicate_of: int | None = None


# As in Timeline._hold_days.
LONGEST_HOLD = dt.timedelta(days=240)


@dataclass(slots=True)
class Plan:
    """Drawn first for all requests, so that a later report can be merged with an earlier one."""

    number: int
    service: str
    opened: dt.datetime
    channel: str
    place: Place | None
    repeated: bool
    seed: int
    routed_by: str
    targets: ServiceTargets
    situation: dict[str, Any]
    ending: PlannedOutcome
    duplicate_of: int | None = None
    absorbs: list[tuple[dt.datetime, int]] = field(default_factory=list)


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def read_city(folder: Path) -> "City":
    return City(folder)


class City:
    """The parts of the city folder that the generator needs: services, targets, routing, map."""

    def __init__(self, folder: Path) -> None:
        settings = load(folder / "city.yaml")
        self.zone = ZoneInfo(settings["time_zone"])
        catalog: dict[str, Any] = {"services": [], "departments": [], "routing": [], "calendars": {}}
        files = settings["catalog"]
        for name in [files] if isinstance(files, str) else files:
            for key, value in load(folder / name).items():
                if isinstance(catalog.get(key), list):
                    catalog[key] += value
                elif isinstance(catalog.get(key), dict):
                    catalog[key].update(value)
        self.services = {service["service_code"]: service for service in catalog["services"]}
        self.routing = RuleSet([read_rule(written) for written in catalog["routing"]])
        self._calendars = {code: self._hours(calendar) for code, calendar in catalog["calendars"].items()}
        self._calendar_of = {department["code"]: department["calendar"] for department in catalog["departments"]}
        self.map = CityMap(folder)

    def _hours(self, calendar: dict[str, Any]) -> WorkingHours:
        holidays = calendar.get("holidays") or {}
        return WorkingHours(
            zone=self.zone,
            always=bool(calendar.get("always")),
            hours={day: [span.split("-") for span in spans] for day, spans in (calendar.get("hours") or {}).items()},
            country=holidays.get("country"),
            subdivision=holidays.get("subdivision"),
            extra={dt.date.fromisoformat(str(one["date"])): DayOff() for one in holidays.get("extra", [])},
        )

    @cache  # noqa: B019 - one city a run
    def targets(self, service: str, department: str) -> ServiceTargets:
        row = self.services[service]
        own = self._calendars[self._calendar_of[department]]

        def target(kind: str) -> tuple[int, str, WorkingHours]:
            written = row["targets"][kind]
            calendar = written.get("calendar") or "department"
            return written["value"], written["unit"], own if calendar == "department" else self._calendars[calendar]

        resolve = target("resolve")
        urgent = own.always or row["priority"] == 1 or (resolve[2].always and resolve[1] in ("minutes", "hours"))
        return ServiceTargets(department, own, target("acknowledge"), resolve, urgent)

    def route(self, service: str, place: Place | None, answers: dict[str, Any], text: str) -> tuple[str, str, str]:
        """The department, the reason (rule, service, or no_match via triage) and the rule's name."""
        areas = set()
        if place and place.kind in ("park", "park_tree"):
            areas.add(("park", place.address.lower().replace(" ", "-")))
        own: str = self.services[service]["department"]
        facts = Facts(
            service,
            areas=areas,
            answers={code: answer_values(value) for code, value in answers.items()},
            plain_text=plain(text) if self.routing.uses_words else "",
        )
        rule = self.routing.first_match(facts)
        if rule is not None:
            return (rule.department, "rule", rule.name) if rule.department else (own, "no_match", "")
        return own, "service", ""


def stories(city_folder: Path, *, now: dt.datetime, count: int = 20_000, seed: int = 311) -> Iterator[Story]:
    """Stories ordered by submission, with their events up to `now` (aware)."""
    generator = StoryGenerator(read_city(city_folder), now=now, count=count, seed=seed)
    for plan in generator.plans():
        yield generator.story(plan)


class StoryGenerator:
    def __init__(self, city: City, *, now: dt.datetime, count: int, seed: int) -> None:
        self.city = city
        self.now = now.astimezone(dt.UTC)
        self.count = count
        self.seed = seed
        self.figures = load(FIGURES)
        self.services: dict[str, dict[str, Any]] = {
            code: figures for code, figures in self.figures["services"].items() if code in city.services
        }
        self.chosen = self.figures["chosen"]
        people = phrases.bank("_people")
        self.names = {key: people[key].split() for key in people}
        population = city.map.population
        speakers = sum(population[name] * share for name, share in city.map.spanish_share.items())
        mean = speakers / sum(population.values())
        # Staff write English, so raise the share among residents.
        residents = 1 - self.figures["channel"]["staff"] - self.services.get("internal-fac", {}).get("share", 0) / 1000
        self.spanish_factor = self.chosen["spanish"] / (mean * residents)

    # --- When and what -------------------------------------------------------------------------------------------
    def plans(self) -> list[Plan]:
        rng = random.Random(self.seed)  # noqa: S311 - stories, no secret
        recent: dict[str, deque[Plan]] = defaultdict(deque)
        sore: dict[str, list[Place]] = defaultdict(list)
        plans: list[Plan] = []
        for opened, mix in self._arrivals(rng):
            codes = list(mix)
            service = rng.choices(codes, [mix[code] for code in codes])[0]
            channel = self._channel(service, rng)
            at = self._moment(opened, channel, rng)
            plans.append(self._plan(service, channel, at, rng))
        plans.sort(key=lambda plan: plan.opened)
        for number, plan in enumerate(plans):
            plan.number = number
            self._settle(plan, recent[plan.service], sore[plan.service], plans, rng)
        return plans

    def _arrivals(self, rng: random.Random) -> Iterator[tuple[dt.date, dict[str, float]]]:
        """Exactly `count` days, each with its weights of the services."""
        today = self.now.astimezone(self.city.zone).date()
        storms = self.figures["storms"]
        times: dict[dt.date, float] = {}
        for ago in storms["days_ago"]:
            day = today - dt.timedelta(days=ago)
            for offset, factor in enumerate([storms["times"], *storms["tail"]]):
                times[day + dt.timedelta(days=offset)] = factor
        snowy: dict[dt.date, float] = {}
        for year in range(today.year - 3, today.year + 1):
            for month_day in self.figures["snowfalls"]:
                day = dt.date.fromisoformat(f"{year}-{month_day}")
                for offset, factor in enumerate([1.0, 1.3, 0.7]):
                    snowy[day + dt.timedelta(days=offset)] = factor
        days = []
        for ago in range(DAYS, -1, -1):
            day = today - dt.timedelta(days=ago)
            mix = self._mix(day, stormy=day in times, snowy=snowy.get(day, 0.0))
            weight = sum(mix.values()) * self.figures["weekday"][day.weekday()] * 7 * rng.lognormvariate(0, 0.12)
            days.append([day, mix, weight])
        mean = sum(weight for _, _, weight in days) / len(days)
        for entry in days:
            if entry[0] in times:
                # A multiple of the average day, whatever the weekday.
                entry[2] = mean * times[entry[0]]
        local = self.now.astimezone(self.city.zone)
        days[0][2] *= 1 - local.hour / 24
        days[-1][2] *= sum(self.figures["hours"]["phone"][: local.hour + 1])
        total = sum(weight for _, _, weight in days)
        due, sent = 0.0, 0
        for index, (day, mix, weight) in enumerate(days):
            due += weight / total * self.count
            upto = self.count if index == len(days) - 1 else round(due)
            for _ in range(upto - sent):
                yield day, mix
            sent = max(sent, upto)

    def _mix(self, day: dt.date, *, stormy: bool, snowy: float) -> dict[str, float]:
        mix = {}
        for code, figures in self.services.items():
            weight = figures["share"] * (figures["months"][day.month - 1] if "months" in figures else 1.0)
            if code == "snowice":
                # Between snowfalls: meltwater that freezes at night.
                weight *= 0.35
            if stormy:
                weight *= self.figures["storm_mix"].get(code, 0.8)
            if snowy:
                weight *= 1 + (self.figures["snow_mix"].get(code, 1.0) - 1) * snowy
            if day.weekday() >= 5 and code in ("internal-fac", "waterbill", "feedback", "construct"):
                weight *= 0.4
            mix[code] = max(weight, 0.0)
        return mix

    def _channel(self, service: str, rng: random.Random) -> str:
        if service == "internal-fac":
            return "staff"
        channels = dict(self.figures["channel"])
        if self.city.services[service]["visibility"] == "private" or service in ("bulky", "cart", "feedback"):
            # Residents report private matters themselves, rarely crews.
            channels["staff"] *= 0.15
            channels["api"] *= 0.4
        elif service in ("pothole", "streetlight", "sidewalk", "streetclean", "graffiti", "treehazard"):
            channels["staff"] *= 1.6
        return rng.choices(list(channels), list(channels.values()))[0]

    def _moment(self, day: dt.date, channel: str, rng: random.Random) -> dt.datetime:
        hours = self.figures["hours"][channel]
        for _ in range(60):
            hour = rng.choices(range(24), hours)[0]
            local = dt.datetime.combine(day, dt.time(hour, rng.randrange(60), rng.randrange(60)), self.city.zone)
            at = local.astimezone(dt.UTC)
            if at < self.now - dt.timedelta(seconds=90):
                return at
        # The day has just started.
        start = dt.datetime.combine(day, dt.time(), self.city.zone).astimezone(dt.UTC)
        return start + (self.now - start) * rng.uniform(0.05, 0.9)

    # --- Where, and how it will end -------------------------------------------------------------------------------
    def _plan(self, service: str, channel: str, opened: dt.datetime, rng: random.Random) -> Plan:
        own = self.city.services[service]["department"]
        return Plan(
            number=-1,
            service=service,
            opened=opened,
            channel=channel,
            place=None,
            repeated=False,
            seed=rng.getrandbits(60),
            routed_by="service",
            targets=self.city.targets(service, own),
            situation={},
            ending=PlannedOutcome(opened, Disposition.FIXED, silent=False),
        )

    def _settle(
        self, plan: Plan, recent: deque[Plan], sore: list[Place], plans: list[Plan], rng: random.Random
    ) -> None:
        while recent and (plan.opened - recent[0].opened).days >= 30:
            recent.popleft()
        earlier = None
        if plan.service not in ("feedback", "internal-fac", "waterbill") and recent and rng.random() < 0.2:
            # Most duplicates come within a week.
            earlier = recent[-1 - min(int(rng.expovariate(1 / 9)), len(recent) - 1)]
        plan.situation = self._situation(plan, rng)
        if earlier and earlier.place:
            plan.place, plan.repeated = earlier.place, True
            if rng.random() < 0.85 or "places" in plan.situation:
                plan.situation = earlier.situation
        elif sore and "places" not in plan.situation and rng.random() < 0.06:
            plan.place = rng.choice(sore)
        else:
            kinds = plan.situation.get("places") or self.services[plan.service]["places"]
            kind = rng.choices(list(kinds), list(kinds.values()))[0]
            plan.place = None if kind == "none" else self.city.map.choose(kind, rng)
            if plan.place and len(sore) < 25 and rng.random() < 0.1:
                sore.append(plan.place)
        plan.ending = self._ending(plan, rng)
        recent.append(plan)
        if earlier and plan.repeated and rng.random() < 0.95:
            parent = plans[earlier.duplicate_of] if earlier.duplicate_of is not None else earlier
            seen = plan.opened + dt.timedelta(hours=rng.lognormvariate(1.0, 1.0))
            if seen < parent.ending.at and not parent.ending.silent:
                plan.duplicate_of = parent.number
                plan.ending = PlannedOutcome(seen, Disposition.DUPLICATE, silent=False)
                if seen < self.now:
                    parent.absorbs.append((seen, plan.number))

    def _situation(self, plan: Plan, rng: random.Random) -> dict[str, Any]:
        month = plan.opened.astimezone(self.city.zone).month
        fitting = [one for one in phrases.bank(plan.service)["situations"] if month in one.get("months", (month,))]
        return rng.choices(fitting, [one.get("weight", 1) for one in fitting])[0]

    def _ending(self, plan: Plan, rng: random.Random) -> PlannedOutcome:
        ends = plan.situation.get("ends") or self._ends_with_words(plan)
        disposition = rng.choices(list(ends), list(ends.values()))[0]
        if plan.place and plan.place.owner:
            disposition = Disposition.HANDED_OVER
        elif rng.random() < self.chosen["removed"] and plan.channel in ("web", "api"):
            disposition = Disposition.REMOVED
        elif rng.random() < self.chosen["withdrawn"] and plan.channel != "staff":
            disposition = Disposition.WITHDRAWN
        goal = plan.targets.resolve_by(plan.opened) - plan.opened
        share = self._share_of_goal(plan.service, rng)
        if not plan.targets.urgent and rng.random() < self.chosen["silent"] and disposition in self.ordinary:
            silent = PlannedOutcome(self._review(plan, rng), Disposition.NOT_WORKED, silent=True)
            return self._seldom_late(plan, silent, disposition, plan.opened + goal, rng)
        if disposition in (Disposition.WITHDRAWN, Disposition.REMOVED, Disposition.HANDED_OVER):
            share = min(share, 1) * 0.5
        backlog = self.chosen["backlog"]
        if self.now - plan.opened < dt.timedelta(days=backlog["days"]):
            share *= backlog["times"]
        at = plan.opened + goal * share
        if plan.channel == "staff" and plan.service != "internal-fac" and rng.random() < 0.18:
            # The crew fixed it on the spot and reported it afterward.
            at = plan.opened + dt.timedelta(minutes=rng.uniform(2, 20))
            disposition = Disposition.FIXED if "fixed" in ends else disposition
        elif not plan.targets.urgent:
            opens = plan.targets.hours.add(at, 0)
            at = at if opens == at else opens + dt.timedelta(minutes=rng.uniform(2, 60))
        hold = ""
        reasons = HOLDS.get(plan.service)
        if reasons and rng.random() < self.chosen["on_hold"] * (3.5 if "yearly_plan" in reasons else 1.6):
            hold = rng.choice(reasons)
        if hold == "yearly_plan" and at + LONGEST_HOLD > self.now:
            # It would have come off hold by now, and nobody would see why it took so long.
            if rng.random() < self.chosen["open_late"]["on_hold"]:
                return self._on_hold(hold, disposition, 120, rng)
            hold = ""
        ending = PlannedOutcome(at, disposition, silent=False, hold=hold)
        return self._seldom_late(plan, ending, disposition, plan.opened + goal, rng)

    def _on_hold(self, reason: str, disposition: str, days: float, rng: random.Random) -> PlannedOutcome:
        """On hold to this day, for at most so many more days."""
        until = self.now + dt.timedelta(days=rng.uniform(3, days))
        at = until + dt.timedelta(days=rng.uniform(1, 9))
        return PlannedOutcome(at, disposition, silent=False, hold=reason, hold_until=until)

    def _seldom_late(
        self, plan: Plan, ending: PlannedOutcome, disposition: str, due: dt.datetime, rng: random.Random
    ) -> PlannedOutcome:
        """Of what would be open and late by now, most ended in time, some is on hold, and a little is late by a few days."""
        if ending.at <= self.now or due > self.now:
            return ending
        open_late = self.chosen["open_late"]
        if self.now - due < dt.timedelta(days=open_late["days"]) and rng.random() < open_late["share"]:
            return ending
        # Nobody waits a year for a part.
        is_old = self.now - plan.opened > dt.timedelta(days=open_late["long_hold_days"])
        reasons = [one for one in HOLDS.get(plan.service, []) if not is_old or one == "yearly_plan"]
        if reasons and disposition in self.ordinary and rng.random() < open_late["on_hold"]:
            return self._on_hold(rng.choice(reasons), disposition, 120 if is_old else 30, rng)
        share = min(self._share_of_goal(plan.service, rng), rng.uniform(0.5, 1))
        at = plan.opened + (due - plan.opened) * share
        return PlannedOutcome(at if plan.targets.urgent else plan.targets.hours.add(at, 60), disposition, silent=False)

    # Dispositions that need a crew or an inspector; neglected requests would have ended with one of these.
    ordinary = (
        Disposition.FIXED,
        Disposition.ACTION_TAKEN,
        Disposition.NOT_FOUND,
        Disposition.CANNOT_DO,
        Disposition.ANSWERED,
    )

    def _ends_with_words(self, plan: Plan) -> dict[str, float]:
        """The service's dispositions that this situation has texts for."""
        own = plan.situation["en"]
        service = phrases.bank(plan.service)["en"]
        return {
            end: weight
            for end, weight in self.services[plan.service]["ends"].items()
            if end not in self.ordinary or end == Disposition.NOT_FOUND or end in own or end in service
        }

    def _review(self, plan: Plan, rng: random.Random) -> dt.datetime:
        """The time of the next bulk closing, twice a year, of requests untouched for ten months."""
        old = (plan.opened + dt.timedelta(days=300)).date()
        days = [dt.date(old.year, 3, 15), dt.date(old.year, 9, 15), dt.date(old.year + 1, 3, 15)]
        day = next(day for day in days if day >= old)
        local = dt.datetime.combine(day, dt.time(10, rng.randrange(60), rng.randrange(60)), self.city.zone)
        return local.astimezone(dt.UTC)

    def _share_of_goal(self, service: str, rng: random.Random) -> float:
        """Log-linear interpolation between the points in figures.yaml, with a heavier tail beyond the last."""
        points = self.services[service]["goal_share"]
        where = rng.random()
        marks = [0.0, 0.10, 0.25, 0.50, 0.75, 0.90]
        values = [points[0] * 0.3, *points]
        for index in range(5):
            if where < marks[index + 1]:
                part = (where - marks[index]) / (marks[index + 1] - marks[index])
                low, high = math.log(values[index]), math.log(values[index + 1])
                return math.exp(low + (high - low) * part)
        return float(points[-1] * math.exp(rng.expovariate(1 / 0.45)))

    # --- The story ------------------------------------------------------------------------------------------------
    def story(self, plan: Plan) -> Story:
        rng = random.Random(plan.seed)  # noqa: S311 - stories, no secret
        place = plan.place
        language = self._language(plan, rng)
        slots = self._slots(plan, language, rng)
        answers = self._answers(plan, language, slots, rng)
        text = self._spam(rng, language) if plan.ending.disposition == Disposition.REMOVED else ""
        text = text or self._describe(plan, language, slots, rng)
        department, routed_by, rule = self.city.route(plan.service, place, answers, text)
        targets = self.city.targets(plan.service, department)
        reporter = self._reporter(plan, language, rng)
        private = self.city.services[plan.service]["visibility"] in ("private", "coarse", "staff")
        if place and rng.random() < 0.28:
            place = place.with_note(self._note(language, private and place.kind == "address", slots, rng))
        screened = bool(self.city.services[plan.service].get("emergency_screen"))
        after_warning = screened and plan.channel == "web" and rng.random() < self.chosen["after_warning"] * 3
        events, people = self._events(plan, targets, (routed_by, rule), language, slots, reporter, rng)
        status, disposition = status_after(events)
        routed = [event for event in events if event.kind in ("routed", "transferred", "triaged")]
        return Story(
            number=plan.number,
            service_code=plan.service,
            situation=plan.situation["name"],
            opened_at=plan.opened,
            channel=plan.channel,
            language=language,
            text=text,
            place=place,
            answers=answers,
            reporter=reporter,
            people=people,
            after_warning=after_warning,
            events=events,
            status=status,
            disposition=disposition,
            department=None if not routed or routed[-1].kind == "triaged" else routed[-1].data["department"],
            duplicate_of=plan.duplicate_of if disposition == Disposition.DUPLICATE else None,
        )

    def _events(
        self,
        plan: Plan,
        targets: ServiceTargets,
        routed_by: tuple[str, str],
        language: str,
        slots: phrases.Slots,
        reporter: Reporter | None,
        rng: random.Random,
    ) -> tuple[list[StoryEvent], int]:
        timeline = Timeline(
            plan.service,
            plan.opened,
            targets,
            rng=rng,
            language=language,
            slots=slots,
            situation=plan.situation,
            can_reply=reporter is not None or plan.channel == "web",
            chosen=self.chosen,
        )
        events = timeline.build(plan.ending, routed_by=routed_by, owner=plan.place.owner if plan.place else None)
        if plan.duplicate_of is not None:
            routed = max(event.at for event in events)
            timeline.merged(max(plan.ending.at, routed + dt.timedelta(minutes=3)), plan.duplicate_of)
        start = [StoryEvent("submitted", plan.opened, "staff" if plan.channel == "staff" else "reporter")]
        past = [event for event in start + events if event.at <= self.now]
        joined = self._joined(plan, past, rng)
        absorbed = [StoryEvent("duplicate_merged", at, "staff", {"child": child}) for at, child in plan.absorbs]
        return sorted(past + joined + absorbed, key=lambda event: event.at), (
            0 if reporter is None and plan.channel == "staff" else 1
        ) + len(joined) + len(absorbed)

    def _joined(self, plan: Plan, events: list[StoryEvent], rng: random.Random) -> list[StoryEvent]:
        """People who joined it while it was open: usually few, sometimes a whole block."""
        service = self.city.services[plan.service]
        if service["visibility"] != "public" or service.get("duplicates", {}).get("policy") == "never":
            return []
        if plan.duplicate_of is not None or rng.random() > self.chosen["joined"] * 1.3:
            return []
        ends = min(plan.ending.at, self.now)
        until = [event.at for event in events if event.kind in ("resolved", "handed_over", "withdrawn")]
        ends = min([ends, *until])
        if ends - plan.opened < dt.timedelta(minutes=30):
            return []
        people = min(int(rng.paretovariate(1.25)), 24)
        times = sorted(plan.opened + (ends - plan.opened) * rng.uniform(0.02, 0.95) for _ in range(people))
        return [StoryEvent("joined", at, "neighbor", {"role": "affected"}) for at in times]

    def _language(self, plan: Plan, rng: random.Random) -> str:
        if plan.channel == "staff":
            return "en"
        hoods = self.city.map.spanish_share
        hood = plan.place.neighborhood if plan.place else rng.choice(list(hoods))
        share = self.spanish_factor * hoods.get(hood, 0.2)
        return "es" if rng.random() < min(share, 0.8) and "es" in plan.situation else "en"

    def _reporter(self, plan: Plan, language: str, rng: random.Random) -> Reporter | None:
        known = {"web": 0.68, "phone": 0.78, "api": 0.52, "counter": 0.85, "staff": 0.0}[plan.channel]
        if rng.random() > known:
            return None
        first = rng.choice(self.names[f"first_{language}"])
        last = rng.choice(self.names[f"last_{language}"])
        has_email = rng.random() < (0.35 if plan.channel in ("phone", "counter") else 0.93)
        has_phone = not has_email or rng.random() < (0.6 if plan.channel == "phone" else 0.25)
        plain_name = plain(f"{first}.{last}").replace(" ", ".")
        return Reporter(
            name=f"{first} {last}",
            email=f"{plain_name}{plan.number % 97 or ''}@mail.example" if has_email else None,
            phone=rng.choice(PHONES) if has_phone else None,
        )

    # --- Words ----------------------------------------------------------------------------------------------------
    def _slots(self, plan: Plan, language: str, rng: random.Random) -> dict[str, Any]:
        common = phrases.bank("_common")[language]
        place = plan.place
        slots: dict[str, Any] = {}
        for name in ("since", "ago", "clock"):
            slots[name] = partial(phrases.say, common[name], rng, slots)
        for name, block in (plan.situation[language].get("pick") or {}).items():
            # Drawn once, so that the text and the answers agree.
            slots[name] = phrases.say(block, rng, slots)
        if place is None:
            slots["spot"] = ""
            return slots
        exact = self.city.services[plan.service]["visibility"] not in ("coarse", "private")
        slots["spot"] = lambda: places.in_words(place, language, rng, exact=exact)
        slots["nearby"] = lambda: self.city.map.another_address(place, rng)
        slots["hood"] = place.neighborhood
        if place.street:
            slots["street"] = lambda: "SR 9" if place.kind == "state_road" else places.spoken_street(place.street, rng)
        if place.asset_id:
            slots["asset"] = place.asset_id
        return slots

    def _describe(self, plan: Plan, language: str, slots: phrases.Slots, rng: random.Random) -> str:
        bank = phrases.bank(plan.service)
        common = phrases.bank("_common")[language]
        scene = plan.situation[language]

        def phrase(block: str | None) -> str:
            return phrases.capitalized(phrases.say(block or "", rng, slots))

        def sentence(block: str | None) -> str:
            text = phrase(block)
            return text if not text or text[-1] in ".!?" else text + "."

        def two(block: str | None) -> list[str]:
            """Two different sentences from a bank, or all it has."""
            lines = [line for line in (block or "").splitlines() if line.strip()]
            return [sentence(line) for line in rng.sample(lines, min(2, len(lines)))]

        heard = plan.channel in ("staff", "counter") or (plan.channel == "phone" and rng.random() < 0.6)
        if heard and (start := phrases.say(common.get(f"heard_{plan.channel}", ""), rng, slots)):
            text = f"{phrases.capitalized(start)} {phrases.say(scene['short'], rng, slots)}."
            parts = [text]
            more = sentence(scene.get("more")) if rng.random() < 0.75 else ""
            if not _SAYS_I.search(more):
                # Someone else's report, so no first person.
                parts.append(more)
            if plan.channel == "phone" and rng.random() < 0.35:
                parts.append(sentence(common["heard_more"]))
            return phrases.tidy(" ".join(part for part in parts if part))
        voices = plan.situation.get("voices") or bank.get("voices") or ["plain"]
        voice = rng.choice(voices)
        opener, closer = common.get(f"opener_{voice}"), common.get(f"closer_{voice}") or common["closer_plain"]
        own, everybody = scene.get("hurts"), (bank.get(language) or {}).get("hurts")
        hurts = own if own and (not everybody or rng.random() < 0.6) else everybody
        shape = rng.random() * (0.68 if plan.channel == "api" else 1.0)
        if shape < 0.17:
            short = {**slots, "spot": ""} if rng.random() < 0.4 else slots
            parts = [phrases.capitalized(phrases.say(scene["short"], rng, short))]
        elif shape < 0.25:
            parts = [phrase(scene["short"]) + ".", sentence(scene.get("more"))]
        elif shape < 0.37:
            parts = [sentence(scene["what"])]
        elif shape < 0.55:
            parts = [sentence(scene["what"]), sentence(scene.get("more"))]
        elif shape < 0.72:
            parts = [sentence(opener) if rng.random() < 0.55 else "", sentence(scene["what"])]
            parts.append(sentence(hurts if rng.random() < 0.6 else scene.get("more")))
            parts.append(sentence(closer) if rng.random() < 0.5 else "")
        elif shape < 0.9:
            parts = [sentence(opener), sentence(scene["what"]), sentence(scene.get("more")), sentence(hurts)]
            parts += [sentence(closer) if rng.random() < 0.7 else ""]
        else:
            parts = [sentence(opener), sentence(scene["what"]), *two(scene.get("more")), *two(hurts), sentence(closer)]
        if plan.repeated and shape > 0.25 and rng.random() < 0.3:
            parts.insert(len(parts) // 2 + 1, sentence(common["again"]))
        text = phrases.tidy(" ".join(dict.fromkeys(part for part in parts if part)))
        if voice == "angry" and shape < 0.5 and rng.random() < 0.12:
            text = text.upper()
        elif plan.channel in ("web", "api") and rng.random() < 0.2:
            text = phrases.roughen(text, rng, language)
        return text

    @staticmethod
    def _spam(rng: random.Random, language: str) -> str:
        return phrases.say(phrases.bank("_common")[language]["spam"], rng, {})

    @staticmethod
    def _note(language: str, home: bool, slots: phrases.Slots, rng: random.Random) -> str:
        return phrases.say(phrases.bank("_common")[language]["place_note_home" if home else "place_note"], rng, slots)

    # --- Answers --------------------------------------------------------------------------------------------------
    def _answers(self, plan: Plan, language: str, slots: phrases.Slots, rng: random.Random) -> dict[str, Any]:
        """Answers to required and some optional questions, with the situation's values where it gives any."""
        meant = {
            **(phrases.bank(plan.service).get(language, {}).get("answers") or {}),
            **(plan.situation.get("answers") or {}),
            **(plan.situation[language].get("answers") or {}),
        }
        answers: dict[str, Any] = {}
        for question in self.city.services[plan.service].get("questions") or []:
            code, kind = question["code"], question["kind"]
            if code in meant and meant[code] is None:
                continue
            condition = question.get("show_if") or {}
            if condition and answers.get(condition["question"]) not in condition["values"]:
                continue
            if kind == "display" or not (question.get("required") or code in meant or rng.random() < 0.35):
                continue
            value = self._answer(question, meant.get(code), plan, slots, rng)
            if value is not None:
                answers[code] = value
        return answers

    def _answer(
        self, question: dict[str, Any], meant: Any, plan: Plan, slots: phrases.Slots, rng: random.Random
    ) -> Any:
        kind = question["kind"]
        if kind in ("single", "multi"):
            # Not options that lead to 911 or to another service.
            usual = [
                str(one["value"])
                for one in question["options"]
                if not {"stop", "service"} & set(one.get("effects") or {})
            ]
            if meant is not None:
                value = rng.choice(meant) if isinstance(meant, list) else meant
            else:
                plainly = [str(one["value"]) for one in question["options"] if not one.get("effects")]
                value = rng.choice(plainly if plainly and rng.random() < 0.8 else usual)
            return ([value] if isinstance(value, str) else value) if kind == "multi" else value
        if kind == "number":
            return rng.randrange(1, 6)
        if kind == "datetime":
            day = plan.opened.astimezone(self.city.zone).date() + dt.timedelta(days=rng.randrange(2, 12))
            return day.isoformat()
        if meant is not None:
            return phrases.say(meant, rng, slots)
        if question["code"] in _TEXT_ANSWERS:
            return phrases.say(_TEXT_ANSWERS[question["code"]], rng, slots) or None
        if question.get("required"):
            return phrases.capitalized(phrases.say(plan.situation["en"]["short"], rng, slots)) or "-"
        return None


_SAYS_I = re.compile(
    r"\b(I|I'm|my|My|me|we|We|our|Our|us|mi|mis|me|nos|nuestra|nuestro|tengo|tenemos|puse|pusimos|movimos|quité|quitamos|"
    r"dejo|pongo|toqué|fui|trabajo|ya le quité)\b",
    re.IGNORECASE,
)
# Free-text answers by question code. The plates and account numbers are invented.
_TEXT_ANSWERS = {
    "plate": "[RVM|RM|9RV] [102|118|127|140|155|163|171|188|194]",
    "account": "40-[1102|1187|2045|3310|4471]-[12|27|55|80]",
    "pole": "<asset>",
    "language": "[Spanish|Portuguese|Haitian Creole|not sure]",
    "wording": "[2 HOUR PARKING|NO PARKING|ONE WAY|RESIDENT PARKING ONLY|SPEED LIMIT 25]",
    "who": "[a white van, I did not see the plate|two men with a pickup|I only heard it]",
}
__all__ = ["Place", "Reporter", "Story", "StoryEvent", "stories"]
