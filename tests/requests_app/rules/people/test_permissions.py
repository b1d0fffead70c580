"""can() and visible_filter() agree, for every role, department, state and owner."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser

from requests_app import references
from requests_app.clock import app_now
from requests_app.models import ApiKey, Department, Membership, PublicState, Role, ServiceRequest, User
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


def test_the_supervisor_of_a_department_else_of_the_city_with_the_fewest_open_requests(town: Rivermark) -> None:
    """Not one who supervises elsewhere, only works here, has left, or is away."""
    lakeside = factories.lakeside()
    # A supervisor of all the other city.
    factories.staff("Kim", "supervisor", lakeside.city)
    wes = factories.staff("Wes", "supervisor", town.city)
    # Bea supervises Parks, and is on the crew of Streets.
    bea = factories.staff("Bea", "supervisor", town.city, town.parks)
    crew = factories.role(town.city, "crew")
    Membership.objects.create(user=bea, jurisdiction=town.city, department=town.streets, role=crew)
    assert permissions.find_supervisor(town.streets) == wes
    assert permissions.find_supervisor(lakeside.streets) == lakeside.sid
    sue, una = (factories.staff(name, "supervisor", town.city, town.streets) for name in ("Sue", "Una"))
    assert permissions.find_supervisor(town.streets) == sue
    open_one, ended = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    ServiceRequest.objects.filter(pk=open_one.pk).update(assignee=sue)
    ServiceRequest.objects.filter(pk=ended.pk).update(assignee=una)
    factories.mark_ended(ended)
    assert permissions.find_supervisor(town.streets) == una
    User.objects.filter(pk=una.pk).update(is_active=False)
    assert permissions.find_supervisor(town.streets) == sue
    User.objects.filter(pk=sue.pk).update(is_active=False)
    assert permissions.find_supervisor(town.streets) == wes


def test_what_a_role_gives_in_all_the_city_it_gives_in_that_city_alone(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    both = factories.staff("Bo", "call_taker", town.city)
    Role.objects.filter(jurisdiction=lakeside.city, code="crew").update(requires_second_step=True)
    Membership.objects.create(
        user=both,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=Role.objects.get(jurisdiction=lakeside.city, code="crew"),
    )
    of_department = factories.staff("Bea", "call_taker", town.city, town.streets)
    blind = Role.objects.create(
        jurisdiction=town.city, code="blind", permissions=["view", "only_assigned", "note"], name={"en": "Blind"}
    )
    mixed = factories.staff("Mia", "call_taker", town.city)
    Membership.objects.create(user=mixed, jurisdiction=town.city, department=town.parks, role=blind)
    contractor = factories.staff("Con", "contractor", town.city)
    seen = {
        user.name: [
            permissions.may_read_addresses(user, town.city),
            permissions.may_read_addresses(user, lakeside.city),
            permissions.searches_words(user, town.city),
            permissions.searches_words(user, lakeside.city),
            permissions.requires_second_step(user, town.city),
            permissions.requires_second_step(user, lakeside.city),
            permissions.can_in_city(user, "resolve", town.city),
            permissions.can_in_city(user, "resolve", lakeside.city),
        ]
        for user in (both, of_department, mixed, contractor, town.dev, town.ada)
    }
    assert seen == {
        "Bo": [True, False, True, True, False, True, False, True],
        "Bea": [False, False, True, False, False, False, False, False],
        "Mia": [True, False, False, False, False, False, False, False],
        "Con": [False, False, False, False, False, False, True, False],
        "Dev": [False, False, True, False, False, False, True, False],
        "Ada": [False, False, True, False, False, False, False, False],
    }


def test_a_citys_administrators_are_those_who_can_sign_in(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    assert not permissions.has_administrator(lakeside.city)
    abe = factories.staff("Abe", "administrator", lakeside.city)
    amy = factories.staff("Amy", "administrator", town.city, town.streets)
    assert list(permissions.administrators(town.city)) == [town.ada, amy]
    assert list(permissions.administrators(lakeside.city)) == [abe]
    User.objects.filter(pk__in=[town.ada.pk, abe.pk]).update(is_active=False)
    assert list(permissions.administrators(town.city)) == [amy]
    assert not permissions.has_administrator(lakeside.city)


def test_the_number_of_a_911_center_is_for_who_may_read_it_and_any_other_for_all(town: Rivermark) -> None:
    key = ApiKey.objects.create(jurisdiction=town.city, name="911 center")
    imported, sent = (ServiceRequest(jurisdiction=town.city, external_id="26-17", api_key=of) for of in (None, key))
    assert permissions.outside_number(town.dev, imported) == "26-17"
    assert permissions.outside_number(town.dev, sent) == ""
    may = Role.objects.create(jurisdiction=town.city, code="center", permissions=["view", "view_911_number"])
    Membership.objects.create(user=town.pia, jurisdiction=town.city, department=None, role=may)
    assert permissions.outside_number(town.pia, sent) == "26-17"


def test_a_contractor_reads_no_identity_of_what_is_assigned_to_them(town: Rivermark) -> None:
    contractor = factories.staff("Con", "contractor", town.city, town.streets)
    made = factories.routed(town.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=contractor)
    made.refresh_from_db()
    assert permissions.can(contractor, "view", made)
    read = {user.name: permissions.reads_identity(user, made) for user in (contractor, town.dev, town.pia)}
    assert read == {"Con": False, "Dev": True, "Pia": False}
