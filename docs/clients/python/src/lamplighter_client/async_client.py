"""client.py and staff.py as coroutines, written by `python -m tests.clients.generate`."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from lamplighter_client import shapes
from lamplighter_client.paths import BASE, numbers, of_request, of_staff_request, of_task, of_webhook, part, several
from lamplighter_client.transport import PAGE_MAX, AsyncTransport, Retries


class AsyncStaff:
    """`Lamplighter(…).staff`. What the person may not see is not there: Problem with the status 404."""

    def __init__(self, http: AsyncTransport) -> None:
        self._http = http

    async def requests(self, *, page_size: int = 50, **filters: str) -> AsyncIterator[shapes.StaffRequestRow]:
        """The queue, urgent first; pages are fetched as they are needed.

        filters: those of the queue's page, such as status, assignee, department, service, priority, area, flag and q.
        Several values are separated by commas.
        """
        query = {**filters, "limit": min(page_size, PAGE_MAX)}
        async for row in self._http.rows(f"{BASE}staff/requests/", query):
            yield row

    async def request(self, reference: str) -> shapes.StaffRequest:
        """Everything that staff see of it, except its people."""
        address = of_staff_request(reference)
        return cast(shapes.StaffRequest, await self._http.get(address, etag_of=address))

    def etag(self, reference: str) -> str:
        """Of the request as it was last read or changed with this client; "" if it wasn't."""
        return self._http.etag(of_staff_request(reference))

    async def change(
        self, reference: str, changes: shapes.StaffRequestEdit, *, etag: str = "", idempotency_key: str = ""
    ) -> shapes.StaffChange:
        """Its priority, service, assignee and place: all that are sent, or none.

        etag: of the request as you read it; without it, as this client last read it. Raises PreconditionFailed if it has
        changed since.
        """
        address = of_staff_request(reference)
        etag = etag or self._http.etag(address)
        answer = await self._http.patch(address, dict(changes), idempotency_key, etag=etag, etag_of=address)
        return cast(shapes.StaffChange, answer)

    async def actions(self, reference: str) -> list[shapes.PossibleAction]:
        """What can be done now, with the fields of each."""
        answer = await self._http.get(f"{of_staff_request(reference)}actions/")
        return cast(list[shapes.PossibleAction], answer["results"])

    async def act(
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
        address, body = (f"{of}actions/{part(verb)}/", dict(fields or {}))
        if not (photos or photos_before):
            answer = await self._http.post(address, body, idempotency_key, etag=etag, etag_of=of)
        else:
            files = {"photos": photos, "photos_before": photos_before}
            fields_of_form = {"action": json.dumps(body)}
            answer = await self._http.upload(address, fields_of_form, files, idempotency_key, etag=etag, etag_of=of)
        return cast(shapes.StaffChange, answer)

    async def note(self, reference: str, text: str, *, idempotency_key: str = "") -> shapes.StaffChange:
        """Only staff read it."""
        of = of_staff_request(reference)
        answer = await self._http.post(f"{of}actions/note/", {"text": text}, idempotency_key, etag_of=of)
        return cast(shapes.StaffChange, answer)

    async def undo(self, reference: str, event: str) -> shapes.StaffChange:
        """event: `undo["event"]` of the answer to an action, within 30 seconds."""
        of = of_staff_request(reference)
        answer = await self._http.post(f"{of}undo/", {"event": event}, may_repeat=False, etag_of=of)
        return cast(shapes.StaffChange, answer)

    async def contacts(self, reference: str, reason: str) -> list[shapes.ReporterContact]:
        """The people of a request; needs the scope `contacts`, too. Each call is recorded with the reason, such as reply."""
        answer = await self._http.get(f"{of_staff_request(reference)}contacts/", {"reason": reason})
        return cast(list[shapes.ReporterContact], answer["results"])

    async def transfer(self, call: shapes.NewTransfer, *, photos: Sequence[Path] = ()) -> shapes.TransferReceipt:
        """A call from a 911 center. Its number never makes a second request."""
        address = f"{BASE}staff/requests/"
        if not photos:
            return cast(shapes.TransferReceipt, await self._http.post(address, dict(call)))
        fields: dict[str, Any] = {"transfer": json.dumps(call)}
        return cast(shapes.TransferReceipt, await self._http.upload(address, fields, {"photos": photos}))

    async def departments(self) -> list[shapes.TaskDepartment]:
        """The departments and teams that a task can be given to."""
        return cast(list[shapes.TaskDepartment], (await self._http.get(f"{BASE}staff/departments/"))["results"])

    async def tasks(self, *, page_size: int = 50, **filters: str) -> AsyncIterator[shapes.OneTask]:
        """filters: state, department, team, number."""
        query = {**filters, "limit": min(page_size, PAGE_MAX)}
        async for row in self._http.rows(f"{BASE}staff/tasks/", query):
            yield row

    async def task(self, task_id: str) -> shapes.OneTask:
        address = of_task(task_id)
        return cast(shapes.OneTask, await self._http.get(address, etag_of=address))

    def task_etag(self, task_id: str) -> str:
        """Of the task as it was last read or changed with this client; "" if it wasn't."""
        return self._http.etag(of_task(task_id))

    async def add_task(self, reference: str, task: shapes.NewTask, *, idempotency_key: str = "") -> shapes.Task:
        answer = await self._http.post(f"{of_staff_request(reference)}tasks/", dict(task), idempotency_key)
        return cast(shapes.Task, answer)

    async def change_task(self, task_id: str, changes: shapes.TaskEdit, *, etag: str = "") -> shapes.OneTask:
        """etag: of the task as you read it. With it, raises PreconditionFailed if the task has changed since."""
        address = of_task(task_id)
        return cast(shapes.OneTask, await self._http.patch(address, dict(changes), etag=etag, etag_of=address))


class AsyncLamplighter:
    """site: the address of the city's website. key: for sending reports and photos, joining one, webhooks and staff.

    Without a site, both are LAMPLIGHTER_SITE and LAMPLIGHTER_KEY of the environment. Each method raises Problem if the
    city refuses, and Unreachable if there is no answer.
    """

    def __init__(
        self,
        site: str = "",
        key: str = "",
        *,
        language: str = "",
        retries: Retries | None = None,
        timeout_s: float = 30,
    ) -> None:
        self._http = AsyncTransport(site, key, language, retries or Retries(), timeout_s)
        self.site = self._http.site
        self.staff = AsyncStaff(self._http)

    async def city(self) -> shapes.City:
        return cast(shapes.City, await self._http.get(f"{BASE}city/"))

    async def categories(self) -> list[shapes.Category]:
        return cast(list[shapes.Category], (await self._http.get(f"{BASE}categories/"))["results"])

    async def services(self, category: str = "") -> list[shapes.ServiceRow]:
        return cast(
            list[shapes.ServiceRow], (await self._http.get(f"{BASE}services/", {"category": category}))["results"]
        )

    async def service(self, code: str) -> shapes.Service:
        """With its questions."""
        return cast(shapes.Service, await self._http.get(f"{BASE}services/{part(code)}/"))

    async def suggestions(self, words: str) -> shapes.Suggestions:
        """The services and articles that fit the words, best first."""
        return cast(shapes.Suggestions, await self._http.get(f"{BASE}suggestions/", {"q": words}))

    async def articles(self) -> list[shapes.ArticleRow]:
        """What the city answers without a report."""
        return cast(list[shapes.ArticleRow], (await self._http.get(f"{BASE}articles/"))["results"])

    async def article(self, code: str) -> shapes.Article:
        return cast(shapes.Article, await self._http.get(f"{BASE}articles/{part(code)}/"))

    async def areas(self, layer: str = "", *, at: tuple[float, float] | None = None) -> list[shapes.AreaRow]:
        """at: latitude and longitude."""
        query = {"layer": layer, "at": numbers(at)}
        return cast(list[shapes.AreaRow], (await self._http.get(f"{BASE}areas/", query))["results"])

    async def area(self, layer: str, code: str) -> shapes.AreaRow:
        return cast(shapes.AreaRow, await self._http.get(f"{BASE}areas/{part(layer)}/{part(code)}/"))

    async def places(self, words: str = "", *, at: tuple[float, float] | None = None) -> list[shapes.Place]:
        """What the city's address search finds, best first; or the address at a latitude and longitude."""
        return cast(
            list[shapes.Place], (await self._http.get(f"{BASE}places/", {"q": words, "at": numbers(at)}))["results"]
        )

    async def assets(
        self, *, near: tuple[float, float, float] | None = None, kind: str = "", page_size: int = 50
    ) -> AsyncIterator[shapes.Asset]:
        """near: latitude, longitude, meters; the nearest eight, nearest first. Without it, all, in pages."""
        query = {"near": numbers(near), "kind": kind, "limit": min(page_size, PAGE_MAX)}
        async for row in self._http.rows(f"{BASE}assets/", query):
            yield row

    async def asset(self, number: str) -> shapes.Asset:
        """A streetlight, a hydrant …, by the number on it."""
        return cast(shapes.Asset, await self._http.get(f"{BASE}assets/{part(number)}/"))

    async def statistics(self, since: str = "", until: str = "") -> shapes.Statistics:
        """since, until: months like 2026-06; without them, the last six."""
        return cast(shapes.Statistics, await self._http.get(f"{BASE}statistics/", {"since": since, "until": until}))

    async def requests(
        self,
        *,
        q: str = "",
        category: str = "",
        service: str | Sequence[str] = "",
        status: str | Sequence[str] = "",
        area: str | Sequence[str] = "",
        near: tuple[float, float, float] | None = None,
        bbox: tuple[float, float, float, float] | None = None,
        asset: str = "",
        submitted: tuple[str, str] = ("", ""),
        updated: tuple[str, str] = ("", ""),
        ended: tuple[str, str] = ("", ""),
        older: bool = False,
        sort: Literal["newest", "oldest", "changed", "ended"] = "newest",
        page_size: int = 50,
    ) -> AsyncIterator[shapes.RequestRow]:
        """All that fit; pages are fetched as they are needed.

        status: open, ended, or one of the codes. area: layer:code. near: latitude, longitude, meters. bbox: west, south,
        east, north. submitted, updated, ended: after and before a day or a time, either may be "". older: also what ended
        more than three months ago. sort: changed puts the most recently updated first.
        """
        query = {
            "q": q,
            "category": category,
            "service": several(service),
            "status": several(status),
            "area": several(area),
            "near": numbers(near),
            "bbox": numbers(bbox),
            "asset": asset,
            "submitted_after": submitted[0],
            "submitted_before": submitted[1],
            "updated_after": updated[0],
            "updated_before": updated[1],
            "ended_after": ended[0],
            "ended_before": ended[1],
            "older": "1" if older else "",
            "sort": "" if sort == "newest" else sort,
            "limit": min(page_size, PAGE_MAX),
        }
        async for row in self._http.rows(f"{BASE}requests/", query):
            yield row

    async def request(self, reference: str) -> shapes.Request:
        """One request with its timeline."""
        address = of_request(reference)
        return cast(shapes.Request, await self._http.get(address, etag_of=address))

    def etag(self, reference: str) -> str:
        """Of the request as this client last read it, for a program that edits it later; "" if it didn't."""
        return self._http.etag(of_request(reference))

    async def changes(self, cursor: str = "", *, since: str = "") -> AsyncIterator[shapes.ChangePage]:
        """What became public, changed or is public no longer since then, in pages; at least one.

        cursor: of the last page that you have dealt with; store it together with what the page changed. since: a time of
        the last 90 days, or "now" to start.
        """
        async for row in self._http.pages(f"{BASE}changes/", {"cursor": cursor, "since": since}):
            yield row

    async def report(
        self,
        service: str,
        description: str = "",
        *,
        place: shapes.NewPlace | None = None,
        answers: Mapping[str, str | Sequence[str]] | None = None,
        contact: shapes.NewContact | None = None,
        photos: Sequence[Path] = (),
        idempotency_key: str = "",
        emergency_confirmed: bool = False,
    ) -> shapes.Receipt:
        """Sends a report. Give an idempotency_key of your own if another process may send the same report again.

        emergency_confirmed: after the problem "emergency", once a person has read whom to call, and said that no one is in danger.
        """
        body: dict[str, Any] = {"service": service, "description": description}
        body |= {"place": place} if place else {}
        body |= {"answers": answers} if answers else {}
        body |= {"contact": contact} if contact else {}
        body |= {"emergency_confirmed": True} if emergency_confirmed else {}
        if not photos:
            return cast(shapes.Receipt, await self._http.post(f"{BASE}requests/", body, idempotency_key))
        fields, files = ({"report": json.dumps(body)}, {"photos": photos})
        return cast(shapes.Receipt, await self._http.upload(f"{BASE}requests/", fields, files, idempotency_key))

    async def report_batch(self, reports: Sequence[shapes.NewBatchReport]) -> list[shapes.BatchResult]:
        """Up to a hundred reports or readings, each with a key of its own; what became of each, in order."""
        return cast(
            list[shapes.BatchResult], (await self._http.post(f"{BASE}batches/", {"reports": list(reports)}))["results"]
        )

    async def send_reading(self, asset: str, measure: str, value: float, at: str) -> shapes.Reading:
        """Sends a sensor's reading, measured at this time. Sent again, it changes nothing."""
        body = {"asset": asset, "measure": measure, "value": value, "at": at}
        return cast(shapes.Reading, await self._http.post(f"{BASE}readings/", body))

    async def send_call_counts(self, counts: Sequence[shapes.NewCallCount]) -> shapes.CallCountsReceipt:
        """Sends how many calls each line had: all half hours, or none. One that is sent again replaces the earlier one."""
        body = {"counts": list(counts)}
        return cast(shapes.CallCountsReceipt, await self._http.post(f"{BASE}call-counts/", body))

    async def comment(
        self, reference: str, text: str, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.CommentReceipt:
        """A message from the reporter to those who work on it."""
        body = {"private_token": private_token, "text": text}
        answer = await self._http.post(f"{of_request(reference)}comments/", body, idempotency_key)
        return cast(shapes.CommentReceipt, answer)

    async def edit(
        self, reference: str, description: str, *, private_token: str, etag: str = ""
    ) -> shapes.EditedRequest:
        """The reporter's new text, until someone starts working on it.

        etag: of the request as they read it; without it, as this client last read it. Raises PreconditionFailed if the text
        has changed since.
        """
        address = of_request(reference)
        body = {"private_token": private_token, "description": description}
        answer = await self._http.patch(address, body, etag=etag or self._http.etag(address), etag_of=address)
        return cast(shapes.EditedRequest, answer)

    async def upload_photo(self, photo: Path, alt: str = "") -> shapes.PhotoReceipt:
        """For the `photos` of a report in a batch, within a day. alt: what it shows."""
        fields = {"alt": alt} if alt else {}
        return cast(shapes.PhotoReceipt, await self._http.upload(f"{BASE}photos/", fields, {"photo": [photo]}))

    async def add_photo(
        self, reference: str, photo: Path, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.PhotoReceipt:
        fields, files = ({"private_token": private_token}, {"photo": [photo]})
        answer = await self._http.upload(f"{of_request(reference)}photos/", fields, files, idempotency_key)
        return cast(shapes.PhotoReceipt, answer)

    async def join(self, reference: str, email: str, *, name: str = "") -> shapes.FollowerReceipt:
        """Somebody whom a public request affects, too."""
        body = {"email": email, **({"name": name} if name else {})}
        return cast(shapes.FollowerReceipt, await self._http.post(f"{of_request(reference)}followers/", body))

    async def follow(
        self,
        email: str,
        *,
        area: str = "",
        service: str = "",
        asset: str = "",
        near: tuple[float, float, float] | None = None,
        cadence: str = "daily",
    ) -> shapes.FollowReceipt:
        """Updates by email start once the link in an email is selected. A service can be followed within one of the others."""
        chosen = {"area": area, "service": service, "asset": asset, "near": numbers(near)}
        body = {"email": email, "cadence": cadence, **{name: value for name, value in chosen.items() if value}}
        return cast(shapes.FollowReceipt, await self._http.post(f"{BASE}follows/", body, may_repeat=False))

    async def advance(self, reference: str, step: shapes.TestStep | None = None) -> shapes.Request:
        """Moves a report that was sent with a test key: the usual next step, or this one."""
        address = f"{BASE}sandbox/requests/{part(reference)}/advance/"
        return cast(shapes.Request, await self._http.post(address, dict(step or {}), may_repeat=False))

    async def test_requests(self, *, page_size: int = 50) -> AsyncIterator[shapes.RequestRow]:
        """What was sent with this test key, newest first."""
        async for row in self._http.rows(f"{BASE}sandbox/requests/", {"limit": min(page_size, PAGE_MAX)}):
            yield row

    async def webhooks(self) -> list[shapes.Webhook]:
        return cast(list[shapes.Webhook], (await self._http.get(f"{BASE}webhooks/"))["results"])

    async def webhook_events(self) -> list[shapes.WebhookEventType]:
        """The types of events, each with its two payloads."""
        return cast(list[shapes.WebhookEventType], (await self._http.get(f"{BASE}webhook-events/"))["results"])

    async def webhook(self, webhook_id: str) -> shapes.Webhook:
        return cast(shapes.Webhook, await self._http.get(of_webhook(webhook_id)))

    async def create_webhook(self, webhook: shapes.NewWebhook) -> shapes.WebhookWithSecret:
        """Keep its secret, which is shown only now."""
        return cast(
            shapes.WebhookWithSecret, await self._http.post(f"{BASE}webhooks/", dict(webhook), may_repeat=False)
        )

    async def change_webhook(self, webhook_id: str, changes: shapes.WebhookEdit) -> shapes.Webhook:
        return cast(shapes.Webhook, await self._http.patch(of_webhook(webhook_id), dict(changes)))

    async def delete_webhook(self, webhook_id: str) -> None:
        await self._http.delete(of_webhook(webhook_id))

    async def test_webhook(self, webhook_id: str) -> shapes.WebhookDelivery:
        """Sends it the event webhook.test."""
        answer = await self._http.post(f"{of_webhook(webhook_id)}test/", {}, may_repeat=False)
        return cast(shapes.WebhookDelivery, answer)

    async def try_webhook(self, webhook_id: str) -> shapes.WebhookDelivery:
        """Sends the oldest delivery that waits at once, or webhook.test if none does."""
        answer = await self._http.post(f"{of_webhook(webhook_id)}try/", {}, may_repeat=False)
        return cast(shapes.WebhookDelivery, answer)

    async def rotate_secret(self, webhook_id: str, *, overlap_hours: int = 24) -> shapes.WebhookWithSecret:
        """A new secret, which is shown only now. Both sign for so many hours."""
        address, body = (f"{of_webhook(webhook_id)}secret/", {"overlap_hours": overlap_hours})
        return cast(shapes.WebhookWithSecret, await self._http.post(address, body, may_repeat=False))

    async def deliveries(self, webhook_id: str, *, state: str = "") -> AsyncIterator[shapes.WebhookDelivery]:
        """Of the last 30 days, newest first."""
        query = {"state": state, "limit": PAGE_MAX}
        async for row in self._http.rows(f"{of_webhook(webhook_id)}deliveries/", query):
            yield row

    async def resend(self, webhook_id: str, delivery_id: str) -> shapes.WebhookDelivery:
        """Sends a delivery again, with the same webhook-id."""
        address = f"{of_webhook(webhook_id)}deliveries/{part(delivery_id)}/resend/"
        return cast(shapes.WebhookDelivery, await self._http.post(address, {}, may_repeat=False))

    async def create_listener(self, listener: shapes.NewListener) -> shapes.WebhookWithSecret:
        """A webhook whose events a program reads, because it has no public URL."""
        answer = await self._http.post(f"{BASE}webhooks/listeners/", dict(listener), may_repeat=False)
        return cast(shapes.WebhookWithSecret, answer)

    async def listener_events(self, listener_id: str, cursor: str = "") -> shapes.ListenerEvents:
        """The events after the cursor, oldest first. Reading them again changes nothing."""
        address = f"{of_webhook(listener_id)}events/"
        return cast(shapes.ListenerEvents, await self._http.get(address, {"cursor": cursor}))
