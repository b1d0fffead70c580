"""API v1: what everyone may know, what is refused, and who may write."""

from tests.regressions.regression import Regression

READING = ("tests/requests_app/api/v1/test_requests.py",)
OGC = ("tests/requests_app/api/v1/test_ogc.py",)
WEBHOOKS = ("tests/requests_app/api/v1/test_webhooks.py",)
SANDBOX = ("tests/requests_app/api/v1/test_sandbox.py",)
OUTAGES = ("tests/faults/test_outages.py",)
WRITING = ("tests/requests_app/api/v1/test_writing.py",)
STAFF = ("tests/staff_app/api/test_requests.py",)
TASKS = ("tests/staff_app/api/test_tasks.py",)

REGRESSIONS = [
    Regression(
        "a program without the scope finds a reporter by phone or email",
        "staff_app/queue/search.py",
        "if by_contact and reads_reporters(",
        "if reads_reporters(",
        STAFF,
    ),
    Regression(
        "what a program did looks as if its person had done it by hand",
        "requests_app/events.py",
        "api_key=actor.through if isinstance(actor, User) else None",
        "api_key=None",
        STAFF,
    ),
    Regression(
        "a new service takes back the priority that was sent with it",
        "staff_app/api/views.py",
        'EDITS = {"service": "change_service", "priority": "set_priority", ',
        'EDITS = {"priority": "set_priority", "service": "change_service", ',
        STAFF,
    ),
    Regression(
        "a program posts what looks like personal data unasked",
        "staff_app/api/actions.py",
        "    if not checked:\n",
        "    if not checked and not marks:\n",
        STAFF,
    ),
    Regression(
        "a program reads contacts and nobody knows",
        "staff_app/api/views.py",
        '        privacy.view_reporter(found, reason=self.query["reason"], actor=self.user)\n',
        "",
        STAFF,
    ),
    Regression(
        "a call that a 911 center passed on is never closed, as if it were imported",
        "requests_app/models/service_request.py",
        'Q(external_id="") | Q(api_key__isnull=False))',
        'Q(external_id=""))',
        TASKS,
    ),
    Regression(
        "a box on the map finds what is about somebody's home",
        "requests_app/api/v1/ogc_features.py",
        "            segment = segment.exclude(service_version__in=unlisted)\n",
        "",
        OGC,
    ),
    Regression(
        "a layer has a request that waits for review",
        "requests_app/api/v1/ogc_features.py",
        "ServiceRequest.objects.public().in_jurisdiction(city)",
        "ServiceRequest.objects.in_jurisdiction(city)",
        OGC,
    ),
    Regression(
        "a time on the map leaves out what ended long ago",
        "requests_app/api/v1/ogc_features.py",
        'filters["older"] = "1"',
        "pass",
        OGC,
    ),
    Regression(
        "API v1 shows the words of what waits for review",
        "requests_app/messages/request_shape.py",
        '"description": row.description if shown else None',
        '"description": row.description',
        READING,
    ),
    Regression(
        "API v1 names private photos",
        "requests_app/messages/request_shape.py",
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
    Regression(
        "webhooks call addresses that IPv6 hides",
        "requests_app/outside_calls.py",
        "return address.ipv4_mapped or address.sixtofour",
        "return address.sixtofour",
        WEBHOOKS,
    ),
    Regression(
        "webhooks follow a name that leads inside later",
        "requests_app/outside_calls.py",
        "if not all(may_be_called(address) for address in addresses):",
        "if not any(may_be_called(address) for address in addresses):",
        WEBHOOKS,
    ),
    Regression(
        "webhooks tell of private requests",
        "requests_app/rules/webhooks.py",
        "if service_request.is_public:\n        return True",
        "if service_request.pk:\n        return True",
        WEBHOOKS,
    ),
    Regression(
        "webhooks tell the events of a request out of order",
        "requests_app/actions/webhooks.py",
        'ordering_key=f"webhook:{webhook.pk}:{request_id}" if request_id else ""',
        'ordering_key=""',
        WEBHOOKS,
    ),
    Regression(
        "a webhook that fails is never switched off",
        "requests_app/actions/webhooks.py",
        "if now - webhook.failing_since >= webhooks.FAILING_FOR:",
        "if webhook.ended_at is not None:",
        WEBHOOKS,
    ),
    Regression(
        "a key sees another key's webhooks",
        "requests_app/api/v1/webhooks.py",
        "webhook = key.webhooks.filter(pk=webhook_id).first()",
        "webhook = Webhook.objects.filter(pk=webhook_id).first()",
        WEBHOOKS,
    ),
    Regression(
        "another key reads the requests of a test key",
        "requests_app/models/service_request.py",
        "self.filter(api_key=key, public_state=PublicState.TEST)",
        "self.filter(public_state=PublicState.TEST)",
        SANDBOX,
    ),
    Regression(
        "a live key takes its requests through the sandbox",
        "requests_app/api/v1/sandbox_views.py",
        "permission_classes = [HasScope(Scope.REPORT), IsTestKey]",
        "permission_classes = [HasScope(Scope.REPORT)]",
        SANDBOX,
    ),
    Regression(
        "the person named in a program's test is emailed",
        "requests_app/messages/notifications.py",
        " or (service_request.is_test and service_request.api_key_id is not None)",
        "",
        SANDBOX,
    ),
    Regression(
        "a test key joins a real request",
        "requests_app/api/v1/writing.py",
        "    if key.is_test:\n        raise Problem(",
        "    if not key.pk:\n        raise Problem(",
        SANDBOX,
    ),
    Regression(
        "a webhook names the reporter to any key for staff",
        "requests_app/rules/webhooks.py",
        " or not key.allows(Scope.CONTACTS):",
        ":",
        SANDBOX,
    ),
    Regression(
        "a webhook names the reporter whoever the key acts for",
        "requests_app/rules/webhooks.py",
        "user.is_active and permissions.may_read_reporter(user, service_request)",
        "user.is_active",
        SANDBOX,
    ),
    Regression(
        "webhooks wait in the same line as email",
        "requests_app/actions/webhooks.py",
        "lane=OutboxRow.Lane.WEBHOOK",
        "lane=OutboxRow.Lane.OUTSIDE",
        OUTAGES,
    ),
]
