"""What somebody does in one city changes no row of another and refers to none, though both have the same codes, names and people.

All of it happens in a city that was copied from an earlier one, so that what forgets the city meets the other one's rows first.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.db.models import ForeignKey, Model, UUIDField
from django.utils import timezone

from requests_app.actions.alarms.emergency_words import PHRASE
from requests_app.actions.alarms.rosters import ON_CALL
from requests_app.actions.answers import articles
from requests_app.actions.answers.notices import NOTICE
from requests_app.actions.figures import daily_load, value_counts
from requests_app.actions.people import (
    city_switch,
    invitations,
    leaves,
    memberships,
    sign_ins,
    staff_notices,
    staff_sessions,
    ways_back,
)
from requests_app.actions.privacy import erasures
from requests_app.actions.programs import api_key_requests, sandbox, webhooks
from requests_app.actions.promises import silence
from requests_app.actions.report import offline_submission
from requests_app.actions.routing import drafts as routing_drafts
from requests_app.actions.routing import simulation, versions
from requests_app.actions.setup import (
    catalog_order,
    catalog_versions,
    departments,
    failed_tasks,
    go_live,
    listed_reasons,
    retirements,
    service_drafts,
    test_reports,
)
from requests_app.actions.setup import (
    city as city_actions,
)
from requests_app.actions.shared import search_index, setup_rows, verify_email
from requests_app.actions.truth import ending_checks
from requests_app.actions.work import holds, saved_views, tasks
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.actions.work.macros import MACRO
from requests_app.clock import app_now
from requests_app.models import (
    AnswerTemplate,
    ApiKey,
    ApiKeyRequest,
    Area,
    Article,
    ArticleTopic,
    Calendar,
    Category,
    CitySwitch,
    ContactPoint,
    DailyLoad,
    Department,
    Draft,
    EmergencyPhrase,
    EndingCheck,
    EndingSample,
    Event,
    GazetteerEntry,
    IdempotencyKey,
    Invitation,
    Jurisdiction,
    Leave,
    ListedReason,
    Macro,
    Membership,
    Notice,
    OnCall,
    OneTimeLink,
    OutboxRow,
    OutsideStatus,
    Person,
    Role,
    RoutingSimulation,
    SavedView,
    SavedViewPin,
    SearchDocument,
    Service,
    ServiceApproval,
    ServiceDraft,
    ServiceRequest,
    SetupChange,
    SignInAccount,
    SignInProvider,
    StaffNotice,
    StaffSession,
    Team,
    User,
    ValueCount,
    WebhookDelivery,
)
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.rules.work import saved_views as views
from tests import factories
from tests.planted import VISITOR, Planted, kept_for_a_module
from tests.twin import APART, SHARED, plant_twins, tables

M = TypeVar("M", bound=Model)
DAY = dt.timedelta(days=1)
# Of copies that a test adds to the city.
NUMBERS = itertools.count(APART + APART // 2)
BOTH = {"en": "Only there", "es": "Solo allá"}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        with transaction.atomic():
            plant_twins()
            # Here, the staff of each city are its own.
            Membership.objects.filter(pk__gte=5 * APART).delete()
            connection.run_on_commit.clear()
        yield planted


def twin(row: M) -> M:
    """The copy of a row, in the city where everything happens."""
    return type(row)._default_manager.get(pk=row.pk + APART)


def made(model: type[M], city: Jurisdiction, **columns: Any) -> M:
    """A row of this city, or of the other one, that is there before anything happens."""
    number = {"pk": next(NUMBERS)} if is_ours(city.pk) else {}
    return model._default_manager.create(**number, **columns)


def is_ours(pk: Any) -> bool:
    return isinstance(pk, int) and APART <= pk < 2 * APART


def all_rows() -> dict[str, dict[Any, str]]:
    """By table and number, a hash of each row. Drafts have drawn numbers, which don't say whose they are."""
    found = {}
    with connection.cursor() as cursor:
        for table, model in tables().items():
            if table not in SHARED and not isinstance(model._meta.pk, UUIDField):
                key = model._meta.pk.column
                cursor.execute(f'SELECT "{key}", md5(one::text) FROM {table} one')  # noqa: S608
                found[table] = dict(cursor.fetchall())
    return found


