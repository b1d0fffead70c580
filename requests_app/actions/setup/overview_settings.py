"""What a city sets for the overview: its goal, and whether supervisors see open requests by person."""

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, User
from requests_app.rules.shared.jurisdictions import forget_jurisdictions

FIELDS = ("on_time_goal", "load_by_person_agreed")


@transaction.atomic
def save(
    jurisdiction_id: int, *, on_time_goal: int, load_by_person_agreed: str, actor: User, host: str
) -> Jurisdiction:
    """load_by_person_agreed: who agreed that it is shown; empty switches it off. host: the one it was saved at."""
    city = Jurisdiction.objects.select_for_update().defer("boundary").get(pk=jurisdiction_id)
    before = {name: getattr(city, name) for name in FIELDS}
    city.on_time_goal = on_time_goal
    city.load_by_person_agreed = load_by_person_agreed.strip()
    city.save(update_fields=FIELDS)
    after = {name: getattr(city, name) for name in FIELDS}
    setup_changes.record(city, "city", "overview", actor=actor, name=city.name, before=before, after=after)
    transaction.on_commit(lambda: forget_jurisdictions([host, *city.hosts]), robust=True)
    return city
