"""What is sent with a report and after it, and what is answered."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from requests_app.api.framework.fields import (
    ChoiceField,
    EmailField,
    FileField,
    FlagField,
    IntegerField,
    TextField,
    unknown_value,
)
from requests_app.api.framework.report_parts import EMAIL_MOST, NAME_MOST
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer, FormSerializer
from requests_app.api.v1.examples import TOKEN
from requests_app.api.v1.request_serializers import RequestSerializer
from requests_app.models import Cadence, EmergencyPhrase
from requests_app.rules.following.follow_target import NAMES, RADII, follow_target
from requests_app.rules.shared import intake

ALT_MOST = 300
PHOTO_WORDS = "JPEG, PNG, WebP or HEIC, at most 12 MB."


def reference(help_text: str = "The number of the request.") -> TextField:
    return TextField(help_text=help_text, example="7K3M-9QWT")


def private_token() -> TextField:
    return TextField(
        max_length=100,
        help_text="The `private_token` from the report’s receipt. Keep it secret: with it, anyone can read the report, "
        "comment on it and edit it.",
        example=TOKEN,
    )


class NumberToCallSerializer(AnswerSerializer):
    """A number to call."""

    number = TextField(help_text="The number as displayed.", example="911")
    name = TextField(allow_null=True, help_text="Whose number it is. Null for the emergency number.")
    dialed = TextField(help_text="For a link: `tel:` and this.", example="911")


class EmergencySerializer(AnswerSerializer):
    """Danger that the text describes. Show `words` first, unchanged, with the numbers as links to call."""

    kind = ChoiceField(EmergencyPhrase.Kind.values, help_text="Of danger.", example=EmergencyPhrase.Kind.values[0])
    is_sure = FlagField(
        help_text="True if it’s certain, false if it’s possible. If it’s certain, show nothing else.", example=True
    )
    words = TextField(help_text="Whom to call and when, in the requested language.", example="Call 911 now.")
    numbers = NumberToCallSerializer(many=True, help_text="The emergency number first.")


# --- An edit ----------------------------------------------------------------------------------------------------------


class EditSerializer(BodySerializer):
    """The reporter’s new text."""

    private_token = private_token()
    description = TextField(
        lines=True,
        max_length=intake.DESCRIPTION_MAX,
        help_text="The complete new text.",
        example="A pothole two feet wide, in the bike lane.",
    )


class EditedRequestSerializer(RequestSerializer):
    """One service request after its reporter’s edit, and any danger that the new text describes."""

    emergency = EmergencySerializer(allow_null=True)


# --- Messages, photos and others whom it affects -----------------------------------------------------------------------


class NewCommentSerializer(BodySerializer):
    """A message to those who work on it."""

    private_token = private_token()
    text = TextField(
        lines=True, max_length=intake.DESCRIPTION_MAX, help_text="The message.", example="It is deeper now."
    )


class CommentReceiptSerializer(AnswerSerializer):
    """A stored message. Staff read it; it is not public."""

    emergency = EmergencySerializer(allow_null=True)
    reference = reference()
    text = TextField(help_text="The message.", example="It is deeper now.")
    notice = TextField(allow_null=True, help_text="Whom to call, if it sounds like danger. Same as in `emergency`.")


class NewPhotoSerializer(FormSerializer):
    """A photo for a report that follows within a day."""

    photo = FileField(help_text=PHOTO_WORDS)
    alt = TextField(required=False, max_length=ALT_MOST, help_text="What it shows.")


class NewPhotoOfRequestSerializer(FormSerializer):
    """A photo for a request."""

    photo = FileField(help_text=PHOTO_WORDS)
    private_token = private_token()


class PhotoReceiptSerializer(AnswerSerializer):
    """A stored photo."""

    id = TextField(source="name", help_text="The id to send with a report.", example="0b1c2d3e4f5061728394a5b6c7d8e9f0")
    width = IntegerField(example=2048)
    height = IntegerField(example=1536)
    alt = TextField(help_text="What it shows.", example="")


class NewFollowerSerializer(BodySerializer):
    """Another person it affects."""

    email = EmailField(max_length=EMAIL_MOST, help_text="Gets the updates.", example="ben@example.org")
    name = TextField(required=False, max_length=NAME_MOST, help_text="First and last name.")


class FollowerReceiptSerializer(AnswerSerializer):
    """The person now follows the request."""

    reference = reference()
    notice = TextField(help_text="What happens next.", example="Updates about this report go to that address.")


# --- Following by email -----------------------------------------------------------------------------------------------


def _target(words: str, example: str | None = None) -> TextField:
    return TextField(required=False, max_length=140, help_text=words, example=example)


class NewFollowSerializer(BodySerializer):
    """What to follow: one of these, or a service within one of the others."""

    email = EmailField(
        max_length=EMAIL_MOST, help_text="Gets a link to confirm, then the updates.", example="ana@example.org"
    )
    area = _target("An area as `layer:code`.", "ward:5")
    service = _target("The code of a service.")
    asset = _target("The number of an asset.")
    near = _target("A place: `latitude,longitude,meters`.")
    cadence = ChoiceField(Cadence.values, default=Cadence.DAILY.value, help_text="How often.", example="weekly")
    radius = ChoiceField(RADII, required=False, help_text="Meters around the place.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Adds the target, a FollowTarget."""
        chosen = {name: attrs[name] for name in NAMES if attrs.get(name)}
        if not chosen:
            message = _("Say what to follow: an area, a service, an asset or a place.")
            raise ValidationError({"area": [ErrorDetail(message, "missing")]})
        target = follow_target(self.context["view"].jurisdiction, chosen)
        if target is None:
            raise ValidationError({name: unknown_value(name) for name in chosen})
        return attrs | {"target": target}


class FollowReceiptSerializer(AnswerSerializer):
    """Updates start only after the link in the email is selected."""

    following = TextField(help_text="What it is called.", example="Ward 5")
    cadence = TextField(help_text="How often.", example="weekly")
    notice = TextField(
        help_text="What happens next.", example="We sent an email with a link. Updates start once it is selected."
    )
