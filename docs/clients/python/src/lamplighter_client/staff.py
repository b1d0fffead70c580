"""The part of API v1 for staff, with a key that has the scope `staff` and acts for one of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from lamplighter_client import shapes
from lamplighter_client.paths import BASE, of_staff_request, part
from lamplighter_client.transport import PAGE_MAX, Transport


class Staff:
    """`Lamplighter(…).staff`. What the person may not see is not there: Problem with the status 404."""

    def __init__(self, http: Transport) -> None:
        self._http = http

    def requests(self, *, page_size: int = 50, **filters: str) -> Iterator[shapes.StaffRequestRow]:
        """The queue, urgent first; pages are fetched as they are needed.

        filters: those of the queue's page, such as status, assignee, department, service, priority, area, flag and q.
        Several values are separated by commas.
        """
        query = {**filters, "limit": min(page_size, PAGE_MAX)}
        yield from self._http.rows(f"{BASE}staff/requests/", query)

    def request(self, reference: str) -> shapes.StaffRequest:
        """Everything that staff see of it, except its people."""
        return cast(shapes.StaffRequest, self._http.get(of_staff_request(reference)))

    def actions(self, reference: str) -> list[shapes.PossibleAction]:
        """What can be done now, with the fields of each."""
        answer = self._http.get(f"{of_staff_request(reference)}actions/")
        return cast(list[shapes.PossibleAction], answer["results"])

    def act(
        self,
        reference: str,
        verb: str,
        fields: Mapping[str, object] | None = None,
        *,
        photos: Sequence[Path] = (),
        photos_before: Sequence[Path] = (),
        idempotency_key: str = "",
    ) -> shapes.StaffChange:
        """Does one of the actions: accept, assign, hold, resolve, comment, note … photos: of the finished work."""
        address, body = f"{of_staff_request(reference)}actions/{part(verb)}/", dict(fields or {})
        if not (photos or photos_before):
            return cast(shapes.StaffChange, self._http.post(address, body, idempotency_key))
        files = {"photos": photos, "photos_before": photos_before}
        answer = self._http.upload(address, {"action": json.dumps(body)}, files, idempotency_key)
        return cast(shapes.StaffChange, answer)

    def note(self, reference: str, text: str, *, idempotency_key: str = "") -> shapes.StaffChange:
        """Only staff read it."""
        answer = self._http.post(f"{of_staff_request(reference)}actions/note/", {"text": text}, idempotency_key)
        return cast(shapes.StaffChange, answer)

    def undo(self, reference: str, event: str) -> shapes.StaffChange:
        """event: `undo["event"]` of the answer to an action, within 30 seconds."""
        answer = self._http.post(f"{of_staff_request(reference)}undo/", {"event": event}, may_repeat=False)
        return cast(shapes.StaffChange, answer)

    def contacts(self, reference: str, reason: str) -> list[shapes.ReporterContact]:
        """The people of a request; needs the scope `contacts`, too. Each call is recorded with the reason, such as reply."""
        answer = self._http.get(f"{of_staff_request(reference)}contacts/", {"reason": reason})
        return cast(list[shapes.ReporterContact], answer["results"])

    def transfer(self, call: shapes.NewTransfer, *, photos: Sequence[Path] = ()) -> shapes.TransferReceipt:
        """A call from a 911 center. Its number never makes a second request."""
        address = f"{BASE}staff/requests/"
        if not photos:
            return cast(shapes.TransferReceipt, self._http.post(address, dict(call)))
        fields: dict[str, Any] = {"transfer": json.dumps(call)}
        return cast(shapes.TransferReceipt, self._http.upload(address, fields, {"photos": photos}))

    def departments(self) -> list[shapes.TaskDepartment]:
        """The departments and teams that a task can be given to."""
        return cast(list[shapes.TaskDepartment], self._http.get(f"{BASE}staff/departments/")["results"])

    def tasks(self, *, page_size: int = 50, **filters: str) -> Iterator[shapes.OneTask]:
        """filters: state, department, team, number."""
        query = {**filters, "limit": min(page_size, PAGE_MAX)}
        yield from self._http.rows(f"{BASE}staff/tasks/", query)

    def task(self, task_id: str) -> shapes.OneTask:
        return cast(shapes.OneTask, self._http.get(f"{BASE}staff/tasks/{part(task_id)}/"))

    def add_task(self, reference: str, task: shapes.NewTask, *, idempotency_key: str = "") -> shapes.Task:
        answer = self._http.post(f"{of_staff_request(reference)}tasks/", dict(task), idempotency_key)
        return cast(shapes.Task, answer)

    def change_task(self, task_id: str, changes: shapes.TaskEdit) -> shapes.OneTask:
        return cast(shapes.OneTask, self._http.patch(f"{BASE}staff/tasks/{part(task_id)}/", dict(changes)))
