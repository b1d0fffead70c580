"""Loading the demo's stories: each becomes a request with its people, words, clocks and events, as if it had been lived."""

import datetime as dt
from collections import defaultdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils.translation import override

from requests_app.actions.conversation import ANSWER_WITHIN
from requests_app.actions.reporter import normalized_phone
from requests_app.clock import app_now
from requests_app.demo.progress import Happening
from requests_app.demo.stories import Story, stories
from requests_app.events import PUBLIC_KINDS
from requests_app.imports.bulk import BulkWriter, Happened, History, Said, Someone, analyze, next_ids
from requests_app.imports.progress import Progress
from requests_app.models import (
    Asset,
    Channel,
    Comment,
    Department,
    Disposition,
    Event,
    Jurisdiction,
    Membership,
    Owner,
    Participation,
    PublicState,
    RoutingRule,
    Service,
    ServiceRequest,
    Target,
)
from requests_app.places.public_place import public_place
from requests_app.rules import intake, service_levels
from requests_app.rules.review import public_state_of

COUNT = 20_000
BATCH = 1_000
PROMISED_SINCE = dt.timedelta(days=3 * 365)


def load(jurisdiction: Jurisdiction, folder: Path, progress: Progress, count: int | None = None) -> int:
    """Writes the demo city's requests, all or none; how many. A city that has some already is left as it is.

    Staff who are members of departments by then are those who did the work.
    """
    if Event.objects.filter(jurisdiction=jurisdiction, source=Event.Source.DEMO).exists():
        return 0
    count = COUNT if count is None else count
    progress.step("Requests of the last two years", count)
    with transaction.atomic():
        writer = BulkWriter(jurisdiction, source=Event.Source.DEMO)
        now = app_now()
        # The city promised this before its first story was told, not on the day of the import.
        Target.objects.filter(service__jurisdiction=jurisdiction).update(valid_from=now - PROMISED_SINCE)
        retelling = Retelling(jurisdiction, next_ids(ServiceRequest, count), now)
        told = stories(folder, now=now, count=count)
        while batch := [retelling.history(story) for story in islice(told, BATCH)]:
            writer.write(batch)
            progress.advance(len(batch))
        _keep_what_was_said_after(jurisdiction)
    analyze()
    progress.finish()
    return count


def _keep_what_was_said_after(jurisdiction: Jurisdiction) -> None:
    """The answers about outcomes, as the events tell them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_app_surveyanswer
                (service_request_id, person_id, question, value, reason, ending, answered_at)
            SELECT told.service_request_id, told.person_id, told.data->>'question', told.data->>'value',
                coalesce(told.data->>'reason', ''), (
                    SELECT count(*) FROM requests_app_event earlier
                    WHERE earlier.service_request_id = told.service_request_id AND earlier.kind = 'reopened'
                        AND earlier.id < told.id
                ), told.at
            FROM requests_app_event told WHERE told.jurisdiction_id = %s AND told.kind = 'surveyed' AND told.source = 'demo'
            """,
            [jurisdiction.pk],
        )


