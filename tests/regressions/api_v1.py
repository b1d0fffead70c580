"""API v1: what everyone may know, what is refused, and who may write."""

from tests.regressions.regression import Regression

READING = ("tests/requests_app/api/v1/test_requests.py",)
WRITING = ("tests/requests_app/api/v1/test_writing.py",)

REGRESSIONS = [
    Regression(
        "API v1 shows the words of what waits for review",
        "requests_app/api/v1/service_requests.py",
        '"description": row.description if row.is_public else None',
        '"description": row.description',
        READING,
    ),
    Regression(
        "API v1 names private photos",
        "requests_app/api/v1/service_requests.py",
        "Photo.objects.filter(service_request__in=shown, is_private=False, hidden_at=None)",
        "Photo.objects.filter(service_request__in=shown, hidden_at=None)",
        READING,
    ),
    Regression(
        "API v1 ignores a misspelled filter",
        "requests_app/api/v1/parameters.py",
        'errors.append(FieldError(shown, "unknown", _("There is no parameter %(name)s here.") % {"name": shown}))',
        "pass",
        READING,
    ),
    Regression(
        "two reports by API v1 take the same photo",
        "requests_app/api/v1/writing.py",
        "name__in=names, draft=None, service_request=None",
        "name__in=names",
        WRITING,
    ),
    Regression(
        "an edit by API v1 overwrites what was not read",
        "requests_app/api/v1/reporting_views.py",
        "check_if_match(request, tag_of(",
        "(request, tag_of(",
        WRITING,
    ),
    Regression(
        "the schema of questions demands what is not asked",
        "requests_app/api/v1/questions.py",
        '{"if": {"allOf": _conditions(one, by_code)}, "then": _demanded([one])}',
        '{"if": {}, "then": _demanded([one])}',
        ("tests/requests_app/api/v1/test_catalog.py",),
    ),
]
