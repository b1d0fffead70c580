"""API v1 of one city."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from lamplighter_client import shapes
from lamplighter_client.paths import BASE, numbers, of_request, of_webhook, part, several
from lamplighter_client.staff import Staff
from lamplighter_client.transport import PAGE_MAX, Retries, Transport


class Lamplighter:
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
        self._http = Transport(site, key, language, retries or Retries(), timeout_s)
        self.site = self._http.site
        self.staff = Staff(self._http)

    # --- Reading ------------------------------------------------------------------------------------------------------

    def city(self) -> shapes.City:
        return cast(shapes.City, self._http.get(f"{BASE}city/"))

    def categories(self) -> list[shapes.Category]:
        return cast(list[shapes.Category], self._http.get(f"{BASE}categories/")["results"])

    def services(self, category: str = "") -> list[shapes.ServiceRow]:
        return cast(list[shapes.ServiceRow], self._http.get(f"{BASE}services/", {"category": category})["results"])

    def service(self, code: str) -> shapes.Service:
        """With its questions."""
        return cast(shapes.Service, self._http.get(f"{BASE}services/{part(code)}/"))

    def suggestions(self, words: str) -> shapes.Suggestions:
        """The services and articles that fit the words, best first."""
        return cast(shapes.Suggestions, self._http.get(f"{BASE}suggestions/", {"q": words}))

    def articles(self) -> list[shapes.ArticleRow]:
        """What the city answers without a report."""
        return cast(list[shapes.ArticleRow], self._http.get(f"{BASE}articles/")["results"])

    def article(self, code: str) -> shapes.Article:
        return cast(shapes.Article, self._http.get(f"{BASE}articles/{part(code)}/"))

    def areas(self, layer: str = "", *, at: tuple[float, float] | None = None) -> list[shapes.AreaRow]:
        """at: latitude and longitude."""
        query = {"layer": layer, "at": numbers(at)}
        return cast(list[shapes.AreaRow], self._http.get(f"{BASE}areas/", query)["results"])

    def area(self, layer: str, code: str) -> shapes.AreaRow:
        return cast(shapes.AreaRow, self._http.get(f"{BASE}areas/{part(layer)}/{part(code)}/"))

    def places(self, words: str = "", *, at: tuple[float, float] | None = None) -> list[shapes.Place]:
        """What the city's address search finds, best first; or the address at a latitude and longitude."""
        return cast(list[shapes.Place], self._http.get(f"{BASE}places/", {"q": words, "at": numbers(at)})["results"])

    def assets(
        self, *, near: tuple[float, float, float] | None = None, kind: str = "", page_size: int = 50
    ) -> Iterator[shapes.Asset]:
        """near: latitude, longitude, meters; the nearest eight, nearest first. Without it, all, in pages."""
        query = {"near": numbers(near), "kind": kind, "limit": min(page_size, PAGE_MAX)}
        yield from self._http.rows(f"{BASE}assets/", query)

    def asset(self, number: str) -> shapes.Asset:
        """A streetlight, a hydrant …, by the number on it."""
        return cast(shapes.Asset, self._http.get(f"{BASE}assets/{part(number)}/"))

    def statistics(self, since: str = "", until: str = "") -> shapes.Statistics:
        """since, until: months like 2026-06; without them, the last six."""
        return cast(shapes.Statistics, self._http.get(f"{BASE}statistics/", {"since": since, "until": until}))

    def requests(
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
    ) -> Iterator[shapes.RequestRow]:
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
        yield from self._http.rows(f"{BASE}requests/", query)

    def request(self, reference: str) -> shapes.Request:
        """One request with its timeline."""
        address = of_request(reference)
        return cast(shapes.Request, self._http.get(address, etag_of=address))

    def etag(self, reference: str) -> str:
        """Of the request as this client last read it, for a program that edits it later; "" if it didn't."""
        return self._http.etag(of_request(reference))

    def changes(self, cursor: str = "", *, since: str = "") -> Iterator[shapes.ChangePage]:
        """What became public, changed or is public no longer since then, in pages; at least one.

        cursor: of the last page that you have dealt with; store it together with what the page changed. since: a time of
        the last 90 days, or "now" to start.
        """
        yield from self._http.pages(f"{BASE}changes/", {"cursor": cursor, "since": since})

    # --- Writing ------------------------------------------------------------------------------------------------------

    def report(
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
            return cast(shapes.Receipt, self._http.post(f"{BASE}requests/", body, idempotency_key))
        fields, files = {"report": json.dumps(body)}, {"photos": photos}
        return cast(shapes.Receipt, self._http.upload(f"{BASE}requests/", fields, files, idempotency_key))

    def report_batch(self, reports: Sequence[shapes.NewBatchReport]) -> list[shapes.BatchResult]:
        """Up to a hundred reports or readings, each with a key of its own; what became of each, in order."""
        return cast(list[shapes.BatchResult], self._http.post(f"{BASE}batches/", {"reports": list(reports)})["results"])

    def send_reading(self, asset: str, measure: str, value: float, at: str) -> shapes.Reading:
        """Sends a sensor's reading, measured at this time. Sent again, it changes nothing."""
        body = {"asset": asset, "measure": measure, "value": value, "at": at}
        return cast(shapes.Reading, self._http.post(f"{BASE}readings/", body))

    def send_call_counts(self, counts: Sequence[shapes.NewCallCount]) -> shapes.CallCountsReceipt:
        """Sends how many calls each line had: all half hours, or none. One that is sent again replaces the earlier one."""
        body = {"counts": list(counts)}
        return cast(shapes.CallCountsReceipt, self._http.post(f"{BASE}call-counts/", body))

    def comment(
        self, reference: str, text: str, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.CommentReceipt:
        """A message from the reporter to those who work on it."""
        body = {"private_token": private_token, "text": text}
        answer = self._http.post(f"{of_request(reference)}comments/", body, idempotency_key)
        return cast(shapes.CommentReceipt, answer)

    def edit(self, reference: str, description: str, *, private_token: str, etag: str = "") -> shapes.EditedRequest:
        """The reporter's new text, until someone starts working on it.

        etag: of the request as they read it; without it, as this client last read it. Raises PreconditionFailed if the text
        has changed since.
        """
        address = of_request(reference)
        body = {"private_token": private_token, "description": description}
        answer = self._http.patch(address, body, etag=etag or self._http.etag(address), etag_of=address)
        return cast(shapes.EditedRequest, answer)

    def upload_photo(self, photo: Path, alt: str = "") -> shapes.PhotoReceipt:
        """For the `photos` of a report in a batch, within a day. alt: what it shows."""
        fields = {"alt": alt} if alt else {}
        return cast(shapes.PhotoReceipt, self._http.upload(f"{BASE}photos/", fields, {"photo": [photo]}))

    def add_photo(
        self, reference: str, photo: Path, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.PhotoReceipt:
        fields, files = {"private_token": private_token}, {"photo": [photo]}
        answer = self._http.upload(f"{of_request(reference)}photos/", fields, files, idempotency_key)
        return cast(shapes.PhotoReceipt, answer)

    def join(self, reference: str, email: str, *, name: str = "") -> shapes.FollowerReceipt:
        """Somebody whom a public request affects, too."""
        body = {"email": email, **({"name": name} if name else {})}
        return cast(shapes.FollowerReceipt, self._http.post(f"{of_request(reference)}followers/", body))

    def follow(
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
        # A second one would send a second email.
        return cast(shapes.FollowReceipt, self._http.post(f"{BASE}follows/", body, may_repeat=False))

    def advance(self, reference: str, step: shapes.TestStep | None = None) -> shapes.Request:
        """Moves a report that was sent with a test key: the usual next step, or this one."""
        address = f"{BASE}sandbox/requests/{part(reference)}/advance/"
        # A second time would be the step after it.
        return cast(shapes.Request, self._http.post(address, dict(step or {}), may_repeat=False))

    def test_requests(self, *, page_size: int = 50) -> Iterator[shapes.RequestRow]:
        """What was sent with this test key, newest first."""
        yield from self._http.rows(f"{BASE}sandbox/requests/", {"limit": min(page_size, PAGE_MAX)})

    # --- Webhooks -----------------------------------------------------------------------------------------------------

    def webhooks(self) -> list[shapes.Webhook]:
        return cast(list[shapes.Webhook], self._http.get(f"{BASE}webhooks/")["results"])

    def webhook_events(self) -> list[shapes.WebhookEventType]:
        """The types of events, each with its two payloads."""
        return cast(list[shapes.WebhookEventType], self._http.get(f"{BASE}webhook-events/")["results"])

    def webhook(self, webhook_id: str) -> shapes.Webhook:
        return cast(shapes.Webhook, self._http.get(of_webhook(webhook_id)))

    def create_webhook(self, webhook: shapes.NewWebhook) -> shapes.WebhookWithSecret:
        """Keep its secret, which is shown only now."""
        return cast(shapes.WebhookWithSecret, self._http.post(f"{BASE}webhooks/", dict(webhook), may_repeat=False))

    def change_webhook(self, webhook_id: str, changes: shapes.WebhookEdit) -> shapes.Webhook:
        return cast(shapes.Webhook, self._http.patch(of_webhook(webhook_id), dict(changes)))

    def delete_webhook(self, webhook_id: str) -> None:
        self._http.delete(of_webhook(webhook_id))

    def test_webhook(self, webhook_id: str) -> shapes.WebhookDelivery:
        """Sends it the event webhook.test."""
        answer = self._http.post(f"{of_webhook(webhook_id)}test/", {}, may_repeat=False)
        return cast(shapes.WebhookDelivery, answer)

    def try_webhook(self, webhook_id: str) -> shapes.WebhookDelivery:
        """Sends the oldest delivery that waits at once, or webhook.test if none does."""
        answer = self._http.post(f"{of_webhook(webhook_id)}try/", {}, may_repeat=False)
        return cast(shapes.WebhookDelivery, answer)

    def rotate_secret(self, webhook_id: str, *, overlap_hours: int = 24) -> shapes.WebhookWithSecret:
        """A new secret, which is shown only now. Both sign for so many hours."""
        address, body = f"{of_webhook(webhook_id)}secret/", {"overlap_hours": overlap_hours}
        return cast(shapes.WebhookWithSecret, self._http.post(address, body, may_repeat=False))

    def deliveries(self, webhook_id: str, *, state: str = "") -> Iterator[shapes.WebhookDelivery]:
        """Of the last 30 days, newest first."""
        query = {"state": state, "limit": PAGE_MAX}
        yield from self._http.rows(f"{of_webhook(webhook_id)}deliveries/", query)

    def resend(self, webhook_id: str, delivery_id: str) -> shapes.WebhookDelivery:
        """Sends a delivery again, with the same webhook-id."""
        address = f"{of_webhook(webhook_id)}deliveries/{part(delivery_id)}/resend/"
        return cast(shapes.WebhookDelivery, self._http.post(address, {}, may_repeat=False))

    def create_listener(self, listener: shapes.NewListener) -> shapes.WebhookWithSecret:
        """A webhook whose events a program reads, because it has no public URL."""
        answer = self._http.post(f"{BASE}webhooks/listeners/", dict(listener), may_repeat=False)
        return cast(shapes.WebhookWithSecret, answer)

    def listener_events(self, listener_id: str, cursor: str = "") -> shapes.ListenerEvents:
        """The events after the cursor, oldest first. Reading them again changes nothing."""
        address = f"{of_webhook(listener_id)}events/"
        return cast(shapes.ListenerEvents, self._http.get(address, {"cursor": cursor}))
