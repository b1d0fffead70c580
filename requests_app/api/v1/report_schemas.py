"""The shapes of what is sent, and of its receipts: see schemas.py."""

from requests_app.api.framework.idempotency import KEY_MAX
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.v1.schemas import LATITUDE, LONGITUDE, Schema, listed, maybe, ref, shape, text, uri
from requests_app.models import PublicState
from requests_app.photos import PHOTOS_MAX
from requests_app.rules.shared.intake import DESCRIPTION_MAX

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
TOKEN = text(
    "The `token` returned when the report was created. Anyone who has it can act as the reporter.", maxLength=100
)
PLACE = shape(
    "Where it is: a position, an asset or an address. If you send several, the position is used.",
    {
        "lat": LATITUDE,
        "long": LONGITUDE,
        "address": text("As text. Looked up if there is no position.", maxLength=300),
        "asset": text("The number of one of the city’s assets.", maxLength=60),
        "note": text("How to find it. Only the city reads it.", maxLength=300),
    },
    optional=None,
)
CONTACT = shape(
    "How to reach the reporter. Only the city sees it.",
    {
        "name": text("First and last name.", maxLength=200),
        "email": text("Gets the updates.", maxLength=254),
        "phone": text("Any notation.", maxLength=60),
        "postal_address": text("Only for services that require one.", maxLength=300),
    },
    optional=None,
)
PHOTO_FILE: Schema = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or HEIC, at most 12 MB."}

MAYBE_EMERGENCY = maybe(ref("Emergency"))

REPORTS: dict[str, Schema] = {
    "NewReport": shape(
        "A report.",
        {
            "service": text("The code of a service.", minLength=1, maxLength=60),
            "description": text("What is wrong, in the reporter’s words.", maxLength=DESCRIPTION_MAX),
            "place": PLACE,
            "answers": {
                "type": "object",
                "description": "Answers by the question’s code, as `answers_schema` of the service says.",
                "additionalProperties": {"anyOf": [{"type": "string"}, listed({"type": "string"})]},
            },
            "contact": CONTACT,
            "emergency_confirmed": {
                "type": "boolean",
                "description": "Sends the report even though an answer indicates danger. Set it to true only after a "
                "person has read whom to call and confirmed that no one is in danger.",
            },
            "photos": {
                **listed({"type": "string", "maxLength": 200}, "The ids of photos that you already uploaded."),
                "maxItems": PHOTOS_MAX,
            },
        },
        optional=("description", "place", "answers", "contact", "emergency_confirmed", "photos"),
    ),
    "NewReportWithPhotos": shape(
        "A report together with its photos.",
        {
            "report": text("The report as JSON: a NewReport.", contentMediaType="application/json"),
            "photos": {**listed(PHOTO_FILE), "maxItems": PHOTOS_MAX},
        },
        optional=("photos",),
    ),
    "Receipt": shape(
        "The receipt for a report. Show the notice, number and private link to the reporter.",
        {
            "emergency": MAYBE_EMERGENCY,
            "reference": text("The number of the request."),
            "state": text("Whether it is public.", enum=STATES),
            "url": maybe(uri("Its URL in this API; for a test, with the same key. Null if it isn’t public.")),
            "html_url": maybe(uri("Its web page. Null if it isn’t public.")),
            "private_link": maybe(uri("The reporter’s own page; null while it waits for the link in the email.")),
            "private_token": maybe(text("The token of that link, for comments, photos and edits.")),
            "notice": text("What the reporter should know now."),
        },
    ),
    "NewBatch": shape(
        "Up to a hundred reports.",
        {
            "reports": {
                **listed(
                    shape(
                        "A report.",
                        {
                            "idempotency_key": text(
                                "As the header of a single report: it takes effect once within 14 days.",
                                minLength=1,
                                maxLength=KEY_MAX,
                            ),
                            "report": ref("NewReport"),
                        },
                    )
                ),
                "minItems": 1,
                "maxItems": BatchParser.times,
            }
        },
    ),
    "Batch": shape(
        "What became of each report.",
        {
            "results": listed(
                shape(
                    "What became of one: its receipt or its problem.",
                    {
                        "status": {
                            "type": "integer",
                            "description": "201, or 200 if it came before; else the status of the problem.",
                        },
                        "receipt": maybe(ref("Receipt")),
                        "problem": maybe(ref("Problem")),
                    },
                )
            )
        },
    ),
}
