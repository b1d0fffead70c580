"""The shapes of a call that a 911 center passes on, which staff_app/api/ takes: see schemas.py."""

from requests_app.api.v1.report_schemas import CONTACT, PHOTO_FILE, PLACE
from requests_app.api.v1.schemas import Schema, listed, shape, text, uri
from requests_app.photos import PHOTOS_MAX
from requests_app.rules.shared.intake import DESCRIPTION_MAX

NUMBER_MAX = 80

STAFF: dict[str, Schema] = {
    "NewTransfer": shape(
        "A call that isn’t for 911, as the 911 center took it.",
        {
            "number": text(
                "The center’s own number. Sending the same number again doesn’t create a second request.",
                minLength=1,
                maxLength=NUMBER_MAX,
            ),
            "service": text("The code of a service.", minLength=1, maxLength=60),
            "description": text("What is wrong, as the caller said it.", maxLength=DESCRIPTION_MAX),
            "place": PLACE,
            "answers": {
                "type": "object",
                "description": "Answers by the question’s code, as `answers_schema` of the service says.",
                "additionalProperties": {"anyOf": [{"type": "string"}, listed({"type": "string"})]},
            },
            "contact": {**CONTACT, "description": "The caller. Only the city sees it."},
            "priority": {
                "type": "integer",
                "minimum": 1,
                "maximum": 4,
                "description": "Instead of the service’s.",
            },
            "media_urls": {
                **listed({"type": "string", "maxLength": 200}, "URLs of photos, kept as links for staff."),
                "maxItems": PHOTOS_MAX,
            },
        },
        optional=("description", "place", "answers", "contact", "priority", "media_urls"),
    ),
    "NewTransferWithPhotos": shape(
        "A call together with its photos.",
        {
            "transfer": text("The call as JSON: a NewTransfer.", contentMediaType="application/json"),
            "photos": {**listed(PHOTO_FILE), "maxItems": PHOTOS_MAX},
        },
        optional=("photos",),
    ),
    "TransferReceipt": shape(
        "Request created.",
        {
            "reference": text("The number of the request: tell the caller."),
            "url": uri("Its URL in this part of the API."),
            "html_url": uri("Its page for staff."),
            "outside_number": text("The number of the center."),
            "is_new": {"type": "boolean", "description": "False if the number was already sent."},
            "notice": text("What the caller can expect and when, in the requested language."),
        },
    ),
}
