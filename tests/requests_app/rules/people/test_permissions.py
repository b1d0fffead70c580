"""can() and visible_filter() agree, for every role, department, state and owner."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser

from requests_app import references
from requests_app.clock import app_now
from requests_app.models import Department, Membership, PublicState, Role, ServiceRequest, User
from requests_app.rules.people import permissions
from requests_app.rules.people.permissions import DEFAULT_ROLES
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

# Sets of permissions that a city may combine. Each was once overlooked by one of the two rules.
ODD_ROLES: dict[str, list[str]] = {
    "sees_nothing": ["accept", "triage"],
    "only_looks": ["view"],
    "looks_and_triages": ["view", "triage"],
    "reads_private": ["view", "view_private"],
    "private_and_triage": ["view", "view_private", "triage"],
    "assigned_triage": ["view", "only_assigned", "triage", "view_private", "resolve"],
}


def every_kind_of_request(town: Rivermark, owners: list[User | None]) -> None:
    departments: list[Department | None] = [town.streets, town.parks, None]
    kinds = itertools.product(
        [town.pothole, town.unknown],
        PublicState.values,
        departments,
        owners,
        [True, False],
        ["routed", "received", "resolved"],
    )
    now = app_now()
    ServiceRequest.objects.bulk_create(
        ServiceRequest(
            jurisdiction=town.city,
            reference=references.new_reference(),
            service=version.service,
            service_version=version,
            public_state=state,
            is_test=state == "test",
            department=department,
            assignee=owner,
            in_triage=in_triage,
            status=status,
            disposition="fixed" if status == "resolved" else "",
            submitted_at=now,
            updated_at=now,
        )
        for version, state, department, owner, in_triage, status in kinds
    )


def every_kind_of_user(town: Rivermark) -> list[User]:
    roles = [factories.role(town.city, code) for code in DEFAULT_ROLES]
    roles += [
        Role.objects.create(jurisdiction=town.city, code=code, permissions=own) for code, own in ODD_ROLES.items()
    ]
    users = []
    for role, department in itertools.product(roles, [town.streets, town.parks, None]):
        place = department.code if department else "city"
        user = User.objects.create_user(f"{role.code}.{place}@example.org".lower(), "x", name=f"{role.code} in {place}")
        Membership.objects.create(user=user, jurisdiction=town.city, department=department, role=role)
        users.append(user)
    both = User.objects.create_user("both@example.org", "x", name="crew in Streets and contractor in Parks")
    Membership.objects.create(user=both, jurisdiction=town.city, department=town.streets, role=roles[0])
    Membership.objects.create(
        user=both, jurisdiction=town.city, department=town.parks, role=factories.role(town.city, "contractor")
    )
    return [*users, both, User.objects.create_user("nobody@example.org", "x", name="without a membership")]


@pytest.mark.shows("2.21")
def test_can_view_and_visible_to_agree_on_every_request(town: Rivermark) -> None:
    users = every_kind_of_user(town)
    contractor = next(user for user in users if user.name == "contractor in PW")
    odd = next(user for user in users if user.name == "assigned_triage in city")
    every_kind_of_request(town, [None, town.tom, contractor, odd])
    elsewhere = factories.jurisdiction("Eastport")
    factories.report(factories.service(elsewhere, "pothole"))
    rows = list(ServiceRequest.objects.select_related("service", "service_version"))
    assert len(rows) == 2 * 8 * 3 * 4 * 2 * 3 + 1
    seen_by_somebody = set()
    for user in users:
        listed = set(ServiceRequest.objects.visible_to(user).values_list("pk", flat=True))
        opened = {row.pk for row in rows if permissions.can(user, "view", row)}
        assert listed == opened, f"{user.name}: {len(listed)} in lists, {len(opened)} opened one by one"
        seen_by_somebody |= opened
    unseen = {row.public_state for row in rows if row.pk not in seen_by_somebody}
    assert "erased" in unseen, "what was erased is nobody's to read"
    assert len(seen_by_somebody) > len(rows) / 2, "a matrix in which nobody sees anything shows nothing"


def test_nobody_of_one_city_sees_another(town: Rivermark) -> None:
    elsewhere = factories.jurisdiction("Eastport")
    theirs = factories.report(factories.service(elsewhere, "pothole"))
    for user in every_kind_of_user(town):
        assert not permissions.can(user, "view", theirs)
        assert not ServiceRequest.objects.visible_to(user).filter(pk=theirs.pk).exists()


def test_a_stranger_and_somebody_who_left_see_nothing(town: Rivermark) -> None:
    request = factories.routed(town.pothole, answers={"where": "lane"})
    town.tom.is_active = False
    for user in (AnonymousUser(), town.tom):
        assert not permissions.can(user, "view", request)
        assert not ServiceRequest.objects.visible_to(user).exists()


@pytest.mark.shows("2.21")
@pytest.mark.parametrize(
    ("who", "action", "may"),
    [
        ("tom", "accept", True),
        ("tom", "withdraw", False),
        ("tom", "hide", False),
        ("pia", "accept", False),
        ("cal", "comment", True),
        ("cal", "resolve", False),
        ("cal", "view_reporter", True),
        ("ada", "hide", True),
        ("ada", "resolve", False),
        ("ada", "view_reporter", False),
        ("dev", "resolve", True),
        ("dev", "transfer", False),
        ("dev", "view_reporter", False),
    ],
)
def test_what_the_cast_may_do_with_a_pothole_of_streets(town: Rivermark, who: str, action: str, may: bool) -> None:
    request = factories.routed(town.pothole, answers={"where": "lane"})
    assert permissions.can(getattr(town, who), action, request) is may


def test_a_confidential_one_in_triage_is_seen_by_its_own_services_triage_alone(town: Rivermark) -> None:
    """After a failed routing, its service's department must see it, but no other."""
    request = factories.report(town.outreach)
    ServiceRequest.objects.filter(pk=request.pk).update(in_triage=True)
    request.refresh_from_db()
    other = factories.staff("Olga", "triage", town.city, town.parks)
    for user, sees in [(town.tom, True), (town.dev, False), (other, False), (town.cal, False)]:
        assert permissions.can(user, "triage", request) is sees, user.name
        assert ServiceRequest.objects.visible_to(user).filter(pk=request.pk).exists() is sees, user.name
