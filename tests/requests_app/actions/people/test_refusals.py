"""What actions about people refuse, and what they do right next to that: the last day, the last place, the last moment."""

import datetime as dt
from collections.abc import Callable

import pytest

from requests_app.actions.people import (
    city_switch,
    invitations,
    leaves,
    memberships,
    sign_ins,
    staff_notices,
    staff_sessions,
)
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.models import (
    CitySwitch,
    Invitation,
    LogoutToken,
    Membership,
    Role,
    SetupChange,
    SignInAccount,
    SignInGroup,
    SignInProvider,
    StaffNotice,
    StaffSession,
    Team,
    User,
)
from requests_app.rules.people import invitation_lists
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MOMENT, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)


def refused(call: Callable[[], object], *errors: type[Exception]) -> str:
    """The name of what it raises; empty: it does what it should."""
    try:
        call()
    except errors as error:
        return type(error).__name__
    return ""


@pytest.fixture
def crew(town: Rivermark) -> Role:
    return factories.role(town.city, "crew")


def test_who_may_be_invited_and_how_many_a_day(town: Rivermark, crew: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "A_DAY_MAX", 3)

    def invite(email: str) -> str:
        call = lambda: invitations.invite(town.city, email, role=crew, department=None, actor=town.ada)  # noqa: E731
        return refused(call, invitations.AlreadyStaff, invitations.AlreadyInvited, invitations.TooMany)

    assert invite(town.dev.email) == "AlreadyStaff"
    assert invite("new@example.org") == ""
    assert invite(" NEW@example.org ") == "AlreadyInvited"
    # A list for which there is just enough room, and one more.
    text = "one@example.org, crew\ntwo@example.org, crew"
    lines = invitation_lists.read(f"{text}\nthree@example.org, crew", town.city).lines
    assert [line.problem for line in lines] == ["", "", ""]
    seen = invitations.fingerprint_of(lines)

    def paste(pasted: str, seen: str) -> str:
        call = lambda: invitations.invite_list(town.city, pasted, seen=seen, actor=town.ada)  # noqa: E731
        return refused(call, invitations.TooMany, invitations.ListChanged)

    assert paste(text, seen) == "ListChanged"
    assert paste(f"{text}\nthree@example.org, crew", seen) == "TooMany"
    assert paste(text, invitations.fingerprint_of(lines[:2])) == ""
    assert invite("last@example.org") == "TooMany"
    # After a whole day, the first one counts no more.
    for age, left in ((DAY - MOMENT, 0), (DAY, 3)):
        Invitation.objects.update(created_at=app_now() - age)
        assert invitations.left_today(town.city) == left


def test_which_invitation_still_opens_which_account(town: Rivermark, crew: Role) -> None:
    team = Team.objects.create(department=town.streets, code="crew-1", name={"en": "Crew 1"})
    made = [
        invitations.invite(
            town.city, f"new{n}@example.org", role=crew, department=town.streets, actor=town.ada, team=team
        )
        for n in range(4)
    ]

    def accept(invitation: Invitation) -> str:
        call = lambda: invitations.accept(invitation, name="New", language="en", password="x")  # noqa: E731
        return refused(call, invitations.NotOpen)

    # Of an address that works elsewhere, by its owner alone; of one that has ended, by anyone who has the link.
    works = User.objects.create_user(made[0].email, "x", name="Works")
    assert accept(made[0]) == "NotOpen"
    assert refused(lambda: invitations.accept_as(made[0], town.dev), invitations.NotOpen) == "NotOpen"
    User.objects.create_user(made[1].email, "x", name="Ended", is_active=False)
    assert [invitations.invited_user(one) for one in made[:2]] == [works, None]
    assert accept(made[1]) == ""
    assert accept(made[1]) == "NotOpen"
    assert team.members.count() == 1
    Team.objects.filter(pk=team.pk).update(active=False)
    assert refused(lambda: invitations.accept_as(made[0], works), invitations.NotOpen) == ""
    assert team.members.count() == 1
    # At its end it can only be sent again, and then the older link is over; a canceled one can't.
    Invitation.objects.filter(pk=made[2].pk).update(expires_at=app_now())
    assert accept(made[2]) == "NotOpen"
    assert refused(lambda: invitations.send_again(made[2], actor=town.ada), invitations.NotOpen) == ""
    assert accept(made[2]) == "NotOpen"
    assert accept(Invitation.objects.get(pk=made[2].pk)) == ""
    invitations.cancel(made[3], actor=town.ada)
    for call in (invitations.cancel, invitations.send_again):
        assert refused(lambda call=call: call(made[3], actor=town.ada), invitations.NotOpen) == "NotOpen"  # type: ignore[misc]


