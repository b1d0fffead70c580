"""A link works once, to its last moment, for an address that isn't blocked, and proves it in its own city alone."""

import datetime as dt

import pytest

from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.models import ContactPoint, ModerationTerm, OneTimeLink
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
MOMENT, NONE = dt.timedelta(microseconds=1), dt.timedelta(0)


def link(point: ContactPoint, purpose: str = "sign_in", left: dt.timedelta = MOMENT) -> OneTimeLink:
    made = verify_email.send_link(point, purpose)
    OneTimeLink.objects.filter(pk=made.pk).update(expires_at=app_now() + left)
    made.refresh_from_db()
    return made


def test_it_works_once_to_its_last_moment_and_proves_the_address_in_this_city(cast: Rivermark) -> None:
    ours = factories.report(cast.tree, reporter=ANA).participations.get().contact_point
    theirs = factories.report(factories.lakeside().pothole, reporter=ANA).participations.get().contact_point
    assert ours is not None
    assert theirs is not None
    over = link(ours, left=NONE)
    assert verify_email.is_expired(over)
    with pytest.raises(verify_email.LinkExpired):
        verify_email.use(over)
    good = link(ours)
    assert not verify_email.is_expired(good)
    verify_email.use(good)
    with pytest.raises(verify_email.LinkExpired):
        verify_email.use(good)
    verified = [ContactPoint.objects.get(pk=one.pk).verified_at is not None for one in (ours, theirs)]
    assert verified == [True, False]


def test_a_blocked_address_confirms_no_report_and_still_signs_in(cast: Rivermark) -> None:
    point = factories.report(cast.tree, reporter=ANA).participations.get().contact_point
    assert point is not None
    for purpose in sorted(verify_email.BLOCKED_PURPOSES):
        verify_email.use(link(point, purpose))
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value=ANA.email)
    for purpose in sorted(verify_email.BLOCKED_PURPOSES):
        with pytest.raises(verify_email.AddressBlocked):
            verify_email.use(link(point, purpose))
    verify_email.use(link(point))
