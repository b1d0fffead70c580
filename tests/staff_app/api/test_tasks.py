"""Work orders of other systems, and calls that a 911 center passes on."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from requests_app.actions.work import assignment, endings, holds, tasks
from requests_app.models import Event, OutsideStatus, Photo, ServiceRequest, Task, Team
from requests_app.models.service_request import WAITS_FOR_TASKS
from staff_app.api.serializers import OneTaskSerializer
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.staff_app.api.conftest import Acting
from tests.staff_app.api.test_requests import at, codes

pytestmark = pytest.mark.shows("15.3")
ORDER = {"number": "WO-4711", "url": "https://orders.example.org/4711", "status": "Open"}


def test_a_system_of_work_orders_keeps_its_number_and_status_with_a_task(
    tom: V1, acting: Acting, cast: factories.Rivermark
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    new = {"department": "PK", "what": "Cut the roots.", "due_on": "2027-01-15"}
    once = {"Idempotency-Key": "t1"}
    first = tom.send(at(made, "tasks/"), new, 201, once)
    assert tom.send(at(made, "tasks/"), new, 201, once) == first
    assert tom.last["Location"] == first["url"]
    tom.send(at(made, "tasks/"), {**new, "what": "Other"}, 409, once)
    wrong = tom.send(
        at(made, "tasks/"), {"department": "X", "due_on": "soon", "work_order": {"number": "1", "url": "x"}}, 422
    )
    assert set(codes(wrong)) == {"department", "what", "due_on", "work_order.url"}
    assert Task.objects.count() == 1
    # The other department's system asks, and tells. Tom's doesn't see it.
    assert tom.get("staff/tasks/")["results"] == []
    tom.get(f"staff/tasks/{first['id']}/", 404)
    pia = acting(cast.pia)
    [listed] = pia.get("staff/tasks/", department="PK")["results"]
    assert OneTaskSerializer(listed).data == listed
    assert (listed["what"], listed["description"], listed["work_order"]) == ("Cut the roots.", "A hole.", None)
    path = f"staff/tasks/{first['id']}/"
    assert pia.get(path) == listed
    read = {"If-Match": pia.last["ETag"]}
    assert pia.send(path, {"work_order": ORDER}, 200, read, "PATCH")["work_order"] == ORDER
    pia.send(path, {"work_order": ORDER}, 412, read, "PATCH")
    assert [row["id"] for row in pia.get("staff/tasks/", number="WO-4711")["results"]] == [first["id"]]
    assert codes(pia.send(path, {"state": "gone", "note": "x", "more": 1}, 422, method="PATCH")) == {
        "state": "invalid",
        "note": "not-taken",
        "more": "unknown",
    }
    # The request waits for it, and goes on when the other system says what means done.
    until = timezone.localdate() + dt.timedelta(days=9)
    holds.hold(made.pk, reason=WAITS_FOR_TASKS, until=until, actor=cast.tom)
    tasks.map_statuses(cast.parks, [("Closed", "done")], actor=cast.pia)
    assert OutsideStatus.objects.count() == 1
    done = pia.send(path, {"work_order": {**ORDER, "status": "Closed"}}, 200, method="PATCH")
    assert (done["state"], done["ended_at"] is not None) == ("done", True)
    shown = tom.get(at(made))
    assert (shown["status"], shown["tasks"][0]["work_order"]["status"]) == ("routed", "Closed")
    assert Event.objects.get(kind="task_done").api_key is not None
    pia.send(path, {"state": "open"}, 200, method="PATCH")
    pia.send(path, {"state": "dropped", "note": "No roots there."}, 200, method="PATCH")
    assert tom.get(at(made))["timeline"][0]["comment"] == "No roots there."
    # A result resolves the request by the same action as on its page.
    tom.send(at(made, "actions/resolve/"), {"outcome": "fixed", "visited": True, "text": "Done."}, 200)
    pia.send(path, {"state": "open"}, 409, method="PATCH")
    tom.send(at(made, "tasks/"), new, 409)
    acting(cast.dev).send(at(made, "tasks/"), new, 403)


def test_a_task_goes_to_a_team_and_only_who_gives_out_its_work_changes_that(
    tom: V1, acting: Acting, cast: factories.Rivermark
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    north = Team.objects.create(department=cast.parks, code="north", name={"en": "North crew"})
    own = Team.objects.create(department=cast.streets, code="day", name={"en": "Day crew"})
    Team.objects.create(department=cast.parks, code="old", name={"en": "Old"}, active=False)
    listed = {one["code"]: one["teams"] for one in tom.get("staff/departments/")["results"]}
    assert listed["PK"] == [{"id": str(north.pk), "name": "North crew"}]
    new = {"department": "PK", "what": "Cut the roots."}
    assert codes(tom.send(at(made, "tasks/"), {**new, "team": str(own.pk)}, 422)) == {"team": "invalid"}
    assert codes(tom.send(at(made, "tasks/"), {**new, "team": "x"}, 422)) == {"team": "unknown-value"}
    task = tom.send(at(made, "tasks/"), {**new, "team": str(north.pk)})
    assert task["team"] == {"id": str(north.pk), "name": "North crew"}
    assert tom.get(at(made))["tasks"][0]["team"] == task["team"]
    path = f"staff/tasks/{task['id']}/"
    pia, crew = acting(cast.pia), acting(factories.staff("Rob", "crew", cast.city, cast.parks))

    def found(team: object) -> list[str]:
        return [row["id"] for row in pia.get("staff/tasks/", team=team)["results"]]

    assert (found(north.pk), found("none")) == ([task["id"]], [])
    # What names nothing is a mistake, not an empty list.
    assert codes(pia.get("staff/tasks/", 400, team="x", department="X")) == dict.fromkeys(
        ("team", "department"), "unknown-value"
    )
    assert codes(pia.get("staff/tasks/", 400, team=str(north.pk + 99))) == {"team": "unknown-value"}
    crew.send(path, {"team": None}, 403, method="PATCH")
    assert codes(pia.send(path, {"team": str(own.pk)}, 422, method="PATCH")) == {"team": "unknown-value"}
    assert pia.send(path, {"team": None}, 200, method="PATCH")["team"] is None
    assert found("none") == [task["id"]]
    # A change of something else leaves the team.
    pia.send(path, {"team": str(north.pk), "state": "done"}, 200, method="PATCH")
    assert crew.send(path, {"work_order": ORDER}, 200, method="PATCH")["team"] == task["team"]
    pia.send(path, {"team": None}, 409, method="PATCH")
    reopened = pia.send(path, {"team": None, "state": "open"}, 200, method="PATCH")
    assert (reopened["state"], reopened["team"]) == ("open", None)


def test_a_911_center_passes_a_call_on_once(acting: Acting, cast: factories.Rivermark, client: Client) -> None:
    center = acting(cast.cal)
    cast.cal.memberships.get().role.permissions.append("set_priority")
    role = cast.cal.memberships.get().role
    role.permissions.append("set_priority")
    role.save()
    call: dict[str, Any] = {
        "number": "26-0417733",
        "service": "pothole",
        "description": "A hole across the lane.",
        "place": {"lat": 40.5, "long": -69.0, "note": "In front of the school"},
        "answers": {"where": "lane"},
        "contact": {"name": "Ana Ortiz", "phone": "(555) 010-0199"},
        "priority": 1,
    }
    receipt = center.send("staff/requests/", call)
    assert (receipt["is_new"], receipt["outside_number"]) == (True, "26-0417733")
    assert center.send("staff/requests/", call) == {**receipt, "is_new": False}
    taken = center.send("staff/requests/", {**call, "priority": 2}, 409)
    assert receipt["reference"] in taken["detail"]
    made = ServiceRequest.objects.get()
    assert (made.priority, made.priority_reason, made.channel) == (1, "staff", "phone")
    assert made.participations.get().role == "caller"
    assert Event.objects.get(kind="submitted").api_key == made.api_key
    shown = center.get(at(made))
    assert (shown["place_note"], shown["sent_by"]) == ("In front of the school", "Cal’s app")
    assert [row["outside_number"] for row in center.get("staff/requests/", q="26-0417733")["results"]] == ["26-0417733"]
    client.force_login(cast.cal)
    assert "26-0417733" in client.get(f"/staff/r/{made.reference}/").content.decode()
    # Another center may have the same number.
    assert acting(cast.ada).send("staff/requests/", call, 403)["status"] == 403
    wrong = center.send("staff/requests/", {"service": "x", "place": {"lat": 91}, "priority": 5, "state": 1}, 422)
    assert set(codes(wrong)) == {"number", "service", "place.lat", "place.long", "priority", "state"}
    # Photos come with it, or as links for staff. The same again is the same request.
    more = {**call, "number": "3", "media_urls": ["https://cad.example.org/1.jpg"]}
    for is_new in (True, False):
        file = SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")
        sent = center.upload("staff/requests/", {"transfer": json.dumps(more), "photos": file})
        assert sent["is_new"] is is_new
    with_photo = ServiceRequest.objects.get(external_id="3")
    assert Photo.objects.get().service_request == with_photo
    assert with_photo.comments.get().text == "https://cad.example.org/1.jpg"
    other = SimpleUploadedFile("a.jpg", factories.jpeg(color="red"), "image/jpeg")
    center.upload("staff/requests/", {"transfer": json.dumps(more), "photos": other}, 409)
    broken = {"transfer": json.dumps({**more, "number": "26-2"}), "photos": SimpleUploadedFile("a.jpg", b"no photo")}
    assert codes(center.upload("staff/requests/", broken, 422)) == {"photos": "invalid"}
    assert codes(center.send("staff/requests/", {**more, "number": "4", "media_urls": ["x"]}, 422)) == {
        "media_urls": "invalid"
    }
    assert Photo.objects.count() == 1
    role.permissions.remove("set_priority")
    role.save()
    center.send("staff/requests/", {**call, "number": "2"}, 403)
    assert ServiceRequest.objects.count() == 2
    # It isn't taken for an import: 30 days after it was resolved, it is closed.
    assignment.transfer(made.pk, department=cast.streets, reason="Theirs", actor=cast.tom)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom, visited=True)
    ServiceRequest.objects.update(resolved_at=timezone.now() - dt.timedelta(days=31))
    assert endings.close_resolved() == 1
