"""Mistakes about the desk's telephone."""

from tests.regressions.regression import Regression

_EVENTS = ("tests/requests_app/api/telephone/test_call_events.py",)
_CALL = ("tests/staff_app/desk/test_call.py",)

REGRESSIONS = [
    Regression(
        "who knows a number chooses another time for its call",
        "requests_app/actions/contacts/call_backs.py",
        "    if at is not None and contact is not None:\n",
        "    if at is not None:\n",
        ("tests/requests_app/web/site/test_call_back.py",),
    ),
    Regression(
        "a test key's counts of calls tell residents how long they wait",
        "requests_app/api/v1/call_counts.py",
        "        if self.key.is_test:\n",
        "        if False:\n",
        ("tests/requests_app/api/v1/test_call_counts.py",),
    ),
    Regression(
        "words of danger wait for a call",
        "requests_app/web/site/call_back.py",
        'help_in(city, values["reason"])',
        "None",
        ("tests/requests_app/test_ways_in.py",),
    ),
    Regression(
        "a file with a mistake is stored but for that row",
        "requests_app/actions/contacts/call_counts.py",
        "    if reader.mistakes:\n",
        "    if len(reader.mistakes) == len(rows):\n",
        ("tests/requests_app/actions/contacts/test_call_counts.py",),
    ),
    Regression(
        "both hours of the night on which the clock is set back are the first one",
        "requests_app/actions/contacts/call_counts.py",
        "return first if self.passed[key] == 1 else second",
        "return first",
        ("tests/requests_app/actions/contacts/test_call_counts.py",),
    ),
    Regression(
        "last week's counts say how long people wait now",
        "requests_app/actions/contacts/call_counts.py",
        "if end + FRESH_FOR > now and row.answered",
        "if row.answered",
        ("tests/requests_app/actions/contacts/test_call_counts.py",),
    ),
    Regression(
        "who was answered after all waits for a call",
        "requests_app/actions/contacts/calls.py",
        "if call is None or call.answered_at is not None or call.contact_id is not None:",
        "if call is None:",
        _EVENTS,
    ),
    Regression(
        "an answer that is sent twice begins two contacts",
        "requests_app/actions/contacts/calls.py",
        "        if call.contact is None:\n            _begin(call, taker)",
        "        if call.ended_at is None:\n            _begin(call, taker)",
        _EVENTS,
    ),
    Regression(
        "a number that the caller didn't want kept comes back with the next event",
        "requests_app/actions/contacts/calls.py",
        "    if call.contact_id is None:\n        call.caller_number",
        "    if True:\n        call.caller_number",
        _EVENTS,
    ),
    Regression(
        "who signed out still reads who is calling",
        "requests_app/rules/contacts/ringing.py",
        " AND stored.expire_date > app_now()\n",
        "\n",
        _CALL,
    ),
    Regression(
        "another city's takers hear of the call",
        "requests_app/actions/contacts/calls.py",
        "        memberships__jurisdiction=jurisdiction,\n        memberships__role__permissions__contains",
        "        memberships__role__permissions__contains",
        _EVENTS,
    ),
    Regression(
        "a question is said in English to a caller in Spanish, as only its English has a spoken form",
        "requests_app/messages/desk_script.py",
        'question.script.get(get_language() or "") or localized(question.text)',
        "localized(question.script) or localized(question.text)",
        ("tests/staff_app/desk/test_contact.py",),
    ),
    Regression(
        "an answer to the first of two problems ends the call, and the second is lost",
        "staff_app/desk/contact.py",
        "(draft := _draft_of(contact)) is not None and Path(draft).second_problem",
        "(draft := _draft_of(contact)) is not None and Path(draft).more_places",
        ("tests/staff_app/desk/test_several.py",),
    ),
    Regression(
        "a second problem in a letter counts from today, not from the day it came",
        "requests_app/actions/report/drafts.py",
        '"together", "received_on",',
        '"together",',
        ("tests/staff_app/desk/test_several.py",),
    ),
    Regression(
        "a colleague reads photos of a report that isn't sent yet",
        "requests_app/web/request/photo.py",
        "Draft.objects.filter(pk=draft_id, taker=request.user.pk).exists()",
        "Draft.objects.filter(pk=draft_id, taker__isnull=False).exists()",
        ("tests/staff_app/desk/test_photos.py",),
    ),
]
