"""The shapes of a call that a 911 center passes on, which staff_app/api/ takes: see schemas.py."""

from requests_app.api.framework.schema import components_of
from requests_app.api.v1.report_schemas import PHOTO_FILE
from requests_app.api.v1.report_serializers import NewTransferSerializer
from requests_app.api.v1.schemas import Schema, listed, shape, text, uri
from requests_app.photos import PHOTOS_MAX

STAFF: dict[str, Schema] = {
    **components_of(NewTransferSerializer, direction="request"),
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
