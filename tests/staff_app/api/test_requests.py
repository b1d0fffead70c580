"""The queue, one request, and what is done to it, by programs that act for a member of staff."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from requests_app import api_keys, photos
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.routing import routing
from requests_app.actions.work import assignment, staff_actions
from requests_app.clock import app_now
from requests_app.models import Comment, Event, Membership, Photo, ServiceRequest
from staff_app.api.serializers import StaffRequestRowSerializer, StaffRequestSerializer
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.staff_app.api.conftest import Acting

pytestmark = pytest.mark.shows("15.3")


def codes(problem: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in problem["errors"]}


def at(made: ServiceRequest, end: str = "") -> str:
    return f"staff/requests/{made.reference}/{end}"


def test_the_queue_has_what_the_member_of_staff_may_see_with_its_filters(
    tom: V1, acting: Acting, cast: factories.Rivermark
) -> None:
    factories.area(cast.city)
    urgent = factories.routed(cast.pothole, "Somebody fell.", answers={"where": "lane"})
    assignment.set_priority(urgent.pk, priority=1, actor=cast.tom)
    plain = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    factories.routed(cast.tree, "A branch.")
    listed = tom.get("staff/requests/")
    assert tom.last["Cache-Control"] == "no-store"
    # A list leaves the serializer out, which declares each field of it.
    assert [StaffRequestRowSerializer(row).data for row in listed["results"]] == listed["results"]
    assert [row["description"] for row in listed["results"]] == ["Somebody fell.", "A hole."]
    first = listed["results"][0]
    assert (first["priority"], first["flags"], first["department"]["code"]) == (1, ["not_accepted"], "PW")
    assert (first["lat"], first["long"]) == (urgent.point.y, urgent.point.x)  # type: ignore[union-attr]
    # Both directions, and only some fields.
    page = tom.get("staff/requests/", limit=1, fields="reference")
    assert page["results"] == [{"reference": urgent.display_reference}]
    second = tom.get(page["next"].removeprefix("http://testserver"))
    assert second["results"] == [{"reference": plain.display_reference}]
    assert tom.get(second["previous"].removeprefix("http://testserver"))["results"] == page["results"]

    def found(**query: str) -> list[str]:
        return [row["description"] for row in tom.get("staff/requests/", **query)["results"]]

    assert found(priority="1,4") == ["Somebody fell."]
    assert found(tab="p1") == ["Somebody fell."]
    assert found(assignee="me") == found(status="resolved") == found(area="ward:5", language="es") == []
    assert (
        len(found(area="ward:5", service="pothole,tree", sort="due", status="routed,on_hold", assignee="nobody")) == 2
    )
    assert found(q=plain.reference) == ["A hole."]
    # What names nothing is a mistake, as are what isn't his to see and a cursor of another order.
    wrong = tom.get(
        "staff/requests/", 400, service="nothing,pothole", area="ward:99", team="x", department="PK", quiet="0"
    )
    assert set(codes(wrong)) == {"service", "area", "team", "department", "quiet"}
    assert codes(tom.get("staff/requests/", 400, status="open", tab="x", assignee=",")) == {
        "status": "invalid",
        "tab": "invalid",
        "assignee": "invalid",
    }
    assert tom.get("staff/requests/", 400, cursor="x")["type"].endswith("/invalid-cursor/")
    acting(cast.dev).get("staff/requests/", 403, tab="triage")


def test_a_request_says_all_that_staff_see_and_another_departments_is_unknown(
    tom: V1, acting: Acting, cast: factories.Rivermark
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    factories.routed(cast.tree, "A branch.")
    shown = tom.get(at(made))
    assert StaffRequestSerializer(shown).data == shown
    assert shown["answers"][0]["code"] == "where"
    assert [line["by"] for line in shown["timeline"]] == ["System", "Resident"]
    assert {"accept", "resolve", "note"} <= set(shown["actions"])
    assert "resume" not in shown["actions"]
    tom.get(at(made), 304, headers={"If-None-Match": tom.last["ETag"]})
    for reference in (ServiceRequest.objects.get(description="A branch.").reference, "7K3M9QWT", "%00", "x" * 200):
        for end in ("", "actions/"):
            assert tom.get(f"staff/requests/{reference}/{end}", 404)["type"].endswith("/not-found/")
        tom.send(f"staff/requests/{reference}/actions/accept/", {}, 404)
    listed = {one["action"]: one["fields"] for one in tom.get(at(made, "actions/"))["results"]}
    assert set(listed) == set(shown["actions"])
    assert listed["accept"] == []
    resolve = {field["name"]: field for field in listed["resolve"]}
    assert {"outcome", "visited", "text"} <= set(resolve)
    assert {"value": "not_found", "name": "We looked and couldn’t find it"} in resolve["outcome"]["choices"]
    transfer = next(field for field in listed["transfer"] if field["name"] == "department")
    assert [one["value"] for one in transfer["choices"]] == ["PK", "311"]
    assign = next(field for field in listed["assign"] if field["name"] == "assignee")
    assert {"value": str(cast.tom.pk), "name": "Tom"} in assign["choices"]
    assert str(cast.pia.pk) not in {one["value"] for one in assign["choices"]}
    priority = listed["set_priority"][0]
    assert (priority["type"], [one["value"] for one in priority["choices"]]) == ("integer", ["1", "2", "3", "4"])


def test_a_program_works_on_a_request_and_its_page_says_so(tom: V1, cast: factories.Rivermark, client: Any) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    done = tom.send(at(made, "actions/accept/"), {}, 200)
    assert done["request"]["status"] == "in_progress"
    assert done["undo"]["event"] == str(Event.objects.get(kind="accepted").pk)
    assert tom.last["ETag"] != ""
    tom.send(at(made, "actions/note/"), {"text": "The crew is on its way."}, 200)
    resolve = {"outcome": "fixed", "visited": True, "text": "We filled the hole."}
    last = tom.send(at(made, "actions/resolve/"), resolve, 200)["request"]
    assert (last["status"], last["outcome"]) == ("resolved", "fixed")
    assert {line["by"] for line in last["timeline"][:3]} == {"Tom, through Tom’s app"}
    assert (last["timeline"][1]["comment"], last["timeline"][1]["is_internal"]) == ("The crew is on its way.", True)
    assert set(Event.objects.filter(user=cast.tom).values_list("api_key__name", flat=True)) == {"Tom’s app"}
    client.force_login(cast.tom)
    assert "Tom, through Tom’s app" in client.get(f"/staff/r/{made.reference}/").content.decode()
    # Too late: what is possible instead is named.
    refused = tom.send(at(made, "actions/accept/"), {}, 409)
    assert refused["type"].endswith("/action-not-possible/")
    assert "reopen" in refused["possible_actions"]
    # Within 30 seconds, it is as it was.
    event = {"event": str(Event.objects.get(kind="resolved").pk)}
    assert tom.send(at(made, "undo/"), event, 200)["request"]["status"] == "in_progress"
    assert tom.send(at(made, "undo/"), {"event": "1"}, 404)["status"] == 404
    tom.send(at(made, "undo/"), {"event": str(Event.objects.get(kind="note_added").pk)}, 409)


def test_a_result_comes_with_photos_of_the_work(tom: V1, cast: factories.Rivermark) -> None:
    made = factories.routed(factories.service(cast.city, "sign", evidence="photo"), "A sign is down.")
    result = {"outcome": "fixed", "visited": True, "text": "We filled the hole."}
    assert codes(tom.send(at(made, "actions/resolve/"), result, 422)) == {"no_evidence": "invalid"}

    def upload(verb: str, status: int, content: bytes, **more: Any) -> Any:
        photo = SimpleUploadedFile("a.jpg", content, "image/jpeg")
        form = {"action": json.dumps(result if verb == "resolve" else {}), "photos": photo, **more}
        return tom.upload(at(made, f"actions/{verb}/"), form, status, {"Idempotency-Key": f"{verb}{status}"})

    assert codes(upload("accept", 422, factories.jpeg())) == {"photos": "unknown"}
    assert codes(upload("resolve", 422, b"no photo")) == {"photos": "invalid"}
    assert not Photo.objects.exists()
    for _try in range(2):
        assert upload("resolve", 200, factories.jpeg())["request"]["photos"][0]["kind"] == "work"
    assert Photo.objects.get().stage == "after"


def test_what_an_action_takes_is_checked_as_on_its_page(tom: V1, acting: Acting, cast: factories.Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})

    def wrong(verb: str, body: Any) -> dict[str, str]:
        return codes(tom.send(at(made, f"actions/{verb}/"), body, 422))

    assert wrong("resolve", {"outcome": "gone", "visited": "yes", "statsu": 1}) == {
        "outcome": "unknown-value",
        "visited": "wrong-type",
        "statsu": "unknown",
        "text": "missing",
    }
    assert wrong("resolve", {"outcome": "fixed", "text": "Done."}) == {"visited": "invalid"}
    assert wrong("transfer", {"department": "PW", "reason": "Theirs"}) == {"department": "unknown-value"}
    assert wrong("assign", {}) == {"assignee": "missing"}
    assert wrong("assign", {"assignee": "9" * 20}) == {"assignee": "unknown-value"}
    assert wrong("assign", {"assignee": True}) == {"assignee": "wrong-type"}
    assert wrong("schedule", {"on": "2020-01-01"}) == {"on": "invalid"}
    assert wrong("hold", {"reason": "request", "until": "9999-12-31", "waits_for": "7K3M9QWT"}) == {
        "waits_for": "invalid"
    }
    assert wrong("note", {"text": "x" * 4001}) == {"text": "too-long"}
    assert wrong("note", []) == {"": "wrong-type", "text": "missing"}
    # Words that look like personal data are posted only by somebody who has seen them.
    call = {"text": "Call Ana at (555) 010-0199."}
    assert wrong("comment", call) == {"text": "personal-data"}
    tom.send(at(made, "actions/comment/"), {**call, "personal_data_checked": True}, 200)
    assert Event.objects.get(kind="personal_data_kept").api_key is not None
    assert tom.send(at(made, "actions/nothing/"), {}, 404)["status"] == 404
    assert tom.send(at(made, "actions/note/"), b"{", 400)["type"].endswith("/unreadable/")
    # His role may not; and after the transfer it is another department's.
    assert "hide" in tom.send(at(made, "actions/hide/"), {"reason": "abuse"}, 403)["detail"]
    away = tom.send(at(made, "actions/transfer/"), {"department": "PK", "reason": "A tree."}, 200)
    assert away["request"] is None
    assert acting(cast.pia).get(at(made))["department"]["code"] == "PK"


def test_a_change_needs_the_version_that_was_read(tom: V1, cast: factories.Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    edit = {"priority": 4, "assignee": "me", "service": "tree"}
    assert tom.send(at(made), edit, 428, method="PATCH")["type"].endswith("/precondition-required/")
    tom.get(at(made))
    read = {"If-Match": tom.last["ETag"]}
    # All or nothing.
    refused = tom.send(at(made), {**edit, "service": "nothing", "status": "closed"}, 422, read, "PATCH")
    assert codes(refused) == {"service": "unknown-value", "status": "unknown"}
    assert ServiceRequest.objects.get().priority == 2
    done = tom.send(at(made), edit, 200, read, "PATCH")["request"]
    assert (done["priority"], done["assignee"]["name"], done["service"]["code"]) == (4, "Tom", "tree")
    now = {"If-Match": tom.last["ETag"]}
    assert tom.send(at(made), {"assignee": None}, 412, read, "PATCH")["type"].endswith("/precondition-failed/")
    tom.send(at(made, "actions/visit/"), {}, 412, read)
    tom.send(at(made, "actions/note/"), {"text": "Whatever it is now."}, 412, read)
    place = {"place": {"address": "12 Elm St", "lat": 40.501, "long": -69.001}}
    moved = tom.send(at(made), {**place, "assignee": None}, 200, now, "PATCH")["request"]
    assert (moved["lat"], moved["assignee"]) == (40.501, None)
    outside = tom.send(at(made), {"place": {"address": "x", "lat": 1, "long": 1}}, 422, {"If-Match": "*"}, "PATCH")
    assert codes(outside) == {"place.address": "invalid"}


def test_what_does_not_change_the_work_outdates_no_version(
    tom: V1, acting: Acting, cast: factories.Rivermark, town: factories.Rivermark
) -> None:
    made = factories.report(cast.pothole, "A hole.", answers={"where": "lane"})
    other = factories.routed(cast.pothole, "Another.", answers={"where": "lane"})
    sue = acting(factories.staff("Sue", "supervisor", cast.city), "contacts")
    sue.get(at(made))
    whole = sue.last["ETag"]
    first = {"If-Match": whole}
    # Seconds later a worker routes it, somebody reads who reported it, a neighbor joins, and a colleague writes a note.
    routing.route(made.pk)
    sue.get(at(made, "contacts/"), reason="reply")
    followers.join(made.pk, reporter=Reporter(email="ben@example.org", name="Ben"), language="en")
    tom.send(at(made, "actions/note/"), {"text": "On my list."}, 200)
    # The bytes are others, which a cache must fetch, but the version isn't.
    sue.get(at(made), headers={"If-None-Match": whole})
    assert sue.last["ETag"].partition(".")[0] == whole.partition(".")[0]
    sue.get(at(made), lang="es")
    spanish = {"If-Match": f'"0.0", W/{sue.last["ETag"]}'}
    sue.send(at(made), {"priority": 4}, 200, first, "PATCH")
    second = {"If-Match": sue.last["ETag"]}
    tom.send(at(made, "actions/accept/"), {}, 200, {"If-Match": "*"})
    # The other program learns what happened since, each change as the timeline shows it.
    refused = sue.send(at(made), {"priority": 3}, 412, first, "PATCH")
    lines = [(line["at"], line["text"], line["by"]) for line in sue.get(at(made))["timeline"]]
    changes = [(change["at"], change["text"], change["by"]) for change in refused["changes"]]
    assert changes == lines[1::-1]
    assert refused["detail"].endswith("; Accepted (Tom, through Tom’s app). Read it again.")
    assert sue.send(at(made, "actions/visit/"), {}, 412, second)["changes"] == refused["changes"][1:]
    assert "Aceptado (Tom" in sue.send(at(made, "?lang=es"), {"priority": 3}, 412, spanish, "PATCH")["detail"]
    # Another request's tag, the hash alone and nonsense say nothing of when it was read.
    sue.get(at(other))
    for tag in (sue.last["ETag"], f'"{whole.partition(".")[2]}', '"x"', "x"):
        assert "changes" not in sue.send(at(made), {"priority": 3}, 412, {"If-Match": tag}, "PATCH")
    assert ServiceRequest.objects.get(pk=made.pk).priority == 4


def test_a_change_that_took_the_request_away_is_not_named(
    tom: V1, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    tom.get(at(made))
    read, perform = {"If-Match": tom.last["ETag"]}, staff_actions.perform

    def transfer_first(*args: Any, **options: Any) -> Any:
        monkeypatch.undo()
        assignment.transfer(made.pk, department=cast.parks, reason="A tree.", actor=cast.tom)
        return perform(*args, **options)

    monkeypatch.setattr(staff_actions, "perform", transfer_first)
    assert "changes" not in tom.send(at(made), {"priority": 4}, 404, read, "PATCH")


def test_the_same_key_does_it_once(tom: V1, cast: factories.Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    once = {"Idempotency-Key": "8a0"}
    first = tom.send(at(made, "actions/accept/"), {}, 200, once)
    assert "Idempotent-Replayed" not in tom.last
    tom.send(at(made, "actions/note/"), {"text": "On my way."}, 200)
    # What only the first call knew is said again, with the request as it is now.
    again = tom.send(at(made, "actions/accept/"), {}, 200, once)
    assert tom.last["Idempotent-Replayed"] == "true"
    assert again["undo"] == first["undo"]
    assert again["request"]["timeline"][0]["comment"] == "On my way."
    # For the next If-Match.
    now = tom.last["ETag"]
    tom.get(at(made))
    assert tom.last["ETag"] == now
    assert Event.objects.filter(kind="accepted").count() == 1
    conflict = tom.send(at(made, "actions/note/"), {"text": "Other"}, 409, once)
    assert conflict["type"].endswith("/idempotency-conflict/")
    away = {"department": "PK", "reason": "A tree."}
    for _try in range(2):
        assert tom.send(at(made, "actions/transfer/"), away, 200, {"Idempotency-Key": "8a1"})["request"] is None
    # What was refused can be tried again.
    assert not Comment.objects.filter(text="Other").exists()


def test_private_and_hidden_photos_open_with_the_key_as_on_the_page(
    tom: V1, acting: Acting, cast: factories.Rivermark, client: Any
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    files = [io.BytesIO(factories.jpeg()) for _each in range(3)]
    public, private, hidden = [
        photos.store_upload(file, size=1, jurisdiction=cast.city, service_request=made) for file in files
    ]
    Photo.objects.filter(pk=private.pk).update(is_private=True)
    Photo.objects.filter(pk=hidden.pk).update(hidden_at=app_now(), hidden_reason="person")
    listed = tom.get(at(made))["photos"]
    assert [(one["is_public"], one["is_hidden"]) for one in listed] == [(True, False), (False, False), (False, True)]
    assert listed[0]["url"].endswith(f"/photos/{public.name}.jpg")
    client.force_login(cast.tom)
    for one, row in zip(listed[1:], (private, hidden), strict=True):
        on_page = b"".join(client.get(f"/photos/{row.name}.jpg").streaming_content)
        answer = tom.client.get(one["url"], headers=tom.headers(None))
        assert b"".join(answer.streaming_content) == on_page
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store")
        small = b"".join(tom.client.get(one["small_url"], headers=tom.headers(None)).streaming_content)
        assert small not in (b"", on_page)
        assert V1().client.get(one["url"]).status_code == 401
    # Who may not open the request doesn't see its photos.
    pia = acting(cast.pia)
    pia.get(at(made, f"photos/{private.name}/"), 404)
    tom.get(at(made, "photos/nothing/"), 404)
    other = factories.routed(cast.pothole, "Another.", answers={"where": "lane"})
    tom.get(at(other, f"photos/{private.name}/"), 404)


def test_a_key_opens_no_more_than_its_scopes_and_its_person(
    tom: V1, acting: Acting, cast: factories.Rivermark, town: factories.Rivermark
) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"}, reporter=factories.ANA)
    V1().get("staff/requests/", 401)
    V1(api_keys.create(cast.city, "App")[1]).get("staff/requests/", 403)
    test = V1(api_keys.create(cast.city, "Trying", scopes=["staff"], acts_as=cast.tom, is_test=True)[1])
    assert "test key" in test.get("staff/requests/", 403)["detail"]
    # Contacts need the scope, the permission and a reason; each reading is recorded.
    assert "contacts" in tom.get(at(made, "contacts/"), 403, reason="reply")["detail"]
    acting(cast.dev, "contacts").get(at(made, "contacts/"), 403, reason="reply")
    reader = acting(cast.tom, "contacts")
    assert codes(reader.get(at(made, "contacts/"), 400)) == {"reason": "missing"}
    assert not Event.objects.filter(kind="reporter_viewed").exists()
    [ana] = reader.get(at(made, "contacts/"), reason="reply")["results"]
    assert (ana["role"], ana["name"]) == ("reporter", "Ana Ortiz")
    assert {"ana@example.org", "(555) 010-0199"} == {point["value"] for point in ana["points"]}
    seen = Event.objects.get(kind="reporter_viewed")
    assert (seen.user, seen.data["reason"]) == (cast.tom, "reply")
    assert seen.api_key is not None
    # Nor does a search find anybody without it.
    assert tom.get("staff/requests/", q="ana@example.org")["results"] == []
    assert len(reader.get("staff/requests/", q="ana@example.org")["results"]) == 1
    assert Event.objects.filter(kind="reporter_viewed").count() == 2
    # Somebody who left.
    Membership.objects.filter(user=cast.tom).delete()
    assert "no longer works here" in tom.get("staff/requests/", 403)["detail"]
