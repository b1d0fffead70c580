"""A person who was erased stays erased after a restore, by a list of ids outside the database."""

import datetime as dt
import json

import pytest

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.privacy import erasure_list, erasures
from requests_app.models import ContactPoint, Erasure, OutboxRow, Person, ServiceRequest
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def reported(town: Rivermark, name: str) -> tuple[ServiceRequest, ContactPoint]:
    sent = factories.submitted(town.tree, f"{name} saw it", reporter=Reporter(name=name, email=f"{name}@example.org"))
    assert sent.link is not None
    return sent.service_request, ContactPoint.objects.get(person=sent.link.person)


def erase_rows() -> None:
    for row in OutboxRow.objects.filter(kind="erase", done_at=None):
        tasks.handle(row.pk)


def test_a_restored_person_is_erased_again_and_nobody_else(town: Rivermark) -> None:
    bea, of_bea = reported(town, "bea")
    zoe, of_zoe = reported(town, "zoe")
    kim, of_kim = reported(town, "kim")
    people = list(Person.objects.order_by("pk").values())
    points = list(ContactPoint.objects.order_by("pk").values())
    erasures.erase(of_bea, reports_too=True)
    erasures.erase(of_zoe, reports_too=False)
    listed = json.loads(json.dumps(erasure_list.entries()))
    assert not {"bea", "zoe"} & set(json.dumps(listed)), "ids and times only"
    # What a restore brings back: the rows as they were, and no row of the outbox.
    Person.objects.bulk_update(
        [Person(**row) for row in people], ["name", "erased_at", "may_be_called", "postal_address"]
    )
    ContactPoint.objects.bulk_create([ContactPoint(**row) for row in points], ignore_conflicts=True)
    OutboxRow.objects.filter(kind="erase").delete()
    Erasure.objects.all().delete()

    assert erasure_list.replay(listed) == 2
    erase_rows()
    assert {one.name for one in Person.objects.filter(pk__in=[of_bea.person_id, of_zoe.person_id])} == {""}
    assert list(ContactPoint.objects.all()) == [of_kim]
    texts = dict(ServiceRequest.objects.values_list("pk", "description"))
    assert texts == {bea.pk: "", zoe.pk: "zoe saw it", kim.pk: "kim saw it"}
    assert len(erasure_list.entries()) == 2, "the next restore knows them, too"
    assert erasure_list.replay(listed) == 0


def test_somebody_else_who_has_the_id_now_is_left_alone(town: Rivermark) -> None:
    _request, of_bea = reported(town, "bea")
    erasures.erase(of_bea, reports_too=True)
    listed = erasure_list.entries()
    Person.objects.filter(pk=of_bea.person_id).update(
        name="Yan", erased_at=None, created_at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    )
    assert erasure_list.replay(listed) == 0
    assert Person.objects.get(pk=of_bea.person_id).name == "Yan"
