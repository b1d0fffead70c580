"""Why calls go between a 911 center and 311, in each direction."""

from requests_app.models import EmergencyHandOver

Direction, Reason = EmergencyHandOver.Direction, EmergencyHandOver.Reason

# What the desk stores as the reason of a call that was transferred to 911, among those of all other transfers.
TO_911 = "emergency"
REASONS_IN = (Reason.CITY_SERVICE, Reason.QUESTION, Reason.NOT_URGENT, Reason.OTHER)
REASONS_OUT = (Reason.MEDICAL, Reason.FIRE, Reason.CRIME, Reason.TRAFFIC, Reason.WELFARE, Reason.OTHER)
REASONS = {Direction.IN: REASONS_IN, Direction.OUT: REASONS_OUT}
