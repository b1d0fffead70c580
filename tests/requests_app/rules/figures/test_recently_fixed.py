"""What is shown as fixed recently: of this city, fixed and public, with photos that everybody may see."""

import datetime as dt

import pytest
from django.core.cache import cache

from requests_app.models import Photo, ServiceRequest
from requests_app.rules.figures.recently_fixed import recently_fixed
from requests_app.rules.figures.recurring_places import may_be_listed
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_those_fixed_in_this_city_with_photos_first(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    theirs = factories.routed(lakeside.pothole)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    plain, shown, hidden, private, answered, open_one = (first, *factories.copies(first, 5))
    for made in (plain, shown, hidden, private):
        factories.mark_ended(made)
    # The newest of all.
    factories.mark_ended(theirs, at=first.submitted_at + dt.timedelta(hours=1))
    factories.mark_ended(answered, "answered")
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="private")
    for made, columns in ((shown, {}), (hidden, {"hidden_at": first.submitted_at}), (private, {}), (open_one, {})):
        for kind, stage in ((Photo.Kind.REPORT, ""), (Photo.Kind.WORK, "after")):
            Photo.objects.create(
                jurisdiction=town.city, service_request=made, kind=kind, stage=stage, name=f"{kind}-{made.pk}", width=4,
                height=3, **columns,
            )  # fmt: skip
    (best, *others) = recently_fixed(town.city)
    assert (best.service_request, best.before, best.after) == (shown, f"report-{shown.pk}", f"work-{shown.pk}")
    assert {one.service_request for one in others} == {plain, hidden}
    assert {(one.before, one.after) for one in others} == {("", "")}
    Photo.objects.filter(service_request=shown, kind=Photo.Kind.REPORT).update(is_private=True)
    cache.clear()
    assert {one.before for one in recently_fixed(town.city)} == {""}


def test_a_place_that_keeps_having_a_problem_is_never_somebodys_home(town: Rivermark) -> None:
    noise = factories.service(town.city, "noise")
    homes = factories.service(town.city, "mold", kind=factories.category(town.city, "homes", "Homes"))
    inside = factories.service(town.city, "inside", visibility="staff")
    listed = {
        version.service.service_code: may_be_listed(version.service, version.category.code)
        for version in (town.pothole, town.outreach, noise, homes, inside)
    }
    assert listed == {"pothole": True, "outreach": False, "noise": False, "mold": False, "inside": False}
