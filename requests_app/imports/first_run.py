"""The first city of an empty installation, made in the browser by the person with the link that a command printed."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.text import slugify

from requests_app.actions.people import memberships
from requests_app.actions.setup import city as city_setup
from requests_app.actions.shared import setup_changes
from requests_app.imports import layer_import
from requests_app.imports.catalog import save
from requests_app.imports.starter import starter_catalog
from requests_app.models import Jurisdiction, LayerImport, User
from requests_app.rules.people.permissions import DEFAULT_ROLES

SALT = "first run"
LINK_HOURS = 24
# The person who sets up the city also answers its first reports.
FIRST_ROLES = ("administrator", "triage")


class AlreadySetUp(Exception):
    """There is a city by now."""


@dataclass
class NewCity:
    """What the first page asks. hours: as in a catalog file, {"mon": ["08:00-17:00"]}. seal: a data URI, or empty."""

    columns: dict[str, Any]
    hours: dict[str, list[str]]
    admin_name: str
    admin_email: str
    password: str
    host: str = ""
    seal: str = ""
    boundary: UploadedFile | None = None
    addresses: UploadedFile | None = None
    # Set by create_city(): the addresses, which are checked in the background.
    waiting: LayerImport | None = field(default=None, init=False)


def token() -> str:
    """Proves that its holder can run commands on this server. It ends after a day, or as soon as there is a city."""
    return signing.dumps("city", salt=SALT)


def is_valid(token: str) -> bool:
    try:
        signing.loads(token, salt=SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return False
    return not Jurisdiction.objects.exists()


@transaction.atomic
def create_city(new: NewCity) -> tuple[Jurisdiction, User]:
    """The city with the starter catalog, its files and its first administrator, or nothing at all.

    Raises AlreadySetUp, and layer_import.FileRefused with the field in `args[1]`.
    """
    with connection.cursor() as cursor:
        # Two people with the link, or one who clicked twice.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('first run'))")
    if Jurisdiction.objects.exists():
        raise AlreadySetUp
    admin = User.objects.filter(email=new.admin_email).first() or User(email=new.admin_email)
    admin.name = new.admin_name
    admin.set_password(new.password)
    admin.save()
    branding = {"seal_url": new.seal} if new.seal else {}
    city = Jurisdiction.objects.create(
        jurisdiction_id=_id_of(new.columns["name"], new.host), branding=branding, **new.columns
    )
    for part, written in city_setup.PARTS.items():
        setup_changes.record(city, "city", part, actor=admin, name=city.name, before=None, after=written(city))
    for code in DEFAULT_ROLES:
        role = memberships.get_role(city, code)
        if role is not None and code in FIRST_ROLES:
            memberships.add_membership(admin, role, None, actor=admin)
    if new.boundary is not None:
        layer_import.use_at_once(city, LayerImport.Kind.BOUNDARY, new.boundary, actor=admin)
        city.refresh_from_db()
    catalog = starter_catalog(city, email=new.admin_email)
    catalog["calendars"]["office"]["hours"] = new.hours
    # After the boundary, in which the test reports of its services are.
    save(city, catalog, admin)
    if new.addresses is not None:
        new.waiting = layer_import.check_with_guesses(city, LayerImport.Kind.ADDRESSES, new.addresses, actor=admin)
    return city, admin


def _id_of(name: str, host: str) -> str:
    """Open311's name of the city: its host, if that is a real one."""
    host = host.lower().partition(":")[0]
    real = re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", host) and not host.endswith(".localhost")
    return host if real else slugify(name) or "city"
