"""A sensor's reading, and what became of it."""

from requests_app.api.framework.fields import ChoiceField, FlagField, NumberField, TextField, TimeField
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer
from requests_app.api.v1.examples import READING

NORMAL, ALARM = "normal", "alarm"
# More than any unit needs, and what JSON readers in all languages take.
VALUE_MOST = 1e15


class NewReadingSerializer(BodySerializer):
    """What a sensor measured."""

    asset = TextField(max_length=60, help_text="The number of the asset that it is at.", example=READING["asset"])
    measure = TextField(max_length=40, help_text="What it measures, as set up.", example=READING["measure"])
    value = NumberField(
        min_value=-VALUE_MOST, max_value=VALUE_MOST, help_text="In the sensor’s unit.", example=READING["value"]
    )
    at = TimeField(
        help_text="When it was measured: at most a day ago, and not in the future. Readings count in this order, so one that is "
        "sent again changes nothing.",
        example=READING["at"],
    )


class ReadingSerializer(AnswerSerializer):
    """What became of it."""

    state = ChoiceField([NORMAL, ALARM], help_text="Whether the value is within the sensor’s limits.", example=ALARM)
    reference = TextField(
        allow_null=True, help_text="The open request of this sensor. Null if there is none.", example="7K3M-9QWT"
    )
    is_new = FlagField(help_text="Whether this reading opened the request.", example=True)
    is_counted = FlagField(
        help_text="False if a reading of this moment, or a later one, came before: then it changed nothing.",
        example=True,
    )
