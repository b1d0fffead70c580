"""A supervisor's Monday: from a figure to its rows, to people who are told, to what was true and the week's email."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions import ending_checks, progress
from requests_app.messages import staff_email
from requests_app.models import EndingCheck, ServiceRequest, User
from requests_app.worker import tasks
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, plain
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.8")]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def test_a_supervisors_monday(town: Rivermark, mailbox: Mailbox) -> None:
    set_time(dt.datetime(2027, 3, 3, 15, tzinfo=dt.UTC))
    gil = factories.staff("Gil", "crew", town.city, town.parks)
    factories.staff("Oda", "crew", town.city, town.parks)
    done = factories.routed(town.tree, "A branch is down.")
    progress.resolve(done.pk, disposition="fixed", words="Cut.", visited=True, actor=gil)
    late = {factories.routed(town.tree, f"Limb {n}", address=f"{n} Elm St").pk for n in (1, 2, 3)}
    ServiceRequest.objects.filter(pk__in=late).update(due_at="2027-03-05T12:00Z")
    factories.routed(town.tree, "Not due yet.")
    town.parks.email = "parks@rivermark.example"
    town.parks.save(update_fields=["email"])
    set_time(dt.datetime(2027, 3, 8, 12, 5, tzinfo=dt.UTC))

    pia = signed_in(town.pia)
    # The overview says three are late; its link lists just those.
    tile = re.search(
        r'<a href="([^"]*)" data-figure="late">.*?<span\s+class="tile__number">\s*(\d+)',
        read(pia, "/staff/overview/"),
        re.DOTALL,
    )
    assert tile
    assert tile[2] == "3"
    rows = re.findall(r'data-request="(\d+)"', read(pia, tile[1]))
    assert {int(pk) for pk in rows} == late

    # All three at once to Gil, who is told; nobody else is.
    path = "/staff/bulk/?verb=assign" + "".join(f"&request={pk}" for pk in rows)
    last_event = re.search(r'name="last_event" value="(\d+)"', read(pia, path))
    assert last_event
    answer = pia.post(path, {"assignee": gil.pk, "last_event": last_event[1]})
    assert answer.status_code == 302
    tasks.drain_database()
    assert set(ServiceRequest.objects.filter(assignee=gil).values_list("pk", flat=True)) == late
    assert "3 done" in re.sub(r"\s+", " ", read(pia, answer["Location"]))
    assert read(signed_in(gil), "/staff/notices/").count("assigned this to you") == 3
    assert "assigned this to you" not in read(pia, "/staff/notices/")

    # Someone else looks at what Gil said was fixed, and the rate says that it was true.
    ending_checks.draw_due()
    check = EndingCheck.objects.get(service_request=done)
    assert check.checker not in (None, gil)
    place = SimpleUploadedFile("place.jpg", factories.jpeg(), content_type="image/jpeg")
    checker = signed_in(check.checker)
    assert checker.post(f"/staff/checks/{check.pk}/", {"seen": "fixed", "photos": place}).status_code == 302
    assert "100%" in read(pia, "/staff/checks/truth-rate/")

    # At seven the department's numbers leave, once.
    for _ in range(2):
        staff_email.enqueue_digests()
    mail_server.deliver(later=False)
    (mail,) = mailbox.to("parks@rivermark.example")
    assert "Open: 4\nLate: 3\n" in plain(mail).replace("\r\n", "\n")