def changed_elsewhere(before: dict[str, dict[Any, str]], after: dict[str, dict[Any, str]]) -> list[str]:
    """The rows of other cities that were changed or are gone."""
    return [
        f"{table} {pk}"
        for table, rows in before.items()
        for pk, row in rows.items()
        if not is_ours(pk) and after[table].get(pk) != row
    ]


def refers_elsewhere(before: dict[str, dict[Any, str]], after: dict[str, dict[Any, str]]) -> list[str]:
    """The new and changed rows that refer to a row of another city."""
    found = []
    for table, model in tables().items():
        changed = [pk for pk, row in after.get(table, {}).items() if before[table].get(pk) != row]
        for field in model._meta.concrete_fields if changed else ():
            target = field.related_model._meta.db_table if isinstance(field, ForeignKey) else ""
            others = {pk for pk in before.get(target, ()) if not is_ours(pk)}
            values = model._default_manager.filter(pk__in=changed).values_list("pk", field.attname) if others else ()
            found += [f"{table} {pk}: {field.name} {value}" for pk, value in values if value in others]
    return found


def newest(kind: str) -> SetupChange:
    """Of what was changed in this test: its number is drawn, and lower than those of copies."""
    return SetupChange.objects.filter(kind=kind, pk__lt=APART).latest("pk")


# --- What is done. Before the yield: what both cities have, or only the other one ---------------------------------------


def of_alarms(planted: Planted) -> Iterator[None]:
    city, ada = twin(planted.cast.city), twin(planted.staff["ada"])
    yield
    mine = EmergencyPhrase.objects.get(jurisdiction=city, phrase="smell gas")
    PHRASE.remove(mine.pk, actor=ada)
    PHRASE.add(EmergencyPhrase(jurisdiction=city, language="en"), phrase="smell gas", actor=ada)
    entry = OnCall.objects.get(jurisdiction=city)
    ON_CALL.change(entry.pk, actor=ada, phone="555-0111")
    ON_CALL.undo(newest("on_call"), actor=ada)


