"""Mistakes about reports by staff, the counter's slip and what comes on paper."""

from tests.regressions.regression import Regression

REGRESSIONS = [
    Regression(
        "contractors report keys and city cars",
        "requests_app/rules/people/permissions.py",
        'return any("only_assigned" not in granted for granted in here)',
        "return bool(here)",
        ("tests/staff_app/report/test_report.py",),
    ),
    Regression(
        "a taker offers callers the staff's own services",
        "requests_app/rules/report/path.py",
        "if draft.channel != Channel.STAFF or draft.taker is None:",
        "if draft.taker is None:",
        ("tests/staff_app/report/test_report.py",),
    ),
    Regression(
        "a colleague becomes a reporter with a private link",
        "requests_app/actions/report/submission.py",
        "is_of_staff = report.channel == Channel.STAFF and actor is not None",
        "is_of_staff = False",
        ("tests/staff_app/report/test_report.py",),
    ),
    Regression(
        "any taker prints the private link of a caller",
        "requests_app/rules/contacts/slips.py",
        "contact.channel == Channel.COUNTER and contact.taker_id == user.pk",
        "contact.channel == Channel.COUNTER",
        ("tests/staff_app/desk/test_slip.py",),
    ),
    Regression(
        "who speaks for another gets the link without their consent",
        "requests_app/rules/contacts/slips.py",
        "or contact.has_consent is True",
        "or contact.has_consent is not False",
        ("tests/staff_app/desk/test_slip.py",),
    ),
    Regression(
        "a letter needs a reason a day too early",
        "requests_app/rules/report/paper.py",
        "waited > DAYS_WITHOUT_REASON and",
        "waited >= DAYS_WITHOUT_REASON and",
        ("tests/staff_app/desk/test_paper.py",),
    ),
    Regression(
        "a letter's targets count from when it was typed",
        "requests_app/actions/report/submission.py",
        "paper.received_at(report.jurisdiction, report.received_on) if report.received_on else now",
        "now",
        ("tests/staff_app/desk/test_paper.py",),
    ),
]
