"""Two programs of staff at one instant: one change wins, and what is repeated is done once."""

from collections import Counter

import pytest

from requests_app.actions.report import submission
from requests_app.actions.work import staff_actions
from requests_app.actions.work import tasks as task_actions
from requests_app.models import Event, ServiceRequest, Task
from staff_app.api import tasks
from tests import factories
from tests.at_once import at_once, meet_before
from tests.requests_app.api.v1.conftest import V1
from tests.staff_app.api.conftest import Acting
from tests.staff_app.api.test_requests import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("15.3")]


@pytest.fixture
def made(cast: factories.Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})


def test_of_two_changes_to_what_was_read_one_is_refused(
    acting: Acting, cast: factories.Rivermark, made: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = acting(cast.tom), acting(cast.tom, "contacts")
    first.get(at(made))
    read = {"If-Match": first.last["ETag"]}
    # Both have compared the ETag before either changes anything.
    meet_before(monkeypatch, staff_actions, "perform")

    def change(client: V1, priority: int) -> int:
        return client.status("PATCH", at(made), {"priority": priority}, read)

    assert Counter(at_once((change, first, 3), (change, second, 4))) == {200: 1, 412: 1}
    assert Event.objects.filter(kind="priority_set").count() == 1


def test_of_two_changes_to_a_task_one_is_refused(
    acting: Acting, cast: factories.Rivermark, made: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_actions.add(made.pk, department=cast.streets, what="Fill it.", actor=cast.tom)
    first, second = acting(cast.tom), acting(cast.tom, "contacts")
    path = f"staff/tasks/{task.pk}/"
    first.get(path)
    read = {"If-Match": first.last["ETag"]}
    # Both have read it before either has the lock.
    meet_before(monkeypatch, tasks, "find")

    def change(client: V1, number: str) -> int:
        return client.status("PATCH", path, {"work_order": {"number": number}}, read)

    assert Counter(at_once((change, first, "WO-1"), (change, second, "WO-2"))) == {200: 1, 412: 1}
    assert Event.objects.filter(kind="task_linked").count() == 1


@pytest.mark.parametrize(
    ("end", "body", "kind", "status"),
    [
        ("actions/accept/", {}, "accepted", 200),
        ("tasks/", {"department": "PK", "what": "Cut the roots."}, "task_added", 201),
    ],
)
def test_what_is_sent_twice_is_done_once_and_answered_alike(
    acting: Acting,
    cast: factories.Rivermark,
    made: ServiceRequest,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    body: dict[str, str],
    kind: str,
    status: int,
) -> None:
    client = acting(cast.tom)
    meet_before(monkeypatch, submission, "earlier_use")

    def send(key: str) -> tuple[int, object, str | None]:
        own = V1(client.key)
        answer = own.send(at(made, end), body, status, {"Idempotency-Key": key})
        return status, answer, own.last.get("Idempotent-Replayed")

    (_one, first, replayed), (_other, second, also_replayed) = at_once((send, "k1"), (send, "k1"))
    assert first == second
    assert {replayed, also_replayed} == {None, "true"}
    assert Event.objects.filter(kind=kind).count() == 1
    assert Task.objects.count() == (kind == "task_added")