def test_absences_overlap_from_their_first_to_their_last_day(town: Rivermark) -> None:
    day = dt.date(2026, 6, 10)

    def away(first: int, last: int, user: User, stand_in: User | None = None) -> str:
        call = lambda: leaves.add(  # noqa: E731
            town.city, user, starts_on=day + first * DAY, ends_on=day + last * DAY, stand_in=stand_in, actor=town.ada
        )
        return refused(call, leaves.Overlaps, leaves.NoColleague, leaves.StandInAway)

    assert away(0, 2, town.dev) == ""
    assert [away(*days, town.dev) for days in ((2, 4), (-2, 0), (1, 1))] == ["Overlaps"] * 3
    assert [away(*days, town.tom, town.dev) for days in ((2, 4), (-2, 0))] == ["StandInAway"] * 2
    assert away(3, 4, town.tom, town.tom) == "NoColleague"
    assert [away(*days, town.tom, town.dev) for days in ((3, 4), (-2, -1))] == ["", ""]
    User.objects.filter(pk=town.pia.pk).update(is_active=False)
    assert away(10, 11, town.tom, town.pia) == "NoColleague"


def test_which_roles_can_go_and_who_administers(town: Rivermark, crew: Role) -> None:
    provider = SignInProvider.objects.create(jurisdiction=town.city, name="ID", server_url="https://id.example")
    assert memberships.get_role(town.city, "crew") == crew

    def remove() -> str:
        role = Role.objects.get(jurisdiction=town.city, code="desk")
        return refused(lambda: memberships.remove_role(role, actor=town.ada), memberships.RoleInUse)

    desk = memberships.save_role(
        Role(jurisdiction=town.city, code="desk"), granted=["view"], actor=town.ada, name={"en": "Desk"}
    )
    member = Membership.objects.create(user=town.dev, jurisdiction=town.city, role=desk)
    assert remove() == "RoleInUse"
    member.delete()
    group = SignInGroup.objects.create(provider=provider, group="desk", role=desk)
    assert remove() == "RoleInUse"
    group.delete()
    invited = invitations.invite(town.city, "new@example.org", role=desk, department=None, actor=town.ada)
    assert remove() == "RoleInUse"
    invitations.cancel(invited, actor=town.ada)
    assert remove() == ""
    administrator = Role.objects.get(jurisdiction=town.city, code="administrator")
    with pytest.raises(memberships.LastAdministrator):
        memberships.save_role(administrator, granted=["view"], actor=town.ada)


def test_the_log_names_the_role_that_is_looked_through(town: Rivermark, crew: Role) -> None:
    unnamed = Role.objects.create(jurisdiction=town.city, code="desk", name={}, permissions=["view"])
    for role in (crew, unnamed):
        for department in (None, town.streets):
            memberships.record_seen_as(role, department, actor=town.ada)
    names = SetupChange.objects.filter(action="seen_as").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Crew", "Crew: Streets", "desk", "desk: Streets"]


def test_a_second_step_is_reset_where_the_city_may(town: Rivermark) -> None:
    assert memberships.reset_second_step(town.dev, town.city, actor=town.ada) is False
    assert not SetupChange.objects.filter(action="reset").exists()
    lakeside = factories.lakeside()
    role = factories.role(lakeside.city, "crew")
    Membership.objects.create(user=town.dev, jurisdiction=lakeside.city, role=role)
    with pytest.raises(memberships.WorksElsewhere):
        memberships.reset_second_step(town.dev, town.city, actor=town.ada)