def of_answers(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    factories.article(first, "only-there", "Only there")
    for one in (first, city):
        made(ArticleTopic, one, jurisdiction=one, code="roads", name=BOTH)
    mine = Notice.objects.get(jurisdiction=city)
    Notice.objects.exclude(pk=mine.pk).update(ends_at=app_now() + 100 * DAY)
    yield
    draft = {"title": BOTH, "body": BOTH}
    assert articles.create(city, draft, owner=None, review_on=None, actor=ada).code == "only-there"
    potholes = Article.objects.get(jurisdiction=city, code="potholes")
    draft = {**articles.draft_of(potholes), **draft, "topic": "roads"}
    articles.save_draft(potholes.pk, draft, owner=None, review_on=None, seen=None, actor=ada)
    published = articles.publish(potholes.pk, actor=ada)
    assert published.topic is not None
    assert list(published.services.all()) == [twin(planted.cast.pothole.service)]
    drafted = Article.objects.get(jurisdiction=city, code="not-yet")
    assert [one.jurisdiction for one in articles.versions(drafted)] == [city]
    area = Area.objects.get(jurisdiction=city, layer="ward")
    tree = twin(planted.cast.tree.service)
    for columns in ({"place": "service", "service": tree}, {"place": "area", "service": None, "area": area}):
        NOTICE.change(mine.pk, actor=ada, **columns)
        NOTICE.change(mine.pk, actor=ada, words=BOTH)
        NOTICE.undo(newest("notice"), actor=ada)
    assert Jurisdiction.objects.get(pk=city.pk).notices_until == Notice.objects.get(pk=mine.pk).ends_at


def of_figures(planted: Planted) -> Iterator[None]:
    first, city = planted.cast.city, twin(planted.cast.city)
    today = app_now().astimezone(first.zone).date()
    ended = planted.requests["ended"]
    ServiceRequest.objects.filter(pk=ended.pk).update(submitted_at=app_now() - 40 * DAY, resolved_at=app_now() - DAY)
    ServiceRequest.objects.filter(pk=twin(planted.public).pk).update(submitted_at=app_now() - 40 * DAY)
    for days in (1, 2000):
        DailyLoad.objects.create(
            jurisdiction=first, day=today - days * DAY, service=planted.cast.tree.service, submitted=1
        )
        ValueCount.objects.create(jurisdiction=first, measure="report", day=today - days * DAY, part="web", value=7)
    yield
    # The city has no days yet, so they go far back.
    daily_load.record(city)
    assert DailyLoad.objects.filter(jurisdiction=city, day=today - 40 * DAY, submitted=1).exists()
    value_counts.record(city)
    assert ValueCount.objects.filter(jurisdiction=city, measure="report", day=today - 40 * DAY).exists()


def of_people(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    # Dev works in both cities, and has the same of everything in both.
    dev, pia = twin(planted.staff["dev"]), twin(planted.staff["pia"])
    now, today = app_now(), timezone.localdate()
    for one, streets in ((first, planted.cast.streets), (city, twin(planted.cast.streets))):
        role = Role.objects.get(jurisdiction=one, code="crew")
        Membership.objects.filter(jurisdiction=one, user=dev).delete()
        made(Membership, one, jurisdiction=one, user=dev, role=role, department=streets, is_from_group=True)
        Team.objects.get(department=streets, code="crew-1").members.add(dev)
        made(OnCall, one, jurisdiction=one, department=streets, user=dev)
        made(Leave, one, jurisdiction=one, user=dev, starts_on=today, ends_on=today, stand_in=None)
        made(Leave, one, jurisdiction=one, user=pia, starts_on=today, ends_on=today, stand_in=dev)
        made(
            Invitation, one, jurisdiction=one, email="new@example.org", role=role, invited_by=dev, expires_at=now + DAY
        )
        made(CitySwitch, one, user=dev, jurisdiction=one, expires_at=now + DAY)
        provider = made(SignInProvider, one, jurisdiction=one, name="City ID", server_url="https://id.example")
        made(SignInAccount, one, provider=provider, user=dev, subject="dev", checked_at=now)
        made(ApiKey, one, jurisdiction=one, name="Dev’s app", prefix=f"d{one.pk}", key_hash=f"d{one.pk}", acts_as=dev)
        StaffSession.objects.create(session_key=f"s{one.pk}", user=dev, jurisdiction=one, provider_session="P1")
        StaffNotice.objects.filter(jurisdiction=one, user=dev).delete()
        made(StaffNotice, one, jurisdiction=one, user=dev, kind="job_done", created_at=now)
    # By hand in the other city, and Pia here.
    Membership.objects.filter(jurisdiction=first, user=dev).update(is_from_group=False)
    for one, by_group in ((first, True), (city, True), (city, False)):
        role = Role.objects.get(jurisdiction=one, code="triage" if by_group else "crew")
        made(Membership, one, jurisdiction=one, user=pia, role=role, is_from_group=by_group)
        if by_group:
            provider = SignInProvider.objects.get(jurisdiction=one)
            made(SignInAccount, one, provider=provider, user=pia, subject="pia", checked_at=now)
    turned = planted.requests["turned"]
    ServiceRequest.objects.filter(pk__in=[turned.pk, twin(turned).pk]).update(assignee=dev)
    con = twin(planted.staff["con"])
    triage = Role.objects.get(jurisdiction=first, code="triage")
    Invitation.objects.create(jurisdiction=first, email=con.email, role=triage, invited_by=ada, expires_at=now + DAY)
    strange = made(CitySwitch, city, user=planted.staff["tom"], jurisdiction=city, expires_at=now + DAY)
    yield
    with pytest.raises(city_switch.NotAMember):
        city_switch.start(twin(planted.staff["tom"]), first)
    with pytest.raises(city_switch.NotAMember):
        city_switch.use(strange)
    memberships.end_access(con, city, actor=ada)
    ways_back.bring_back(con, city, actor=ada)
    assert staff_sessions.users_of(city, "P1") == [dev.pk]
    assert staff_notices.unread(dev, city).count() == 1
    staff_notices.mark_all_read(dev, city, up_to=StaffNotice.objects.latest("pk").pk)
    sign_ins.save_provider(city, client_secret="", actor=ada, name="Our ID")
    provider = SignInProvider.objects.get(jurisdiction=city)
    sign_ins._leave(SignInAccount.objects.get(provider=provider, user=dev))
    # Nothing stays here, also where the other city gave a role by hand; and what went was this city's.
    assert not dev.teams.filter(department__jurisdiction=city).exists()
    gone = newest("person").before or {}
    assert (gone["by_group"], len(gone["teams"])) == (["crew (PW)"], 1)
    sign_ins._leave(SignInAccount.objects.get(provider=provider, user=pia))
    assert [one.jurisdiction for one in StaffSession.objects.filter(user=dev)] == [first]
    desk = SetupChange.objects.filter(jurisdiction=city, kind="role", key="desk", action="changed").latest("pk")
    ways_back.undo_role(desk, chosen=[], actor=ada)


def of_new_people(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    tom, dev, today = twin(planted.staff["tom"]), twin(planted.staff["dev"]), timezone.localdate()
    sent = {"jurisdiction": first, "role": first.roles.get(code="crew"), "invited_by": planted.staff["ada"]}
    Invitation.objects.bulk_create(
        Invitation(**sent, email=f"new{number}@example.org", expires_at=app_now() + DAY)
        for number in range(invitations.A_DAY_MAX)
    )
    Leave.objects.create(jurisdiction=first, user=tom, starts_on=today, ends_on=today, stand_in=None)
    Leave.objects.create(jurisdiction=first, user=dev, starts_on=today, ends_on=today, stand_in=None)
    cal = twin(planted.staff["cal"])
    User.objects.filter(pk=cal.pk).update(is_active=False)
    Membership.objects.create(jurisdiction=first, user=tom, role=first.roles.get(code="crew"))
    Role.objects.create(jurisdiction=first, code="only_there", name=BOTH, permissions=["view"])
    yield
    # Whom the other city has invited, or employs, isn't known here, and what it has sent today isn't counted.
    for email in ("new1@example.org", planted.staff["sue"].email, cal.email):
        invited = invitations.invite(city, email, role=city.roles.get(code="crew"), department=None, actor=ada)
    assert invitations.invited_user(invited) is None
    # They are away there, and nobody from there is a stand-in here.
    leaves.add(city, tom, starts_on=today, ends_on=today, stand_in=dev, actor=ada)
    for stranger in (planted.staff["cal"], cal):
        with pytest.raises(leaves.NoColleague):
            leaves.add(city, dev, starts_on=today, ends_on=today, stand_in=stranger, actor=ada)
    assert memberships.get_role(city, "only_there") is None
    assert memberships.written_person(tom, city)["roles"] == ["triage (PW)"]


def of_programs(planted: Planted) -> Iterator[None]:
    first, city = planted.cast.city, twin(planted.cast.city)
    address = "only.there@example.org"
    person = Person.objects.create(jurisdiction=first)
    point = ContactPoint.objects.create(person=person, kind="email", value=address, normalized=address)
    ApiKeyRequest.objects.create(
        jurisdiction=first, contact_point=point, state="waiting", proved_at=app_now(), name="Bus app", scopes=["report"]
    )
    for one, code, active in ((first, "frost", True), (city, "a-old", False), (city, "mud", True)):
        made(ListedReason, one, jurisdiction=one, kind="hold", code=code, words=BOTH, active=active)
    test = twin(planted.requests["test"])
    yield
    api_key_requests.send_own_keys_link(city, address, language="en", visitor_hash="")
    assert not OneTimeLink.objects.filter(contact_point__normalized=address).exists()
    sandbox.advance(test.pk, sandbox.Step("accept"))
    sandbox.advance(test.pk, sandbox.Step("hold"))
    assert ServiceRequest.objects.get(pk=test.pk).hold_reason == "mud"
    public = twin(planted.public)
    event = Event.objects.filter(service_request=public, kind="resolved").latest("pk")
    webhooks.match_row(OutboxRow(service_request=public, event=event))
    told = WebhookDelivery.objects.filter(event=event)
    assert {one.webhook for one in told} <= {twin(planted.webhook), twin(planted.listener)}
    assert told.exists()


def of_reports(planted: Planted) -> Iterator[None]:
    city, key = twin(planted.cast.city), "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    Draft.objects.filter(pk=planted.drafts["details"].pk).update(idempotency_key=key)
    IdempotencyKey.objects.create(scope="draft", key=key, body_hash="", service_request=planted.public)
    point = ContactPoint.objects.filter(person=twin(planted.links["public"].person), kind="email").earliest("pk")
    email = {"contact": {"email": point.normalized}}
    Draft.objects.filter(pk=planted.drafts["contact"].pk).update(typed=email)
    silent = {"last_public_message_at": app_now() + DAY}
    ServiceRequest.objects.filter(pk__in=[planted.public.pk, twin(planted.public).pk]).update(**silent)
    yield
    assert offline_submission.find(city, visitor=VISITOR, key=key) is None
    assert offline_submission.link_for_key(city, key) is None
    link = OneTimeLink.objects.create(
        jurisdiction=city, purpose="sign_in", contact_point=point, expires_at=app_now() + DAY
    )
    ContactPoint.objects.filter(normalized=point.normalized).update(verified_at=None)
    verify_email.use(link)
    verified = ContactPoint.objects.exclude(verified_at=None).filter(normalized=point.normalized)
    assert set(verified.values_list("person__jurisdiction", flat=True)) == {city.pk}
    ContactPoint.objects.filter(normalized=point.normalized).update(verified_at=None)
    erasures.erase(point, reports_too=False)
    assert Draft.objects.filter(pk=planted.drafts["contact"].pk).exists()
    assert silence.end_answered(city) == 1


def of_routing(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    rules = [{"name": "Holes", "when": {"services": ["pothole"]}, "department": "PW"}]
    open_rule = {"name": "Open", "when": {"working_hours": {"calendar": "office"}}, "department": "PK"}
    versions.publish(first, rules, actor=None)
    for number in range(simulation.KEPT_MAX):
        RoutingSimulation.objects.create(
            pk=3 * APART + number, jurisdiction=first, base_rules=[], rules=[], since=app_now(), until=app_now()
        )
    # Never open here; the other city's row was written last.
    Calendar.objects.filter(jurisdiction=city, code="office").update(hours={}, holidays={})
    Calendar.objects.filter(jurisdiction=first, code="office").update(always=True)
    yield
    draft = routing_drafts.draft_of(city)
    assert draft is not None
    assert draft.jurisdiction == city
    routing_drafts.change(city, lambda _old: [open_rule], seen=routing_drafts.Seen(draft.revision, 1), actor=ada)
    routing_drafts.publish(city, seen=routing_drafts.Seen(draft.revision + 1, 1), note="", actor=ada)
    tried = simulation.start(city, [open_rule], actor=ada)
    assert RoutingSimulation.objects.filter(jurisdiction=city).count() == 2
    simulation.replay_batch(tried)
    routed = ServiceRequest.objects.filter(jurisdiction=city, is_test=False)
    assert tried.replayed == routed.exclude(public_state="unconfirmed").count()
    assert {row["rule"] for row in tried.by_rule} == {simulation.NO_RULE}
    # Who comes too late reads what was in use here when they began.
    versions.publish(city, rules, actor=ada)
    with pytest.raises(routing_drafts.Conflict) as late:
        routing_drafts.publish(city, seen=routing_drafts.Seen(0, 2), note="", actor=ada)
    assert late.value.before is not None
    assert [rule["name"] for rule in late.value.before] == ["Open"]


def of_services(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    tree, light = (Service.objects.get(jurisdiction=city, service_code=code) for code in ("tree", "light"))
    factories.department(first, "XX", "Only there")
    factories.service(first, "only-there", of=planted.cast.parks)
    ServiceDraft.objects.create(jurisdiction=first, service_code="drafted-there", written={}, edited_by=ada, revision=1)
    Category.objects.filter(jurisdiction=first).update(order=40)
    Service.objects.filter(jurisdiction=first).update(order=40)
    Service.objects.filter(jurisdiction=city).update(order=0)
    for one in (first, city):
        mine = Service.objects.filter(jurisdiction=one)
        article = Article.objects.get(jurisdiction=one, code="potholes")
        # The other city's row was written last.
        Article.objects.filter(jurisdiction=first).update(by_address="")
        made(Article.services.through, one, article=article, service=mine.get(service_code="light"))
        mine.filter(service_code__in=["swings", "needles"]).update(active=False)
        for code in ("tree", "swings"):
            made(
                ServiceApproval, one, service=mine.get(service_code=code), kind="emergency", user=ada,
                at=app_now() - 30 * DAY, review_by=timezone.localdate() + DAY,
            )  # fmt: skip
    yield
    go_live.notify_of_endings(city)
    noticed = ServiceApproval.objects.filter(service__jurisdiction=city).exclude(notified_on=None)
    assert [one.service.service_code for one in noticed] == ["tree"]
    last = Category.objects.filter(jurisdiction=city).latest("order").order
    added = catalog_order.add_category(city, code="new", actor=ada, name=BOTH)
    assert added.order == last + 1
    catalog_order.move_category(city, added.pk, "up", actor=ada)
    # Between them would be one that isn't offered.
    catalog_order.move_service(city, "pothole", "up", actor=ada)
    assert orders(city)["pothole"] < orders(city)["light"]
    draft = ServiceDraft.objects.get(jurisdiction=city, service_code="tree")
    # A draft remembers the change that made it by its number, which is still the other city's.
    assert service_drafts.seen(draft, tree, revision=draft.revision, base=1) == {}
    service_drafts.publish(city, "tree", revision=draft.revision, actor=ada)
    for code in ("only-there", "drafted-there"):
        service_drafts.create(city, {**written_service(tree), "service_code": code}, actor=ada)
    elsewhere = {**written_service(tree), "department": "XX"}
    assert [one["loc"] for one in service_drafts.problems(city, elsewhere)] == [("department",)]
    new = ServiceDraft.objects.get(jurisdiction=city, service_code="only-there")
    place = Service.objects.filter(jurisdiction=city).latest("order").order
    assert service_drafts.publish(city, "only-there", revision=new.revision, actor=ada).order == place + 1
    tree.refresh_from_db()
    catalog_versions.publish(tree, {**written_service(tree), "name": BOTH})
    catalog_versions.set_targets(tree, {"resolve": {"value": 3, "unit": "hours", "calendar": "office"}})
    with pytest.raises(retirements.CannotRetire):
        retirements.retire(light, successor=planted.cast.tree.service, moves_requests=False, actor=ada)
    swings = Service.objects.get(jurisdiction=city, service_code="swings")
    with pytest.raises(retirements.CannotRetire):
        retirements.retire(light, successor=swings, moves_requests=False, actor=ada)
    closed = Department.objects.create(
        jurisdiction=city, code="XX", name=BOTH, calendar=twin(planted.cast.streets.calendar)
    )
    rules = [{"name": "Lights", "when": {"services": ["light"]}, "department": "XX"}]
    versions.publish(city, rules, actor=ada)
    retirements.retire(light, successor=tree, moves_requests=False, actor=ada)
    Department.objects.filter(pk=closed.pk).update(active=False)
    assert retirements.bring_back(light, actor=ada).rules.stay == ["Lights"]
    assert Article.objects.get(jurisdiction=city, code="potholes") in light.articles.all()
    search_index.index_catalog(city)
    assert not SearchDocument.objects.filter(kind="service", object_id=swings.pk).exists()
    search_index.index_all_requests(city)
    pothole = written_service(twin(planted.cast.pothole.service))
    service_drafts.save(city, "pothole", {**pothole, "name": BOTH}, revision=0, base=1, actor=ada)


def orders(city: Jurisdiction) -> dict[str, int]:
    return dict(Service.objects.filter(jurisdiction=city).values_list("service_code", "order"))


def of_setup(planted: Planted) -> Iterator[None]:
    first, city, ada = planted.cast.city, twin(planted.cast.city), twin(planted.staff["ada"])
    streets, parks, sue = twin(planted.cast.streets), twin(planted.cast.parks), twin(planted.staff["sue"])
    ListedReason.objects.create(jurisdiction=first, kind="cannot_do", code="only-there", words=BOTH, order=30)
    for order, code in enumerate(("one", "two"), start=5):
        for one in (first, city):
            made(ListedReason, one, jurisdiction=one, kind="cannot_do", code=code, words=BOTH, order=order)
    both = ListedReason.objects.get(jurisdiction=city, code="two")
    # Added today there, and long ago here.
    SetupChange.objects.create(jurisdiction=first, kind="reason", key="two", action="added", user=ada)
    fresh = made(ListedReason, city, jurisdiction=city, kind="cannot_do", code="fresh", words=BOTH, order=0)
    SetupChange.objects.create(jurisdiction=city, kind="reason", key="fresh", action="added", user=ada)
    Event.objects.create(jurisdiction=first, service_request=planted.public, kind="resolved", data={"reason": "fresh"})
    GazetteerEntry.objects.create(
        jurisdiction=first, label="9 Lake Rd", kind="address", search_key="9 lake rd", point=factories.at(-69.04, 40.46)
    )
    people = ContactPoint.objects.filter(person__jurisdiction=first).earliest("pk")
    mine = ContactPoint.objects.filter(person__jurisdiction=city).earliest("pk")
    for number, (one, request, point) in enumerate(
        ((first, planted.public, people), (city, twin(planted.public), mine))
    ):
        for about in ({"jurisdiction": one}, {"service_request": request}, {"recipient": point}):
            key = f"{number} {list(about)}"
            made(OutboxRow, one, kind="hash_photo", dedupe_key=key, last_error="x", dead_at=app_now(), **about)
    made(OutboxRow, city, kind="hash_photo", dedupe_key="all", last_error="x", dead_at=app_now())
    # Two who have the same role in another department of the city, and another role in this one.
    crew, triage = (city.roles.get(code=code) for code in ("crew", "triage"))
    desk = Department.objects.get(jurisdiction=city, code="311")
    moved = Membership.objects.get(user=twin(planted.staff["dev"]), jurisdiction=city)
    made(Membership, city, user=moved.user, jurisdiction=city, role=moved.role, department=desk)
    made(Membership, city, user=moved.user, jurisdiction=city, role=triage, department=parks)
    yield
    assert crew == moved.role
    new = listed_reasons.add(city, "cannot_do", text=BOTH, appeal={}, actor=ada)
    assert (new.code, new.order) == ("only-there", 7)
    listed_reasons.move(both.pk, up=True, actor=ada)
    with pytest.raises(listed_reasons.InUse):
        listed_reasons.remove(both.pk, actor=ada)
    listed_reasons.remove(fresh.pk, actor=ada)
    assert failed_tasks.retry(city, kind="hash_photo", error="x", note="", actor=ada) == 4
    assert test_reports._point(city, "9 Lake Rd") == city.boundary.point_on_surface
    city_actions.change_city(city.pk, "look", {"card": b"\x89PNG other"}, actor=ada)
    departments.DEPARTMENT.change(streets.pk, actor=ada, head=sue)
    departments.DEPARTMENT.change(streets.pk, actor=ada, email="new@example.org")
    departments.DEPARTMENT.undo(newest("department"), actor=ada)
    departments.move_everything(streets, parks, actor=ada)
    assert Membership.objects.get(pk=moved.pk).department == parks
    seen = setup_rows.fingerprint({})
    changes = setup_rows.changes_since(city, "person", twin(planted.staff["dev"]).pk, seen)
    assert {one.jurisdiction for one in changes} <= {city}


def of_truth(planted: Planted) -> Iterator[None]:
    city = twin(planted.cast.city)
    Jurisdiction.objects.update(checked_endings=5)
    city.refresh_from_db()
    week = ending_checks.last_week(city)
    ended = dt.datetime.combine(week + DAY, dt.time(12), city.zone)
    streets, parks = twin(planted.cast.streets), twin(planted.cast.parks)
    closed = Department.objects.get(jurisdiction=city, code="311")
    Department.objects.filter(pk=closed.pk).update(active=False)
    sue = twin(planted.staff["sue"])
    User.objects.filter(pk=sue.pk).update(is_active=False)
    EndingSample.objects.create(
        jurisdiction=planted.cast.city, department=planted.cast.streets, week=week, seed="0", wanted=5, endings=0,
        other_endings=0,
    )  # fmt: skip
    every = ServiceRequest.objects.filter(public_state="public", is_test=False)
    every.update(status="resolved", disposition="fixed", submitted_at=ended, resolved_at=ended, duplicate_of=None)
    # Merged into another department's, which answers for both.
    merged, into = (twin(planted.requests[one]).pk for one in ("joined", "parks"))
    ServiceRequest.objects.filter(pk=merged).update(disposition="duplicate", duplicate_of=into, resolved_at=ended)
    yield
    ending_checks.draw_due(city)
    drawn = EndingCheck.objects.filter(sample__jurisdiction=city, sample__week=week)
    assert drawn.exists()
    for check in drawn:
        told = check.service_request.duplicate_of or check.service_request
        assert told.department == check.sample.department
        assert check.checker != sue
    assert {one.sample.department for one in drawn} == {streets, parks}
    assert not EndingSample.objects.filter(department=closed, week=week).exists()


def of_work(planted: Planted) -> Iterator[None]:
    first, city, ada, sue = (
        planted.cast.city,
        twin(planted.cast.city),
        twin(planted.staff["ada"]),
        twin(planted.staff["sue"]),
    )
    today = timezone.localdate()
    for one in (planted.requests["parks"], twin(planted.requests["parks"])):
        holds.hold(one.pk, reason="weather", until=today - DAY, actor=None)
    for number in range(views.PINNED_MAX):
        view = SavedView.objects.create(jurisdiction=first, owner=sue, name=str(number), query=[], audience="me")
        SavedViewPin.objects.create(user=sue, view=view)
    for department, state in ((planted.cast.streets, "done"), (twin(planted.cast.streets), "open")):
        OutsideStatus.objects.create(department=department, words="Closed", state=state)
    yield
    assert holds.end_overdue_holds(city) == 1
    view = SavedView.objects.filter(jurisdiction=city, owner=sue).exclude(pins__user=sue).earliest("pk")
    saved_views.pin(view, actor=sue)
    task = tasks.link_order(
        twin(planted.task).pk, tasks.OutsideOrder("1", "https://orders.example/1", "Closed"), actor=sue
    )
    assert task.state == "open"
    template, macro = AnswerTemplate.objects.get(jurisdiction=city), Macro.objects.get(jurisdiction=city)
    TEMPLATE.change(template.pk, actor=ada, service=twin(planted.cast.tree.service))
    TEMPLATE.change(template.pk, actor=ada, words=BOTH)
    TEMPLATE.undo(newest("template"), actor=ada)
    MACRO.change(macro.pk, actor=ada, owner=None, department=twin(planted.cast.streets))
    MACRO.change(macro.pk, actor=ada, name="Other")
    MACRO.undo(newest("macro"), actor=ada)


ACTS: dict[str, Callable[[Planted], Iterator[None]]] = {
    act.__name__.removeprefix("of_"): act
    for act in (
        of_alarms, of_answers, of_figures, of_new_people, of_people, of_programs, of_reports, of_routing, of_services,
        of_setup, of_truth, of_work,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_nothing_of_another_city_is_changed_or_referred_to(planted: Planted, db: None, name: str) -> None:
    steps = ACTS[name](planted)
    next(steps)
    before = all_rows()
    assert next(steps, None) is None
    after = all_rows()
    assert changed_elsewhere(before, after) == []
    assert refers_elsewhere(before, after) == []
    assert before != after
