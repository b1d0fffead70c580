"""What a page calls what rules and logs name by code: of this city, also where another has the same codes."""

import pytest

from requests_app.models import ArticleTopic, Role, Team, User
from requests_app.rules.shared import directory
from requests_app.rules.shared.names import Names
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_names_are_this_citys(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    for city, name in ((town.city, "Ours"), (lakeside.city, "Theirs")):
        factories.article(city, "trash", name)
        ArticleTopic.objects.create(jurisdiction=city, code="home", name={"en": name})
        Role.objects.create(jurisdiction=city, code="plower", name={"en": name}, permissions=["view"])
    factories.article(lakeside.city, "pier", "Pier")
    for of, name in ((town.streets, "Ours"), (lakeside.streets, "Theirs")):
        Team.objects.create(department=of, code="north", name={"en": name})
    Team.objects.create(department=lakeside.streets, code="lake", name={"en": "Lake"})
    names = Names(town.city)
    said = (names.article("trash"), names.topic("home"), names.role("plower"), names.team("PW", "north"))
    assert said == ("Ours",) * 4
    assert names.team(None, "north") == names.team("PK", "north") != "Ours"
    assert "Pier" not in names.article("pier")
    assert "Lake" not in names.team("PW", "lake")
    assert names.person(town.tom.email) == "Tom"
    assert names.person(lakeside.lou.email) == lakeside.lou.email


def test_colleagues_are_those_who_work_here(town: Rivermark) -> None:
    factories.lakeside()
    User.objects.filter(pk=town.dev.pk).update(is_active=False)
    known = directory.of(town.city, reload=True)
    assert [one.name for one in known.people] == ["Ada", "Cal", "Pia", "Tom"]
    assert not known.teams


def test_a_question_is_named_by_its_services_only_where_it_could_be_another(town: Rivermark) -> None:
    where = factories.question("where", "single", text="Where is it?", options=["lane"])
    factories.service(town.city, "sign", questions=[where])
    factories.service(town.city, "curb", questions=[{**where, "code": "place"}])
    names = Names(town.city)
    pothole = names.questions["pothole"]["where"].text
    # All of those asked for ask it, and nothing else in its words.
    assert names.question("where", ["pothole"]) == f"“{pothole}”"
    assert names.question("where", ["sign"]) == "“Where is it?”"
    assert names.question("where", ["sign", "curb"]) == "“Where is it?” (Sign)"
