"""Test data: a small city with its services, staff and reports, and the same cast of people in every test.

Ana reports. Tom triages for Streets, Pia supervises Parks, Dev is on a Streets crew. Cal takes calls and Ada administers
for the whole city. `rivermark()` creates them all.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

import yaml
from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from PIL import Image

from requests_app import api_keys
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.shared.search_index import index_catalog
from requests_app.clock import AppNow
from requests_app.imports.catalog import save as save_catalog
from requests_app.imports.catalog_file import read_catalog
from requests_app.imports.layers import import_layers
from requests_app.imports.progress import Silent
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import (
    ApiKey,
    Area,
    Article,
    Asset,
    Calendar,
    Category,
    Clock,
    Department,
    EmergencyPhrase,
    GazetteerEntry,
    Jurisdiction,
    Membership,
    OutboxRow,
    Owner,
    OwnerArea,
    Participation,
    QuestionVersion,
    Role,
    Sensor,
    Service,
    ServiceRequest,
    ServiceVersion,
    StreetWork,
    Target,
    User,
)
from requests_app.models.outbox import PENDING
from requests_app.places.address_words import search_key
from requests_app.rules.people.permissions import DEFAULT_ROLES
from requests_app.worker import clock, tasks
from tests import live
from tests.saved import plain_row, repeatable, saved, step

M = TypeVar("M", bound=Model)
PASSWORD = "correct horse battery"
ANA = Reporter(name="Ana Ortiz", email="ana@example.org", phone="(555) 010-0199")
NOBODY = Reporter()
# The city is a square with 12 Elm St in the middle.
WEST, SOUTH, EAST, NORTH = -69.05, 40.45, -68.95, 40.55
ELM_ST = (-69.0, 40.5)
# What a test's map draws: 800 of 31,000 features.
DRAWN = ["land.geojson.gz", "water.geojson.gz", "streets.geojson.gz", "parks.geojson.gz", "wards.geojson.gz"]


def square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def at(longitude: float = ELM_ST[0], latitude: float = ELM_ST[1]) -> Point:
    return Point(longitude, latitude, srid=4326)


# --- The city ---------------------------------------------------------------------------------------------------------


def jurisdiction(name: str = "Rivermark", **columns: Any) -> Jurisdiction:
    defaults: dict[str, Any] = {
        "jurisdiction_id": f"{name.lower()}.example",
        "languages": ["en", "es"],
        "text_to_emergency": True,
        "desk_long_number": "555-0100",
        "all_night_number": "555-0100",
        "map_view": {"center": list(ELM_ST), "zoom": 12, "bounds": [WEST, SOUTH, EAST, NORTH]},
        "boundary": square(WEST, SOUTH, EAST, NORTH),
        "branding": {"asset_kinds": {"street_light": {"en": "Street light", "es": "Poste de luz"}}},
    }
    return Jurisdiction.objects.create(name=name, **{**defaults, **columns})


def calendar(city: Jurisdiction, code: str = "always", **columns: Any) -> Calendar:
    return Calendar.objects.get_or_create(jurisdiction=city, code=code, defaults={"always": True, **columns})[0]


def department(city: Jurisdiction, code: str = "PW", name: str = "Streets", **columns: Any) -> Department:
    defaults = {"name": {"en": name, "es": f"{name} (es)"}, "calendar": calendar(city), **columns}
    return Department.objects.get_or_create(jurisdiction=city, code=code, defaults=defaults)[0]


def category(city: Jurisdiction, code: str = "streets", name: str = "Streets and sidewalks") -> Category:
    return Category.objects.get_or_create(
        jurisdiction=city, code=code, defaults={"name": {"en": name, "es": f"{name} (es)"}, "icon": "directions_car"}
    )[0]


def question(code: str, kind: str = "text", **columns: Any) -> dict[str, Any]:
    """A question for service(): text and options by language, or one word for both."""
    text = columns.pop("text", f"Tell us the {code}.")
    options = [
        option
        if isinstance(option, dict)
        else {"value": option, "label": {"en": option.capitalize(), "es": f"{option} (es)"}}
        for option in columns.pop("options", [])
    ]
    return {
        "code": code,
        "kind": kind,
        "text": text if isinstance(text, dict) else {"en": text, "es": f"{text} (es)"},
        "options": options,
        **columns,
    }


def service(
    city: Jurisdiction,
    service_code: str = "pothole",
    *,
    questions: list[dict[str, Any]] | None = None,
    of: Department | None = None,
    kind: Category | None = None,
    acknowledge_hours: int | None = 24,
    resolve_hours: int | None = 72,
    **columns: Any,
) -> ServiceVersion:
    """Creates a service and returns its first published version."""
    new_service = Service.objects.create(jurisdiction=city, service_code=service_code)
    name = columns.pop("name", service_code.replace("-", " ").capitalize())
    version = ServiceVersion.objects.create(
        service=new_service,
        number=1,
        name=name if isinstance(name, dict) else {"en": name, "es": f"{name} (es)"},
        category=kind or category(city),
        department=of or department(city),
        **columns,
    )
    QuestionVersion.objects.bulk_create(
        QuestionVersion(service_version=version, order=order, **fields)
        for order, fields in enumerate(questions or [], 1)
    )
    for target_kind, hours in (("acknowledge", acknowledge_hours), ("resolve", resolve_hours)):
        if hours is not None:
            Target.objects.create(service=new_service, kind=target_kind, value=hours, unit="hours")
    new_service.current = version
    new_service.save(update_fields=["current"])
    return version


def article(
    city: Jurisdiction, code: str, title: str, body: str = "", *services: ServiceVersion, **columns: Any
) -> Article:
    new_article = Article.objects.create(
        jurisdiction=city, code=code, title={"en": title}, body={"en": body or title}, **columns
    )
    new_article.services.set([version.service for version in services])
    return new_article


def area(city: Jurisdiction, layer: str = "ward", code: str = "5", polygon: MultiPolygon | None = None) -> Area:
    return plain_row(
        Area,
        jurisdiction=city,
        layer=layer,
        code=code,
        name=f"{layer.capitalize()} {code}",
        polygon=polygon or square(WEST, SOUTH, EAST, NORTH),
    )


def address(
    city: Jurisdiction, label: str, longitude: float = ELM_ST[0], latitude: float = ELM_ST[1]
) -> GazetteerEntry:
    number, _, street = label.partition(" ")
    return plain_row(
        GazetteerEntry,
        jurisdiction=city,
        label=label,
        house_number=number if number.isdigit() else "",
        street=street if number.isdigit() else "",
        kind="address" if number.isdigit() else "landmark",
        search_key=search_key(label),
        point=at(longitude, latitude),
    )


def lamp(city: Jurisdiction) -> ServiceVersion:
    """Street light L00417 at 12 Elm St, and a service about lights that demands the number on the pole."""
    asset(city, "L00417")
    questions = [question("pole", text="What is the number on the pole?", required=True, asks_asset=True)]
    return service(city, "lamp", asset_kinds=["street_light"], questions=questions)


def asset(
    city: Jurisdiction,
    number: str,
    longitude: float = ELM_ST[0],
    latitude: float = ELM_ST[1],
    kind: str = "street_light",
) -> Asset:
    """One of the city's assets, named by kind and number in its file."""
    label = f"{kind.replace('_', ' ').capitalize()} {number} on Elm St"
    return plain_row(Asset, jurisdiction=city, asset_id=number, kind=kind, label=label, point=at(longitude, latitude))


