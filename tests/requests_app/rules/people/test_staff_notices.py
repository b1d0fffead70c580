"""Whom an event concerns: those of the department or team that has the request, who still work here and may see it."""

from typing import Any

import pytest

from requests_app.models import Comment, Event, Membership, Mention, ServiceRequest, Team, User
from requests_app.rules.people import staff_notices
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def notified(made: ServiceRequest, kind: str, **data: Any) -> set[str]:
    """With a choice to be notified of everything."""
    of = ServiceRequest.objects.get(pk=made.pk)
    event = Event(service_request=of, jurisdiction=of.jurisdiction, kind=kind, data=data)
    every = staff_notices.Choice(in_page=True, email=staff_notices.Email.AT_ONCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff_notices, "DEFAULTS", dict.fromkeys(staff_notices.DEFAULTS, every))
        return {one.user.name for one in staff_notices.recipients(event, of)}


def test_what_arrives_concerns_the_department_or_the_team_alone(town: Rivermark) -> None:
    factories.lakeside()
    gus = factories.staff("Gus", "crew", town.city, town.streets)
    User.objects.filter(pk=gus.pk).update(is_active=False)
    made = factories.routed(town.pothole, answers={"where": "lane"})
    here = {"department_id": town.streets.pk}
    assert notified(made, "routed", **here) == {"Tom", "Dev"}
    assert notified(made, "routed", department_id=town.parks.pk) == set()
    north, south = (Team.objects.create(department=town.streets, code=code, name={"en": code}) for code in "ns")
    north.members.set([town.dev, gus])
    south.members.set([town.tom])
    ServiceRequest.objects.filter(pk=made.pk).update(team=north)
    assert notified(made, "transferred", **here) == {"Dev"}
    assert notified(made, "assigned", team_id=north.pk) == {"Dev"}
    assert notified(made, "assigned", team_id=south.pk) == set()
    assert notified(made, "due_soon") == {"Dev"}


def test_what_is_late_and_nobodys_concerns_the_departments_supervisors(town: Rivermark) -> None:
    factories.lakeside()
    _sue, una, bea = (factories.staff(name, "supervisor", town.city, town.streets) for name in ("Sue", "Una", "Bea"))
    User.objects.filter(pk=una.pk).update(is_active=False)
    # Bea supervises Parks now, and Wes the whole city.
    Membership.objects.filter(user=bea).update(department=town.parks)
    factories.staff("Wes", "supervisor", town.city)
    made = factories.routed(town.pothole, answers={"where": "lane"})
    assert notified(made, "due_soon") == {"Sue"}
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=town.dev)
    assert notified(made, "due_soon") == {"Dev"}
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=None, department=None)
    assert notified(made, "due_soon") == set()


def test_a_note_concerns_those_it_names_until_it_is_hidden(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    note, other = (
        Comment.objects.create(service_request=made, user=town.tom, text=text, public=False)
        for text in ("@dev", "@cal")
    )
    Mention.objects.create(comment=note, user=town.dev, handle="dev")
    Mention.objects.create(comment=other, user=town.cal, handle="cal")
    assert notified(made, "note_added", comment_id=note.pk) == {"Dev"}
    Comment.objects.filter(pk=note.pk).update(hidden_at=made.submitted_at)
    assert notified(made, "note_added", comment_id=note.pk) == set()
