"""Load the demo's generated stories as requests with their people, comments, clocks and events."""

import datetime as dt
from collections import defaultdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils.translation import override

from requests_app.actions.people.reporters import normalized_phone
from requests_app.actions.shared import counters
from requests_app.actions.work.conversation import ANSWER_DEADLINE
from requests_app.clock import app_now
from requests_app.demo.photos import DemoPhotos
from requests_app.demo.progress import StoryEvent
from requests_app.demo.staff import DEMO_BAR
from requests_app.demo.stories import Story, stories
from requests_app.events import PUBLIC_KINDS
from requests_app.imports.bulk import BulkWriter, History, NewComment, NewEvent, NewPerson, analyze, next_ids
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
from requests_app.rules.promises import service_levels
from requests_app.rules.publication.review import public_state_of
from requests_app.rules.shared import intake

COUNT = 20_000
BATCH = 1_000
TARGETS_SINCE = dt.timedelta(days=3 * 365)


def load(jurisdiction: Jurisdiction, folder: Path, progress: Progress, count: int | None = None) -> int:
    """Writes the demo city's requests in one transaction and returns their number; 0 if the city has some already.

    The work is attributed to members of departments, so load staff first.
    """
    if Event.objects.filter(jurisdiction=jurisdiction, source=Event.Source.DEMO).exists():
        return 0
    count = COUNT if count is None else count
    progress.step("Requests of the last two years", count)
    with transaction.atomic():
        writer = BulkWriter(jurisdiction, source=Event.Source.DEMO)
        now = app_now()
        # The targets must apply to the oldest story, not from today.
        Target.objects.filter(service__jurisdiction=jurisdiction).update(valid_from=now - TARGETS_SINCE)
        builder = HistoryBuilder(jurisdiction, next_ids(ServiceRequest, count), now)
        generated = stories(folder, now=now, count=count)
        while batch := [builder.history(story) for story in islice(generated, BATCH)]:
            writer.write(batch)
            progress.advance(len(batch))
        # What follows, and the commit, which checks each foreign key, take many minutes if they are planned for empty tables.
        analyze()
        _store_survey_answers(jurisdiction)
        counters.count_survey_answers(jurisdiction)
    progress.finish()
    return count


def _store_survey_answers(jurisdiction: Jurisdiction) -> None:
    """Copies the survey answers from the events into their table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_app_surveyanswer
                (service_request_id, person_id, question, value, reason, ending, answered_at)
            SELECT survey.service_request_id, survey.person_id, survey.data->>'question', survey.data->>'value',
                coalesce(survey.data->>'reason', ''), (
                    SELECT count(*) FROM requests_app_event earlier
                    WHERE earlier.service_request_id = survey.service_request_id AND earlier.kind = 'reopened'
                        AND earlier.id < survey.id
                ), survey.at
            FROM requests_app_event survey
            WHERE survey.jurisdiction_id = %s AND survey.kind = 'survey_answered' AND survey.source = 'demo'
            """,
            [jurisdiction.pk],
        )


class Clocks:
    """The two clocks of a request while its story is replayed; the same arithmetic as actions/shared/clocks.py."""

    def __init__(
        self, targets: dict[tuple[int, str], Target], row: dict[str, Any], own: dict[str, Any], service_priority: int
    ) -> None:
        self.targets, self.row, self.own = targets, row, own
        of_service = [target for (service_id, _kind), target in targets.items() if service_id == row["service_id"]]
        self.urgency = service_levels.Urgency(row["priority"], row["priority_reason"], service_priority, of_service)
        self.rows: list[dict[str, Any]] = []
        self.running: dict[str, dict[str, Any]] = {}
        self.hours: dict[str, service_levels.WorkingHours] = {}

    def start(
        self, at: dt.datetime, department: Department, jurisdiction: Jurisdiction, *, shorter: bool = False
    ) -> None:
        for kind in (Target.Kind.ACKNOWLEDGE.value, Target.Kind.RESOLVE.value):
            target = self.targets.get((self.row["service_id"], kind))
            answered = self.own if kind == Target.Kind.RESOLVE else None
            promise = service_levels.promise(
                jurisdiction, kind, target, answered, self.urgency, department=department, at=at
            )
            if promise is None:
                continue
            target, words = promise
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
            self.rows.append(self.running[kind])

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


