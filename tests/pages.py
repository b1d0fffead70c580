"""The table of all pages: how each URL is built, who may see it, and how many queries it takes.

tests/test_urls.py fails for a URL name that is not listed here; docs/urls.md lists the same for people.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from django.contrib.gis.geos import Point
from django.db.models import Max
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from requests_app import branding, links
from requests_app.models import (
    AccessLink,
    AnswerTemplate,
    Article,
    BulkJob,
    Calendar,
    CallBack,
    Category,
    CitySwitch,
    ClockSuspension,
    Contact,
    ContactCost,
    ContactRequest,
    Department,
    DeskLine,
    Draft,
    EmergencyPhrase,
    EndingCheck,
    Event,
    Invitation,
    LayerImport,
    LetterPage,
    ListedReason,
    Macro,
    ModerationTerm,
    Notice,
    OnCall,
    Role,
    RoutingSimulation,
    SafetyNote,
    SavedView,
    Sensor,
    ServiceDraftLink,
    ServiceRequest,
    SetupChange,
    Target,
    Team,
)
from requests_app.places import map_picture_links
from requests_app.rules.figures.value_report import FIGURES
from staff_app.request.actions import ACTIONS
from tests import factories
from tests.planted import SECRET_PLACES, TELEPHONE_TOKEN, Planted, token_of

Arguments = dict[str, Any]

# --- Permissions ----------------------------------------------------------------------------------------------------

# Public pages. The object of a page (a request, a photo) may still be private, which is a 404.
EVERYONE = "everyone"
# Anyone with the private link; the link is the permission.
LINK = "private link"
# The browser that created the draft, by its cookie.
DRAFT = "the draft’s browser"
# Someone who signed in with a link by email; others are redirected to the sign-in page.
RESIDENT = "the signed-in resident"
# Reading is public; writing needs an API key.
API_KEY = "everyone; POST: an API key"
ONLY_API_KEY = "an API key"
# An API key that acts for a member of staff, with their permissions.
STAFF_KEY = "an API key of staff"
# The private link’s token, in the body, is the permission.
TOKEN = "the private link’s token"
TOKEN_EDITS = "everyone; PATCH: the private link’s token"
# People whom the city’s single sign-on vouches for, by its signature.
PROVIDER = "the city’s single sign-on"
# The telephone system, by the token in its address.
TELEPHONE = "the telephone system’s token"
# A taker's page, as long as the session goes on in which it was opened.
RINGING = "the taker’s session"
SIGNED_IN = "signed in"
# Between the password and the second factor; others are redirected to the sign-in page.
SIGNING_IN = "in the middle of signing in"
# All of the city's staff; or those with a permission, for the request or for the city.
STAFF = "staff"
PROBE = "the server's socket or the metrics token"
DEMO = "everyone, in a demo only"
DEMO_STAFF = "staff, in a demo only"


def staff(permission: str) -> str:
    return f"staff: {permission}"


# The one who did what the page undoes; others get 403, or 404 if they may not know of the request.
OWN_ACTION = "staff who did it"
# The permission is the last part of the URL.
EACH_ACTION = staff("the action’s own")
TEXT_WRITER = staff("its writer")
ARTICLE_KEEPER = staff("write_articles, or its owner")
VIEW_KEEPER = staff("its owner, and who leads those it is shared with")
# To everybody else, colleagues too, it does not exist.
JOB_OWNER = staff("who started it")
# As above.
DRAFT_WRITER = staff("whose draft it is")
# As above; those of the city are the administrators’.
MACRO_OWNER = staff("whose it is")
# Those who supervise a department or work for the whole city.
OVERSEER = staff("supervise, or the whole city")
# Of a request that it made or joined; takers, too, as long as it's typed in.
LETTER_READER = staff("who may see its writer")
# Those who work for the task's department.
TASK_WORKER = staff("its department")


# --- Arguments --------------------------------------------------------------------------------------------------------


def once(planted: Planted) -> list[Arguments]:
    return [{}]


def each_request(planted: Planted) -> list[Arguments]:
    return [{"reference": request.reference} for request in _public_first(planted)]


def ended_first(planted: Planted) -> list[Arguments]:
    """Closed requests first, because surveys need an outcome."""
    return [{"reference": planted.requests["ended"].reference}, *each_request(planted)]


def untouched_first(planted: Planted) -> list[Arguments]:
    """Requests that staff have not worked on first, because only those can be edited."""
    return [{"reference": planted.requests["coarse"].reference}, *each_request(planted)]


def each_photo(planted: Planted) -> list[Arguments]:
    return [{"name": photo.name} for photo in planted.photos.values()]


def each_link(planted: Planted) -> list[Arguments]:
    return [{"token": token_of(planted.links[kind])} for kind in ("public", "private", "hidden")]


def each_survey_link(planted: Planted) -> list[Arguments]:
    return [{"value": "no", **arguments} for arguments in each_link(planted)]


def each_digest_link(planted: Planted) -> list[Arguments]:
    subscriptions = [planted.subscription, None]
    return [
        {"token": links.digest_token(planted.subscription.contact_point, subscription)}
        for subscription in subscriptions
    ]


def each_one_time_link(planted: Planted) -> list[Arguments]:
    tokens = [links.one_time_url(link).rstrip("/").rsplit("/", 1)[-1] for link in planted.one_time_links]
    return [{"token": token} for token in tokens]


def each_alarm_link(planted: Planted) -> list[Arguments]:
    return [{"token": links.alarm_token(planted.alarm_call)}]


def the_on_call(planted: Planted) -> list[Arguments]:
    return [{"on_call_id": OnCall.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")[0].pk}]


def the_task(planted: Planted) -> list[Arguments]:
    return [{"task_id": planted.task.pk}]


def each_department_link(planted: Planted) -> list[Arguments]:
    """Of the public request."""
    department = Department.objects.get(pk=planted.public.department_id)
    event = Event.objects.filter(service_request=planted.public, kind__in=["routed", "transferred"]).latest("pk")
    found = [links.DepartmentLink(event, department, act) for act in ("done", "not_ours", "accept")]
    return [{"token": links.department_url(link).rstrip("/").rsplit("/", 1)[-1]} for link in found]


def a_staff_notice(planted: Planted) -> list[Arguments]:
    return [{"notice_id": 1}]


def the_alarm(planted: Planted) -> list[Arguments]:
    return [{"alarm_id": planted.alarm_call.alarm_id}]


def draft_at(page: str, **more: Any) -> Callable[[Planted], list[Arguments]]:
    """The draft that has reached this page."""
    return lambda planted: [{"draft_id": planted.drafts[page].pk, **more}]


def each_draft_link(planted: Planted) -> list[Arguments]:
    return [{"token": links.draft_token(planted.drafts["details"])}]


def the_sent_draft(planted: Planted) -> list[Arguments]:
    return [{"draft_id": planted.sent_draft.pk}]


def the_staff_photo(planted: Planted) -> list[dict[str, Any]]:
    """Of a request that Tom's key may read."""
    photo = planted.photos["public"]
    assert photo.service_request is not None
    return [{"reference": photo.service_request.reference, "photo_id": photo.name}]


def each_own_photo(planted: Planted) -> list[Arguments]:
    requests = {request.pk: request for request in planted.requests.values()}
    return [
        {"reference": requests[photo.service_request_id].reference, "name": photo.name}
        for photo in planted.photos.values()
        if photo.service_request_id is not None
    ]


def formats(planted: Planted) -> list[Arguments]:
    return [{"format": "json"}, {"format": "xml"}]


def each_service(planted: Planted) -> list[Arguments]:
    codes = ["pothole", "needles", "outreach", "facility"]
    return [{**arguments, "service_code": code} for code in codes for arguments in formats(planted)]


def each_number(planted: Planted) -> list[Arguments]:
    return [
        {**arguments, "number": request.display_reference}
        for request in _public_first(planted)
        for arguments in formats(planted)
    ]


def each_token(planted: Planted) -> list[Arguments]:
    from requests_app.api.open311.tokens import token_of as api_token_of

    requests = [planted.requests["private"], *_public_first(planted)]
    return [{**arguments, "token": api_token_of(request)} for request in requests for arguments in formats(planted)]


def each_tile(planted: Planted) -> list[Arguments]:
    """From the whole city down to houses, at each place that a test may look for."""
    return _tiles(15, 9, 12, 14)


def each_map_picture(planted: Planted) -> list[Arguments]:
    """Of each request, those of which there must be none too, alone and among its neighbors."""
    requests = _public_first(planted)
    subjects = [
        *(map_picture_links.of_report(one, with_neighbors=wide) for one in requests for wide in (False, True)),
        map_picture_links.of_area(planted.cast.city.areas.get(layer="ward", code="5")),
        *(map_picture_links.of_service(one.service) for one in (planted.cast.tree, planted.cast.outreach)),
        map_picture_links.CITY,
        map_picture_links.NEWEST,
        map_picture_links.of_place(Point(*factories.ELM_ST)),
    ]
    return [map_picture_links.arguments(subject, "medium-night", "svg") for subject in subjects]


def each_request_tile(planted: Planted) -> list[Arguments]:
    """At zoom levels beyond those of the basemap."""
    return _tiles(15, 9, 12, 14, 17)


def _tiles(*zooms: int) -> list[Arguments]:
    places = [factories.ELM_ST, *SECRET_PLACES.values()]
    tiles = [(zoom, *tile_at(zoom, *place)) for zoom in zooms for place in places]
    return [{"z": z, "x": x, "y": y} for z, x, y in dict.fromkeys(tiles)]


