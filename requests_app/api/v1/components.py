"""All shapes of v1 by name, as the OpenAPI document lists them."""

from requests_app.api.v1.ogc_schemas import OGC
from requests_app.api.v1.report_schemas import REPORTS
from requests_app.api.v1.schemas import REQUESTS, Schema

COMPONENTS: dict[str, Schema] = {**REQUESTS, **REPORTS, **OGC}
