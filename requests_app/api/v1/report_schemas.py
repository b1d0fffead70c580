"""The shapes of what is sent, and of its receipts: see schemas.py."""

from requests_app.api.framework.idempotency import KEY_MAX
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.v1.schemas import Schema, listed, maybe, ref, shape, text
from requests_app.photos import PHOTOS_MAX

PHOTO_FILE: Schema = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or HEIC, at most 12 MB."}


REPORTS: dict[str, Schema] = {
    "NewReportWithPhotos": shape(
        "A report together with its photos.",
        {
            "report": text("The report as JSON: a NewReport.", contentMediaType="application/json"),
            "photos": {**listed(PHOTO_FILE), "maxItems": PHOTOS_MAX},
        },
        optional=("photos",),
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