class Promises:
    """The two clocks of a request while its story is retold; the same arithmetic as actions/clocks.py."""

    def __init__(self, targets: dict[tuple[int, str], Target], row: dict[str, Any], own: dict[str, Any]) -> None:
        self.targets, self.row, self.own = targets, row, own
        self.clocks: list[dict[str, Any]] = []
        self.running: dict[str, dict[str, Any]] = {}
        self.hours: dict[str, service_levels.WorkingHours] = {}

    def start(
        self, at: dt.datetime, department: Department, jurisdiction: Jurisdiction, *, shorter: bool = False
    ) -> None:
        for kind in (Target.Kind.ACKNOWLEDGE.value, Target.Kind.RESOLVE.value):
            target = self.targets.get((self.row["service_id"], kind))
            if kind == Target.Kind.RESOLVE and self.own:
                target, words = None, dict(self.own)
            elif target is not None:
                words = {"value": target.value, "unit": target.unit}
            else:
                continue
            hours = hours_of(target, department, jurisdiction, str(words["unit"]))
            due = service_levels.due_at(at, int(words["value"]), str(words["unit"]), hours)
            if shorter:
                due = hours.add(at, hours.between(at, due) / 2)
            self.hours[kind] = hours
            self.running[kind] = {
                "kind": kind,
                "target_id": target.pk if target else None,
                "target_words": words,
                "started_at": at,
                "due_at": due,
                "paused_at": None,
                "remaining_s": None,
                "met_at": None,
            }
            self.clocks.append(self.running[kind])

    def meet(self, at: dt.datetime, *kinds: str) -> None:
        for kind in kinds:
            if clock := self.running.pop(kind, None):
                clock["met_at"], clock["paused_at"] = at, None

    def pause(self, at: dt.datetime) -> None:
        clock = self.running.get(Target.Kind.RESOLVE)
        if clock and clock["paused_at"] is None:
            clock["remaining_s"] = round(self.hours[Target.Kind.RESOLVE].between(at, clock["due_at"]))
            clock["paused_at"] = at

    def resume(self, at: dt.datetime) -> None:
        clock = self.running.get(Target.Kind.RESOLVE)
        if clock and clock["paused_at"] is not None:
            left = clock["remaining_s"]
            ahead = self.hours[Target.Kind.RESOLVE].add(at, left) if left >= 0 else at + dt.timedelta(seconds=left)
            clock["due_at"], clock["paused_at"], clock["remaining_s"] = ahead, None, None

    def copy_due(self) -> None:
        acknowledge = self.running.get(Target.Kind.ACKNOWLEDGE)
        resolve = self.running.get(Target.Kind.RESOLVE)
        self.row["acknowledge_due_at"] = acknowledge["due_at"] if acknowledge else None
        self.row["due_at"] = resolve["due_at"] if resolve and resolve["paused_at"] is None else None


@cache
def hours_of(
    target: Target | None, department: Department, jurisdiction: Jurisdiction, unit: str
) -> service_levels.WorkingHours:
    return service_levels.hours_for(target, department, jurisdiction.zone, unit)


