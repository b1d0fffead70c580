"""Colleagues named in a note as @handle are notified, if they may read it; a name of nobody is said, and the note is kept."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import Comment, Mention, ServiceRequest, StaffNotice, User
from requests_app.rules.work import mentions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.5")]


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers={"where": "lane"})


def send(client: Client, made: ServiceRequest, text: str, **typed: str) -> str:
    url = reverse("staff_app:action", args=[made.reference, "note"])
    page = client.post(url, {"text": text, **typed}, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def notified() -> list[str]:
    factories.run_worker()
    return list(
        StaffNotice.objects.filter(kind="mentioned").order_by("user__name").values_list("user__name", flat=True)
    )


def test_a_colleague_named_in_a_note_is_notified_and_linked(town: Rivermark, tom: Client, hole: ServiceRequest) -> None:
    html = send(tom, hole, "Please look, @dev. <b>Mail</b> ask@dev.example.")
    link = f"{reverse('staff_app:queue')}?assignee={town.dev.pk}"
    assert f'<a href="{link}">@dev</a>. &lt;b&gt;Mail&lt;/b&gt; ask@dev.example' in html
    assert notified() == ["Dev"]


def test_one_chosen_from_the_list_is_named_in_the_note(town: Rivermark, tom: Client, hole: ServiceRequest) -> None:
    page = tom.get(reverse("staff_app:action", args=[hole.reference, "note"])).content.decode()
    assert '<option value="@dev" label="Dev">' in page
    send(tom, hole, "Please look.", tell="@dev")
    assert Comment.objects.get(service_request=hole, kind="note").text == "@dev Please look."
    assert notified() == ["Dev"]


def test_a_name_of_nobody_is_said_and_the_note_is_kept(town: Rivermark, tom: Client, hole: ServiceRequest) -> None:
    html = send(tom, hole, "For @pia and @nobody and @tom.")
    assert "@pia, @nobody" in html, "Pia works for Parks and can’t see it"
    assert Comment.objects.filter(service_request=hole, kind="note").exists()
    assert notified() == [], "nor oneself"


def test_names_that_several_have_name_nobody(town: Rivermark, hole: ServiceRequest) -> None:
    for email, name in (("s.lee@x.example", "Sam Lee"), ("s.ray@x.example", "Sam Ray")):
        user = User.objects.create_user(email, name=name)
        user.memberships.create(jurisdiction=town.city, department=town.streets, role=factories.role(town.city, "crew"))
    found = mentions.find([hole], "@sam @SamLee @s.ray, @sam.ray.", audience="department")
    assert {handle: user.name for handle, user in found.users.items()} == {"SamLee": "Sam Lee", "s.ray": "Sam Ray"}
    assert found.unknown == ["sam"]


def test_a_contractor_is_named_only_in_notes_that_they_read(
    town: Rivermark, tom: Client, hole: ServiceRequest, signed_in: Callable[[User], Client]
) -> None:
    con = factories.staff("Con", "contractor", town.city, town.streets)
    ServiceRequest.objects.filter(pk=hole.pk).update(assignee=con)
    send(tom, hole, "Secret, @con.")
    assert notified() == []
    send(tom, hole, "For you, @con.", audience="everyone")
    assert notified() == ["Con"]
    assert Mention.objects.count() == 1
