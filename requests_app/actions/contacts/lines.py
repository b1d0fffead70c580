"""The numbers that residents call."""

from requests_app.actions.people.reporters import normalized_phone
from requests_app.models import DeskLine, Jurisdiction


def find(jurisdiction: Jurisdiction, number: str) -> DeskLine | None:
    """The line with this number, in any spelling. One that is switched off still has its name."""
    phone = normalized_phone(number)
    if not phone:
        return None
    return DeskLine.objects.filter(jurisdiction=jurisdiction, phone=phone).select_related("calendar").first()