def sensor(
    city: Jurisdiction, actor: User, name: str = "Underpass", *, key: ApiKey | None = None, **columns: Any
) -> Sensor:
    """A key's water level at P0017, where more than 1.5 ft is an alarm about a pothole."""
    key = key or api_keys.create(city, name, scopes=["readings"], created_by=actor)[0]
    if not Asset.objects.filter(jurisdiction=city, asset_id="P0017").exists():
        asset(city, "P0017", kind="pump")
    defaults = {
        "asset_number": "P0017",
        "measure": "water_level",
        "unit": "ft",
        "alarm_above": 1.5,
        "service": Service.objects.filter(jurisdiction=city, service_code="pothole").first()
        or service(city, "pothole").service,
        "description": "Water is high under the bridge.",
    }
    return Sensor.objects.create(jurisdiction=city, api_key=key, **{**defaults, **columns})


def street_work(city: Jurisdiction, code: str = "W1", *, days: tuple[int, int] = (-2, 5), **columns: Any) -> StreetWork:
    """Paving on Elm St. days: its first and last, counted from today."""
    today = timezone.localdate(timezone=city.zone)
    starts_on, ends_on = (today + dt.timedelta(days=number) for number in days)
    defaults: dict[str, Any] = {
        "kind": "paving",
        "place": "Elm St from 3rd St to 5th St",
        "done_by": {"en": "Streets", "es": "Calles"},
        "words": {"en": "New asphalt.", "es": "Asfalto nuevo."},
        "hours": "07:00-16:00",
        "shape": LineString((ELM_ST[0], ELM_ST[1] - 0.001), (ELM_ST[0], ELM_ST[1] + 0.001), srid=4326),
    }
    return plain_row(
        StreetWork, jurisdiction=city, code=code, starts_on=starts_on, ends_on=ends_on, **{**defaults, **columns}
    )


