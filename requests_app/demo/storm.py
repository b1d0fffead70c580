"""Demo data for a storm: the clocks of tree work are stopped in two wards, and residents read why."""

import datetime as dt

from django.db import transaction

from requests_app.actions.answers.notices import NOTICE
from requests_app.actions.promises import suspensions
from requests_app.clock import app_now
from requests_app.demo.staff import demo_user
from requests_app.models import Area, ClockSuspension, Jurisdiction, Notice, Service

SERVICES = ("treeprune", "parkmaint")
WARDS = ("1", "2")
LASTS = dt.timedelta(days=3)
REASON = {
    "en": "Wind storm: crews clear the streets first",
    "es": "Tormenta de viento: las cuadrillas despejan primero las calles",
}
# Where somebody reports a fallen tree.
NOTICE_ABOUT = "treehazard"
WORDS = {
    "en": "Crews are clearing storm damage in Wards 1 and 2. Trees that block a street come first.",
    "es": "Las cuadrillas retiran los daños de la tormenta en los distritos 1 y 2. Primero van los árboles que bloquean una calle.",
}


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing. The worker stops the clocks when the demo starts."""
    administrator = demo_user(jurisdiction, "administrator")
    services = list(Service.objects.filter(jurisdiction=jurisdiction, service_code__in=SERVICES))
    areas = list(Area.objects.filter(jurisdiction=jurisdiction, layer="ward", code__in=WARDS))
    if administrator is None or not services or ClockSuspension.objects.filter(jurisdiction=jurisdiction).exists():
        return
    now = app_now()
    with transaction.atomic():
        suspensions.add(
            jurisdiction,
            starts_at=now,
            ends_at=now + LASTS,
            services=services,
            areas=areas,
            reason=REASON,
            actor=administrator,
        )
        about = Service.objects.filter(jurisdiction=jurisdiction, service_code=NOTICE_ABOUT).first()
        if about is not None:
            NOTICE.add(
                Notice(jurisdiction=jurisdiction),
                actor=administrator,
                words=WORDS,
                place=Notice.Place.SERVICE,
                service=about,
                kind=Notice.Kind.WARNING,
                starts_at=now,
                ends_at=now + LASTS,
            )
