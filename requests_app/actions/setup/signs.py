"""Creating and ending short links for printed signs."""

from operator import attrgetter

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import SetupRow, State
from requests_app.clock import app_now
from requests_app.models import Asset, Jurisdiction, Service, ShortLink, User
from requests_app.places import signs


def _state(sign: ShortLink) -> State:
    return {"code": sign.code}


# Signs are printed or ended, not edited. Nothing is undone, since the sign itself was taken down.
SIGN = SetupRow(
    "sign", gettext_lazy("Sign"), ShortLink, _state, name=attrgetter("label"), stays=True, key=attrgetter("code")
)


@transaction.atomic
def create(
    jurisdiction: Jurisdiction,
    *,
    label: str,
    service: Service | None = None,
    address: str = "",
    point: Point | None = None,
    asset: Asset | None = None,
    actor: User,
) -> ShortLink:
    """Creates a sign. An asset's id is its code; making it again updates the label and service."""
    # Lock first, so that two signs created at once cannot get the same code.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)
    code = asset.asset_id.upper() if asset else signs.new_code(jurisdiction)
    sign, _is_new = ShortLink.objects.update_or_create(
        jurisdiction=jurisdiction,
        code=code,
        defaults={
            "label": label[:200],
            "service": service,
            "address": address[:300],
            "point": asset.point if asset else point,
            "created_by": actor,
            "created_at": app_now(),
            "ended_at": None,
        },
    )
    SIGN.record(sign, actor=actor, before=None, after=_state(sign), action="added")
    return sign


@transaction.atomic
def end(sign: ShortLink, *, actor: User | None = None) -> None:
    """Ends a sign that was taken down. Its address leads to the home page, and its code is not reused."""
    if ShortLink.objects.filter(pk=sign.pk, ended_at=None).update(ended_at=app_now()):
        SIGN.record(sign, actor=actor, before=_state(sign), after=None)