def owner(city: Jurisdiction, shape: Any, *, kind: str = "state_road", **columns: Any) -> Owner:
    """Another owner with its land: a line is a street, a polygon an area."""
    defaults = {"code": kind, "name": "State DOT", "phone": "555-0170", "email": "roads@dot.example"}
    new_owner = plain_row(Owner, jurisdiction=city, kind=kind, **{**defaults, **columns})
    is_segment = shape.geom_type == "LineString"
    plain_row(OwnerArea, jurisdiction=city, owner=new_owner, is_segment=is_segment, shape=shape, name="SR 9")
    return new_owner


# --- Staff ------------------------------------------------------------------------------------------------------------


def role(city: Jurisdiction, code: str) -> Role:
    first = DEFAULT_ROLES[code]
    defaults = {"name": first["name"], "permissions": first["permissions"]}
    return Role.objects.get_or_create(jurisdiction=city, code=code, defaults=defaults)[0]


@repeatable
def staff(name: str, role_code: str, city: Jurisdiction, of: Department | None = None) -> User:
    """A member of staff, in one department or in the whole city."""
    email = f"{name.lower()}@{city.jurisdiction_id}"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    Membership.objects.create(user=user, jurisdiction=city, department=of, role=role(city, role_code))
    return user


# --- Reports ----------------------------------------------------------------------------------------------------------


def submitted(
    version: ServiceVersion,
    description: str = "A hole as big as a plate.",
    *,
    answers: dict[str, Any] | None = None,
    reporter: Reporter = ANA,
    point: Point | None = None,
    address: str = "12 Elm St",
    **options: Any,
) -> submission.SubmissionResult:
    """A report as submitted by the form: `.service_request` and the reporter's private `.link`."""
    options.setdefault("language", "en")
    # The form's check page shows what may name somebody.
    options.setdefault("was_asked", True)
    actor, idempotency = options.pop("actor", None), options.pop("idempotency", None)
    new = submission.NewReport(
        jurisdiction=version.service.jurisdiction,
        version=version,
        description=description,
        place=options.pop("place", submission.Place(point or at(), address, source="address", confidence=1.0)),
        answers=submission.to_answers(version, answers or {}),
        reporter=reporter,
        **options,
    )
    return submission.submit(new, actor=actor, idempotency=idempotency)


def report(version: ServiceVersion, description: str = "A hole as big as a plate.", **options: Any) -> ServiceRequest:
    return submitted(version, description, **options).service_request


