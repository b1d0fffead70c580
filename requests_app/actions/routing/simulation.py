"""Trying a draft of the routing rules on past requests: in batches by a worker, next to the rules in use. Writes to no request."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import (
    Answer,
    Area,
    Calendar,
    Jurisdiction,
    OutboxRow,
    Owner,
    PublicState,
    RequestArea,
    RoutingSimulation,
    Service,
    ServiceRequest,
    ServiceVersion,
    User,
)
from requests_app.models.states import UNKNOWN_SERVICE
from requests_app.rules.alarms.screening import plain
from requests_app.rules.promises.service_levels import WorkingHours, working_hours
from requests_app.rules.routing.routing import Definition, Facts, Rule, RuleSet, answer_values, read_rule, rules_in_use

DAYS = 90
BATCH = 2_500
# At most this many places are shown on the map, spread over the whole period.
PLACES_MAX = 1_000
KEPT_MAX = 10
# No rule: the service's own department.
NO_RULE = ""

Row = tuple[Any, ...]
Outcome = tuple[str | None, str, str, int]


@transaction.atomic
def start(
    jurisdiction: Jurisdiction, rules: list[Definition], *, actor: User | None, since: dt.datetime | None = None
) -> RoutingSimulation:
    """since: 90 days ago, if not given. The newest few are kept."""
    now = app_now()
    simulation = RoutingSimulation.objects.create(
        jurisdiction=jurisdiction,
        user=actor,
        base_rules=rules_in_use(jurisdiction.pk),
        rules=rules,
        since=since or now - dt.timedelta(days=DAYS),
        until=now,
    )
    kept = RoutingSimulation.objects.filter(jurisdiction=jurisdiction).order_by("-id").values("id")[:KEPT_MAX]
    RoutingSimulation.objects.filter(jurisdiction=jurisdiction).exclude(
        id__in=list(kept.values_list("id", flat=True))
    ).delete()
    _enqueue(simulation)
    return simulation


def _enqueue(simulation: RoutingSimulation) -> None:
    outbox.enqueue(
        "simulate_routing",
        lane=OutboxRow.Lane.DATABASE,
        jurisdiction_id=simulation.jurisdiction_id,
        dedupe_key=f"simulate_routing:{simulation.pk}:{simulation.last_id}:{simulation.replayed}",
        # One batch of a city at a time: reports that come in must not wait for it.
        ordering_key=f"simulate_routing:{simulation.jurisdiction_id}",
    )


def simulate_row(row: OutboxRow) -> None:
    """Replays one batch, and enqueues the next in the same transaction: after a kill, the work goes on where it was."""
    simulation_id = int(row.dedupe_key.split(":")[1])
    simulation = (
        RoutingSimulation.objects.select_for_update(of=("self",))
        .select_related("jurisdiction")
        .filter(pk=simulation_id, finished_at=None)
        .first()
    )
    if simulation is None:
        return
    if replay_batch(simulation):
        _enqueue(simulation)


def replay_batch(simulation: RoutingSimulation) -> bool:
    """Replays the next requests and adds what they tell; returns whether there may be more."""
    rows = list(_next_rows(simulation))
    if rows:
        _add(simulation, rows)
        simulation.last_at, simulation.last_id = rows[-1][1], rows[-1][0]
        simulation.replayed += len(rows)
    is_last = len(rows) < BATCH
    if is_last:
        simulation.finished_at = app_now()
    simulation.save()
    return not is_last


def _next_rows(simulation: RoutingSimulation) -> Iterator[Row]:
    found = ServiceRequest.objects.filter(
        jurisdiction=simulation.jurisdiction_id,
        submitted_at__gte=simulation.last_at or simulation.since,
        submitted_at__lte=simulation.until,
        is_test=False,
    ).exclude(public_state=PublicState.UNCONFIRMED)
    if simulation.last_at is not None:
        found = found.filter(Q(submitted_at__gt=simulation.last_at) | Q(id__gt=simulation.last_id))
    return found.order_by("submitted_at", "id").values_list(
        "id", "submitted_at", "service_id", "service_version_id", "description", "channel", "priority",
        "priority_reason", "owner_id",
    )[:BATCH].iterator(BATCH)  # fmt: skip


def _add(simulation: RoutingSimulation, rows: list[Row]) -> None:
    base, draft = (
        RuleSet([read_rule(written) for written in rules]) for rules in (simulation.base_rules, simulation.rules)
    )
    facts_of = _Facts(simulation.jurisdiction, base, draft, rows)
    before_by_rule, after_by_rule, moved_by_rule = Counter[str](), Counter[str](), Counter[str]()
    between = Counter[tuple[str | None, str | None]]()
    places = simulation.places or {"stride": 1, "requests": []}
    for row in rows:
        facts = facts_of(row)
        if facts is None:
            continue
        own = facts_of.own_department(row)
        was_rule, rule = base.first_match(facts), draft.first_match(facts)
        was, now = _outcome(was_rule, facts, own), _outcome(rule, facts, own)
        before_by_rule[was_rule.name if was_rule else NO_RULE] += 1
        name = rule.name if rule else NO_RULE
        after_by_rule[name] += 1
        if was == now:
            continue
        moved_by_rule[name] += 1
        between[was[0], now[0]] += 1
        if simulation.moved % places["stride"] == 0:
            places["requests"].append([row[0], now[0]])
            if len(places["requests"]) > PLACES_MAX:
                places = {"stride": places["stride"] * 2, "requests": places["requests"][::2]}
        simulation.moved += 1
    simulation.places = places
    simulation.by_rule = _sum(
        simulation.by_rule,
        ("before", before_by_rule),
        ("after", after_by_rule),
        ("moved", moved_by_rule),
    )
    moved = Counter({(row["from"], row["to"]): row["count"] for row in simulation.by_department}) + between
    simulation.by_department = [{"from": was, "to": now, "count": count} for (was, now), count in moved.most_common()]


def _sum(sums: list[dict[str, Any]], *counted: tuple[str, Counter[str]]) -> list[dict[str, Any]]:
    rows = {row["rule"]: row for row in sums}
    for column, counts in counted:
        for name, count in counts.items():
            row = rows.setdefault(name, {"rule": name, "before": 0, "after": 0, "moved": 0})
            row[column] += count
    return list(rows.values())


def _outcome(rule: Rule | None, facts: Facts, own: str | None) -> Outcome:
    if rule is None:
        return own, "", "", facts.priority
    priority = facts.priority if rule.priority is None or facts.priority == 1 else rule.priority
    return rule.department, rule.team, rule.assignee, priority


class _Facts:
    """The facts of a batch, with a query for each table that one of the rules asks."""

    def __init__(self, jurisdiction: Jurisdiction, base: RuleSet, draft: RuleSet, rows: list[Row]) -> None:
        self.zone = jurisdiction.zone
        self.uses_words = base.uses_words or draft.uses_words
        ids = [row[0] for row in rows]
        rules = [*base.rules, *draft.rules]
        self.services = dict(Service.objects.filter(pk__in={row[2] for row in rows}).values_list("pk", "service_code"))
        versions = ServiceVersion.objects.filter(pk__in={row[3] for row in rows})
        self.versions = {
            pk: (code if active else None, priority)
            for pk, code, active, priority in versions.values_list(
                "pk", "department__code", "department__active", "priority"
            )
        }
        self.owners = set(
            Owner.objects.filter(pk__in={row[8] for row in rows} - {None})
            .exclude(email="")
            .values_list("pk", flat=True)
        )
        self.areas: dict[int, set[tuple[str, str]]] = {}
        if asked := {area for rule in rules for area in rule.conditions.areas}:
            layers, codes = {layer for layer, _code in asked}, {code for _layer, code in asked}
            areas = Area.objects.filter(jurisdiction=jurisdiction, layer__in=layers, code__in=codes)
            named = {pk: (layer, code) for pk, layer, code in areas.values_list("pk", "layer", "code")}
            found = RequestArea.objects.filter(service_request__in=ids, area__in=named)
            for request_id, area_id in found.values_list("service_request_id", "area_id"):
                self.areas.setdefault(request_id, set()).add(named[area_id])
        self.answers: dict[int, dict[str, frozenset[str]]] = {}
        if questions := {code for rule in rules for code in rule.conditions.answers}:
            answers = Answer.objects.filter(service_request__in=ids, question_version__code__in=questions)
            for request_id, code, value in answers.values_list("service_request_id", "question_version__code", "value"):
                self.answers.setdefault(request_id, {})[code] = answer_values(value)
        calendars = Calendar.objects.filter(jurisdiction=jurisdiction, code__in=base.calendars | draft.calendars)
        self.opening = {one.code: _Opening(working_hours(one, self.zone), self.zone) for one in calendars}

    def own_department(self, row: Row) -> str | None:
        """Where it goes without a rule."""
        return None if self.services[row[2]] == UNKNOWN_SERVICE else self.versions[row[3]][0]

    def __call__(self, row: Row) -> Facts | None:
        """None: it went to the owner of the ground, whatever the rules say."""
        request_id, submitted_at, service_id, version_id, description, channel, priority, reason, owner_id = row
        if owner_id in self.owners and priority != 1:
            return None

        def is_open(code: str) -> bool:
            opening = self.opening.get(code)
            return opening is not None and opening.is_open(submitted_at)

        return Facts(
            self.services[service_id],
            areas=self.areas.get(request_id, ()),
            answers=self.answers.get(request_id, {}),
            plain_text=plain(description) if self.uses_words else "",
            channel=channel,
            # What a rule made of it doesn't count.
            priority=self.versions[version_id][1] if reason == "rule" else priority,
            at=submitted_at.astimezone(self.zone),
            is_open=is_open,
        )


class _Opening:
    """Working hours whose days are looked up once."""

    def __init__(self, hours: WorkingHours, zone: ZoneInfo) -> None:
        self.hours, self.zone = hours, zone
        self.days: dict[dt.date, list[tuple[dt.datetime, dt.datetime]]] = {}

    def is_open(self, at: dt.datetime) -> bool:
        if self.hours.always:
            return True
        day = at.astimezone(self.zone).date()
        if day not in self.days:
            self.days[day] = self.hours.spans(day)
        return any(opens <= at < closes for opens, closes in self.days[day])
