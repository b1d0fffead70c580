"""A city with something of everything and distinctive private values in it, for tests that look for leaks."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.gis.geos import LineString
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from requests_app import api_keys, events, links
from requests_app.actions.contacts import call_backs, calls, contacts, letter_pages, transfers_911, voicemail
from requests_app.actions.following import followers, subscriptions
from requests_app.actions.people import memberships
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.programs import api_key_requests
from requests_app.actions.publication import moderation
from requests_app.actions.report import corrections, staff_reports, submission
from requests_app.actions.report import drafts as actions_drafts
from requests_app.actions.routing import drafts as routing_drafts
from requests_app.actions.routing import simulation, versions
from requests_app.actions.setup import draft_links, service_drafts, signs, telephone_links
from requests_app.actions.shared import setup_changes
from requests_app.actions.work import (
    assignment,
    conversation,
    endings,
    merges,
    progress,
    related_requests,
    reopenings,
    tasks,
)
from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    Alarm,
    AlarmCall,
    AnswerTemplate,
    ApiKey,
    ApiKeyRequest,
    Area,
    Article,
    ArticleFeedback,
    BasemapFeature,
    BulkJob,
    Calendar,
    CallBack,
    CityImage,
    CitySwitch,
    ClockSuspension,
    Comment,
    Contact,
    ContactCost,
    CounterDelta,
    Department,
    DeskLine,
    Draft,
    EndingCheck,
    EndingSample,
    Invitation,
    Jurisdiction,
    LayerImport,
    LayerRow,
    LetterPage,
    ListedReason,
    Macro,
    ModerationTerm,
    Notice,
    OnCall,
    OneTimeLink,
    OutboxRow,
    Person,
    Photo,
    PublicState,
    Role,
    SafetyNote,
    SavedView,
    SavedViewPin,
    Service,
    ServiceRequest,
    ServiceTest,
    ServiceVersion,
    ShortLink,
    SilenceQuestion,
    Snooze,
    Subscription,
    Task,
    Team,
    TelephoneLink,
    User,
    Webhook,
    WebhookDelivery,
)
from requests_app.rules.following.follow_target import FollowTarget
from requests_app.rules.publication.public_texts import public_texts
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.web import resident
from tests import factories, live
from tests.saved import empty_database, saved
from tests.voicemail import voicemail as email_of
from tests.voicemail import wav

# Private values, by what they are. No page contains these words otherwise.
CANARIES = {
    "reporter's name": "Zenobia O'Quillfeather",
    "reporter's e-mail": "zenobia.quill@canary-mail.example",
    "reporter's phone": "(617) 555-0147",
    "reporter's postal address": "9 Linsangpostal Row",
    "second reporter's name": "Bartholomew Yaxley-Finch",
    "second reporter's e-mail": "bart.yaxley@canary-mail.example",
    "follower's e-mail": "fay.wimbrel@canary-mail.example",
    "subscriber's e-mail": "sybil.hoopoe@canary-mail.example",
    "words of a colleague": "gerenukdraft by the depot",
    "internal note": "marmosetnote <says> & more",
    "note that names a colleague": "serowmention look here",
    "what a task says": "tamarintask dig carefully",
    "transfer reason": "ocelotreason moved",
    "triage reason": "tapirreason unknown",
    "question to the reporter": "axolotlquestion which gate",
    "reporter's answer": "pangolinanswer the north one",
    "words of a reopening": "wallabywords still broken",
    "hidden comment": "numbatcomment was public",
    "hidden words": "bandicootwords of a neighbor",
    "hidden words of a comment": "echidnawords and a plate",
    "hidden words of a photo": "wombatwords in the window",
    "staff answer": "quokkaanswer bent rim",
    "department answer": "dugonganswer gate code",
    "words before they were changed": "saolabefore by the old shed",
    "place before it was changed": "5923 Hawthorn",
    "place note": "okapinote behind the shed",
    "exact address of a coarse request": "4817 Juniper",
    "address of a private request": "77 Sorrowful Ln",
    "text of a private request": "kinkajouprivate sleeps there",
    "text of a staff request": "binturongstaff inside job",
    "text of a hidden request": "fossahidden named a neighbor",
    "text of a held request": "galagoheld waits for a look",
    "text of a report of distress": "tarsierdistress at home",
    "words of a 911 caller": "kodkodcaller next door",
    "number of a 911 event": "26-CARACARA7",
    "listed address": "troll.margay@canary-mail.example",
    "listed site": "margaylink.canary.example",
    "text of an unconfirmed request": "jerboaunconfirmed not sent",
    "text of a test request": "lorikeettest ignore",
    "text of an erased request": "noctuleerased forget me",
    "text of a draft": "potoodraft half typed",
    "contact in a draft": "uakari.draft@canary-mail.example",
    "unpublished article": "zorillaarticle not ready",
    "article's script": "kiwiscript says aloud",
    "question's script": "bilbyscript asked aloud",
    "article's note": "takahenote for colleagues",
    "what a resident missed": "kiwimissed opening hours",
    "article for staff": "kakaarticle gate codes",
    "article for a department": "wekaarticle keys of the shed",
    "article that has expired": "moaarticle of last winter",
    "routing rule": "Aardwolfrule by hand",
    "on-call person": "Caracaloncall Jones",
    "on-call phone": "(617) 555-0158",
    "on-call e-mail": "caracal.oncall@canary-mail.example",
    "api key's name": "Dikdikkey street app",
    "name of a view of one's own": "Kakapoview of mine",
    "words of a safety note": "servalnote loose dog",
    "number of a call that rings": "(617) 555-0174",
    "note of a contact": "numbatcontact asked for her sister",
    "number of a caller": "(617) 555-0173",
    "number to call back": "(617) 555-0174",
    "reason of a call-back": "potorooreason wants the inspector",
    "number of a voicemail": "(617) 555-0175",
    "transcript of a voicemail": "gundivoice about the collection",
    "words of a macro": "kowarimacro not ours",
    "words of a bulk job": "nilgaijob not ours",
    "staff name": "Tomasina Eiderdown",
    "staff e-mail": "tomasina.eiderdown@staff.canary.example",
    "second staff name": "Piaffe Gyrfalcon",
    "invited e-mail": "quetzal.invited@staff.canary.example",
    "second staff e-mail": "piaffe.gyrfalcon@staff.canary.example",
}
# The exact places of requests whose exact place is private: longitude and latitude.
SECRET_PLACES = {
    "coarse": (-69.012359, 40.512347),
    "private": (-68.987613, 40.487629),
    "staff": (-68.971357, 40.471359),
    "hidden": (-69.021473, 40.521479),
    "held": (-69.031591, 40.531597),
    "distress": (-69.033371, 40.533379),
    "transfer": (-69.035393, 40.535397),
    "unconfirmed": (-69.041617, 40.541613),
    "test": (-68.961731, 40.461739),
    "erased": (-68.951839, 40.451831),
    "turned": (-68.981937, 40.491931),
}
# When and where a public photo was taken, which its sender shared with the city only.
TAKEN_PLACE = (-69.017531, 40.517539)
TAKEN_AT = "2031-03-19"
# How a request can be kept from the public. Only "public" is fully public; "coarse" is public without its exact place.
NOT_PUBLIC = (
    "private", "turned", "staff", "hidden", "held", "distress", "transfer", "unconfirmed", "test", "erased",
)  # fmt: skip
ZENOBIA = Reporter(
    name=CANARIES["reporter's name"], email=CANARIES["reporter's e-mail"], phone=CANARIES["reporter's phone"]
)
BART = Reporter(name=CANARIES["second reporter's name"], email=CANARIES["second reporter's e-mail"])
# The day scheduled for the request that became private.
SECRET_DAY = "2031-02-17"
TELEPHONE_TOKEN = "planted-token-of-the-telephone-system"
VISITOR = "0123456789abcdef0123456789abcdef"


@dataclass
class Planted:
    """requests: one of each kind, by its public_state ("public", "private" …), and others by their story.

    staff: Tom, Pia and the others by first name; photos: by who may see them; links: Zenobia's, to what she reported;
    joiner_link: Bart's, to the public request, which he joined; drafts: one for each page of the report form.
    """

    cast: factories.Rivermark
    requests: dict[str, ServiceRequest]
    staff: dict[str, User]
    photos: dict[str, Photo]
    links: dict[str, AccessLink]
    joiner_link: AccessLink
    drafts: dict[str, Draft]
    sent_draft: Draft
    api_key: ApiKey
    # Acts for Sue.
    staff_key: ApiKey
    # Of the resident's address.
    own_key: ApiKey
    webhook: Webhook
    listener: Webhook
    delivery: WebhookDelivery
    key_request: ApiKeyRequest
    sign: ShortLink
    service_test: ServiceTest
    outbox_row: OutboxRow
    subscription: Subscription
    one_time_links: list[OneTimeLink]
    # Of the alarm about the public request, which is ringing.
    alarm_call: AlarmCall
    # Of Streets, about the public request.
    task: Task
    resident: str

    @property
    def public(self) -> ServiceRequest:
        return self.requests["public"]


def plant() -> Planted:
    planted = _plant_rows()
    for photo in planted.photos.values():
        _write(photo)
    for row in CallBack.objects.exclude(audio_name=""):
        default_storage.delete(voicemail.path_of(row))
        default_storage.save(voicemail.path_of(row), ContentFile(wav()))
    for page in LetterPage.objects.all():
        letter_pages.delete_files([page])
        for path in (page.path, page.small_path):
            default_storage.save(path, ContentFile(factories.jpeg(60, 80)))
    return planted


def _answer_survey(cast: factories.Rivermark) -> None:
    """As counters only, so that the public numbers have a table: enough answers about potholes, too few about a private service."""
    month = app_now().astimezone(cast.city.zone).date().replace(day=1)
    counts = {"fixed_yes": 4_711, "fixed_partly": 6, "fixed_no": 2, "treated_well_yes": 12}
    CounterDelta.objects.bulk_create(
        CounterDelta(
            jurisdiction=cast.city, measure=measure, day=month, service=version.service, public_state=state, delta=count
        )
        for version, state in ((cast.pothole, PublicState.PUBLIC), (cast.outreach, PublicState.PRIVATE))
        for measure, count in counts.items()
    )


@saved
def _plant_rows() -> Planted:
    cast = factories.rivermark()
    city, streets, parks = cast.city, cast.streets, cast.parks
    city.branding = {
        **city.branding,
        "seal_url": "data:image/svg+xml;base64,PHN2Zy8+",
        "images": {"card": "0123456789abcdef"},
    }
    _plant_layer_imports(city)
    CityImage.objects.create(jurisdiction=city, kind="card", version="0123456789abcdef", content=b"\x89PNG")
    # For map pictures: a street of one block.
    (longitude, latitude), wide = factories.ELM_ST, 0.002
    street = LineString((longitude - wide, latitude), (longitude + wide, latitude), srid=4326).transform(
        3857, clone=True
    )
    road = {"class": "street", "name": "Elm St"}
    BasemapFeature.objects.create(jurisdiction=city, layer="streets", properties=road, shape=street)
    city.basemap_version = 1
    city.save(update_fields=["branding", "basemap_version"])
    staff = _staff(cast)
    sue, pia = staff["sue"], staff["pia"]
    OnCall.objects.create(
        jurisdiction=city,
        department=streets,
        name=CANARIES["on-call person"],
        phone=CANARIES["on-call phone"],
        email=CANARIES["on-call e-mail"],
    )
    rules = [{"name": CANARIES["routing rule"], "when": {"services": ["pothole"]}, "department": streets.code}]
    versions.publish(city, rules, actor=None, note="As before")
    factories.article(city, "not-yet", CANARIES["unpublished article"], CANARIES["unpublished article"])
    crew = {
        "name": {"en": "Road Crew", "es": "Equipo Vial"},
        "phone": "555-0187",
        "email": "crew@roads.example",
        "takes_reports": True,
    }
    article = factories.article(city, "potholes", "How we fill potholes", "We fill them.", cast.pothole, contact=crew)
    type(article).objects.filter(code="not-yet").update(published=False)
    article.script = {"en": CANARIES["article's script"], "es": CANARIES["article's script"]}
    article.note = {"en": CANARIES["article's note"]}
    article.save(update_fields=["script", "note"])
    ArticleFeedback.objects.create(article=article, text=CANARIES["what a resident missed"], language="en")
    _plant_articles_for_staff(cast, article)
    factories.area(city)
    days = {"key": "collection_day", "label": {"en": "Trash", "es": "Basura"}, "kind": "weekday"}
    city.address_card = [{"layer": "ward", "name": {"en": "Your ward"}, "fields": [days]}]
    city.save(update_fields=["address_card"])
    Area.objects.filter(jurisdiction=city).update(attributes={"collection_day": {"en": "Friday", "es": "viernes"}})

    for kind, value in (
        # Sends one request to review.
        ("threat", CANARIES["text of a held request"].split()[0]),
        ("link", CANARIES["listed site"]),
        ("address", CANARIES["listed address"]),
    ):
        ModerationTerm.objects.create(jurisdiction=city, kind=kind, value=value, created_by=staff["ada"])
    requests = _requests(cast)
    factories.run_worker()
    for one in requests.values():
        one.refresh_from_db()
    _change_its_words(requests["coarse"])
    requests["triage"] = _in_triage(cast, sue)
    moderation.hide(requests["hidden"].pk, reason="personal_data", actor=sue)
    moderation.send_to_review(requests["distress"].pk, reason="distress")
    _force_state(requests)
    public = requests["public"]
    _tell_the_story(public, parks=parks, streets=streets, sue=sue, pia=pia)
    reason = {"en": "the budget is spent", "es": "se acabó el presupuesto"}
    ListedReason.objects.create(
        jurisdiction=city, kind="cannot_do", code="budget", words=reason, appeal={"en": "Ask the council."}
    )
    endings.resolve(requests["ended"].pk, disposition="cannot_do", reason="budget", text="Next year.", actor=sue)
    # Merged into a request that later became private, of which nothing may show.
    merges.merge(requests["joined"].pk, parent=requests["turned"], actor=sue)
    related_requests.relate(requests["parks"].pk, other=requests["turned"].pk, actor=staff["ada"])
    assignment.change_service(requests["turned"].pk, version=cast.outreach, actor=sue)
    progress.schedule(requests["turned"].pk, on=dt.date.fromisoformat(SECRET_DAY), actor=sue)
    # A draft that sends all of them elsewhere, and what it would have done.
    everything = {"name": "All to Parks", "when": {"channels": ["web", "phone", "api"]}, "department": parks.code}
    routing_drafts.change(
        city, lambda before: [everything, *before], seen=routing_drafts.Seen(0, 1), actor=staff["ada"]
    )
    simulation.start(city, [everything], actor=staff["ada"])
    factories.run_worker()
    for one in requests.values():
        one.refresh_from_db()

    crew = Team.objects.create(department=streets, code="crew-1", name={"en": "Crew 1", "es": "Cuadrilla 1"})
    crew.members.add(cast.dev)
    half_day = {"date": "2026-12-24", "every_year": True, "hours": "08:00-12:00", "name": {"en": "Christmas Eve"}}
    Calendar.objects.create(
        jurisdiction=city,
        code="office",
        hours={"mon": [["08:00", "17:00"]]},
        holidays={"country": "US", "extra": [half_day]},
    )
    subscription = subscriptions.subscribe(
        city,
        FollowTarget("Ward 5", area=Area.objects.get(jurisdiction=city, layer="ward", code="5")),
        email=CANARIES["subscriber's e-mail"],
        cadence="daily",
        language="en",
    )
    setup_changes.record(
        city,
        "article",
        "not-yet",
        actor=staff["ada"],
        before=None,
        after={"title": {"en": "Not yet"}, "body": {"en": "No."}},
    )
    macro = Macro.objects.create(
        jurisdiction=city,
        name="To Parks",
        owner=sue,
        key=1,
        steps=[{"verb": "transfer", "department": parks.code, "reason": CANARIES["words of a macro"]}],
    )
    job = BulkJob.objects.create(
        jurisdiction=city,
        user=sue,
        name=macro.name,
        steps=[{**macro.steps[0], "reason": CANARIES["words of a bulk job"]}],
        last_event_id=0,
        total=2,
        done=1,
        refused=1,
    )
    job.rows.create(service_request=requests["public"], state="done")
    job.rows.create(service_request=requests["triage"], state="refused", reason="status")
    AnswerTemplate.objects.create(
        jurisdiction=city,
        name="Thank you",
        words={"en": "Thank you for {reference}.", "es": "Gracias por {reference}."},
    )
    view = SavedView.objects.create(
        jurisdiction=city,
        owner=staff["sue"],
        name="Holes",
        query=[["tab", "new"], ["service", "pothole"]],
        audience="city",
    )
    SavedViewPin.objects.create(user=staff["sue"], view=view)
    SavedView.objects.create(
        jurisdiction=city, owner=staff["sue"], name=CANARIES["name of a view of one's own"], query=[["tab", "new"]]
    )
    Snooze.objects.create(
        user=staff["sue"],
        service_request=requests["ended"],
        until=app_now() + dt.timedelta(days=300),
        last_event_id=10**12,
    )
    # Ended, so that the pages of residents cost what they usually do.
    Notice.objects.create(
        jurisdiction=city,
        words={"en": "City Hall is closed Thursday.", "es": "El jueves cerramos."},
        starts_at=app_now() - dt.timedelta(days=2),
        ends_at=app_now() - dt.timedelta(days=1),
        created_by=staff["ada"],
    )
    week = app_now().date() - dt.timedelta(days=14)
    sample = EndingSample.objects.create(
        jurisdiction=city, department=cast.streets, week=week, seed="0" * 32, wanted=10, endings=1, other_endings=0
    )
    EndingCheck.objects.create(
        sample=sample,
        service_request=requests["ended"],
        disposition="fixed",
        ended_at=app_now(),
        checker=staff["sue"],
    )
    SilenceQuestion.objects.create(service_request=requests["public"])
    # Of last year, so that no clock is stopped.
    ClockSuspension.objects.create(
        jurisdiction=city,
        reason={"en": "Snow emergency", "es": "Emergencia por nieve"},
        starts_at=app_now() - dt.timedelta(days=366),
        ends_at=app_now() - dt.timedelta(days=365),
        created_by=staff["ada"],
    )
    contact = contacts.start(city, taker=staff["cal"], line="311", caller_number=CANARIES["number of a caller"])
    contacts.change(contact, note=CANARIES["note of a contact"])
    contacts.link(contact, public)
    longitude, latitude = factories.ELM_ST
    place = {
        "address": "12 Elm St",
        "lat": latitude,
        "long": longitude,
        "source": "address",
        "note": CANARIES["place note"],
    }
    contacts.begin_draft(contact, text=CANARIES["text of a draft"], service="pothole", place=place)
    contacts.link(contact, public, "made")
    LetterPage.objects.create(contact=contact, number=1, name="1e77e2" * 5, width=60, height=80, added_by=staff["cal"])
    own = staff_reports.begin(city, user=staff["sue"], key=uuid.uuid4(), language="en")
    actions_drafts.save(own, text=CANARIES["words of a colleague"], service="pothole")
    DeskLine.objects.create(jurisdiction=city, number="311", phone="311", name={"en": "311", "es": "311"})
    calls.ring(city, "planted", caller=CANARIES["number of a call that rings"], line="311", takers=[staff["cal"]])
    link, _token = telephone_links.replace(city, actor=staff["ada"])
    TelephoneLink.objects.filter(pk=link.pk).update(token_hash=hashlib.sha256(TELEPHONE_TOKEN.encode()).hexdigest())
    ContactCost.objects.create(jurisdiction=city, channel="phone", year=2026, amount=480_000)
    _plant_who_waits(city, contact)
    SafetyNote.objects.create(
        jurisdiction=city,
        kind="dog",
        words=CANARIES["words of a safety note"],
        address=public.address,
        # Nobody's place, so that pages of requests cost what they usually do.
        point=factories.at(factories.ELM_ST[0], factories.ELM_ST[1] + 0.0005),
        created_by=staff["pia"],
        confirmed_at=app_now(),
        ends_at=app_now() + dt.timedelta(days=300),
    )
    setup_changes.record(
        city, "reason", "budget", actor=staff["ada"], name="the budget is spent", before=None, after={"words": reason}
    )
    _invite(staff["ada"], staff["dev"], city)
    # A role that was changed, and somebody whose access was ended.
    desk = Role(jurisdiction=city, code="desk")
    memberships.save_role(desk, granted=["view"], name={"en": "Desk", "es": "Mesa"}, actor=staff["ada"])
    memberships.save_role(desk, granted=["note", "view"], name={"en": "Desk", "es": "Mesa"}, actor=staff["ada"])
    memberships.end_access(factories.staff("Len", "crew", city, cast.streets), city, actor=staff["ada"])
    key, _ = api_keys.create(
        city, CANARIES["api key's name"], created_by=staff["ada"], scopes=[*api_keys.USUAL_SCOPES, "webhooks"]
    )
    staff_key, _ = api_keys.create(city, "Crew app", scopes=["staff", "contacts"], acts_as=staff["sue"])
    reporter = _link_of(public).person.contact_points.get(kind="email")
    own_key, _ = api_keys.create(city, "Own app", contact=reporter.value, is_test=True)
    webhook = Webhook.objects.create(api_key=key, url="https://hooks.example.org/")
    factories.sensor(city, staff["ada"], key=key)
    delivery = WebhookDelivery.objects.create(
        webhook=webhook,
        service_request=public,
        message_id="msg_planted",
        event_type="request.accepted",
        state=WebhookDelivery.State.DEAD,
        status=500,
        attempts=3,
    )
    listener = Webhook.objects.create(api_key=key, payload="full")
    for message_id in ("msg_heard", "msg_unheard"):
        WebhookDelivery.objects.create(
            webhook=listener, service_request=public, message_id=message_id, event_type="request.accepted"
        )
    key_request = api_key_requests.ask(
        city, email="asker@example.com", name="Bus app", purpose="Reports from buses.", scopes=["report"], language="en"
    )
    ApiKeyRequest.objects.filter(pk=key_request.pk).update(state=ApiKeyRequest.State.WAITING, proved_at=app_now())
    _draft_a_service(cast, staff["ada"])
    drafts = _drafts(cast)
    sent_draft = actions_drafts.create(city, visitor=VISITOR, language="en")
    Draft.objects.filter(pk=sent_draft.pk).update(
        service_request=public, typed={"end": "sent", "link": _link_of(public).pk}
    )
    sent_draft.refresh_from_db()
    outbox_row = OutboxRow.objects.filter(service_request=public, done_at=None).order_by("id").first()
    assert outbox_row is not None
    photos = _photos(requests, drafts["details"])
    # From now on, so that its links open pages; what was routed before went to no address.
    Department.objects.filter(pk=streets.pk).update(works_by_email=True, email="works@rivermark.example")
    _hide_words(public, photos["public"], sue)
    _answer_survey(cast)
    return Planted(
        cast=cast,
        requests=requests,
        staff=staff,
        photos=photos,
        links={kind: _link_of(one) for kind, one in requests.items() if one.participations.exists()},
        joiner_link=AccessLink.objects.get(service_request=public, person__name=BART.name),
        drafts=drafts,
        sent_draft=sent_draft,
        api_key=key,
        staff_key=staff_key,
        own_key=own_key,
        webhook=webhook,
        listener=listener,
        delivery=delivery,
        key_request=key_request,
        sign=signs.create(city, label="Bus stop", address="12 Elm St", actor=staff["ada"]),
        service_test=ServiceTest.objects.create(
            service=cast.pothole.service, service_request=requests["test"], user=staff["ada"]
        ),
        outbox_row=outbox_row,
        subscription=subscription,
        one_time_links=list(OneTimeLink.objects.order_by("id")),
        alarm_call=_alarm(public),
        task=_task(public),
        resident=_sign_in(_link_of(public).person),
    )


def _invite(ada: User, dev: User, city: Jurisdiction) -> None:
    """An open invitation, and the link of somebody who comes over from another city."""
    Invitation.objects.create(
        jurisdiction=city,
        email=CANARIES["invited e-mail"],
        role=factories.role(city, "triage"),
        invited_by=ada,
        expires_at=app_now() + dt.timedelta(days=7),
    )
    CitySwitch.objects.create(user=dev, jurisdiction=city, expires_at=app_now() + dt.timedelta(days=1))


def _task(public: ServiceRequest) -> Task:
    tom = User.objects.get(name=CANARIES["staff name"])
    streets = Department.objects.get(pk=public.department_id)
    return tasks.add(public.pk, department=streets, what=CANARIES["what a task says"], actor=tom)


def _alarm(service_request: ServiceRequest) -> AlarmCall:
    """A ringing alarm, of which the on-call person has got an email. The priority stays."""
    alarm = Alarm.objects.create(
        jurisdiction=service_request.jurisdiction, service_request=service_request, reason="words", started_at=app_now()
    )
    call = AlarmCall.objects.create(
        alarm=alarm,
        step=0,
        round=0,
        level="department",
        callee_key=CANARIES["on-call e-mail"],
        name=CANARIES["on-call person"],
        channel="email",
        address=CANARIES["on-call e-mail"],
        state="sent",
    )
    events.record(service_request, "alarm_sent", actor=None, alarm_id=alarm.pk, call_id=call.pk, channel=call.channel)
    return call


def _sign_in(person: Person) -> str:
    """Signs in as a link by email would."""
    response = resident.sign_in(HttpRequest(), HttpResponse(), person.contact_points.get(kind="email"))
    return response.cookies[resident.COOKIE].value


def _plant_who_waits(city: Jurisdiction, contact: Contact) -> None:
    call_backs.promise(
        city,
        kind="call_back",
        phone=CANARIES["number to call back"],
        at=app_now() + dt.timedelta(hours=2),
        contact=contact,
        reason=CANARIES["reason of a call-back"],
    )
    email = email_of(CANARIES["transcript of a voicemail"], audio=wav(), phone=CANARIES["number of a voicemail"])
    assert voicemail.receive(city, email).service_request is None
    transfers_911.add_missing(city)


def _plant_articles_for_staff(cast: factories.Rivermark, article: Article) -> None:
    """Published, and named by an article of residents."""
    for code, name, columns in (
        ("for-staff", "article for staff", {"audience": "staff"}),
        ("for-parks", "article for a department", {"audience": "departments"}),
        ("expired", "article that has expired", {"valid_until": app_now() - dt.timedelta(seconds=1)}),
    ):
        planted = factories.article(cast.city, code, CANARIES[name], CANARIES[name], cast.pothole, **columns)
        planted.asked = {"en": [CANARIES[name]]}
        planted.save(update_fields=["asked"])
        article.related.add(planted)


def _staff(cast: factories.Rivermark) -> dict[str, User]:
    """The cast under distinctive names, with a supervisor and a contractor of Streets, an archivist, and Eve, who works for
    another city."""
    city, streets = cast.city, cast.streets
    elsewhere = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    # With two cities, the host decides which one is meant.
    type(city).objects.filter(pk=city.pk).update(hosts=["testserver"])
    city.hosts = ["testserver"]
    staff = {
        "tom": cast.tom,
        "pia": cast.pia,
        "cal": cast.cal,
        "ada": cast.ada,
        "dev": cast.dev,
        "sue": factories.staff("Sue", "supervisor", city, streets),
        "con": factories.staff("Con", "contractor", city, streets),
        "rec": factories.staff("Rec", "records_officer", city),
        "eve": factories.staff("Eve", "supervisor", elsewhere, factories.department(elsewhere, "PW", "Roads")),
    }
    for name, label in (("tom", "staff"), ("pia", "second staff")):
        staff[name].name, staff[name].email = CANARIES[f"{label} name"], CANARIES[f"{label} e-mail"]
        staff[name].save(update_fields=["name", "email"])
    return staff


def _requests(cast: factories.Rivermark) -> dict[str, ServiceRequest]:
    city, streets = cast.city, cast.streets
    coarse = factories.service(
        city,
        "needles",
        visibility="coarse",
        questions=[
            factories.question(
                "gate", visibility="department", script=dict.fromkeys(("en", "es"), CANARIES["question's script"])
            )
        ],
        duplicate_policy="never",
    )
    waits = factories.service(city, "swings", must_confirm=True, duplicate_policy="never")
    by_law = factories.service(
        city, "barking", identity_words={"en": "The law asks.", "es": "La ley lo pide."}, duplicate_policy="never"
    )
    inside = factories.service(city, "facility", visibility="staff", of=streets, duplicate_policy="never")

    def made(
        version: ServiceVersion, text: str, kind: str = "", address: str = "12 Elm St", **options: Any
    ) -> ServiceRequest:
        place = submission.Place(
            factories.at(*SECRET_PLACES.get(kind, factories.ELM_ST)), address, **options.pop("place", {})
        )
        return factories.report(version, text, place=place, **{"reporter": ZENOBIA, **options})

    lane = {"answers": {"where": "lane"}}
    return {
        "public": made(
            cast.pothole,
            f"A hole as big as a plate. {CANARIES['hidden words']}",
            answers={"where": "lane", "damage": CANARIES["staff answer"]},
            place={"note": CANARIES["place note"]},
        ),
        "coarse": made(
            coarse,
            CANARIES["words before they were changed"],
            "coarse",
            "5923 Hawthorn Rd Apt 2",
            answers={"gate": CANARIES["department answer"]},
        ),
        "private": made(
            cast.outreach,
            CANARIES["text of a private request"],
            "private",
            CANARIES["address of a private request"],
        ),
        "staff": made(inside, CANARIES["text of a staff request"], "staff"),
        "hidden": made(cast.pothole, CANARIES["text of a hidden request"], "hidden", **lane),
        "held": made(cast.pothole, CANARIES["text of a held request"], "held", **lane),
        "distress": made(cast.pothole, CANARIES["text of a report of distress"], "distress", **lane),
        "transfer": made(
            cast.pothole,
            CANARIES["words of a 911 caller"],
            "transfer",
            **lane,
            channel="phone",
            api_key=api_keys.create(city, "Dispatch")[0],
            is_transfer=True,
            outside_number=CANARIES["number of a 911 event"],
        ),
        "unconfirmed": made(waits, CANARIES["text of an unconfirmed request"], "unconfirmed"),
        "test": made(cast.pothole, CANARIES["text of a test request"], "test", is_test=True, **lane),
        "erased": made(cast.pothole, CANARIES["text of an erased request"], "erased", **lane),
        "identified": made(
            by_law,
            "A dog that barks all night.",
            reporter=replace(ZENOBIA, postal_address=CANARIES["reporter's postal address"]),
        ),
        "parks": made(cast.tree, "A branch hangs low.", address="1 Park Way", reporter=factories.NOBODY),
        "turned": made(cast.pothole, "A hole, and somebody in it.", "turned", **lane),
        "joined": made(cast.pothole, "A hole that was told before.", reporter=factories.NOBODY, **lane),
        "ended": made(cast.pothole, "A hole that costs too much.", reporter=factories.NOBODY, **lane),
    }


def _change_its_words(coarse: ServiceRequest) -> None:
    """An edit by the reporter, before work begins."""
    wanted = corrections.Correction(
        text="Needles beside the path.",
        note="",
        place=submission.Place(factories.at(*SECRET_PLACES["coarse"]), "4817 Juniper Rd Apt 9"),
    )
    zenobia = Person.objects.get(participations__service_request=coarse)
    corrections.correct(coarse.pk, wanted, actor=zenobia)


def _in_triage(cast: factories.Rivermark, sue: User) -> ServiceRequest:
    made = factories.routed(cast.pothole, "A hole of nobody's.", answers={"where": "lane"}, reporter=factories.NOBODY)
    return assignment.return_to_triage(made.pk, reason="whose is it", actor=sue)


def _force_state(requests: dict[str, ServiceRequest]) -> None:
    """Sets states that no page can reach yet. They must still be hidden from the public."""
    for kind in ("erased",):
        ServiceRequest.objects.filter(pk=requests[kind].pk).update(public_state=kind)
        requests[kind].request_areas.update(public_state=kind)


def _tell_the_story(public: ServiceRequest, *, parks: Department, streets: Department, sue: User, pia: User) -> None:
    """Everything that can be written about a request. Some of it is public."""
    zenobia = Person.objects.get(name=CANARIES["reporter's name"], participations__service_request=public)
    followers.join(public.pk, reporter=BART, language="en")
    followers.join(
        public.pk,
        reporter=Reporter(email=CANARIES["follower's e-mail"]),
        language="en",
        role="follower",
    )
    assignment.transfer(public.pk, department=parks, reason=CANARIES["transfer reason"], actor=sue)
    assignment.return_to_triage(public.pk, reason=CANARIES["triage reason"], actor=pia)
    assignment.transfer(public.pk, department=streets, reason="it is ours", actor=pia)
    tom = User.objects.get(name=CANARIES["staff name"])
    assignment.assign(public.pk, assignee=tom, actor=sue)
    conversation.note(public.pk, text=CANARIES["internal note"], actor=tom)
    conversation.note(public.pk, text=f"@Sue {CANARIES['note that names a colleague']}", actor=tom)
    conversation.ask(public.pk, question=CANARIES["question to the reporter"], actor=tom)
    conversation.answer(public.pk, text=CANARIES["reporter's answer"], actor=zenobia)
    conversation.comment(public.pk, text="We will come on Tuesday.", actor=tom)
    Comment.objects.create(
        service_request=public, text=CANARIES["hidden comment"], public=True, user=tom, hidden_at=app_now()
    )
    conversation.comment(public.pk, text=f"We spoke with {CANARIES['hidden words of a comment']} there.", actor=tom)
    endings.resolve(public.pk, disposition="fixed", text="The hole is filled.", actor=tom, visited=True)
    reopenings.reopen(public.pk, text=CANARIES["words of a reopening"], actor=zenobia)


def _hide_words(public: ServiceRequest, photo: Photo, sue: User) -> None:
    """Hides text and a photo that were public before."""
    Photo.objects.filter(pk=photo.pk).update(alt=f"A street, {CANARIES['hidden words of a photo']}")
    hidden = [words for what, words in CANARIES.items() if what.startswith("hidden words")]
    new = {}
    for text in public_texts(public):
        words = text.text
        for one in hidden:
            words = words.replace(one, "[…]")
        if words != text.text:
            new[text.key] = moderation.Replacement(words, text.version)
    assert len(new) == len(hidden)
    moderation.hide_text(public.pk, new, reason="personal_data", actor=sue)
    public.refresh_from_db()
    photo.refresh_from_db()


def _draft_a_service(cast: factories.Rivermark, ada: User) -> None:
    """Of trees: a new required question, not published."""
    written = written_service(Service.objects.get(pk=cast.tree.service_id))
    height = {"value": "tall", "label": {"en": "Taller than a house", "es": "Más alto que una casa"}}
    asked = {"en": "How tall is it?", "es": "¿Qué tan alto es?"}
    question = {"code": "height", "text": asked, "kind": "single", "required": True, "options": [height]}
    changed = written | {"questions": [question]}
    draft = service_drafts.save(cast.city, "tree", changed, revision=0, base=1, actor=ada)
    draft_links.share(draft, actor=ada)


def _drafts(cast: factories.Rivermark) -> dict[str, Draft]:
    """A draft for each page of the report form, filled in as far as that page requires, all in one browser."""
    city = cast.city
    leads = {"value": "branch", "label": {"en": "A branch", "es": "Una rama"}, "effects": {"service": "tree"}}
    factories.service(
        city,
        "light",
        questions=[factories.question("what", "single", options=[leads, "lamp"])],
        duplicate_policy="never",
    )
    theirs = factories.square(-69.005, 40.495, -69.0049, 40.4951)
    factories.owner(city, theirs)
    factories.asset(city, "L00417")
    factories.street_work(city)
    factories.service(
        city,
        "signal",
        place_rule="polygon",
        owner_kinds=["state_road"],
        asset_kinds=["street_light"],
        duplicate_policy="never",
    )

    def place(longitude: float = factories.ELM_ST[0], latitude: float = factories.ELM_ST[1]) -> dict[str, Any]:
        return {
            "address": "12 Elm St",
            "lat": latitude,
            "long": longitude,
            "source": "address",
            "note": CANARIES["place note"],
        }

    at = {"place": place()}
    typed: dict[str, dict[str, Any]] = {
        "problem": {},
        "emergency": {"text": f"{CANARIES['text of a draft']}. I smell gas."},
        "service": {},
        "answered": {},
        "referral": {
            "referral": {
                "article": "potholes",
                "place": CANARIES["place note"],
                "share": True,
                "email": CANARIES["contact in a draft"],
            }
        },
        "referred": {
            "referred": {
                "name": {"en": "Road Crew"},
                "phone": "555-0187",
                "hours": {},
                "at": "2026-01-02T12:00:00+00:00",
                "can_reply": True,
            }
        },
        "location": {"service": "tree"},
        "choose_place": {"service": "tree", "place_typed": {"address": "Elm", "note": "", "lat": "", "long": ""}},
        "asset": {"service": "signal", **at},
        "owner": {"service": "signal", "place": place(-69.00495, 40.49505)},
        "duplicates": {"service": "pothole", **at},
        "details": {"service": "tree", **at},
        "other": {"service": "light", **at, "answers": {"what": "branch"}, "shown": ["words", "what"]},
        "contact": {"service": "tree", **at, "shown": ["words"]},
        "check": {"service": "tree", **at, "shown": ["words"]},
    }
    everywhere = {
        "text": CANARIES["text of a draft"],
        "contact": {"email": CANARIES["contact in a draft"], "language": "en"},
    }
    return {
        page: actions_drafts.create(city, visitor=VISITOR, language="en", **{**everywhere, **more})
        for page, more in typed.items()
    }


def _photos(requests: dict[str, ServiceRequest], draft: Draft) -> dict[str, Photo]:
    photos = {
        "public": _photo(
            requests["public"],
            number=1,
            taken_at=dt.datetime.fromisoformat(f"{TAKEN_AT}T13:37:11Z"),
            taken_point=factories.at(*TAKEN_PLACE),
        ),
        "hidden photo": _photo(requests["public"], number=2, hidden_at=app_now(), hidden_reason="abuse"),
        "private photo": _photo(requests["public"], number=3, is_private=True),
        "draft": _photo(None, number=4, draft=draft),
    }
    photos["work"] = _photo(requests["turned"], number=5, kind=Photo.Kind.WORK)
    photos["check"] = _photo(requests["ended"], number=30, kind=Photo.Kind.CHECK, is_private=True)
    for number, kind in enumerate(NOT_PUBLIC, 6):
        photos[kind] = _photo(requests[kind], number=number)
    return photos


def _photo(service_request: ServiceRequest | None, *, number: int, **columns: Any) -> Photo:
    jurisdiction = (service_request or columns["draft"]).jurisdiction
    return Photo.objects.create(
        jurisdiction=jurisdiction,
        service_request=service_request,
        name=f"{number:02}canaryphoto{'0' * 19}",
        width=40 + number,
        height=30,
        **columns,
    )


def _write(photo: Photo) -> None:
    """Writes the files directly: the decoder is slow and has its own tests. Each photo has its own width, to be recognized by."""
    for path in (photo.path, photo.small_path):
        default_storage.delete(path)
        default_storage.save(path, ContentFile(factories.jpeg(photo.width, photo.height)))


def _link_of(service_request: ServiceRequest) -> AccessLink:
    link = service_request.access_links.select_related("person").order_by("id").first()
    assert link is not None
    return link


def other_phone_spellings(phone: str) -> list[str]:
    """The same number as typed, and as programs and people write it."""
    digits = "".join(symbol for symbol in phone if symbol.isdigit())
    area, middle, last = digits[:3], digits[3:6], digits[6:]
    return [
        phone,
        digits,
        f"+1{digits}",
        *[f"{area}{mark}{middle}{mark}{last}" for mark in "-. "],
        f"{middle}-{last}",
    ]


def token_of(link: AccessLink) -> str:
    return links.token(link)


@contextmanager
def kept_for_a_module(blocker: Any) -> Iterator[Planted]:
    """One planted city for a whole module: each test rolls back its changes, and this deletes the city.

    It is committed. PostgreSQL clears up nothing within a transaction, so in one for the module each test would be slower.
    """
    with blocker.unblock():
        live.stop_worker()
        try:
            with transaction.atomic():
                planted = plant()
                # No worker is woken: each test has the outbox as it is.
                connection.run_on_commit.clear()
            yield planted
        finally:
            empty_database()


def _plant_layer_imports(city: Jurisdiction) -> None:
    """One that was checked, and one whose columns are still to be mapped."""
    found = {"format": "geojson", "columns": ["WARD"], "rows": [["5"], ["<b>6</b>"]], "needs_srid": False}
    report = {
        "rows": 2, "good": 1, "repaired": 0, "skipped": 1, "before": 1, "new": ["Ward 7"], "gone": [], "moved": 312,
        "moves": [[["5"], ["7"], 312]],
    }  # fmt: skip
    checked = LayerImport.objects.create(
        jurisdiction=city, kind="areas", layer="ward", file_name="wards.geojson", path="layers/wards", state="checked",
        found=found, mapping={"columns": {"code": "WARD"}}, report=report, problems=[{"row": 2, "code": "outside"}],
    )  # fmt: skip
    shape = factories.square(factories.WEST, factories.SOUTH, factories.EAST, factories.NORTH)
    LayerRow.objects.create(layer_import=checked, number=1, properties={"code": "7", "name": "Ward 7"}, shape=shape)
    LayerImport.objects.create(
        jurisdiction=city, kind="addresses", file_name="addresses.csv", path="layers/addresses", found=found
    )