def thirty_seconds_later() -> None:
    """Makes due what waits because a staff action can still be undone. The clock isn't moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET due_at = app_now()"
            " WHERE done_at IS NULL AND attempts = 0 AND due_at <= app_now() + interval '30 s'"
        )


def run_worker(*, later: bool = True) -> None:
    """Does the due database work, as the worker would: routing, indexing, counting. Email stays in the outbox.

    later: 30 seconds after what staff did, when it can't be undone anymore.
    """
    if later:
        thirty_seconds_later()
    tasks.drain_database()
    if live.worker_runs():
        # It may have claimed some of the rows first.
        claimed = OutboxRow.objects.filter(lane="database", done_at=None, dead_at=None, attempts__gt=0, last_error="")
        live.wait_for(lambda: not claimed.exists())
        tasks.drain_database()


def run_part(name: str) -> None:
    """Does a part of the clock now, for each city if it goes by city, whether it's due or not."""
    part = clock.PARTS[name]
    for city in Jurisdiction.objects.order_by("id") if part.by_city else [None]:
        part.work(*([city] if city else []))


def run_clock(*names: str) -> None:
    """Does what is due by the clock, and the database work between its parts, as the workers would.

    names: of these parts only. All of them, which a test of one needs only once, take a second.
    """
    clock.enqueue_due()
    waiting = OutboxRow.objects.filter(PENDING, lane="clock")
    if names:
        waiting.exclude(kind__in=names).delete()
    while waiting.exists():
        waiting.update(due_at=AppNow())
        tasks.drain("clock")
        tasks.drain_database()
        assert not waiting.filter(errors__gt=0).exists(), list(waiting.values_list("kind", "last_error"))


def routed(version: ServiceVersion, description: str = "A hole as big as a plate.", **options: Any) -> ServiceRequest:
    """A report routed to its department. What many tests begin with is restored as rows (tests/saved.py)."""

    def build() -> int:
        made = report(version, description, **options)
        run_worker()
        return made.pk

    plain = {name: PLAIN_OPTIONS[name](value) for name, value in options.items() if name in PLAIN_OPTIONS}
    key = ("routed", version.pk, description, str(plain)) if len(plain) == len(options) else None
    return ServiceRequest.objects.get(pk=step(key, build) if key and not live.worker_runs() else build())


def copies(model: ServiceRequest, count: int) -> list[ServiceRequest]:
    """So many requests like this one, each with its clocks and the people of it, written in bulk."""
    clocks, people = list(model.clocks.all()), list(model.participations.all())
    made = ServiceRequest.objects.bulk_create(
        _copy(model, reference=submission.references.new_reference()) for _ in range(count)
    )
    Clock.objects.bulk_create(_copy(clock, service_request=one) for one in made for clock in clocks)
    Participation.objects.bulk_create(_copy(person, service_request=one) for one in made for person in people)
    return made


def _copy(row: M, **columns: Any) -> M:
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(
        **{name: value for name, value in values.items() if name.removesuffix("_id") not in columns}, **columns
    )


def mark_ended(model: ServiceRequest, disposition: str = "fixed", at: dt.datetime | None = None) -> None:
    """Only the row says that it has ended: no event, no email, and its clocks run on."""
    ended = {"status": "resolved", "disposition": disposition, "resolved_at": at or model.submitted_at, "due_at": None}
    ServiceRequest.objects.filter(pk=model.pk).update(**ended)


# The options that a report can be recognized by, and how they are written.
PLAIN_OPTIONS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("answers", "reporter", "address", "language", "channel", "is_test"), repr),
    "point": lambda point: repr(point.coords),
    "place": lambda place: repr((place.point and place.point.coords, replace(place, point=None))),
}


def jpeg(width: int = 400, height: int = 300, color: str = "gray") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()


# --- Rivermark --------------------------------------------------------------------------------------------------------


@dataclass
class Rivermark:
    """The city used by most tests."""

    city: Jurisdiction
    streets: Department
    parks: Department
    # Questions: where (public, required), damage (staff). Duplicates nearby can be joined.
    pothole: ServiceVersion
    # For Parks. No questions, no duplicates.
    tree: ServiceVersion
    # Confidential, with a place that is never public.
    outreach: ServiceVersion
    # "I don't know".
    unknown: ServiceVersion
    tom: User
    pia: User
    cal: User
    ada: User
    dev: User


