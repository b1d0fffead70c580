"""Each service is live, waiting or retired, for its own city."""

import pytest

from requests_app.actions.setup import retirements
from requests_app.models import Service
from requests_app.rules.setup import service_states
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_each_service_of_the_city_is_in_one_state(cast: Rivermark) -> None:
    elsewhere = factories.lakeside()
    Service.objects.filter(pk__in=[cast.outreach.service_id, elsewhere.pothole.service_id]).update(active=False)
    retirements.retire(cast.tree.service, successor=None, moves_requests=False, actor=cast.ada)
    listed = {state: set(service_states.services_in(cast.city, state)) for state in service_states.STATES}
    assert listed == {
        "waiting": {cast.outreach.service},
        "live": {cast.pothole.service, cast.unknown.service},
        "retired": {cast.tree.service},
    }
    assert service_states.counts(cast.city) == {"waiting": 1, "live": 2, "retired": 1}
