"""What changed in both APIs, by day, for the developers of other programs: a page, a feed, and what an announced end links to.

In English, as the reference is. A new endpoint, parameter or field is an entry, as is whatever is deprecated.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """slug: its place on the page, which never changes. text, act: in Markdown. act: what its readers have to change, and until
    when; empty: nothing. operations: ids of those that it's about."""

    slug: str
    day: dt.date
    title: str
    text: str
    act: str = ""
    operations: tuple[str, ...] = ()


# The newest first.
CHANGES = (
    Change(
        "open-answers",
        dt.date(2026, 12, 1),
        "A document whose answers may grow",
        "In answers, objects may have more fields than the document names, and codes are strings with today’s values as "
        "`x-extensible-enum`. So clients that generators make of it work with later versions of v1. Periods have exact types: a "
        "date-time or a date.",
        act="If you generate a client, generate it again. A code that was an enumeration in it is then a string.",
    ),
    Change(
        "document",
        dt.date(2026, 12, 1),
        "A document that says what bodies and rows have",
        "In a body, `null` is the same as leaving a field out, and `lat` comes with `long`: the document says both now. It "
        "names the fields that each row of requests has, and those that it may lack with `fields`, and it lists what webhooks "
        "send.",
        operations=("sendReport", "listRequests"),
    ),
    Change(
        "batches",
        dt.date(2026, 12, 1),
        "Up to a hundred reports in one call",
        "Each report of a batch has an idempotency key and a result of its own: one that is refused keeps no other from arriving.",
        operations=("sendReports",),
    ),
    Change(
        "test-keys",
        dt.date(2026, 12, 1),
        "A test key at once",
        "At `/developers/keys/` you get a test key without anyone in between. A page of your own shows the calls and last errors "
        "of your keys.",
        act="Test keys end after 90 days without a call. If yours ended, get another one.",
    ),
    Change(
        "filters",
        dt.date(2026, 12, 1),
        "Periods, boxes, several values and orders",
        "The list of requests takes `submitted_after`, `updated_before`, `ended_after` and others, `bbox`, several values of "
        "`service`, `status` and `area`, and other orders by `sort`.",
        operations=("listRequests",),
    ),
    Change(
        "change-feed",
        dt.date(2026, 12, 1),
        "A feed of changes",
        "`/api/v1/changes/` says which public requests were created, changed or removed since your cursor, for 90 days. A "
        "program that keeps a copy no longer has to compare lists.",
        operations=("listChanges",),
    ),
    Change(
        "listeners",
        dt.date(2026, 12, 1),
        "Webhooks on your own machine",
        "A listener is a webhook that your program reads, so it needs no public URL and no tunnel. `lamplighter listen` passes its "
        "events on to a program on your machine.",
        operations=("createListener", "listListenerEvents"),
    ),
    Change(
        "webhooks-at-once",
        dt.date(2026, 12, 1),
        "Tests and resent deliveries go out at once",
        "A test event and a delivery that you resend no longer wait for the next retry. The first one that succeeds sends all that "
        "waits, in order.",
        operations=("tryWebhook", "testWebhook", "resendWebhookDelivery"),
    ),
    Change(
        "if-match",
        dt.date(2026, 12, 1),
        "If-Match compares what can be changed",
        "The ETag of a request used to change with anything on it, so reading one right after it was routed made the next PATCH a "
        "412. Now `If-Match` compares a version of what can be changed, and a 412 says what did.",
        operations=("editReport", "changeStaffRequest"),
    ),
    Change(
        "problems",
        dt.date(2026, 12, 1),
        "Errors in a program’s terms",
        "`detail` and `message` name parameters, fields and headers, in the language that was asked for. The codes and the `type` "
        "of each problem are the same as before.",
    ),
    Change(
        "staff",
        dt.date(2026, 11, 27),
        "Endpoints for staff programs",
        "`/api/v1/staff/` has the queue, actions, contacts, tasks and transfers from a 911 center. The scope is `staff`.",
        operations=("listStaffRequests", "doStaffAction", "sendTransfer"),
    ),
    Change(
        "webhooks",
        dt.date(2026, 11, 27),
        "Webhooks and the sandbox",
        "Webhooks send each event to your program. With a test key, you send tests that only you see and advance.",
        operations=("createWebhook", "advanceTestRequest"),
    ),
    Change(
        "v1",
        dt.date(2026, 11, 27),
        "API v1",
        "One OpenAPI 3.1 document describes it and Open311.",
        operations=("listRequests", "sendReport"),
    ),
    Change(
        "open311-updates",
        dt.date(2026, 11, 27),
        "Open311: updates, callback, ETag and a link to the next page",
        "`servicerequestupdates` lists what happened, and takes what a resident wrote on your site. `callback` answers as JSONP, "
        "every GET has an `ETag`, and a full page names the next one in `Link`.",
        operations=("open311ListUpdates", "open311SendUpdate"),
    ),
)