class HistoryBuilder:
    """Turns stories into histories: codes into this city's rows, story events into events, words into comments."""

    def __init__(self, jurisdiction: Jurisdiction, ids: list[int], now: dt.datetime) -> None:
        self.now = now
        hours_of.cache_clear()
        self.jurisdiction, self.ids = jurisdiction, ids
        versions = Service.objects.filter(jurisdiction=jurisdiction, current__isnull=False).select_related(
            "current__department__calendar", "current__service"
        )
        self.versions = {service.service_code: service.current for service in versions if service.current}
        self.photos = DemoPhotos(jurisdiction.zone)
        self.questions = {code: intake.questions_of(version) for code, version in self.versions.items()}
        self.departments = {
            department.code: department
            for department in Department.objects.filter(jurisdiction=jurisdiction).select_related("calendar")
        }
        self.codes = {department.pk: code for code, department in self.departments.items()}
        self.owners = dict(Owner.objects.filter(jurisdiction=jurisdiction).values_list("code", "pk"))
        self.assets = dict(Asset.objects.filter(jurisdiction=jurisdiction).values_list("asset_id", "pk"))
        self.rules = dict(RoutingRule.objects.filter(jurisdiction=jurisdiction).values_list("name", "pk"))
        targets = Target.objects.filter(service__jurisdiction=jurisdiction, area=None, priority=None)
        self.targets = {
            (target.service_id, target.kind): target for target in targets.select_related("calendar").order_by("id")
        }
        self.staff: dict[int, list[int]] = defaultdict(list)
        # Only those who work on requests, not records officers or call takers.
        members = Membership.objects.filter(
            jurisdiction=jurisdiction, department__isnull=False, role__permissions__contains=["accept"]
        ).exclude(user__name=DEMO_BAR["crew"])
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
        priority = intake.priority_of(version, answers)
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
            **_votes(story),
            "duplicate_of_id": None if story.duplicate_of is None else self.ids[story.duplicate_of],
            "submitted_at": story.opened_at,
            "updated_at": story.opened_at,
        }
        row |= dict.fromkeys(_EVENT_COLUMNS)
        row |= {"disposition_reason": "", "owner_reference": "", "hold_reason": ""}
        row |= {"in_triage": False, "has_new_answer": False, "bounces": 0, "reopened_count": 0}
        history = History(row)
        history.answers = [
            {
                "question_version_id": question.pk,
                "question_text": question.text.get(story.language) or question.text.get("en", ""),
                "value": value,
                "value_text": words,
            }
            for question, value, words in answers.answered
        ]
        self._people(story, history)
        clocks = Clocks(self.targets, row, answers.resolve_target, version.priority)
        for story_event in story.events:
            self._add_event(story, history, story_event, clocks)
        clocks.copy_due()
        history.clocks = clocks.rows
        history.photos = self.photos.rows(story, version, private=answers.private_photos)
        return history

    def _people(self, story: Story, history: History) -> None:
        if story.channel != Channel.STAFF:
            reporter = story.reporter
            contacts = []
            if reporter and reporter.email:
                contacts.append(("email", reporter.email, reporter.email.lower()))
            if reporter and reporter.phone:
                contacts.append(("phone", reporter.phone, normalized_phone(reporter.phone)))
            by_call_taker = story.channel in (Channel.PHONE, Channel.COUNTER)
            role = Participation.Role.CALLER if by_call_taker else Participation.Role.REPORTER
            name = reporter.name if reporter else ""
            history.people.append(NewPerson(role.value, story.opened_at, name, story.language, contacts, link=True))

    def _add_event(self, story: Story, history: History, story_event: StoryEvent, clocks: Clocks) -> None:
        """Adds one event with its comment, and applies its changes to the request's row."""
        row, at = history.row, story_event.at
        by_reporter = story_event.by == "reporter" and bool(history.people)
        event = NewEvent(story_event.kind, at, person=0 if by_reporter else None)
        if story_event.by == "staff":
            event.user_id = self._user(row["department_id"], story.number)
        apply = getattr(self, f"_{story_event.kind}", None)
        if apply is None:
            raise ValueError(f"No method applies the event {story_event.kind}.")
        if apply(story, history, event, story_event.data, clocks) is False:
            return
        words = story_event.data.get("words")
        if words and story_event.kind in _COMMENT_KINDS:
            kind, public = _COMMENT_KINDS[story_event.kind]
            event.comment = self._comment(
                row, event, words, story_event.data.get("language", "en"), kind=kind, public=public
            )
        if event.comment is not None and event.comment.public:
            row["last_public_message_at"] = at
        if story_event.kind in PUBLIC_KINDS:
            row["updated_at"] = at
        if story_event.by == "staff":
            # Staff who act on it have read the reporter's reply.
            row["has_new_answer"] = False
        history.events.append(event)

    def _user(self, department_id: int | None, number: int) -> int | None:
        users = self.staff.get(department_id or 0)
        return users[number % len(users)] if users else None

    def _comment(
        self, row: dict[str, Any], event: NewEvent, text: str, language: str, *, kind: str, public: bool
    ) -> NewComment:
        department_id = None if event.person is not None else row["department_id"]
        return NewComment(kind, text, language, public, event.user_id, event.person, department_id)

    # --- One method per kind of event. Returning False drops the event ------------------------------------------------
    def _submitted(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        event.data = {
            "channel": story.channel,
            "service_code": story.service_code,
            "after_warning": story.after_warning,
        }
        home = self.versions[story.service_code].department
        clocks.start(event.at, home, self.jurisdiction)

    def _routed(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        department = self.departments[data["department"]]
        rule_id = self.rules.get(data["rule"])
        event.data = {"department_id": department.pk, "reason": data["reason"], "rule_id": rule_id}
        history.row |= {"department_id": department.pk, "routed_at": event.at}
        history.decisions.append(_decision(event.at, data["reason"], department.pk, rule_id, is_first=True))
        if department.pk != self.versions[story.service_code].department_id:
            clocks.rows.clear()
            clocks.start(story.opened_at, department, self.jurisdiction)

    def _triaged(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        before = history.row["department_id"]
        event.data = {"reason": data["reason"], "from_department_id": before}
        history.row |= {"department_id": None, "in_triage": True}
        if before is None:
            history.decisions.append(_decision(event.at, data["reason"], None, None, is_first=True))
        else:
            history.row["bounces"] += 1

    def _transferred(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> None:
        row, before = history.row, history.row["department_id"]
        department = self.departments[data["department"]]
        event.data = {"department_id": department.pk, "from_department_id": before}
        if data.get("words"):
            event.comment = self._comment(
                row, event, data["words"], data["language"], kind=Comment.Kind.NOTE, public=False
            )
        row["bounces"] += before is not None and before != department.pk
        row |= {"department_id": department.pk, "in_triage": False, "routed_at": event.at}
        history.decisions.append(_decision(event.at, "by_hand", department.pk, None, is_first=False))

    def _assigned(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> bool | None:
        assignee = self._user(history.row["department_id"], data["who"])
        if assignee is None:
            return False
        history.row["assignee_id"] = assignee
        event.data = {"assignee_id": assignee}
        return None

    def _begin(self, history: History, event: NewEvent, clocks: Clocks) -> None:
        if history.row["acknowledged_at"] is None:
            history.row["acknowledged_at"] = event.at
            clocks.meet(event.at, Target.Kind.ACKNOWLEDGE)

    def _accepted(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._begin(history, event, clocks)

    def _scheduled(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._begin(history, event, clocks)
        history.row["scheduled_for"] = data["date"]
        event.data = {"date": data["date"].isoformat()}

    def _visited(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._begin(history, event, clocks)
        history.row["visited_at"] = event.at
        event.data = {"at": event.at.isoformat()}

    def _made_safe(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._begin(history, event, clocks)
        history.row["made_safe_at"] = event.at
        self._add_comment(history, event, data)

    def _put_on_hold(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> None:
        history.row |= {"hold_reason": data["reason"], "hold_until": data["until"]}
        clocks.pause(event.at)
        event.data = {"reason": data["reason"], "until": data["until"].isoformat()}
        self._add_comment(history, event, data)

    def _add_comment(self, history: History, event: NewEvent, data: dict[str, Any]) -> None:
        """A separate public comment, for events that carry no words of their own."""
        if data.get("words"):
            comment = self._comment(
                history.row, event, data["words"], data["language"], kind=Comment.Kind.COMMENT, public=True
            )
            at = min(event.at + dt.timedelta(seconds=40), self.now)
            history.events.append(NewEvent("commented", at, user_id=event.user_id, comment=comment))
            history.row["last_public_message_at"] = history.row["updated_at"] = at

    def _resumed(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row |= {"hold_reason": "", "hold_until": None}
        clocks.resume(event.at)

    def _asked(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row |= {"hold_reason": "reporter", "hold_until": (event.at + ANSWER_DEADLINE).date()}
        clocks.pause(event.at)

    def _answered(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row |= {"hold_reason": "", "hold_until": None, "has_new_answer": True}
        clocks.resume(event.at)

    def _commented(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        """Only a comment; the row does not change."""

    _note_added = _commented

    def _resolve(self, history: History, event: NewEvent, clocks: Clocks) -> None:
        self._begin(history, event, clocks)
        clocks.meet(event.at, Target.Kind.ACKNOWLEDGE, Target.Kind.RESOLVE)
        history.row |= {"resolved_at": event.at, "has_new_answer": False, "hold_reason": "", "hold_until": None}

    def _resolved(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._resolve(history, event, clocks)
        reason = data.get("reason", "")
        history.row["disposition_reason"] = reason
        disposition = Disposition(data["disposition"]).value
        event.data = {"disposition": disposition, "reason": reason or None, "remote": data["remote"]}

    def _handed_over(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> None:
        self._resolve(history, event, clocks)
        owner_id = self.owners.get(data["owner"])
        history.row |= {"owner_id": owner_id, "owner_reference": data["number"]}
        event.data = {"owner_id": owner_id, "owner_number": data["number"]}

    def _merged(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._resolve(history, event, clocks)
        event.data = {"parent_id": self.ids[data["parent"]]}

    def _duplicate_merged(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> None:
        event.data = {"child_id": self.ids[data["child"]]}

    def _withdrawn(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        self._resolve(history, event, clocks)

    def _reopened(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row |= {"acknowledged_at": None, "resolved_at": None, "disposition_reason": "", "has_new_answer": True}
        history.row["reopened_count"] += 1
        event.data = {"count": history.row["reopened_count"]}
        code = self.codes[history.row["department_id"]]
        clocks.start(event.at, self.departments[code], self.jurisdiction, shorter=True)

    def _closed(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row["closed_at"] = event.at

    def _survey_answered(
        self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks
    ) -> None:
        event.data = {"question": data["question"], "value": data["value"], "reason": data["reason"] or None}

    def _joined(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        event.data = {"role": data["role"]}
        event.person = len(history.people)
        history.people.append(NewPerson(Participation.Role.AFFECTED.value, event.at))

    def _hidden(self, story: Story, history: History, event: NewEvent, data: dict[str, Any], clocks: Clocks) -> None:
        history.row["public_state"] = PublicState.HIDDEN.value
        event.data = {"reason": data["reason"]}


# Columns that stay empty until an event sets them.
_EVENT_COLUMNS = (
    "department_id", "assignee_id", "owner_id", "hold_until", "scheduled_for", "made_safe_at", "visited_at",
    "acknowledge_due_at", "due_at", "routed_at", "acknowledged_at", "resolved_at", "closed_at", "last_public_message_at",
)  # fmt: skip
# The kind of comment that the words of an event become, and whether it is public.
_COMMENT_KINDS = {
    "asked": (Comment.Kind.QUESTION.value, False),
    "answered": (Comment.Kind.ANSWER.value, False),
    "commented": (Comment.Kind.COMMENT.value, True),
    "note_added": (Comment.Kind.NOTE.value, False),
    "resolved": (Comment.Kind.OUTCOME.value, True),
    "handed_over": (Comment.Kind.OUTCOME.value, True),
    "merged": (Comment.Kind.OUTCOME.value, True),
    "reopened": (Comment.Kind.COMMENT.value, False),
}


def _votes(story: Story) -> dict[str, int]:
    """ "Me too" and thanks: none for most, the same ones each time."""
    is_fixed = story.disposition == Disposition.FIXED
    return {
        "me_too_count": 0 if story.disposition else max(0, story.number * 7919 % 13 - 6),
        "thanks_count": max(0, story.number * 7907 % 17 - 8) if is_fixed else 0,
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
