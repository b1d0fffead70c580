"""The demo's crew has a day to look at."""

from typing import Any

import pytest
from django.test import Client

from requests_app.demo import crews
from requests_app.demo.staff import load_staff
from requests_app.models import ServiceRequest, Team
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.9")]


def test_nia_has_eight_stops_near_each_other(town: Rivermark, client: Client, settings: Any) -> None:
    settings.DEMO = True
    load_staff(town.city)
    places = [factories.at(-69.04 + number * 0.008) for number in range(10)]
    holes = [factories.routed(town.pothole, answers={"where": "lane"}, point=place) for place in places]
    for _twice in range(2):
        crews.load(town.city)
    team = Team.objects.get()
    nia = team.members.get()
    assert ServiceRequest.objects.filter(assignee=nia).count() == crews.HERS
    assert ServiceRequest.objects.filter(team=team, assignee=None).count() == crews.THE_TEAMS
    # Only the demo's own URLs have the bar above each page.
    settings.DEMO = False
    client.force_login(nia, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/staff/crew/").content.decode()
    assert sum(f'data-stop="{hole.reference}"' in page for hole in holes) == crews.HERS + crews.THE_TEAMS
