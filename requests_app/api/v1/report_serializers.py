"""A report, as a program sends it: its shape, and what the city's catalog and map make of it."""

from dataclasses import replace
from typing import Any

from django.contrib.gis.geos import Point
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from requests_app import photos
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.report.submission import Place, Refused
from requests_app.api.emergency import CONFIRMED, emergency_of_answer, stopped_words
from requests_app.api.framework.fields import (
    ChoiceField,
    EmailField,
    FileField,
    FlagField,
    JSONPartField,
    NumberField,
    Strict,
    TextField,
    TextsField,
    UrlField,
)
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.report_parts import (
    ADDRESS_MOST,
    EMAIL_MOST,
    NAME_MOST,
    PHONE_MOST,
    is_link,
    searched_place,
)
from requests_app.api.framework.schema import SITE
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer, FormSerializer, add
from requests_app.api.v1 import catalog
from requests_app.api.v1.examples import NEW_REPORT, TOKEN
from requests_app.api.v1.reporting_serializers import PHOTO_WORDS, EmergencySerializer
from requests_app.models import Channel, Jurisdiction, PublicState, ServiceVersion
from requests_app.places import addresses, assets
from requests_app.places.ownership import owner_of
from requests_app.rules.alarms import hand_overs
from requests_app.rules.setup import offer_dates
from requests_app.rules.shared import intake, question_kinds

SERVICE_MOST, ASSET_MOST, NUMBER_MOST = 60, 60, 80
# Of what was just sent.
STATES = [
    state.value
    for state in (
        PublicState.PUBLIC,
        PublicState.PENDING_REVIEW,
        PublicState.PRIVATE,
        PublicState.UNCONFIRMED,
        PublicState.TEST,
    )
]