def tile_at(zoom: int, longitude: float, latitude: float) -> tuple[int, int]:
    """Column and row of the tile that contains a point."""
    across = (longitude + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return int(across * 2**zoom), int(down * 2**zoom)


def each_article(planted: Planted) -> list[Arguments]:
    return [{"code": code} for code in ("potholes", "not-yet", "for-staff", "for-parks", "expired")]


def each_action(planted: Planted) -> list[Arguments]:
    """Every action on the default request, and the action that names other requests on each request."""
    usual = [{"reference": planted.public.reference, "verb": act.verb} for act in ACTIONS]
    return usual + [{**one, "verb": "merge"} for one in each_request(planted)[1:]]


def own_action(planted: Planted) -> list[Arguments]:
    event = Event.objects.get(service_request=planted.requests["ended"], kind="resolved")
    return [{"event_id": event.pk}]


def the_bulk_job(planted: Planted) -> list[Arguments]:
    return [{"job_id": BulkJob.objects.get().pk}]


def the_macro(planted: Planted) -> list[Arguments]:
    return [{"macro_id": Macro.objects.get().pk}]


def the_sensor(planted: Planted) -> list[Arguments]:
    return [{"sensor_id": Sensor.objects.get().pk}]


def run_the_macro(planted: Planted) -> list[Arguments]:
    return [{"reference": planted.public.reference, "macro_id": Macro.objects.get().pk}]


def each_request_photo(planted: Planted) -> list[Arguments]:
    return [{"reference": planted.public.reference, "photo_id": planted.photos["public"].pk}]


def each_own_text(planted: Planted) -> list[Arguments]:
    """A text that Sue published."""
    ended = planted.requests["ended"]
    return [{"reference": ended.reference, "comment_id": ended.comments.get(user=planted.staff["sue"], public=True).pk}]


def each_figure(planted: Planted) -> list[Arguments]:
    return [{"code": figure.code} for figure in FIGURES]


def the_cost(planted: Planted) -> list[Arguments]:
    return [{"cost_id": ContactCost.objects.get(jurisdiction=planted.cast.city).pk}]


def each_pair(planted: Planted) -> list[Arguments]:
    """Each request with one that the same staff may see."""
    parks = planted.requests["parks"].reference
    pairs = []
    for request in _public_first(planted):
        other = planted.requests["coarse" if request.pk == planted.public.pk else "public"].reference
        pairs.append({"reference": request.reference, "other": other})
    return [pair for pair in pairs if pair["reference"] != parks]


def each_newest_event(planted: Planted) -> list[Arguments]:
    newest = dict(Event.objects.values_list("service_request").annotate(newest=Max("id")))
    return [
        {"reference": request.reference, "event_id": newest[request.pk]}
        for request in _public_first(planted)
        if request.pk in newest
    ]


def the_hidden_words(planted: Planted) -> list[Arguments]:
    revision = planted.public.text_revisions.filter(field="description").order_by("id")[0]
    return [{"reference": planted.public.reference, "revision_id": revision.pk}]


def the_phrase(planted: Planted) -> list[Arguments]:
    phrase = EmergencyPhrase.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")[0]
    return [{"phrase_id": phrase.pk}]


def the_term(planted: Planted) -> list[Arguments]:
    return [
        {"term_id": ModerationTerm.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")[0].pk}
    ]


def pending_review_first(planted: Planted) -> list[Arguments]:
    return [{"reference": planted.requests["held"].reference}, *each_request(planted)]


def private_review_first(planted: Planted) -> list[Arguments]:
    return [{"reference": planted.requests["distress"].reference}, *each_request(planted)]


def the_seal(planted: Planted) -> list[Arguments]:
    seal = branding.seal_of(planted.public.jurisdiction)
    assert seal is not None
    return [{"version": seal.version, "ending": seal.ending}, {"version": "nonsense", "ending": "svg"}]


def _public_first(planted: Planted) -> list[ServiceRequest]:
    return [planted.public, *(request for kind, request in planted.requests.items() if kind != "public")]


# --- The table --------------------------------------------------------------------------------------------------------


def the_service(planted: Planted) -> list[Arguments]:
    return [{"service_code": planted.public.service.service_code}]


def the_service_test(planted: Planted) -> list[Arguments]:
    test = planted.service_test
    return [{"service_code": test.service.service_code, "test_id": test.pk}]


def the_city_image(planted: Planted) -> list[Arguments]:
    version = planted.public.jurisdiction.branding["images"]["card"]
    return [{"kind": "card", "version": version}, {"kind": "logo", "version": "nonsense"}]


def each_layer_import(planted: Planted) -> list[Arguments]:
    found = LayerImport.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")
    return [{"import_id": one.pk} for one in found]


def the_department(planted: Planted) -> list[Arguments]:
    return [{"department_id": planted.cast.streets.pk}]


def the_team(planted: Planted) -> list[Arguments]:
    return [{"team_id": Team.objects.filter(department=planted.cast.streets.pk).order_by("id")[0].pk}]


def the_calendar(planted: Planted) -> list[Arguments]:
    return [{"calendar_id": Calendar.objects.filter(code="office").order_by("id")[0].pk}]


def the_target_service(planted: Planted) -> list[Arguments]:
    return [{"service_id": planted.cast.pothole.service_id}]


def the_target(planted: Planted) -> list[Arguments]:
    return [{"target_id": Target.objects.filter(service=planted.cast.pothole.service_id).order_by("id")[0].pk}]


def the_change(planted: Planted) -> list[Arguments]:
    change = SetupChange.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")[0]
    return [{"change_id": change.pk}]


def the_article(planted: Planted) -> list[Arguments]:
    """One that nobody has published."""
    return [{"article_id": Article.objects.get(jurisdiction=planted.public.jurisdiction_id, code="not-yet").pk}]


def the_article_change(planted: Planted) -> list[Arguments]:
    change = SetupChange.objects.filter(jurisdiction=planted.public.jurisdiction_id, kind="article").order_by("id")[0]
    return [{**the_article(planted)[0], "change_id": change.pk}]


def the_reason(planted: Planted) -> list[Arguments]:
    return [{"reason_id": ListedReason.objects.get(jurisdiction=planted.public.jurisdiction_id, code="budget").pk}]


def the_check(planted: Planted) -> list[Arguments]:
    return [{"check_id": EndingCheck.objects.get(sample__jurisdiction=planted.public.jurisdiction_id).pk}]


def the_suspension(planted: Planted) -> list[Arguments]:
    return [{"suspension_id": ClockSuspension.objects.get(jurisdiction=planted.public.jurisdiction_id).pk}]


def the_contact(planted: Planted) -> list[Arguments]:
    return [{"number": Contact.objects.get(jurisdiction=planted.public.jurisdiction_id).number}]


def the_contact_slip(planted: Planted) -> list[Arguments]:
    made = ContactRequest.objects.get(role="made", contact__jurisdiction=planted.public.jurisdiction_id)
    return [{"number": made.contact.number, "reference": made.service_request.reference}]


def the_letter_page(planted: Planted) -> list[Arguments]:
    return [{"name": LetterPage.objects.get(contact__jurisdiction=planted.public.jurisdiction_id).name}]


def the_staff_draft(planted: Planted) -> list[Arguments]:
    return [{"draft_id": Draft.objects.get(jurisdiction=planted.public.jurisdiction_id, channel="staff").pk}]


def the_contact_map(planted: Planted) -> list[Arguments]:
    return [{**the_contact(planted)[0], "name": "small"}]


def the_desk_line(planted: Planted) -> list[Arguments]:
    return [{"line_id": DeskLine.objects.get(jurisdiction=planted.public.jurisdiction_id).pk}]


def the_call_back(planted: Planted) -> list[Arguments]:
    """The voicemail, which has a recording."""
    rows = CallBack.objects.filter(jurisdiction=planted.public.jurisdiction_id, kind=CallBack.Kind.VOICEMAIL)
    return [{"call_back_id": rows.get().pk}]


def each_request_on_call(planted: Planted) -> list[Arguments]:
    contact = the_contact(planted)[0]
    return [{**contact, **request} for request in each_request(planted)]


def the_safety_note(planted: Planted) -> list[Arguments]:
    return [{"note_id": SafetyNote.objects.get(jurisdiction=planted.public.jurisdiction_id).pk}]


def the_notice(planted: Planted) -> list[Arguments]:
    return [{"notice_id": Notice.objects.get(jurisdiction=planted.public.jurisdiction_id).pk}]


def the_view(planted: Planted) -> list[Arguments]:
    return [{"view_id": SavedView.objects.get(jurisdiction=planted.public.jurisdiction_id, audience="city").pk}]


def the_template(planted: Planted) -> list[Arguments]:
    return [{"template_id": AnswerTemplate.objects.get(jurisdiction=planted.public.jurisdiction_id).pk}]


def the_rule(planted: Planted) -> list[Arguments]:
    return [{"position": 1}]


def the_version(planted: Planted) -> list[Arguments]:
    return [{"number": 1}]


def the_simulation(planted: Planted) -> list[Arguments]:
    found = RoutingSimulation.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")
    return [{"simulation_id": found[0].pk}]


def the_person(planted: Planted) -> list[Arguments]:
    return [{"user_id": planted.staff["dev"].pk}]


def the_role(planted: Planted) -> list[Arguments]:
    return [{"role_id": Role.objects.get(jurisdiction=planted.cast.city, code="crew").pk}]


def the_role_change(planted: Planted) -> list[Arguments]:
    change = SetupChange.objects.filter(jurisdiction=planted.cast.city, kind="role", before__isnull=False).first()
    return [{"change_id": change.pk if change else 0}]


def the_ended(planted: Planted) -> list[Arguments]:
    """Somebody whose access was ended."""
    changes = SetupChange.objects.filter(jurisdiction=planted.cast.city, kind="person", after__isnull=True)
    change = changes.filter(before__has_key="roles").first()
    return [{"user_id": change.key if change else 0}]


def _invitation(planted: Planted) -> Invitation:
    return Invitation.objects.filter(jurisdiction=planted.cast.city).order_by("id")[0]


def the_invitation(planted: Planted) -> list[Arguments]:
    return [{"invitation_id": _invitation(planted).pk}]


def the_invitation_link(planted: Planted) -> list[Arguments]:
    return [{"token": links.invitation_url(_invitation(planted)).rstrip("/").rsplit("/", 1)[-1]}]


def the_city_switch_link(planted: Planted) -> list[Arguments]:
    city_switch = CitySwitch.objects.filter(jurisdiction=planted.cast.city).order_by("id")[0]
    return [{"token": links.city_switch_url(city_switch).rstrip("/").rsplit("/", 1)[-1]}]


def the_own_key(planted: Planted) -> list[Arguments]:
    return [{"key_id": planted.own_key.pk}]


def the_city(planted: Planted) -> list[Arguments]:
    return [{"jurisdiction_id": planted.cast.city.pk}]


def the_edited_service(planted: Planted) -> list[Arguments]:
    """One without a draft, and one with."""
    return [{"code": "pothole"}, {"code": "tree"}]


def the_shared_draft(planted: Planted) -> list[Arguments]:
    link = ServiceDraftLink.objects.get(draft__jurisdiction=planted.cast.city)
    return [{"token": links.service_draft_url(link).rstrip("/").rsplit("/", 1)[-1]}]


def the_question(planted: Planted) -> list[Arguments]:
    return [{"code": "pothole", "question": "where"}]


def the_category(planted: Planted) -> list[Arguments]:
    return [{"category_id": Category.objects.filter(jurisdiction=planted.public.jurisdiction_id).order_by("id")[0].pk}]


@dataclass(frozen=True)
class Page:
    """methods: those that do something ("GET POST"). arguments: all values worth testing; the first is the default.

    queries: query strings worth testing; {q} stands for search words. budget: the number of queries of the default page, the
    same for 50 requests and for 500; None for pages that nobody can read and for allauth's.
    """

    who: str
    methods: str = "GET"
    arguments: Callable[[Planted], list[Arguments]] = once
    queries: tuple[str, ...] = ("",)
    budget: int | None = None

    @property
    def is_public(self) -> bool:
        return self.who in (EVERYONE, API_KEY, TOKEN_EDITS)


def link_to(planted: Planted, page: Page) -> AccessLink:
    """The private link that opens the default one of these pages. A client sends only one such cookie at a time."""
    default = page.arguments(planted)[0].get("reference")
    return next(
        (link for link in planted.links.values() if link.service_request.reference == default), planted.links["public"]
    )


def the_key(planted: Planted) -> list[Arguments]:
    return [{"key_id": planted.api_key.pk}]


def the_webhook(planted: Planted) -> list[Arguments]:
    return [{"webhook_id": planted.webhook.pk}]


def the_listener(planted: Planted) -> list[Arguments]:
    return [{"listener_id": planted.listener.pk}]


PUBLIC_FILTERS = ("", "category=streets", "service=pothole&status=open", "status=ended", "area=ward:5")

CHOICES = (
    "older=1",
    "q=hole",
    "sort=changed&status=ended",
    "asset=L00417",
    "category=nothing&area=ward:99&near=here",
)

NEAR = tuple(f"near={at[1]},{at[0]},200" for at in (factories.ELM_ST, *SECRET_PLACES.values()))

PAGES: dict[str, Page] = {
    # For machines.
    "healthz": Page(EVERYONE, budget=0),
    "readyz": Page(EVERYONE, budget=2),
    "metrics": Page(PROBE, budget=4),
    "open311_discovery": Page(EVERYONE, arguments=formats, budget=2),
    "open311_services": Page(EVERYONE, arguments=formats, queries=("", "locale=es"), budget=2),
    "open311_service": Page(EVERYONE, arguments=each_service, budget=3),
    "open311_requests": Page(
        API_KEY,
        "GET POST",
        formats,
        (
            "",
            "extensions=true",
            "status=open",
            "locale=es",
            "lat=40.5&long=-69.0&radius=50000",
            "service_code=outreach",
        ),
        budget=13,
    ),
    "open311_request": Page(EVERYONE, arguments=each_number, queries=("", "extensions=true"), budget=11),
    "open311_token": Page(EVERYONE, arguments=each_token, budget=2),
    "open311_updates": Page(API_KEY, "GET POST", formats, budget=11),
    "open311_not_found": Page(EVERYONE, arguments=lambda planted: [{"rest": "v2/elsewhere"}], budget=0),
    "developer_changes_feed": Page(EVERYONE, budget=1),
    "api_explorer": Page(EVERYONE, budget=1),
    "api_document": Page(EVERYONE, arguments=lambda planted: [{"format": "json"}, {"format": "yaml"}], budget=0),
    "call_event": Page(TELEPHONE, "POST", lambda planted: [{"token": TELEPHONE_TOKEN}]),
    "api_not_found": Page(EVERYONE, arguments=lambda planted: [{"rest": "v1/elsewhere/"}], budget=0),
    "v1_requests": Page(
        API_KEY,
        "GET POST",
        queries=(
            "",
            "limit=2&older=1&sort=changed",
            "sort=ended&status=open,closed&area=ward:5,ward:5&bbox=-69.1,40.4,-68.9,40.6",
            "format=geojson&lang=es",
            "q={q}",
            "service=outreach",
            *(f"near={at[1]},{at[0]},200" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        ),
        budget=15,
    ),
    "v1_request": Page(TOKEN_EDITS, "GET PATCH", each_request, budget=12),
    "v1_changes": Page(EVERYONE, queries=("", "since=now", "fields=reference&lang=es"), budget=4),
    "v1_comments": Page(TOKEN, "POST", each_request),
    "v1_request_photos": Page(TOKEN, "POST", each_request),
    "v1_followers": Page(ONLY_API_KEY, "POST", each_request),
    "v1_batches": Page(ONLY_API_KEY, "POST"),
    "v1_readings": Page(ONLY_API_KEY, "POST"),
    "v1_call_counts": Page(ONLY_API_KEY, "POST"),
    "v1_photos": Page(ONLY_API_KEY, "POST"),
    "v1_follows": Page(EVERYONE, "POST"),
    "v1_categories": Page(EVERYONE, budget=2),
    "v1_services": Page(EVERYONE, queries=("", "lang=es", "category=streets"), budget=2),
    "v1_service": Page(
        EVERYONE,
        arguments=lambda planted: [{"service_code": code} for code in ("pothole", "needles", "outreach", "facility")],
        budget=3,
    ),
    "v1_articles": Page(EVERYONE, budget=2),
    "v1_article": Page(
        EVERYONE,
        arguments=lambda planted: [{"article_code": one["code"]} for one in each_article(planted)],
        budget=3,
    ),
    "v1_suggestions": Page(EVERYONE, queries=("q=hole", "q={q}"), budget=6),
    "v1_areas": Page(EVERYONE, queries=("", "layer=ward&format=geojson", "at=40.5,-69.0"), budget=2),
    "v1_area": Page(
        EVERYONE,
        arguments=lambda planted: [{"layer": "ward", "area_code": "5"}],
        queries=("", "format=geojson"),
        budget=2,
    ),
    "v1_places": Page(
        EVERYONE,
        queries=(
            "q=12+Elm",
            "q={q}",
            *(f"at={at[1]},{at[0]}" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        ),
        budget=2,
    ),
    "v1_assets": Page(EVERYONE, queries=("", "near=40.5,-69.0,1000"), budget=2),
    "v1_asset": Page(EVERYONE, arguments=lambda planted: [{"number": "L00417"}], budget=2),
    "v1_city": Page(EVERYONE, budget=1),
    "v1_statistics": Page(EVERYONE, budget=3),
    "v1_ogc": Page(EVERYONE, budget=1),
    "v1_ogc_conformance": Page(EVERYONE, budget=1),
    "v1_ogc_definition": Page(EVERYONE, budget=1),
    "v1_ogc_collections": Page(EVERYONE, budget=3),
    "v1_ogc_collection": Page(EVERYONE, arguments=lambda planted: [{"collection": "requests"}], budget=3),
    "v1_ogc_requests": Page(
        EVERYONE,
        queries=(
            "",
            "older=1&limit=1000&lang=es",
            "datetime=2020-01-01T00:00:00Z/..",
            "q={q}",
            "service=outreach",
            *(f"bbox={at[0] - 0.001},{at[1] - 0.001},{at[0] + 0.001},{at[1] + 0.001}" for at in SECRET_PLACES.values()),
        ),
        budget=14,
    ),
    "v1_ogc_request": Page(EVERYONE, arguments=each_request, budget=9),
    "v1_ogc_areas": Page(
        EVERYONE, arguments=lambda planted: [{"layer": "ward"}], queries=("", "bbox=-70,40,-68,41"), budget=3
    ),
    "v1_ogc_area": Page(EVERYONE, arguments=lambda planted: [{"layer": "ward", "area_code": "5"}], budget=2),
    "v1_ogc_assets": Page(EVERYONE, queries=("", "bbox=-70,40,-68,41"), budget=2),
    "v1_ogc_asset": Page(EVERYONE, arguments=lambda planted: [{"number": "L00417"}], budget=2),
    "v1_sandbox_requests": Page(ONLY_API_KEY, budget=11),
    "v1_sandbox_photo": Page(
        ONLY_API_KEY, arguments=lambda planted: [{**one, "photo_id": "none"} for one in each_request(planted)], budget=3
    ),
    "v1_sandbox_advance": Page(ONLY_API_KEY, "POST", each_request),
    "v1_webhook_events": Page(EVERYONE, budget=1),
    "v1_webhooks": Page(ONLY_API_KEY, "GET POST", budget=3),
    "v1_listeners": Page(ONLY_API_KEY, "POST"),
    "v1_listener_events": Page(ONLY_API_KEY, arguments=the_listener, queries=("", "cursor=msg_heard"), budget=10),
    "v1_webhook": Page(ONLY_API_KEY, "GET PATCH DELETE", the_webhook, budget=3),
    "v1_webhook_secret": Page(ONLY_API_KEY, "POST", the_webhook),
    "v1_webhook_test": Page(ONLY_API_KEY, "POST", the_webhook),
    "v1_webhook_try": Page(ONLY_API_KEY, "POST", the_webhook),
    "v1_webhook_deliveries": Page(ONLY_API_KEY, arguments=the_webhook, budget=4),
    "v1_webhook_resend": Page(
        ONLY_API_KEY, "POST", lambda planted: [{"webhook_id": planted.webhook.pk, "delivery_id": planted.delivery.pk}]
    ),
    "v1_staff_requests": Page(
        STAFF_KEY,
        "GET POST",
        queries=("", "tab=new&sort=due&limit=2", "q={q}", "service=pothole&area=ward:5&flag=reopened"),
        budget=8,
    ),
    "v1_staff_request": Page(STAFF_KEY, "GET PATCH", each_request, budget=12),
    "v1_staff_actions": Page(STAFF_KEY, arguments=each_request, budget=15),
    "v1_staff_action": Page(
        STAFF_KEY,
        "POST",
        lambda planted: [{"verb": "accept", **arguments} for arguments in each_request(planted)],
    ),
    "v1_staff_undo": Page(STAFF_KEY, "POST", each_request),
    "v1_staff_contacts": Page(STAFF_KEY, arguments=each_request, queries=("reason=reply",), budget=9),
    "v1_staff_photo": Page(STAFF_KEY, arguments=the_staff_photo, budget=5),
    "v1_staff_request_tasks": Page(STAFF_KEY, "POST", each_request),
    "v1_staff_departments": Page(STAFF_KEY, budget=5),
    "v1_staff_tasks": Page(STAFF_KEY, queries=("", "state=all&department=PW&number=1"), budget=4),
    "v1_staff_task": Page(STAFF_KEY, "GET PATCH", lambda planted: [{"task_id": planted.task.pk}], budget=4),
    "basemap_tile": Page(EVERYONE, arguments=each_tile, budget=5),
    "request_tile": Page(
        EVERYONE,
        arguments=each_request_tile,
        queries=("", "status=open", "service=outreach", "language=es", "q=hole&area=ward:5", "older=1"),
        budget=7,
    ),
    "map_picture": Page(EVERYONE, arguments=each_map_picture, budget=7),
    "map_months": Page(EVERYONE, queries=("", "status=open", "service=outreach", "q=hole"), budget=7),
    "map_style": Page(EVERYONE, queries=("", "dark=1"), budget=1),
    "place_search": Page(EVERYONE, queries=("q=12+Elm", "q={q}"), budget=2),
    "place_nearest": Page(
        EVERYONE,
        queries=tuple(f"lat={at[1]}&long={at[0]}" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        budget=3,
    ),
    "numbers_csv": Page(EVERYONE, budget=3),
    "sign": Page(EVERYONE, arguments=lambda planted: [{"code": "L00417"}, {"code": "QQQQQ"}], budget=1),
    "theme": Page(EVERYONE, queries=("", "v=of-yesterday"), budget=1),
    "seal": Page(EVERYONE, arguments=the_seal, budget=1),
    "service_worker": Page(EVERYONE, budget=1),
    "robots": Page(EVERYONE, budget=1),
    "sitemap": Page(EVERYONE, budget=5),
    # Residents: reading.
    "requests_app:home": Page(EVERYONE, budget=10),
    "requests_app:find": Page(EVERYONE, queries=("", "reference={q}", "reference=nonsense"), budget=1),
    "requests_app:track": Page(EVERYONE, arguments=each_request, budget=13),
    "requests_app:me_too": Page(EVERYONE, "GET POST", each_request, budget=5),
    "requests_app:thanks": Page(EVERYONE, "GET POST", ended_first, budget=4),
    "requests_app:follow_request": Page(EVERYONE, "GET POST", each_request, budget=2),
    "requests_app:share_code": Page(EVERYONE, arguments=each_request, budget=2),
    "requests_app:share_card": Page(EVERYONE, arguments=each_request, budget=7),
    "requests_app:state": Page(EVERYONE, arguments=each_request, budget=2),
    "requests_app:own_photo": Page(EVERYONE, arguments=each_own_photo, budget=2),
    "requests_app:own_photo_small": Page(EVERYONE, arguments=each_own_photo, budget=2),
    "requests_app:public_list": Page(EVERYONE, queries=(*PUBLIC_FILTERS, *CHOICES, *NEAR, "older=1&q={q}"), budget=9),
    "requests_app:map": Page(EVERYONE, queries=(*PUBLIC_FILTERS, *CHOICES, *NEAR, "older=1&q={q}"), budget=12),
    "requests_app:area_map": Page(EVERYONE, queries=("", "layer=ward", "service=outreach&layer=ward"), budget=16),
    "requests_app:map_list": Page(
        EVERYONE,
        queries=(
            "frame=-69.1,40.4,-68.9,40.6",
            *PUBLIC_FILTERS,
            *CHOICES,
            *NEAR,
            "older=1&q={q}&frame=-69.1,40.4,-68.9,40.6",
        ),
        budget=10,
    ),
    "requests_app:map_cards": Page(EVERYONE, arguments=each_request, budget=5),
    "requests_app:feed": Page(EVERYONE, queries=(*PUBLIC_FILTERS, *CHOICES, *NEAR), budget=4),
    "requests_app:developers": Page(EVERYONE, budget=3),
    "requests_app:developer_changes": Page(EVERYONE, budget=1),
    "requests_app:developer_reference": Page(
        EVERYONE,
        arguments=lambda planted: [
            {"tag": tag}
            for tag in ("requests", "reporting", "catalog", "places", "city", "sandbox", "webhooks", "open311")
        ],
        budget=2,
    ),
    "requests_app:developer_problem": Page(
        EVERYONE, arguments=lambda planted: [{"code": "invalid-parameter"}, {"code": "server-error"}], budget=1
    ),
    "requests_app:developer_keys": Page(EVERYONE, "GET POST", budget=1),
    "requests_app:live_key": Page(EVERYONE, "GET POST", budget=1),
    "requests_app:own_keys": Page(EVERYONE, "GET POST", budget=1),
    "requests_app:own_key": Page(RESIDENT, arguments=the_own_key, budget=7),
    "requests_app:replace_own_key": Page(RESIDENT, "POST", the_own_key),
    "requests_app:end_own_key": Page(RESIDENT, "POST", the_own_key),
    "requests_app:follow": Page(
        EVERYONE,
        "GET POST",
        queries=("area=ward:5", "", "service=pothole", "asset=L00417", "collection=ward:5", *NEAR),
        budget=2,
    ),
    "requests_app:address": Page(
        EVERYONE,
        "GET POST",
        queries=(
            "q=12+Elm+St",
            "",
            "q={q}",
            *(f"lat={at[1]}&long={at[0]}" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        ),
        budget=5,
    ),
    # Without an address; with one, tests/requests_app/web/explore/test_my_street.py counts.
    "requests_app:my_street": Page(EVERYONE, "GET POST", budget=1),
    "requests_app:street_works": Page(EVERYONE, queries=("", "cursor={q}"), budget=2),
    "requests_app:street_works_json": Page(EVERYONE, budget=2),
    "requests_app:numbers": Page(EVERYONE, queries=("", "before=2026-06", "before=2030-13", "before={q}"), budget=4),
    "requests_app:areas": Page(EVERYONE, budget=2),
    "requests_app:area": Page(
        EVERYONE,
        arguments=lambda planted: [{"layer": "ward", "code": "5"}, {"layer": "ward", "code": "6"}],
        budget=16,
    ),
    "requests_app:area_year": Page(
        EVERYONE,
        arguments=lambda planted: [{"layer": "ward", "code": "5", "period": period} for period in ("2026", "2026-06")],
        budget=8,
    ),
    "requests_app:area_year_card": Page(
        EVERYONE, arguments=lambda planted: [{"layer": "ward", "code": "5", "period": "2026"}], budget=11
    ),
    "requests_app:area_calendar": Page(
        EVERYONE, arguments=lambda planted: [{"layer": "ward", "code": "5"}, {"layer": "ward", "code": "6"}], budget=2
    ),
    "requests_app:places": Page(
        EVERYONE,
        queries=(
            "",
            "q=12+Elm+St",
            "q={q}",
            *(f"lat={at[1]}&long={at[0]}" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        ),
        budget=1,
    ),
    "requests_app:place": Page(
        EVERYONE,
        arguments=lambda planted: [{"path": path} for path in ("1-99-block-of-elm-st", "4800-block-of-juniper-rd")],
        queries=("", "around=1000"),
        budget=21,
    ),
    "requests_app:asset": Page(
        EVERYONE, arguments=lambda planted: [{"number": "L00417"}, {"number": "T00001"}], budget=18
    ),
    "requests_app:about_service": Page(
        EVERYONE,
        arguments=lambda planted: [{"service_code": code} for code in ("pothole", "needles", "outreach", "facility")],
        budget=14,
    ),
    "requests_app:services": Page(EVERYONE, queries=("", "q=a+hole+in+the+road", "q={q}", "q=zzzz"), budget=2),
    "requests_app:category": Page(
        EVERYONE, arguments=lambda planted: [{"code": "streets"}, {"code": "help"}], budget=3
    ),
    "requests_app:articles": Page(EVERYONE, queries=("", "q=potholes", "q={q}"), budget=6),
    "requests_app:article": Page(EVERYONE, arguments=each_article, budget=5),
    "requests_app:article_vote": Page(EVERYONE, "GET POST", each_article, budget=2),
    "requests_app:article_missing": Page(EVERYONE, "GET POST", each_article, budget=2),
    "requests_app:who_to_call": Page(EVERYONE, budget=3),
    "requests_app:photo": Page(EVERYONE, arguments=each_photo, budget=2),
    "requests_app:photo_small": Page(EVERYONE, arguments=each_photo, budget=2),
    "requests_app:photo_thumb": Page(EVERYONE, arguments=each_photo, budget=2),
    "requests_app:app_manifest": Page(EVERYONE, budget=1),
    "requests_app:call_back": Page(EVERYONE, "GET POST", budget=3),
    "requests_app:privacy": Page(EVERYONE, budget=1),
    "requests_app:status": Page(EVERYONE, budget=3),
    "requests_app:accessibility": Page(EVERYONE, budget=1),
    # Residents: reporting, in the order of its pages.
    "requests_app:report": Page(
        EVERYONE,
        "GET POST",
        queries=(
            "",
            "service=pothole",
            "service=facility",
            "asset=L00417&service=signal",
            "sign=L00417",
            *(f"lat={at[1]}&long={at[0]}" for at in (factories.ELM_ST, *SECRET_PLACES.values())),
        ),
        budget=1,
    ),
    "requests_app:offline": Page(EVERYONE, budget=2),
    "requests_app:offline_catalog": Page(EVERYONE, budget=4),
    "requests_app:offline_token": Page(EVERYONE, budget=1),
    "requests_app:offline_photo": Page(EVERYONE, "POST"),
    "requests_app:offline_send": Page(EVERYONE, "POST"),
    "requests_app:problem": Page(DRAFT, "GET POST", draft_at("problem"), budget=3),
    "requests_app:emergency": Page(DRAFT, "GET POST", draft_at("emergency"), budget=4),
    "requests_app:called": Page(DRAFT, "POST", draft_at("emergency")),
    "requests_app:service": Page(DRAFT, "GET POST", draft_at("service"), budget=8),
    "requests_app:answered": Page(DRAFT, "GET POST", draft_at("answered"), budget=4),
    "requests_app:new_referral": Page(EVERYONE, "GET POST", each_article, budget=2),
    "requests_app:referral": Page(DRAFT, "GET POST", draft_at("service", code="potholes"), budget=6),
    "requests_app:check_referral": Page(DRAFT, "GET POST", draft_at("referral"), budget=5),
    "requests_app:referred": Page(DRAFT, "GET", draft_at("referred"), budget=2),
    "requests_app:location": Page(DRAFT, "GET POST", draft_at("location"), budget=3),
    "requests_app:around": Page(DRAFT, "GET", draft_at("location"), ("box=-69.01,40.49,-68.99,40.51",), budget=3),
    "requests_app:choose_location": Page(DRAFT, "GET POST", draft_at("choose_place"), budget=4),
    "requests_app:choose_asset": Page(DRAFT, "GET POST", draft_at("asset"), budget=4),
    "requests_app:owner": Page(DRAFT, "GET POST", draft_at("owner"), budget=5),
    "requests_app:duplicates": Page(DRAFT, "GET POST", draft_at("duplicates"), budget=9),
    "requests_app:details": Page(DRAFT, "GET POST", draft_at("details", number=1), budget=7),
    "requests_app:draft_photos": Page(DRAFT, "POST", draft_at("details")),
    "requests_app:other": Page(DRAFT, "GET POST", draft_at("other"), budget=5),
    "requests_app:contact": Page(DRAFT, "GET POST", draft_at("contact"), budget=3),
    "requests_app:check": Page(DRAFT, "GET POST", draft_at("check"), budget=9),
    "requests_app:check_map": Page(
        DRAFT,
        arguments=lambda planted: [{**one, "name": "medium"} for one in draft_at("check")(planted)],
        budget=6,
    ),
    "requests_app:remove_text": Page(DRAFT, "POST", draft_at("check")),
    "requests_app:later": Page(DRAFT, "GET POST", draft_at("details"), budget=8),
    "requests_app:resume": Page(LINK, "GET POST", each_draft_link, budget=3),
    "requests_app:sent": Page(DRAFT, "GET", the_sent_draft, budget=12),
    "requests_app:resend_confirmation": Page(DRAFT, "GET POST", the_sent_draft, budget=2),
    "requests_app:another": Page(DRAFT, "POST", the_sent_draft),
    "requests_app:forget": Page(EVERYONE, "POST"),
    # Residents: with the private link.
    "requests_app:private_link": Page(LINK, arguments=each_link, budget=2),
    "requests_app:unsubscribe_link": Page(LINK, "GET POST", each_link, budget=2),
    "requests_app:survey_link": Page(LINK, arguments=each_survey_link, budget=2),
    "requests_app:keep_private_link": Page(LINK, arguments=each_link, budget=2),
    "requests_app:answer": Page(LINK, "POST", each_request),
    "requests_app:add": Page(LINK, "POST", each_request),
    "requests_app:edit": Page(LINK, "GET POST", untouched_first, budget=10),
    "requests_app:add_photos": Page(LINK, "GET POST", untouched_first, budget=9),
    "requests_app:upload_photo": Page(LINK, "POST", each_request),
    "requests_app:not_fixed": Page(LINK, "POST", each_request),
    "requests_app:undo_reopening": Page(LINK, "POST", each_request),
    "requests_app:report_again": Page(LINK, "POST", each_request),
    "requests_app:keep_private": Page(LINK, "GET POST", each_request, budget=8),
    "requests_app:withdraw": Page(LINK, "POST", each_request),
    "requests_app:unsubscribe": Page(LINK, "POST", each_request),
    "requests_app:survey": Page(LINK, "GET POST", ended_first, budget=11),
    "requests_app:updates": Page(LINK, "POST", each_request),
    "requests_app:verify": Page(LINK, "GET POST", each_one_time_link, budget=3),
    "requests_app:alarm": Page(LINK, "GET POST", each_alarm_link, budget=3),
    "requests_app:unsubscribe_digest_link": Page(LINK, "GET POST", each_digest_link, budget=1),
    # Residents: my requests.
    "requests_app:my": Page(EVERYONE, "GET POST", budget=1),
    "requests_app:my_request": Page(RESIDENT, arguments=each_request, budget=11),
    "requests_app:my_updates": Page(RESIDENT, "POST", lambda planted: [{"subscription_id": planted.subscription.pk}]),
    "requests_app:my_contact": Page(RESIDENT, "GET POST", budget=5),
    "requests_app:my_copy": Page(RESIDENT, "GET POST", budget=5),
    "requests_app:my_erase": Page(RESIDENT, "GET POST", budget=4),
    "requests_app:my_sign_out": Page(EVERYONE, "POST"),
    # Staff.
    "staff_app:queue": Page(
        STAFF,
        queries=(
            "",
            *(f"tab={tab}" for tab in ("new", "p1", "late", "today", "answered", "reopened", "waiting")),
            "q={q}",
            "status=closed&status=routed&sort=reported&columns=reference&columns=reported",
            "assignee=me&assignee=nobody&priority=1&flag=danger&late=1&quiet=3&sort=quiet&service=gone",
        ),
        budget=12,
    ),
    "staff_app:detail": Page(staff("view"), arguments=each_request, budget=24),
    "staff_app:compare": Page(staff("view"), arguments=each_pair, budget=6),
    "staff_app:relate": Page(staff("note"), "POST", each_request),
    "staff_app:unrelate": Page(staff("note"), "POST", each_pair),
    "staff_app:more_from": Page(staff("view"), arguments=each_request, queries=("", "place=1"), budget=8),
    "staff_app:earlier": Page(staff("view"), arguments=each_newest_event, budget=12),
    "staff_app:public_view": Page(staff("view"), arguments=each_request, budget=12),
    "staff_app:routing_and_email": Page(staff("view"), arguments=each_request, budget=9),
    "staff_app:updates": Page(STAFF, queries=("", "since=1"), budget=7),
    "staff_app:step": Page(STAFF, queries=("", "list=tab%3Dnew&to=next"), budget=4),
    "staff_app:queue_map": Page(STAFF, queries=("", "q={q}", "frame=-180,-90,180,90"), budget=9),
    "staff_app:saved_views": Page(STAFF, budget=7),
    "staff_app:save_view": Page(STAFF, "GET POST", queries=("", "tab=late&service=pothole", "q={q}"), budget=6),
    "staff_app:saved_view": Page(VIEW_KEEPER, "GET POST", the_view, queries=("", "tab=late"), budget=8),
    "staff_app:delete_saved_view": Page(VIEW_KEEPER, "POST", the_view),
    "staff_app:pin_saved_view": Page(STAFF, "POST", the_view),
    "staff_app:unpin_saved_view": Page(STAFF, "POST", the_view),
    "staff_app:snoozed": Page(STAFF, budget=7),
    "staff_app:snooze": Page(staff("view"), "GET POST", each_request, budget=7),
    "staff_app:unsnooze": Page(staff("view"), "POST", each_request),
    "staff_app:overview": Page(OVERSEER, budget=45),
    "staff_app:today": Page(OVERSEER, budget=14),
    "staff_app:overview_counts": Page(
        OVERSEER, queries=("", "by=area", "by=month", "by=team", "by=department", "by=person"), budget=10
    ),
    "staff_app:value": Page(OVERSEER, queries=("", "by=quarter", "until=2026-01"), budget=12),
    "staff_app:value_csv": Page(OVERSEER, queries=("", "by=quarter"), budget=11),
    "staff_app:value_figure": Page(OVERSEER, "GET", each_figure, queries=("", "period=2026-Q1"), budget=12),
    "staff_app:takers": Page(OVERSEER, budget=6),
    "staff_app:value_settings": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:ledger_calls": Page(OVERSEER, budget=5),
    "staff_app:desk_start": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:call_months_setup": Page(staff("administer"), "GET POST", budget=5),
    "staff_app:overview_settings": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:mine": Page(STAFF, budget=11),
    "staff_app:bulk": Page(
        STAFF,
        "GET POST",
        queries=("verb=note&all=1", "verb=assign&all=1", "verb=resolve&all=1&tab=late", "verb=merge&request=1"),
        budget=13,
    ),
    "staff_app:my_jobs": Page(STAFF, budget=6),
    "staff_app:bulk_job": Page(JOB_OWNER, "GET", the_bulk_job, queries=("", "state=refused"), budget=10),
    "staff_app:stop_bulk_job": Page(JOB_OWNER, "POST", the_bulk_job),
    "staff_app:undo_bulk_job": Page(JOB_OWNER, "POST", the_bulk_job),
    "staff_app:run_macro": Page(MACRO_OWNER, "POST", run_the_macro),
    "staff_app:macros": Page(STAFF, queries=("", "q={q}", "sort=key"), budget=6),
    "staff_app:new_macro": Page(STAFF, "GET POST", budget=12),
    "staff_app:edit_macro": Page(MACRO_OWNER, "GET POST", the_macro, budget=14),
    "staff_app:remove_macro": Page(MACRO_OWNER, "POST", the_macro),
    "staff_app:queue_columns": Page(STAFF, "POST"),
    "staff_app:print_queue": Page(STAFF, queries=("", "tab=late", "q={q}"), budget=9),
    "staff_app:export_queue": Page(STAFF, "POST", lambda _planted: [{"kind": "csv"}, {"kind": "xlsx"}]),
    "staff_app:crew_day": Page(STAFF, queries=("", "order=due", "lat=40.5&long=-69"), budget=14),
    "staff_app:crew_sheet": Page(STAFF, budget=9),
    "staff_app:crew_day_json": Page(STAFF, budget=15),
    "staff_app:crew_offline": Page(EVERYONE, budget=1),
    "staff_app:crew_worker": Page(EVERYONE, budget=1),
    "staff_app:crew_photo": Page(staff("visit"), "POST", each_request),
    "staff_app:crew_result": Page(staff("visit"), "POST", each_request),
    "staff_app:crew_task_photo": Page(TASK_WORKER, "POST", the_task),
    "staff_app:crew_task_result": Page(TASK_WORKER, "POST", the_task),
    "staff_app:crew_stop": Page(staff("view"), arguments=each_request, budget=11),
    "staff_app:tasks": Page(STAFF, budget=6),
    "staff_app:add_task": Page(staff("assign"), "GET POST", each_request, budget=10),
    "staff_app:task": Page(TASK_WORKER, "GET POST", the_task, budget=8),
    "staff_app:work_orders": Page(staff("accept"), "GET POST", budget=5),
    "staff_app:reporter": Page(staff("view_reporter"), "POST", each_request),
    "staff_app:mark_read": Page(staff("accept"), "POST", each_request),
    "staff_app:accept_alarm": Page(staff("view"), "POST", the_alarm),
    "staff_app:needless_alarm": Page(staff("note"), "POST", the_alarm),
    "staff_app:moderate": Page(staff("hide"), "GET POST", each_request, budget=9),
    "staff_app:restore": Page(staff("publish"), "POST", the_hidden_words),
    "staff_app:hide_photo": Page(staff("hide"), "GET POST", each_request_photo, budget=7),
    "staff_app:show_photo": Page(staff("publish"), "POST", each_request_photo),
    "staff_app:action": Page(EACH_ACTION, "GET POST", each_action, budget=6),
    "staff_app:peek": Page(staff("view"), "GET POST", each_request, budget=12),
    "staff_app:compose": Page(staff("note"), arguments=each_request, queries=("", "verb=note", "verb=ask"), budget=7),
    "staff_app:suggested_services": Page(staff("change_service"), "GET POST", each_request, budget=15),
    "staff_app:undo": Page(OWN_ACTION, "GET POST", own_action, budget=9),
    "staff_app:edit_text": Page(TEXT_WRITER, "GET POST", each_own_text, budget=8),
    "staff_app:withdraw_text": Page(TEXT_WRITER, "POST", each_own_text),
    "staff_app:review": Page(staff("publish"), budget=10),
    "staff_app:review_request": Page(staff("publish"), "POST", pending_review_first),
    "staff_app:publish_private": Page(staff("publish"), "GET POST", private_review_first, budget=11),
    "staff_app:review_several": Page(staff("publish"), "POST"),
    "staff_app:moderation_words": Page(
        staff("administer"), "GET POST", queries=("", "kind=link", "kind=address", "q=spam"), budget=8
    ),
    "staff_app:remove_moderation_word": Page(staff("administer"), "POST", the_term),
    "staff_app:on_call": Page(staff("administer"), "GET POST", queries=("", "week=2026-11-23"), budget=10),
    "staff_app:on_call_entry": Page(staff("administer"), "GET POST", the_on_call, budget=10),
    "staff_app:remove_on_call": Page(staff("administer"), "POST", the_on_call),
    "staff_app:outbox": Page(staff("read_outbox"), budget=7),
    "staff_app:health": Page(staff("administer"), budget=25),
    "staff_app:outbox_group": Page(
        staff("read_outbox"), "GET POST", queries=("kind=email_commented&error=550",), budget=6
    ),
    "staff_app:paused_outbox_rows": Page(staff("read_outbox"), "POST"),
    "staff_app:retry_outbox_row": Page(
        staff("read_outbox"), "POST", lambda planted: [{"row_id": planted.outbox_row.pk}]
    ),
    "staff_app:api_keys": Page(staff("manage_api_keys"), budget=7),
    "staff_app:new_api_key": Page(staff("manage_api_keys"), "GET POST", budget=6),
    "staff_app:api_key": Page(staff("manage_api_keys"), arguments=the_key, budget=14),
    "staff_app:webhook": Page(
        staff("manage_api_keys"),
        "GET POST",
        lambda planted: [{"key_id": planted.api_key.pk, "webhook_id": planted.webhook.pk}],
        budget=8,
    ),
    "staff_app:edit_api_key": Page(staff("manage_api_keys"), "GET POST", the_key, budget=7),
    "staff_app:new_sensor": Page(staff("manage_api_keys"), "GET POST", the_key, budget=7),
    "staff_app:edit_sensor": Page(staff("manage_api_keys"), "GET POST", the_sensor, budget=10),
    "staff_app:remove_sensor": Page(staff("manage_api_keys"), "POST", the_sensor),
    "staff_app:replace_api_key": Page(staff("manage_api_keys"), "POST", the_key),
    "staff_app:key_request": Page(
        staff("manage_api_keys"),
        "GET POST",
        lambda planted: [{"key_request_id": planted.key_request.pk}],
        budget=7,
    ),
    "staff_app:revoke_api_key": Page(staff("manage_api_keys"), "POST", the_key),
    "staff_app:setup": Page(STAFF, queries=("", "q={q}"), budget=5),
    "staff_app:emergency_words": Page(staff("administer"), "GET POST", queries=("", "language=es"), budget=9),
    "staff_app:emergency_phrase": Page(staff("administer"), "GET POST", the_phrase, budget=7),
    "staff_app:remove_emergency_phrase": Page(staff("administer"), "POST", the_phrase),
    "staff_app:desk_costs": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:desk_cost": Page(staff("administer"), "GET POST", the_cost, budget=7),
    "staff_app:remove_desk_cost": Page(staff("administer"), "POST", the_cost),
    "staff_app:unanswered": Page(staff("write_articles"), budget=9),
    "staff_app:settle_search": Page(staff("write_articles"), "POST"),
    "staff_app:answered_counts": Page(staff("administer"), budget=11),
    "staff_app:always_ask": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:emergency_counts": Page(staff("administer"), queries=("", "month=2026-11"), budget=7),
    "staff_app:signs": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:print_signs": Page(staff("administer"), queries=("sign=1", ""), budget=6),
    "staff_app:remove_sign": Page(staff("administer"), "POST", lambda planted: [{"sign_id": planted.sign.pk}]),
    "staff_app:go_live": Page(staff("administer"), budget=15),
    "staff_app:service_go_live": Page(staff("administer"), "GET", the_service, budget=16),
    "staff_app:offer_service": Page(staff("administer"), "POST", the_service),
    "staff_app:approve_emergency": Page(staff("administer"), "POST", the_service),
    "staff_app:no_article": Page(staff("administer"), "POST", the_service),
    "staff_app:start_test": Page(staff("administer"), "POST", the_service),
    "staff_app:retire_service": Page(staff("administer"), "GET POST", the_service, budget=21),
    "staff_app:bring_back_service": Page(staff("administer"), "POST", the_service),
    "staff_app:pass_test": Page(staff("administer"), "POST", the_service_test),
    "staff_app:catalog_file": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:catalog_export": Page(staff("administer"), budget=28),
    "staff_app:catalog_check": Page(staff("administer"), "GET POST", budget=4),
    "staff_app:catalog_starter": Page(staff("administer"), "POST"),
    "staff_app:translations": Page(
        staff("administer"), "GET POST", queries=("", "language=es&kind=service"), budget=26
    ),
    "staff_app:translator_file": Page(staff("administer"), queries=("", "all=1"), budget=25),
    "staff_app:translations_check": Page(staff("administer"), "GET POST", budget=4),
    "city_image": Page(EVERYONE, arguments=the_city_image, budget=2),
    # A 404 as soon as there is a city.
    "staff_app:first_run": Page(EVERYONE, "GET POST", lambda planted: [{"token": "nonsense"}], budget=1),
    "staff_app:layers": Page(staff("administer"), budget=6),
    "staff_app:upload_layer": Page(
        staff("administer"),
        "GET POST",
        lambda planted: [{"kind": kind} for kind in ("areas", "addresses", "assets", "owners", "boundary")],
        budget=6,
    ),
    "staff_app:layer_import": Page(staff("administer"), "GET POST", each_layer_import, budget=12),
    "staff_app:layer_shapes": Page(staff("administer"), arguments=each_layer_import, budget=10),
    "staff_app:city": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:city_part": Page(
        staff("administer"),
        "GET POST",
        lambda planted: [{"part": part} for part in ("look", "numbers", "texts", "email", "urgent")],
        budget=6,
    ),
    "staff_app:departments": Page(staff("administer"), queries=("", "q=streets", "sort=-name"), budget=6),
    "staff_app:new_department": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:department": Page(staff("administer"), "GET POST", the_department, budget=11),
    "staff_app:close_department": Page(staff("administer"), "GET POST", the_department, budget=14),
    "staff_app:reopen_department": Page(staff("administer"), "POST", the_department),
    "staff_app:teams": Page(staff("administer"), queries=("", "q=crew", "sort=department"), budget=7),
    "staff_app:new_team": Page(staff("administer"), "GET POST", the_department, budget=8),
    "staff_app:team": Page(staff("administer"), "GET POST", the_team, budget=10),
    "staff_app:end_team": Page(staff("administer"), "GET POST", the_team, budget=17),
    "staff_app:calendars": Page(staff("administer"), queries=("", "q=always"), budget=6),
    "staff_app:new_calendar": Page(staff("administer"), "GET POST", budget=5),
    "staff_app:calendar": Page(staff("administer"), "GET POST", the_calendar, queries=("", "month=2026-11"), budget=8),
    "staff_app:targets": Page(staff("administer"), queries=("", "q=pothole", "sort=-department"), budget=7),
    "staff_app:service_targets": Page(staff("administer"), "GET", the_target_service, budget=8),
    "staff_app:new_target": Page(staff("administer"), "GET POST", the_target_service, budget=10),
    "staff_app:remove_target": Page(staff("administer"), "POST", the_target),
    "staff_app:audit": Page(
        staff("administer or records"),
        queries=(
            "",
            "of=acts",
            "of=act:reporter_viewed",
            "of=setup:service",
            "service=1",
            "number={q}",
            "since=2026-01-01",
        ),
        budget=12,
    ),
    "staff_app:audit_csv": Page(staff("records"), "POST"),
    "staff_app:audit_change": Page(staff("administer or records"), arguments=the_change, budget=9),
    "staff_app:integrations": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:articles": Page(
        staff("write_articles"), queries=("", "show=due", "show=drafts", "q={q}", "sort=-review"), budget=6
    ),
    "staff_app:article_rules": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:new_article": Page(staff("write_articles"), "GET POST", budget=10),
    "staff_app:edit_article": Page(staff("write_articles"), "GET POST", the_article, budget=19),
    "staff_app:publish_article": Page(staff("write_articles"), "POST", the_article),
    "staff_app:discard_article_draft": Page(staff("write_articles"), "POST", the_article),
    "staff_app:take_down_article": Page(staff("write_articles"), "POST", the_article),
    "staff_app:article_history": Page(staff("write_articles"), arguments=the_article, budget=12),
    "staff_app:roll_back_article": Page(staff("write_articles"), "POST", the_article_change),
    "staff_app:templates": Page(staff("administer"), queries=("", "q={q}", "sort=-outcome"), budget=6),
    "staff_app:new_template": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:edit_template": Page(staff("administer"), "GET POST", the_template, budget=8),
    "staff_app:remove_template": Page(staff("administer"), "POST", the_template),
    "staff_app:outcomes": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:reasons": Page(staff("administer"), queries=("", "kind=hold", "kind=no_evidence", "q={q}"), budget=6),
    "staff_app:new_reason": Page(staff("administer"), "GET POST", queries=("", "kind=hold"), budget=5),
    "staff_app:edit_reason": Page(staff("administer"), "GET POST", the_reason, budget=8),
    "staff_app:move_reason": Page(staff("administer"), "POST", the_reason),
    "staff_app:remove_reason": Page(staff("administer"), "POST", the_reason),
    "staff_app:suspensions": Page(staff("administer"), queries=("", "q={q}", "sort=ends"), budget=8),
    "staff_app:new_suspension": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:suspension": Page(staff("administer"), "GET POST", the_suspension, budget=12),
    "staff_app:end_suspension": Page(staff("administer"), "POST", the_suspension),
    "staff_app:staff_articles": Page(STAFF, queries=("", "q=potholes", "service=pothole", "q={q}"), budget=5),
    "staff_app:staff_article": Page(STAFF, arguments=each_article, budget=11),
    "staff_app:report_wrong_article": Page(STAFF, "POST", each_article),
    "staff_app:mend_article": Page(ARTICLE_KEEPER, "POST", each_article),
    "staff_app:desk": Page(staff("submit_for_others"), "GET POST", budget=7),
    "staff_app:desk_call": Page(
        staff("submit_for_others"), "GET POST", queries=("", "from=16175550142&line=311&call=c1"), budget=5
    ),
    "staff_app:desk_phone": Page(staff("submit_for_others"), "GET POST", budget=5),
    "staff_app:ring": Page(RINGING, arguments=lambda planted: [{"token": "1-nothing-nothing"}], budget=1),
    "staff_app:waiting": Page(staff("submit_for_others"), queries=("", "kind=voicemail&owner=nobody"), budget=7),
    "staff_app:call_back": Page(staff("submit_for_others"), arguments=the_call_back, budget=6),
    "staff_app:call_back_audio": Page(staff("submit_for_others"), arguments=the_call_back, budget=6),
    "staff_app:take_call_back": Page(staff("submit_for_others"), "POST", the_call_back),
    "staff_app:no_answer": Page(staff("submit_for_others"), "POST", the_call_back),
    "staff_app:end_call_back": Page(staff("submit_for_others"), "POST", the_call_back),
    "staff_app:give_back": Page(staff("submit_for_others"), "POST", the_call_back),
    "staff_app:wall": Page(staff("submit_for_others or supervise"), queries=("", "refresh=off"), budget=6),
    "staff_app:contact": Page(staff("submit_for_others"), "GET POST", the_contact, budget=21),
    "staff_app:contact_box": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:contact_caller": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:find_caller": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:check_caller": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:share_caller_number": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:caller_request": Page(staff("submit_for_others"), "GET POST", each_request_on_call, budget=8),
    "staff_app:open_caller_request": Page(staff("submit_for_others"), "POST", each_request_on_call),
    "staff_app:shared_phones": Page(staff("submit_for_others or administer"), "GET POST", budget=7),
    "staff_app:contact_emergency": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:park_contact": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:close_contact": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:desk_suggest": Page(staff("submit_for_others"), queries=("q=poth", "q=12 Elm", "q={q}"), budget=11),
    "staff_app:contact_map": Page(staff("submit_for_others"), arguments=the_contact_map, budget=15),
    "staff_app:save_contact": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:staff_report": Page(STAFF, "GET POST", budget=9),
    "staff_app:staff_report_photo": Page(STAFF, "POST"),
    "staff_app:staff_report_step": Page(DRAFT_WRITER, "GET POST", the_staff_draft, budget=17),
    "staff_app:desk_setup": Page(staff("administer"), budget=7),
    "staff_app:new_desk_line": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:desk_line": Page(staff("administer"), "GET POST", the_desk_line, budget=8),
    "staff_app:telephone_setup": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:call_counts_setup": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:letter_scan": Page(staff("submit_for_others"), "POST", the_contact),
    "staff_app:letter_page": Page(LETTER_READER, arguments=the_letter_page, budget=7),
    "staff_app:letter_page_small": Page(LETTER_READER, arguments=the_letter_page, budget=7),
    "staff_app:paper": Page(STAFF, "GET POST", queries=("", "form=POTHOLE-1-EN&came=2026-05-01"), budget=6),
    "staff_app:paper_form": Page(STAFF, arguments=lambda _planted: [{"service_code": "pothole"}], budget=7),
    "staff_app:slip": Page(staff("view"), "GET", each_request, budget=7),
    "staff_app:contact_slip": Page(staff("submit_for_others"), "GET POST", the_contact_slip, budget=11),
    "staff_app:safety_notes": Page(
        staff("safety_notes or records"), queries=("", "q={q}", "show=ended", "sort=-place"), budget=6
    ),
    "staff_app:new_safety_note": Page(staff("safety_notes"), "GET POST", budget=5),
    "staff_app:safety_note": Page(staff("safety_notes or records"), "GET POST", the_safety_note, budget=8),
    "staff_app:read_safety_note": Page(staff("safety_notes or records"), "POST", the_safety_note),
    "staff_app:edit_safety_note": Page(staff("safety_notes"), "POST", the_safety_note),
    "staff_app:end_safety_note": Page(staff("safety_notes"), "POST", the_safety_note),
    "staff_app:read_safety_notes": Page(staff("visit"), "POST", each_request),
    "staff_app:watch": Page(staff("administer"), "GET POST", budget=6),
    "staff_app:checks": Page(staff("check_endings"), budget=6),
    "staff_app:check": Page(staff("check_endings"), "GET POST", the_check, budget=8),
    "staff_app:truth_rate": Page(staff("supervise or administer"), queries=("", "by=service", "by=month"), budget=7),
    "staff_app:truth_rate_csv": Page(staff("supervise or administer"), queries=("", "by=service"), budget=5),
    "staff_app:silent": Page(STAFF, budget=8),
    "staff_app:answer_silence": Page(staff("note"), "GET POST", each_request, budget=6),
    "staff_app:notices": Page(staff("administer"), queries=("", "q={q}", "sort=ends"), budget=6),
    "staff_app:new_notice": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:edit_notice": Page(staff("administer"), "GET POST", the_notice, budget=10),
    "staff_app:end_notice": Page(staff("administer"), "POST", the_notice),
    "staff_app:routing": Page(staff("administer"), queries=("", "q={q}", "q=road&service=pothole"), budget=16),
    "staff_app:which_rule": Page(
        staff("administer"), "GET POST", queries=("", "number={q}", "service=pothole"), budget=9
    ),
    "staff_app:add_routing_rule": Page(staff("administer"), "GET POST", budget=13),
    "staff_app:routing_rule": Page(staff("administer"), "GET POST", the_rule, budget=13),
    "staff_app:move_routing_rule": Page(staff("administer"), "POST", the_rule),
    "staff_app:remove_routing_rule": Page(staff("administer"), "POST", the_rule),
    "staff_app:discard_routing": Page(staff("administer"), "POST"),
    "staff_app:publish_routing": Page(staff("administer"), "GET POST", budget=15),
    "staff_app:routing_history": Page(staff("administer"), budget=6),
    "staff_app:routing_version": Page(staff("administer"), arguments=the_version, budget=16),
    "staff_app:roll_back_routing": Page(staff("administer"), "POST", the_version),
    "staff_app:simulate_routing": Page(staff("administer"), "POST"),
    "staff_app:routing_simulation": Page(staff("administer"), arguments=the_simulation, budget=11),
    "staff_app:people": Page(
        staff("administer"), queries=("", "q={q}", "sort=-seen", "role=1&department=1"), budget=13
    ),
    "staff_app:invite_person": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:invite_list": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:resend_invitation": Page(staff("administer"), "POST", the_invitation),
    "staff_app:cancel_invitation": Page(staff("administer"), "POST", the_invitation),
    "staff_app:person": Page(staff("administer"), "GET POST", the_person, budget=12),
    "staff_app:bring_back_person": Page(staff("administer"), "GET POST", the_ended, budget=12),
    "staff_app:undo_role_change": Page(staff("administer"), "GET POST", the_role_change, budget=7),
    "staff_app:reset_second_step": Page(staff("administer"), "POST", the_person),
    "staff_app:end_person": Page(staff("administer"), "GET POST", the_person, budget=8),
    "staff_app:roles": Page(staff("administer"), budget=7),
    "staff_app:add_role": Page(staff("administer"), "GET POST", queries=("", "copy=1"), budget=5),
    "staff_app:role": Page(staff("administer"), "GET POST", the_role, budget=9),
    "staff_app:see_as_role": Page(staff("administer"), "POST", the_role),
    "staff_app:stop_seeing_as_role": Page(STAFF, "POST"),
    "staff_app:remove_role": Page(staff("administer"), "POST", the_role),
    "staff_app:sign_in_setup": Page(staff("administer"), "GET POST", budget=8),
    "staff_app:single_sign_on": Page(PROVIDER, budget=2),
    "staff_app:single_sign_on_done": Page(PROVIDER, budget=2),
    "staff_app:connect_account": Page(STAFF, budget=5),
    "staff_app:back_channel_logout": Page(PROVIDER, "POST"),
    "staff_app:second_step": Page(STAFF, budget=6),
    "staff_app:switch_city": Page(STAFF, "POST", the_city),
    "staff_app:invitation": Page(LINK, "GET POST", the_invitation_link, budget=6),
    "staff_app:arrive": Page(LINK, "GET POST", the_city_switch_link, budget=5),
    "staff_app:services": Page(staff("administer"), queries=("", "{q}"), budget=10),
    "staff_app:new_service": Page(staff("administer"), "GET POST", budget=7),
    "staff_app:move_service": Page(staff("administer"), "POST"),
    "staff_app:new_category": Page(staff("administer"), "GET POST", budget=5),
    "staff_app:category": Page(staff("administer"), "GET POST", the_category, budget=7),
    "staff_app:move_category": Page(staff("administer"), "POST"),
    "staff_app:service": Page(staff("administer"), arguments=the_edited_service, budget=19),
    "staff_app:service_words": Page(staff("administer"), "GET POST", the_edited_service, budget=10),
    "staff_app:service_handling": Page(staff("administer"), "GET POST", the_edited_service, budget=12),
    "staff_app:service_privacy": Page(staff("administer"), "GET POST", the_edited_service, budget=10),
    "staff_app:service_questions": Page(staff("administer"), arguments=the_edited_service, budget=10),
    "staff_app:new_question": Page(staff("administer"), "GET POST", the_edited_service, budget=12),
    "staff_app:service_question": Page(staff("administer"), "GET POST", the_question, budget=12),
    "staff_app:copy_service": Page(staff("administer"), "GET POST", the_edited_service, budget=14),
    "staff_app:take_question": Page(
        staff("administer"), "GET POST", the_edited_service, queries=("", "q={q}"), budget=11
    ),
    "staff_app:move_question": Page(staff("administer"), "POST", the_edited_service),
    "staff_app:remove_question": Page(staff("administer"), "POST", the_question),
    "staff_app:service_preview": Page(staff("administer"), "GET POST", the_edited_service, budget=12),
    "staff_app:share_draft": Page(staff("administer"), "POST", the_edited_service),
    "staff_app:shared_preview": Page(LINK, "GET POST", the_shared_draft, budget=13),
    "staff_app:typed_preview": Page(staff("administer"), "POST", the_edited_service),
    "staff_app:service_changes": Page(staff("administer"), "GET POST", the_edited_service, budget=10),
    "staff_app:service_history": Page(staff("administer"), arguments=the_edited_service, budget=13),
    "staff_app:roll_back_service": Page(staff("administer"), "POST", the_edited_service),
    "mfa_list_webauthn": Page(SIGNED_IN),
    "mfa_add_webauthn": Page(SIGNED_IN, "GET POST"),
    "mfa_reauthenticate_webauthn": Page(SIGNED_IN, "GET POST"),
    "mfa_edit_webauthn": Page(SIGNED_IN, "GET POST", lambda planted: [{"pk": 1}]),
    "mfa_remove_webauthn": Page(SIGNED_IN, "GET POST", lambda planted: [{"pk": 1}]),
    "staff_app:profile": Page(STAFF, "GET POST", budget=8),
    "staff_app:my_notices": Page(STAFF, queries=("", "show=all"), budget=6),
    "staff_app:department_link": Page(LINK, "GET POST", each_department_link, budget=12),
    "staff_app:mark_notice_read": Page(STAFF, "POST", a_staff_notice),
    "staff_app:mark_all_notices_read": Page(STAFF, "POST"),
    "staff_app:notice_preferences": Page(STAFF, "GET POST", budget=8),
    # allauth's, with our templates.
    "account_login": Page(EVERYONE, "GET POST"),
    "account_logout": Page(SIGNED_IN, "GET POST"),
    "account_inactive": Page(EVERYONE),
    "account_signup": Page(EVERYONE),
    "account_reauthenticate": Page(SIGNED_IN, "GET POST"),
    "account_email": Page(SIGNED_IN, "GET POST"),
    "account_email_verification_sent": Page(EVERYONE),
    "account_confirm_email": Page(EVERYONE, "GET POST", lambda planted: [{"key": "nonsense"}]),
    "account_change_password": Page(SIGNED_IN, "GET POST"),
    "account_set_password": Page(SIGNED_IN, "GET POST"),
    "account_reset_password": Page(EVERYONE, "GET POST"),
    "account_reset_password_done": Page(EVERYONE),
    "account_reset_password_from_key": Page(EVERYONE, "GET POST", lambda planted: [{"uidb36": "1", "key": "nonsense"}]),
    "account_reset_password_from_key_done": Page(EVERYONE),
    "account_confirm_login_code": Page(SIGNING_IN, "GET POST"),
    "mfa_authenticate": Page(SIGNING_IN, "GET POST"),
    "mfa_index": Page(SIGNED_IN),
    "mfa_reauthenticate": Page(SIGNED_IN, "GET POST"),
    "mfa_activate_totp": Page(SIGNED_IN, "GET POST"),
    "mfa_deactivate_totp": Page(SIGNED_IN, "GET POST"),
    "mfa_view_recovery_codes": Page(SIGNED_IN),
    "mfa_generate_recovery_codes": Page(SIGNED_IN, "GET POST"),
    "mfa_download_recovery_codes": Page(SIGNED_IN),
}

# Only with LAMPLIGHTER_DEMO.
DEMO_PAGES: dict[str, Page] = {
    "demo:see_as": Page(DEMO, "POST"),
    "demo:private_links": Page(DEMO),
    "demo:mail": Page(DEMO_STAFF),
    "demo:mail_detail": Page(DEMO_STAFF, arguments=lambda planted: [{"name": "nothing"}]),
    "demo:mail_html": Page(DEMO_STAFF, arguments=lambda planted: [{"name": "nothing"}]),
    "demo:texts": Page(DEMO_STAFF),
    "demo:ring": Page(DEMO_STAFF, "POST"),
    "demo:no_911": Page(DEMO),
}


# --- Helpers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A URL pattern. is_translated: it has an address in each of the city's languages."""

    name: str
    route: str
    pattern: URLPattern
    is_translated: bool


def resolved(
    resolver: URLResolver, *, route: str = "/", namespace: str = "", translated: bool = False
) -> Iterator[Found]:
    """Every named URL pattern of the site, in the resolver's order; an address that moved has no name."""
    from django.urls import LocalePrefixPattern

    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            is_prefix = isinstance(part.pattern, LocalePrefixPattern)
            yield from resolved(
                part,
                route=route if is_prefix else route + str(part.pattern),
                namespace=namespace + (f"{part.namespace}:" if part.namespace else ""),
                translated=translated or is_prefix,
            )
        elif part.name:
            yield Found(f"{namespace}{part.name}", route + str(part.pattern), part, translated)


def addresses(name: str, planted: Planted) -> list[str]:
    """Every address worth testing for a URL name."""
    page = PAGES[name]
    return [
        _with(reverse(name, kwargs=arguments), query)
        for arguments in page.arguments(planted)
        for query in page.queries
        if "{q}" not in query
    ]


def searches(name: str, planted: Planted, words: str) -> list[str]:
    """The addresses of a URL name with a search for words."""
    page = PAGES[name]
    path = reverse(name, kwargs=page.arguments(planted)[0])
    return [_with(path, query.replace("{q}", quote(words))) for query in page.queries if "{q}" in query]


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def address(name: str, planted: Planted) -> str:
    """The default address of a URL name."""
    return addresses(name, planted)[0]


def is_translated(name: str) -> bool:
    return name in translated_names()


@cache
def translated_names() -> set[str]:
    return {route.name for route in resolved(get_resolver()) if route.is_translated}
