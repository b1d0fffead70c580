"""Mistakes about scans of letters, colleagues' reports, articles and sensors."""

from tests.regressions.regression import Regression

_LETTER = ("tests/staff_app/desk/test_letter.py",)

REGRESSIONS = [
    Regression(
        "takers open the scan of a letter after it was closed",
        "requests_app/rules/contacts/letter_pages.py",
        "    if contact.closed_at is None and permissions",
        "    if permissions",
        _LETTER,
    ),
    Regression(
        "the scan of a letter outlives its writer's data",
        "requests_app/actions/contacts/retention.py",
        '    letter_pages.erase_of(list(theirs.values_list("pk", flat=True)))\n',
        "",
        _LETTER,
    ),
    Regression(
        "colleagues get notices of what residents reported",
        "requests_app/events.py",
        'if reaction == "notify_staff" and not staff_notices.may_notify_of(kind, service_request):',
        "if False:",
        ("tests/staff_app/report/test_report.py",),
    ),
    Regression(
        "a sensor's request that was merged twice is lost",
        "requests_app/actions/programs/readings.py",
        "    while service_request.duplicate_of is not None:\n",
        "    if service_request.duplicate_of is not None:\n",
        ("tests/requests_app/api/v1/test_readings.py",),
    ),
    Regression(
        "everybody on the staff reads an article that has expired",
        "staff_app/articles/staff_articles.py",
        "published.filter(owner=request.user)",
        "published",
        ("tests/staff_app/articles/test_staff_articles.py",),
    ),
]