@saved
def city_with_the_demo_catalog() -> Jurisdiction:
    """A city with the services, departments, articles and rules of the demo city, and nothing else of it."""
    city = jurisdiction()
    files = yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]
    catalog = read_catalog([RIVERMARK / name for name in files])
    # Its test reports take a second and a half: test_rivermark_go_live.py sends them.
    for written in catalog["services"]:
        del written["active"], written["test"], written["emergency_check"]
    save_catalog(city, catalog)
    Service.objects.filter(jurisdiction=city).update(active=True)
    index_catalog(city)
    return city


@saved
def rivermark() -> Rivermark:
    city = jurisdiction()
    streets, parks = department(city), department(city, "PK", "Parks")
    pothole = service(
        city,
        "pothole",
        name={"en": "Pothole", "es": "Bache"},
        description={"en": "A hole in the street.", "es": "Un hoyo en la calle."},
        keywords={"en": ["hole in the road", "flat tire"], "es": ["hoyo", "calle rota"]},
        priority=2,
        questions=[
            question("where", "single", required=True, visibility="public", options=["lane", "crosswalk"]),
            question("damage", "text", visibility="staff"),
        ],
        duplicate_policy="join",
        duplicate_radius_m=30,
    )
    tree = service(
        city,
        "tree",
        name={"en": "Tree to prune", "es": "Árbol para podar"},
        keywords={"en": ["branch", "limb"], "es": ["rama"]},
        of=parks,
        kind=category(city, "parks", "Parks and trees"),
        duplicate_policy="never",
    )
    outreach = service(
        city,
        "outreach",
        name={"en": "Person who needs help outside", "es": "Persona que necesita ayuda en la calle"},
        visibility="private",
        photo_policy="none",
        duplicate_policy="never",
        kind=category(city, "help", "Help"),
        emergency_screen={"en": "Is the person hurt? Call 911.", "es": "¿La persona está herida? Llame al 911."},
    )
    unknown = service(
        city,
        "unknown",
        name={"en": "I don’t know", "es": "No sé"},
        of=department(city, "311", "311 Center"),
        kind=category(city, "help", "Help"),
        place_required=False,
    )
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase="smell gas")
    EmergencyPhrase.objects.create(jurisdiction=city, language="es", phrase="huele a gas")
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", kind="self_harm", phrase="want to die")
    address(city, "12 Elm St")
    index_catalog(city)
    return Rivermark(
        city=city,
        streets=streets,
        parks=parks,
        pothole=pothole,
        tree=tree,
        outreach=outreach,
        unknown=unknown,
        tom=staff("Tom", "triage", city, streets),
        pia=staff("Pia", "supervisor", city, parks),
        cal=staff("Cal", "call_taker", city),
        ada=staff("Ada", "administrator", city),
        dev=staff("Dev", "crew", city, streets),
    )


@dataclass
class Lakeside:
    """The city next to Rivermark, with a department, a service and people of the same codes: nothing of it belongs to Rivermark."""

    city: Jurisdiction
    streets: Department
    pothole: ServiceVersion
    sid: User
    lou: User


def lakeside() -> Lakeside:
    """Sid supervises Streets, and Lou is on its crew."""
    city = jurisdiction("Lakeside", hosts=["lakeside.example"])
    streets = department(city)
    return Lakeside(
        city=city,
        streets=streets,
        pothole=service(city, "pothole", of=streets),
        sid=staff("Sid", "supervisor", city, streets),
        lou=staff("Lou", "crew", city, streets),
    )


@saved
def mapped_rivermark() -> Rivermark:
    """The same city on Rivermark's own streets, parks and wards, for tests that draw a map."""
    cast = rivermark()
    cast.city.map_view = {
        "center": [-69.0, 40.496],
        "zoom": 12.2,
        "bounds": [-69.0427, 40.4647, -68.9569, 40.529],
    }
    cast.city.save(update_fields=["map_view"])
    layers = yaml.safe_load((RIVERMARK / "layers.yml").read_text())
    with NamedTemporaryFile("w", suffix=".yml") as mapping:
        yaml.safe_dump({file: layers[file] for file in DRAWN}, mapping)
        mapping.flush()
        import_layers(cast.city, RIVERMARK / "layers", Path(mapping.name), progress=Silent())
    return cast
