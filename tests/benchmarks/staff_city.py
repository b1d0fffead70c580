"""A city with as many requests as a benchmark asks for, each with its clocks, events and reporter."""

from django.db import connection

from requests_app.actions.figures import daily_load
from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark

# About 7 km each way.
POINT = (
    f"ST_SetSRID(ST_MakePoint({factories.ELM_ST[0]} + mod(hashint4(number), 200) * 0.0002, "
    f"{factories.ELM_ST[1]} + mod(hashint4(number + 7), 150) * 0.0002), 4326)"
)
ENDED = "now() - number * interval '5 minutes' + mod(number, 40) * interval '6 hours'"


def build(requests: int, *, open_every: int) -> Rivermark:
    """One request in `open_every` is open, and every tenth of these is Tom's. One report in 1,429 names a walrus."""
    cast = factories.rivermark()
    for n in range(10):
        factories.area(cast.city, "ward", str(n), factories.square(10, 10, 11, 11))
    versions = [*(factories.service(cast.city, f"kind-{n}") for n in range(39)), cast.pothole]
    first = factories.report(versions[0])
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    is_open, is_accepted = f"mod(number, {open_every}) = 0", f"mod(number, {open_every * 2}) = 0"
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "service_id": "kind.service_id",
        "service_version_id": "kind.version_id",
        "department_id": "kind.department_id",
        "assignee_id": f"CASE WHEN mod(number, {open_every * 10}) = 0 THEN {cast.tom.pk} END",
        "description": "concat('Somebody left ', md5(number::text), CASE WHEN mod(number, 1429) = 0 THEN ' a walrus' END,"
        " ' at the corner, and a few more words for its length')",
        "address": "concat(mod(number, 9000), ' Elm St')",
        "priority": "1 + mod(number / 7, 4)",
        "point": POINT,
        "public_point": POINT,
        "submitted_at": "now() - number * interval '5 minutes'",
        "updated_at": "now() - number * interval '5 minutes'",
        "due_at": "now() - number * interval '5 minutes' + mod(number, 90) * interval '1 day'",
        "status": f"CASE WHEN NOT {is_open} THEN 'closed' WHEN {is_accepted} THEN 'in_progress' ELSE 'routed' END",
        "disposition": f"CASE WHEN {is_open} THEN '' ELSE 'fixed' END",
        "acknowledged_at": f"CASE WHEN NOT {is_open} OR {is_accepted} THEN now() - number * interval '4 minutes' END",
        "resolved_at": f"CASE WHEN NOT {is_open} THEN least(now(), {ENDED}) END",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH kind AS (
              SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
                AS k(service_id, version_id, department_id, n))
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(%s, 1, -1) AS number
            JOIN kind ON kind.n = 1 + mod(number / 11, 40)
            CROSS JOIN requests_app_servicerequest AS first WHERE first.id = %s""",  # noqa: S608 (column names of our own)
            [
                [v.service_id for v in versions],
                [v.pk for v in versions],
                [v.department_id for v in versions],
                requests,
                first.pk,
            ],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
            SELECT area.id, one.id, one.submitted_at, one.disposition = '', one.public_state
            FROM requests_app_servicerequest AS one
            JOIN requests_app_area AS area ON area.code = mod(one.id, 10)::text"""
        )
        cursor.execute(
            """
            INSERT INTO requests_app_searchdocument (jurisdiction_id, kind, object_id, language, title, text)
            SELECT jurisdiction_id, 'request', id, language, 'A service', description
            FROM requests_app_servicerequest WHERE public_state = 'public' ORDER BY id"""
        )
        cursor.execute(
            """
            INSERT INTO requests_app_clock (service_request_id, kind, target_words, started_at, due_at, waited_s, step, met_at)
            SELECT id, 'resolve', '{"value": 3, "unit": "days"}', submitted_at, due_at, 0, 0, resolved_at
            FROM requests_app_servicerequest WHERE id <> %s""",
            [first.pk],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_event (jurisdiction_id, service_request_id, kind, at, data, source)
            SELECT one.jurisdiction_id, one.id, told.kind, one.submitted_at, told.data::jsonb, ''
            FROM requests_app_servicerequest AS one
            CROSS JOIN (VALUES ('submitted', '{"channel": "web"}'), ('routed', '{"reason": "service"}')) AS told (kind, data)
            WHERE one.id <> %s ORDER BY one.id""",
            [first.pk],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_participation (person_id, service_request_id, role, contact_point_id, cadence)
            SELECT known.person_id, one.id, 'reporter', known.contact_point_id, 'at_once'
            FROM requests_app_servicerequest AS one CROSS JOIN requests_app_participation AS known
            WHERE known.service_request_id = %s AND one.id <> %s""",
            [first.pk, first.pk],
        )
        cursor.execute("VACUUM ANALYZE")
    daily_load.record(cast.city)
    return cast
