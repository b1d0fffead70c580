"""The part of API v1 for staff, with a key that has the scope `staff` and acts for one of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from lamplighter_client import shapes
from lamplighter_client.paths import BASE, of_staff_request, of_task, part
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
        address = of_staff_request(reference)
        return cast(shapes.StaffRequest, self._http.get(address, etag_of=address))

    def etag(self, reference: str) -> str:
        """Of the request as it was last read or changed with this client; "" if it wasn't."""
        return self._http.etag(of_staff_request(reference))

    def change(
        self, reference: str, changes: shapes.StaffRequestEdit, *, etag: str = "", idempotency_key: str = ""
    ) -> shapes.StaffChange:
        """Its priority, service, assignee and place: all that are sent, or none.

        etag: of the request as you read it; without it, as this client last read it. Raises PreconditionFailed if it has
        changed since.
        """
        address = of_staff_request(reference)
        etag = etag or self._http.etag(address)
        answer = self._http.patch(address, dict(changes), idempotency_key, etag=etag, etag_of=address)
        return cast(shapes.StaffChange, answer)

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
        etag: str = "",
        idempotency_key: str = "",
    ) -> shapes.StaffChange:
        """Does one of the actions: accept, assign, hold, resolve, comment, note … photos: of the finished work.

        etag: of the request as you read it (see etag()). With it, raises PreconditionFailed if the request has changed since.
        """
        of = of_staff_request(reference)
        address, body = f"{of}actions/{part(verb)}/", dict(fields or {})
        if not (photos or photos_before):
            answer = self._http.post(address, body, idempotency_key, etag=etag, etag_of=of)
        else:
            files = {"photos": photos, "photos_before": photos_before}
            fields_of_form = {"action": json.dumps(body)}
            answer = self._http.upload(address, fields_of_form, files, idempotency_key, etag=etag, etag_of=of)
        return cast(shapes.StaffChange, answer)

    def note(self, reference: str, text: str, *, idempotency_key: str = "") -> shapes.StaffChange:
        """Only staff read it."""
        of = of_staff_request(reference)
        answer = self._http.post(f"{of}actions/note/", {"text": text}, idempotency_key, etag_of=of)
        return cast(shapes.StaffChange, answer)

    def undo(self, reference: str, event: str) -> shapes.StaffChange:
        """event: `undo["event"]` of the answer to an action, within 30 seconds."""
        of = of_staff_request(reference)
        answer = self._http.post(f"{of}undo/", {"event": event}, may_repeat=False, etag_of=of)
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
        address = of_task(task_id)
        return cast(shapes.OneTask, self._http.get(address, etag_of=address))

    def task_etag(self, task_id: str) -> str:
        """Of the task as it was last read or changed with this client; "" if it wasn't."""
        return self._http.etag(of_task(task_id))

    def add_task(self, reference: str, task: shapes.NewTask, *, idempotency_key: str = "") -> shapes.Task:
        answer = self._http.post(f"{of_staff_request(reference)}tasks/", dict(task), idempotency_key)
        return cast(shapes.Task, answer)

    def change_task(self, task_id: str, changes: shapes.TaskEdit, *, etag: str = "") -> shapes.OneTask:
        """etag: of the task as you read it. With it, raises PreconditionFailed if the task has changed since."""
        address = of_task(task_id)
        return cast(shapes.OneTask, self._http.patch(address, dict(changes), etag=etag, etag_of=address))
