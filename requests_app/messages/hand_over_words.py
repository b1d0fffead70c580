"""What pages call the reasons and the way of a call between 911 and 311."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.models import EmergencyHandOver

Reason = EmergencyHandOver.Reason
REASONS: dict[str, str | Promise] = {
    Reason.CITY_SERVICE: gettext_lazy("A city service can help"),
    Reason.QUESTION: gettext_lazy("Only a question"),
    Reason.NOT_URGENT: gettext_lazy("For the police, but not urgent"),
    Reason.MEDICAL: gettext_lazy("Someone is hurt or sick"),
    Reason.FIRE: gettext_lazy("Fire, smoke or gas"),
    Reason.CRIME: gettext_lazy("A crime is happening"),
    Reason.TRAFFIC: gettext_lazy("A crash or danger on the road"),
    Reason.WELFARE: gettext_lazy("Someone may be harmed or lost"),
    Reason.OTHER: gettext_lazy("Something else"),
    Reason.UNKNOWN: pgettext_lazy("reason", "Nobody said"),
}
WARM, COLD = "warm", "cold"
# Of a call that was passed on.
WAYS: dict[str, str | Promise] = {
    WARM: gettext_lazy("I stayed until they answered"),
    COLD: gettext_lazy("I passed the call on"),
}


def is_warm(way: str) -> bool | None:
    """None: nobody said."""
    return {WARM: True, COLD: False}.get(way)
