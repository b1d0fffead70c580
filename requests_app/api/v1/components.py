"""All shapes of v1 by name, as the OpenAPI document lists them."""

from requests_app.api.framework.schema import components_of
from requests_app.api.v1.ogc_schemas import OGC
from requests_app.api.v1.problem_serializers import ProblemSerializer
from requests_app.api.v1.schemas import REQUESTS, Schema

COMPONENTS: dict[str, Schema] = {**components_of(ProblemSerializer), **REQUESTS, **OGC}