class Retelling:
    """Turns stories into histories: codes into this city's rows, happenings into events, words into comments."""

    def __init__(self, jurisdiction: Jurisdiction, ids: list[int], now: dt.datetime) -> None:
        self.now = now
        hours_of.cache_clear()
        self.jurisdiction, self.ids = jurisdiction, ids
        versions = Service.objects.filter(jurisdiction=jurisdiction, current__isnull=False).select_related(
            "current__department__calendar", "current__service"
        )
        self.versions = {one.service_code: one.current for one in versions if one.current}
        self.questions = {code: intake.questions_of(version) for code, version in self.versions.items()}
        self.departments = {
            one.code: one for one in Department.objects.filter(jurisdiction=jurisdiction).select_related("calendar")
        }
        self.codes = {one.pk: code for code, one in self.departments.items()}
        self.owners = dict(Owner.objects.filter(jurisdiction=jurisdiction).values_list("code", "pk"))
        self.assets = dict(Asset.objects.filter(jurisdiction=jurisdiction).values_list("asset_id", "pk"))
        self.rules = dict(RoutingRule.objects.filter(jurisdiction=jurisdiction).values_list("name", "pk"))
        targets = Target.objects.filter(service__jurisdiction=jurisdiction, area=None, priority=None)
        self.targets = {(one.service_id, one.kind): one for one in targets.select_related("calendar").order_by("id")}
        self.staff: dict[int, list[int]] = defaultdict(list)
        # Who works on requests: a records officer or a call taker closes none.
        members = Membership.objects.filter(
            jurisdiction=jurisdiction, department__isnull=False, role__permissions__contains=["accept"]
        )
        for department_id, user_id in members.order_by("id").values_list("department_id", "user_id"):
            self.staff[department_id].append(user_id)

    def history(self, story: Story) -> History:
        version = self.versions[story.service_code]
        with override(story.language):
            answers = intake.read_answers(self.questions[story.service_code], story.answers)
        place = story.place
        point = Point(place.lon, place.lat, srid=4326) if place else None
        address = place.address if place else ""
        public_point, public_address = public_place(version.visibility, point, address)
        priority = min(answers.priority or version.priority, version.priority)
        row: dict[str, Any] = {
            "id": self.ids[story.number],
            "service_id": version.service_id,
            "service_version_id": version.pk,
            "description": story.text,
            "language": story.language,
            "channel": story.channel,
            "point": point,
            "address": address,
            "place_note": place.note if place else "",
            "place_source": "" if place is None else "asset" if place.asset_id else "address",
            "place_confidence": 1.0 if place else None,
            "asset_id": self.assets.get(place.asset_id) if place and place.asset_id else None,
            "public_point": public_point,
            "public_address": public_address,
            "public_state": public_state_of(version, is_test=False),
            "priority": priority,
            "priority_reason": answers.priority_reason or "service",
            "photos_private": answers.private_photos,
            "after_warning": story.after_warning,
            "status": story.status,
            "disposition": story.disposition,
            "people_count": max(story.people, 1),
            "duplicate_of_id": None if story.duplicate_of is None else self.ids[story.duplicate_of],
            "submitted_at": story.opened_at,
            "updated_at": story.opened_at,
        }
        row |= dict.fromkeys(_TOLD)
        row |= {"disposition_reason": "", "owner_reference": "", "hold_reason": ""}
        row |= {"in_triage": False, "has_new_answer": False, "bounces": 0, "reopened_count": 0}
        history = History(row)
        history.answers = [
            {
                "question_version_id": question.pk,
                "question_words": question.text.get(story.language) or question.text.get("en", ""),
                "value": value,
                "value_words": words,
            }
            for question, value, words in answers.given
        ]
        self._people(story, history)
        promises = Promises(self.targets, row, answers.resolve_target)
        for happening in story.happenings:
            self._tell(story, history, happening, promises)
        promises.copy_due()
        history.clocks = promises.clocks
        return history

    def _people(self, story: Story, history: History) -> None:
        if story.channel != Channel.STAFF:
            said = story.reporter
            contacts = []
            if said and said.email:
                contacts.append(("email", said.email, said.email.lower()))
            if said and said.phone:
                contacts.append(("phone", said.phone, normalized_phone(said.phone)))
            taken = story.channel in (Channel.PHONE, Channel.COUNTER)
            role = Participation.Role.CALLER if taken else Participation.Role.REPORTER
            name = said.name if said else ""
            history.people.append(Someone(role.value, story.opened_at, name, story.language, contacts, link=True))

    def _tell(self, story: Story, history: History, told: Happening, promises: Promises) -> None:
        """One happening: its event with what belongs to it, and what it changes in the request."""
        row, at = history.row, told.at
        by_reporter = told.by == "reporter" and bool(history.people)
        one = Happened(told.kind, at, person=0 if by_reporter else None)
        if told.by == "staff":
            one.user_id = self._user(row["department_id"], story.number)
        retell = getattr(self, f"_{told.kind}", None)
        if retell is None:
            raise ValueError(f"Nobody knows how to retell {told.kind}.")
        if retell(story, history, one, told.data, promises) is False:
            return
        words = told.data.get("words")
        if words and told.kind in _SAID:
            kind, public = _SAID[told.kind]
            one.said = self._said(row, one, words, told.data.get("language", "en"), kind=kind, public=public)
        if one.said is not None and one.said.public:
            row["last_public_word_at"] = at
        if told.kind in PUBLIC_KINDS:
            row["updated_at"] = at
        if told.by == "staff":
            # Whoever worked on it has read what the reporter said.
            row["has_new_answer"] = False
        history.happened.append(one)

    def _user(self, department_id: int | None, number: int) -> int | None:
        users = self.staff.get(department_id or 0)
        return users[number % len(users)] if users else None

    def _said(self, row: dict[str, Any], one: Happened, words: str, language: str, *, kind: str, public: bool) -> Said:
        department_id = None if one.person is not None else row["department_id"]
        return Said(kind, words, language, public, one.user_id, one.person, department_id)

    # --- One function for each kind: (story, history, event, data, promises); False: it leaves no event -----------------
    def _submitted(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        one.data = {
            "channel": story.channel,
            "service_code": story.service_code,
            "after_warning": story.after_warning,
        }
        home = self.versions[story.service_code].department
        promises.start(one.at, home, self.jurisdiction)

    def _routed(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        department = self.departments[data["department"]]
        rule_id = self.rules.get(data["rule"])
        one.data = {"department_id": department.pk, "reason": data["reason"], "rule_id": rule_id}
        history.row |= {"department_id": department.pk, "routed_at": one.at}
        history.decisions.append(_decision(one.at, data["reason"], department.pk, rule_id, is_first=True))
        if department.pk != self.versions[story.service_code].department_id:
            promises.clocks.clear()
            promises.start(story.opened_at, department, self.jurisdiction)

    def _triaged(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        before = history.row["department_id"]
        one.data = {"reason": data["reason"], "from_department_id": before}
        history.row |= {"department_id": None, "in_triage": True}
        if before is None:
            history.decisions.append(_decision(one.at, data["reason"], None, None, is_first=True))
        else:
            history.row["bounces"] += 1

    def _transferred(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        row, before = history.row, history.row["department_id"]
        department = self.departments[data["department"]]
        one.data = {"department_id": department.pk, "from_department_id": before}
        if data.get("words"):
            one.said = self._said(row, one, data["words"], data["language"], kind=Comment.Kind.NOTE, public=False)
        row["bounces"] += before is not None and before != department.pk
        row |= {"department_id": department.pk, "in_triage": False, "routed_at": one.at}
        history.decisions.append(_decision(one.at, "by_hand", department.pk, None, is_first=False))

    def _assigned(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> bool | None:
        assignee = self._user(history.row["department_id"], data["who"])
        if assignee is None:
            return False
        history.row["assignee_id"] = assignee
        one.data = {"assignee_id": assignee}
        return None

    def _begin(self, history: History, one: Happened, promises: Promises) -> None:
        if history.row["acknowledged_at"] is None:
            history.row["acknowledged_at"] = one.at
            promises.meet(one.at, Target.Kind.ACKNOWLEDGE)

    def _accepted(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._begin(history, one, promises)

    def _scheduled(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._begin(history, one, promises)
        history.row["scheduled_for"] = data["date"]
        one.data = {"date": data["date"].isoformat()}

    def _visited(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        self._begin(history, one, promises)
        history.row["visited_at"] = one.at
        one.data = {"at": one.at.isoformat()}

    def _made_safe(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._begin(history, one, promises)
        history.row["made_safe_at"] = one.at
        self._comment_beside(history, one, data)

    def _held(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        history.row |= {"hold_reason": data["reason"], "hold_until": data["until"]}
        promises.pause(one.at)
        one.data = {"reason": data["reason"], "until": data["until"].isoformat()}
        self._comment_beside(history, one, data)

    def _comment_beside(self, history: History, one: Happened, data: dict[str, Any]) -> None:
        """These acts have no words of their own: what is said stands beside them as a public comment."""
        if data.get("words"):
            said = self._said(history.row, one, data["words"], data["language"], kind=Comment.Kind.COMMENT, public=True)
            at = min(one.at + dt.timedelta(seconds=40), self.now)
            history.happened.append(Happened("commented", at, user_id=one.user_id, said=said))
            history.row["last_public_word_at"] = history.row["updated_at"] = at

    def _resumed(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        history.row |= {"hold_reason": "", "hold_until": None}
        promises.resume(one.at)

    def _asked(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        history.row |= {"hold_reason": "reporter", "hold_until": (one.at + ANSWER_WITHIN).date()}
        promises.pause(one.at)

    def _answered(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        history.row |= {"hold_reason": "", "hold_until": None, "has_new_answer": True}
        promises.resume(one.at)

    def _commented(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        """Words alone."""

    _noted = _commented

    def _ended(self, history: History, one: Happened, promises: Promises) -> None:
        self._begin(history, one, promises)
        promises.meet(one.at, Target.Kind.ACKNOWLEDGE, Target.Kind.RESOLVE)
        history.row |= {"resolved_at": one.at, "has_new_answer": False, "hold_reason": "", "hold_until": None}

    def _resolved(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._ended(history, one, promises)
        reason = data.get("reason", "")
        history.row["disposition_reason"] = reason
        disposition = Disposition(data["disposition"]).value
        one.data = {"disposition": disposition, "reason": reason or None, "remote": data["remote"]}

    def _handed_over(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._ended(history, one, promises)
        owner_id = self.owners.get(data["owner"])
        history.row |= {"owner_id": owner_id, "owner_reference": data["number"]}
        one.data = {"owner_id": owner_id, "owner_number": data["number"]}

    def _merged(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        self._ended(history, one, promises)
        one.data = {"parent_id": self.ids[data["parent"]]}

    def _absorbed(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        one.data = {"child_id": self.ids[data["child"]]}

    def _withdrawn(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        self._ended(history, one, promises)

    def _reopened(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        history.row |= {"acknowledged_at": None, "resolved_at": None, "disposition_reason": "", "has_new_answer": True}
        history.row["reopened_count"] += 1
        one.data = {"count": history.row["reopened_count"]}
        code = self.codes[history.row["department_id"]]
        promises.start(one.at, self.departments[code], self.jurisdiction, shorter=True)

    def _closed(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        history.row["closed_at"] = one.at

    def _surveyed(
        self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises
    ) -> None:
        one.data = {"question": data["question"], "value": data["value"], "reason": data["reason"] or None}

    def _joined(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        one.data = {"role": data["role"]}
        one.person = len(history.people)
        history.people.append(Someone(Participation.Role.AFFECTED.value, one.at))

    def _hidden(self, story: Story, history: History, one: Happened, data: dict[str, Any], promises: Promises) -> None:
        history.row["public_state"] = PublicState.HIDDEN.value
        one.data = {"reason": data["reason"]}


# What only the happenings tell: nothing, until one of them says it.
_TOLD = (
    "department_id", "assignee_id", "owner_id", "hold_until", "scheduled_for", "made_safe_at", "visited_at",
    "acknowledge_due_at", "due_at", "routed_at", "acknowledged_at", "resolved_at", "closed_at", "last_public_word_at",
)  # fmt: skip
# What kind of comment the words of a happening are, and whether everybody may read them.
_SAID = {
    "asked": (Comment.Kind.QUESTION.value, False),
    "answered": (Comment.Kind.ANSWER.value, False),
    "commented": (Comment.Kind.COMMENT.value, True),
    "noted": (Comment.Kind.NOTE.value, False),
    "resolved": (Comment.Kind.OUTCOME.value, True),
    "handed_over": (Comment.Kind.OUTCOME.value, True),
    "merged": (Comment.Kind.OUTCOME.value, True),
    "reopened": (Comment.Kind.COMMENT.value, False),
}


def _decision(
    at: dt.datetime, reason: str, department_id: int | None, rule_id: int | None, *, is_first: bool
) -> dict[str, Any]:
    return {
        "department_id": department_id,
        "rule_id": rule_id,
        "reason": reason,
        "is_first": is_first,
        "created_at": at,
    }