def test_a_switch_of_cities_works_once_for_a_minute_and_for_who_works_there(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    with pytest.raises(city_switch.NotAMember):
        city_switch.start(town.dev, lakeside.city)

    def use(**columns: object) -> str:
        switch = city_switch.start(town.dev, town.city)
        CitySwitch.objects.filter(pk=switch.pk).update(**columns)
        return refused(lambda: city_switch.use(switch), city_switch.LinkExpired, city_switch.NotAMember)

    now = app_now()
    assert [use(expires_at=now + left) for left in (MOMENT, 0 * DAY)] == ["", "LinkExpired"]
    assert use(used_at=now) == "LinkExpired"
    assert use(jurisdiction=lakeside.city) == "NotAMember"
    User.objects.filter(pk=town.dev.pk).update(is_active=False)
    assert use(expires_at=now + DAY) == "NotAMember"


def test_single_sign_on_at_its_bounds(town: Rivermark) -> None:
    now = app_now()
    provider = sign_ins.save_provider(
        town.city, client_secret="", actor=town.ada, name="ID", server_url="https://id.example"
    )
    seen = sign_ins.seen_of(provider)
    sign_ins.save_provider(town.city, client_secret="", actor=town.ada, seen=seen, name="Our ID")
    with pytest.raises(ChangedMeanwhile):
        sign_ins.save_provider(town.city, client_secret="", actor=town.ada, seen=seen, name="Their ID")
    # Who wasn't asked about for longer than that signs in again.
    account = SignInAccount.objects.create(provider=provider, user=town.dev, subject="dev", checked_at=now)
    for late, left in ((0 * DAY, 1), (MOMENT, 0)):
        StaffSession.objects.all().delete()
        staff_sessions.record("key", town.dev, town.city)
        account.checked_at = now - sign_ins.TRUSTED_FOR - late
        sign_ins._end_if_too_old(account)
        assert StaffSession.objects.count() == left
    sign_ins.log_out(provider, {"jti": "1", "sub": "dev"})
    assert LogoutToken.objects.get().expires_at == now + DAY
    with pytest.raises(sign_ins.Replayed):
        sign_ins.log_out(provider, {"jti": "1", "sub": "dev"})


def test_an_account_of_the_provider_opens_the_one_it_was_said_to_be(town: Rivermark, crew: Role) -> None:
    provider = SignInProvider.objects.create(
        jurisdiction=town.city, name="ID", server_url="https://id.example", active=True
    )
    SignInGroup.objects.create(provider=provider, group="streets", role=crew, department=town.streets)
    said = sign_ins.Unconnected(provider.pk, town.dev.pk, "dev", ["streets"], "")
    wrong = [
        (sign_ins.Unconnected(provider.pk, town.dev.pk, "dev", ["parks"], ""), town.dev),
        (said, town.tom),
    ]
    assert [sign_ins.connect(*one) for one in wrong] == [False, False]
    inactive = User.objects.get(pk=town.dev.pk)
    inactive.is_active = False
    assert sign_ins.connect(said, inactive) is False
    SignInProvider.objects.update(active=False)
    assert sign_ins.connect(said, town.dev) is False
    SignInProvider.objects.update(active=True)
    assert sign_ins.connect(said, town.dev) is True
    assert sign_ins.connect(said, town.dev) is False


def test_all_notices_up_to_the_one_that_was_seen_are_read(town: Rivermark) -> None:
    first, second, third = (
        StaffNotice.objects.create(jurisdiction=town.city, user=town.dev, kind="job_done") for _ in range(3)
    )
    staff_notices.mark_all_read(town.dev, town.city, up_to=second.pk)
    assert list(staff_notices.unread(town.dev, town.city)) == [third]
    assert first.pk < second.pk