class NewPlaceSerializer(BodySerializer):
    """Where it is: a position, an asset or an address. If you send several, the position is used."""

    # Both halves of a position, or none.
    schema = {
        "if": {
            "required": ["lat", "long"],
            "properties": {"lat": {"type": "number"}, "long": {"type": "number"}},
        },
        "else": {"properties": {"lat": {"type": "null"}, "long": {"type": "null"}}},
    }

    lat = NumberField(
        required=False, min_value=-90, max_value=90, help_text="Degrees north (WGS84). With `long`.", example=40.5
    )
    long = NumberField(
        required=False, min_value=-180, max_value=180, help_text="Degrees east (WGS84). With `lat`.", example=-69.0
    )
    address = TextField(
        required=False, max_length=ADDRESS_MOST, help_text="As text. Looked up if there is no position."
    )
    note = TextField(required=False, max_length=ADDRESS_MOST, help_text="How to find it. Only the city reads it.")
    asset = TextField(required=False, max_length=ASSET_MOST, help_text="The number of one of the city’s assets.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turns the asset's number into the asset, or None."""
        mistakes: dict[str, Any] = {}
        # One that was refused was sent.
        sent = {name: name not in attrs or attrs[name] is not None for name in ("lat", "long")}
        if sent["lat"] != sent["long"]:
            missing = "long" if sent["lat"] else "lat"
            mistakes[missing] = [ErrorDetail(_("Send both lat and long."), "missing")]
        number = attrs.get("asset")
        attrs["asset"] = assets.by_number(self.context["city"], number) if number else None
        if number and attrs["asset"] is None:
            mistakes["asset"] = [ErrorDetail(_("Asset not found."), "unknown-value")]
        if mistakes:
            raise ValidationError(mistakes)
        return attrs


class PhoneField(TextField):
    default_error_messages = {"no_digit": gettext_lazy("This is not a phone number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(RegexValidator(r"^[^\x000-9]*[0-9][^\x00]*$"))

    def to_internal_value(self, data: Any) -> str:
        phone = super().to_internal_value(data)
        if phone and not any(letter.isdigit() for letter in phone):
            self.fail("no_digit")
        return phone


class NewContactSerializer(BodySerializer):
    """How to reach the reporter. Only the city sees it."""

    phone = PhoneField(required=False, max_length=PHONE_MOST, help_text="Any notation.")
    name = TextField(required=False, max_length=NAME_MOST, help_text="First and last name.")
    email = EmailField(required=False, max_length=EMAIL_MOST, help_text="Gets the updates.", example="ana@example.org")
    postal_address = TextField(required=False, max_length=ADDRESS_MOST, help_text="Only for services that require one.")


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]
        },
    }
)
class AnswersField(Strict, serializers.DictField):
    default_error_messages = {"no_object": gettext_lazy("Send a JSON object.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("no_object")
        return data


class ReportPartsSerializer(BodySerializer):
    """What each report has. Context: `city`, `key`, `photo_count` (of files). Adds `report`, a submission.NewReport."""

    service = TextField(max_length=SERVICE_MOST, help_text="The code of a service.", example=NEW_REPORT["service"])
    description = TextField(
        required=False,
        lines=True,
        max_length=intake.DESCRIPTION_MAX,
        help_text="What is wrong, in the reporter’s words.",
        example=NEW_REPORT["description"],
    )
    contact = NewContactSerializer(required=False)
    place = NewPlaceSerializer(required=False)
    answers = AnswersField(
        required=False,
        help_text="Answers by the question’s code, as `answers_schema` of the service says.",
        example=NEW_REPORT["answers"],
    )
    emergency_confirmed = FlagField(
        required=False,
        help_text="Sends the report even though an answer indicates danger. Set it to true only after a "
        "person has read whom to call and confirmed that no one is in danger.",
    )

    def photos_sent(self, attrs: dict[str, Any]) -> int:
        """How many photos or links to photos came, besides files."""
        raise NotImplementedError

    def more(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """More fields of NewReport."""
        raise NotImplementedError

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        city, mistakes = self.context["city"], dict[str, Any]()
        version = _version(city, attrs.get("service", ""), mistakes)
        place = _place(city, attrs.get("place"), version, mistakes)
        answers = _answers(attrs.get("answers", {}), version, place, mistakes)
        photo_count = self.context["photo_count"] + self.photos_sent(attrs)
        if photo_count > photos.PHOTOS_MAX:
            _refuse(mistakes, "photos", "too-many", photos.refusal_message("too_many"))
        elif photo_count and version is not None and version.photo_policy == ServiceVersion.PhotoPolicy.NONE:
            _refuse(mistakes, "photos", "not-taken", _("This service doesn’t accept photos."))
        was_stopped = answers.stopped_by is not None
        if was_stopped and not attrs.get(CONFIRMED):
            raise Problem("emergency", stopped_words(city), more={"emergency": emergency_of_answer(city)})
        reporter = None
        if version is not None:
            for code, message in answers.problems.items():
                add(mistakes, {"answers": {code: [ErrorDetail(message, "invalid")]}})
            reporter = _reporter(city, version, attrs.get("contact"), mistakes)
        if mistakes:
            raise ValidationError(mistakes)
        if version is None or reporter is None:
            return attrs
        attrs["report"] = submission.NewReport(
            jurisdiction=city,
            version=version,
            description=attrs.get("description", ""),
            language=get_language() or "en",
            place=place,
            answers=replace(answers, stopped_by=None),
            reporter=reporter,
            owner=owner_of(city, place.point, version),
            api_key=self.context["key"],
            after_warning=was_stopped,
            **self.more(attrs),
        )
        return attrs


class NewReportSerializer(ReportPartsSerializer):
    """A report."""

    photos = TextsField(
        required=False, max_length=photos.PHOTOS_MAX, help_text="The ids of photos that you already uploaded."
    )

    def photos_sent(self, attrs: dict[str, Any]) -> int:
        return len(attrs.get("photos", ()))

    def more(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"channel": Channel.API}


class NewReportWithPhotosSerializer(FormSerializer):
    """A report together with its photos."""

    report = JSONPartField(help_text="The report as JSON: a NewReport.")
    photos = serializers.ListField(child=FileField(help_text=PHOTO_WORDS), required=False, max_length=photos.PHOTOS_MAX)


class PriorityField(ChoiceField):
    what = gettext_lazy("a number")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NewTransferSerializer(ReportPartsSerializer):
    """A call that isn’t for 911, as the 911 center took it."""

    number = TextField(
        max_length=NUMBER_MOST,
        help_text="The center’s own number. Sending the same number again doesn’t create a second request.",
        example="26-0417733",
    )
    priority = PriorityField(
        [1, 2, 3, 4],
        required=False,
        help_text="Instead of the service’s: 1 (danger to people) to 4 (can wait).",
        example=2,
    )
    media_urls = TextsField(
        required=False, max_length=photos.PHOTOS_MAX, help_text="URLs of photos, kept as links for staff."
    )
    reason = ChoiceField(
        [reason.value for reason in hand_overs.REASONS_IN],
        required=False,
        help_text="Why it isn’t for 911. Counted by month.",
        example="city_service",
    )
    warm = FlagField(
        required=False,
        help_text="True if the dispatcher stayed on the line until the city answered; false if not.",
    )

    def photos_sent(self, attrs: dict[str, Any]) -> int:
        return len(attrs.get("media_urls", ()))

    def more(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {
            "channel": Channel.PHONE,
            "is_transfer": True,
            "outside_number": attrs.get("number", ""),
            "priority": attrs.get("priority"),
            "photo_links": attrs.get("media_urls", []),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong = [url for url in attrs.get("media_urls", ()) if not is_link(url)]
        message = _("media_url is not a link that begins with https:// or http://.")
        mistakes: dict[str, Any] = {"media_urls": [ErrorDetail(message, "invalid") for _url in wrong]} if wrong else {}
        try:
            attrs = super().validate(attrs)
        except ValidationError as error:
            add(mistakes, error.detail)
        if mistakes:
            raise ValidationError(mistakes)
        return attrs


class ReceiptSerializer(AnswerSerializer):
    """The receipt for a report. Show the notice, number and private link to the reporter."""

    emergency = EmergencySerializer(allow_null=True)
    reference = TextField(help_text="The number of the request.", example="7K3M-9QWT")
    state = ChoiceField(STATES, help_text="Whether it is public.", example="public")
    url = UrlField(
        allow_null=True,
        help_text="Its URL in this API; for a test, with the same key. Null if it isn’t public.",
        example=f"{SITE}/api/v1/requests/7K3M9QWT/",
    )
    html_url = UrlField(
        allow_null=True, help_text="Its web page. Null if it isn’t public.", example=f"{SITE}/r/7K3M9QWT/"
    )
    private_link = UrlField(
        allow_null=True,
        help_text="The reporter’s own page; null while it waits for the link in the email.",
        example=f"{SITE}/l/{TOKEN}/",
    )
    private_token = TextField(
        allow_null=True,
        help_text="The token of that link, for comments, photos and edits.",
        example=TOKEN,
    )
    notice = TextField(
        help_text="What the reporter should know now.", example="Streets will review it by Thursday, June 4, 2:30 p.m."
    )


# --- What the city makes of it ----------------------------------------------------------------------------------------


def _refuse(mistakes: dict[str, Any], name: str, code: str, message: str) -> None:
    add(mistakes, {name: [ErrorDetail(message, code)]})


def _version(city: Jurisdiction, code: str, mistakes: dict[str, Any]) -> ServiceVersion | None:
    """code: "" if it was refused already. Also one that isn't offered, so that its answers are checked, too."""
    if not code:
        return None
    try:
        version = catalog.find(city, code)
    except Problem:
        _refuse(mistakes, "service", "unknown-value", _("Service not found."))
        return None
    if not offer_dates.offered_today([version], city.zone):
        _refuse(mistakes, "service", "not-offered", offer_dates.not_offered(version))
    return version


def _reporter(
    city: Jurisdiction, version: ServiceVersion, contact: dict[str, Any] | None, mistakes: dict[str, Any]
) -> Reporter | None:
    """contact: None if it was refused already."""
    if contact is None:
        return None
    reporter = Reporter(**contact, may_be_called=bool(contact["phone"]))
    try:
        submission.check_reporter(city, version, reporter)
    except Refused as refused:
        for name, message in refused.problems.items():
            code = "missing" if not getattr(reporter, name) else "refused"
            add(mistakes, {"contact": {name: [ErrorDetail(message, code)]}})
    return reporter


def _place(
    city: Jurisdiction, sent: dict[str, Any] | None, version: ServiceVersion | None, mistakes: dict[str, Any]
) -> Place:
    """A position, one of the city's assets, or an address: any one of them is enough. sent: None if it was refused already."""
    if sent is None:
        return Place()
    address, note, asset = sent["address"], sent["note"], sent.get("asset") or None
    if sent["lat"] is not None and sent["long"] is not None:
        point = Point(sent["long"], sent["lat"], srid=4326)
        asset = asset or assets.named_at(city, address, point)
        near = None if address else addresses.nearest(city, point)
        return Place(point=point, address=address or (near.label if near else ""), note=note, source="api", asset=asset)
    if asset is not None:
        near = None if address else addresses.nearest(city, asset.point)
        label = address or (near.label if near else "")
        return Place(point=asset.point, address=label, note=note, source="asset", confidence=1.0, asset=asset)
    if address:
        place = searched_place(city, address)
        return replace(place, note=", ".join(filter(None, [place.note, note]))[:ADDRESS_MOST])
    if version is not None and version.place_required:
        _refuse(mistakes, "place", "missing", _("Tell us where it is: lat and long, an address, or an asset."))
    return Place(note=note)


def _answers(
    sent: dict[str, Any], version: ServiceVersion | None, place: Place, mistakes: dict[str, Any]
) -> intake.Answers:
    if version is None:
        return intake.Answers()
    codes = {question.code for question in intake.questions_of(version) if question_kinds.of(question).is_answered}
    for code, value in sent.items():
        several = isinstance(value, list) and all(isinstance(text, str) for text in value)
        if code in codes and not (value is None or isinstance(value, str) or several):
            message = _("%(name)s must be %(what)s.") % {"name": code, "what": _("a string or a list of strings")}
            add(mistakes, {"answers": {code: [ErrorDetail(message, "wrong-type")]}})
    for code in sorted(sent.keys() - codes):
        message = _("Unknown field: %(name)s.") % {"name": f"answers.{code[:60]}"}
        add(mistakes, {"answers": {code[:60]: [ErrorDetail(message, "unknown")]}})
    return intake.read_answers(intake.questions_of(version, place.asset.kind if place.asset else ""), sent)
