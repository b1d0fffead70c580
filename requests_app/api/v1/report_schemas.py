"""The shapes of what is sent, and of its receipts: see schemas.py."""

from requests_app.api.v1.schemas import LATITUDE, LONGITUDE, Schema, listed, maybe, ref, shape, text, uri
from requests_app.models import Cadence, EmergencyPhrase, PublicState
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

EMERGENCY = shape(
    "Danger that the text describes. Show `text` first, unchanged, with the numbers as links to call.",
    {
        "kind": text("Of danger.", enum=EmergencyPhrase.Kind.values),
        "is_sure": {
            "type": "boolean",
            "description": "True if it’s certain, false if it’s possible. If it’s certain, show nothing else.",
        },
        "words": text("Whom to call and when, in the requested language."),
        "numbers": listed(
            shape(
                "A number to call.",
                {
                    "number": text("The number as displayed."),
                    "name": maybe(text("Whose number it is. Null for the emergency number.")),
                    "dialed": text("For a link: `tel:` and this."),
                },
            ),
            "The emergency number first.",
        ),
    },
)
MAYBE_EMERGENCY = maybe(ref("Emergency"))

REPORTS: dict[str, Schema] = {
    "Emergency": EMERGENCY,
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
    "NewPhoto": shape(
        "A photo for a report that follows within a day.",
        {"photo": PHOTO_FILE, "alt": text("What it shows.", maxLength=300)},
        optional=("alt",),
    ),
    "NewPhotoOfRequest": shape("A photo for a request.", {"photo": PHOTO_FILE, "private_token": TOKEN}),
    "PhotoReceipt": shape(
        "A stored photo.",
        {
            "id": text("The id to send with a report."),
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "alt": text("What it shows."),
        },
    ),
    "NewComment": shape(
        "A message to those who work on it.",
        {"private_token": TOKEN, "text": text("The message.", minLength=1, maxLength=DESCRIPTION_MAX)},
    ),
    "CommentReceipt": shape(
        "A stored message. Staff read it; it is not public.",
        {
            "emergency": MAYBE_EMERGENCY,
            "reference": text("The number of the request."),
            "text": text("The message."),
            "notice": maybe(text("Whom to call, if it sounds like danger. Same as in `emergency`.")),
        },
    ),
    "Edit": shape(
        "The reporter’s new text.",
        {"private_token": TOKEN, "description": text("The complete new text.", maxLength=DESCRIPTION_MAX)},
    ),
    "NewFollower": shape(
        "Another person it affects.",
        {"email": text("Gets the updates.", maxLength=254), "name": text("First and last name.", maxLength=200)},
        optional=("name",),
    ),
    "FollowerReceipt": shape(
        "The person now follows the request.",
        {"reference": text("The number of the request."), "notice": text("What happens next.")},
    ),
    "NewFollow": shape(
        "What to follow: one of these, or a service within one of the others.",
        {
            "email": text("Gets a link to confirm, then the updates.", maxLength=254),
            "area": text("An area as `layer:code`.", maxLength=140),
            "service": text("The code of a service.", maxLength=140),
            "asset": text("The number of an asset.", maxLength=140),
            "near": text("A place: `latitude,longitude,meters`.", maxLength=140),
            "radius": {"type": "integer", "enum": [200, 500, 1000], "description": "Meters around the place."},
            "cadence": text("How often.", enum=Cadence.values, default=Cadence.DAILY.value),
        },
        optional=("area", "service", "asset", "near", "radius", "cadence"),
    ),
    "FollowReceipt": shape(
        "Updates start only after the link in the email is selected.",
        {"following": text("What it is called."), "cadence": text("How often."), "notice": text("What happens next.")},
    ),
}
