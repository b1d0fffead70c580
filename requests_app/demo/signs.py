"""Demo data for printed signs: a bin and a bench in a park that anybody can report by their code, and a street corner."""

from django.db import transaction

from requests_app.actions.setup import signs
from requests_app.demo.staff import demo_user
from requests_app.models import Asset, GazetteerEntry, Jurisdiction, Service, ShortLink

# Of an asset of this kind, or of a place; the service that its page begins with.
OF_ASSETS = [
    ("litter_bin", "Trash bin on the Common", "streetclean"),
    ("street_light", "Street light at the library", "streetlight"),
]
OF_A_PLACE = ("Notice board at the pool", "parkmaint")


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    administrator = demo_user(jurisdiction, "administrator")
    if administrator is None or ShortLink.objects.filter(jurisdiction=jurisdiction).exists():
        return
    services = {one.service_code: one for one in Service.objects.filter(jurisdiction=jurisdiction)}
    with transaction.atomic():
        for kind, label, code in OF_ASSETS:
            asset = Asset.objects.filter(jurisdiction=jurisdiction, kind=kind).order_by("id").first()
            if asset is not None:
                signs.create(jurisdiction, label=label, service=services.get(code), asset=asset, actor=administrator)
        place = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="landmark").order_by("id").first()
        if place is not None:
            label, code = OF_A_PLACE
            signs.create(
                jurisdiction,
                label=label,
                service=services.get(code),
                address=place.label,
                point=place.point,
                actor=administrator,
            )
