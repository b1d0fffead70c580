"""What goes wrong only next to a second one: another city, another row of the same kind, the second after a bound."""

from tests.regressions.regression import Regression

EVIDENCE = "requests_app/rules/work/evidence.py"
TASKS = "requests_app/rules/work/tasks.py"
CHECKS = "requests_app/actions/truth/ending_checks.py"
STEPS = "requests_app/rules/work/steps.py"
BULK = "requests_app/actions/work/bulk_jobs.py"
ESCALATION = "requests_app/actions/promises/escalation.py"
STAFF_EMAIL = "requests_app/messages/staff_email.py"
DEPARTMENT_WORK = "requests_app/messages/department_work.py"
RULES, ACTIONS, MESSAGES = "tests/requests_app/rules", "tests/requests_app/actions", "tests/requests_app/messages"

REGRESSIONS = [
    Regression(
        "who can't tell has found it fixed",
        "requests_app/rules/truth/rate.py",
        "in (Seen.FIXED, Seen.ACTED)",
        "in (Seen.FIXED, Seen.ACTED, Seen.CANT_TELL)",
        (f"{RULES}/truth/test_rate.py",),
    ),
    Regression(
        "the truth rate counts another city's checks",
        "staff_app/checks/truth_rate.py",
        "EndingCheck.objects.filter(sample__jurisdiction=city, sample",
        "EndingCheck.objects.filter(sample",
        ("tests/staff_app/checks/test_truth_rate.py",),
    ),
    Regression(
        "another city's departments are drawn",
        CHECKS,
        "~Exists(done), jurisdiction=city, active=True",
        "~Exists(done), active=True",
        (f"{ACTIONS}/truth/test_ending_checks.py",),
    ),
    Regression(
        "the first second of the week isn't drawn",
        CHECKS,
        "claimed_at__gte=start",
        "claimed_at__gt=start",
        (f"{ACTIONS}/truth/test_ending_checks.py",),
    ),
    Regression(
        "a resident's photo shows that the work was done",
        EVIDENCE,
        "photos.filter(kind=Photo.Kind.WORK, hidden_at=None)",
        "photos.filter(hidden_at=None)",
        (f"{RULES}/work/test_evidence.py",),
    ),
    Regression(
        "a hidden photo shows that the work was done",
        EVIDENCE,
        "photos.filter(kind=Photo.Kind.WORK, hidden_at=None)",
        "photos.filter(kind=Photo.Kind.WORK)",
        (f"{RULES}/work/test_evidence.py",),
    ),
    Regression(
        "a photo from before the reopening counts",
        EVIDENCE,
        'kind="reopened").order_by("-id").first()',
        'kind="reopened").order_by("id").first()',
        (f"{RULES}/work/test_evidence.py",),
    ),
    Regression(
        "supervisors hear of test reports",
        ESCALATION,
        " and service_request.status in OPEN and not service_request.is_test",
        " and service_request.status in OPEN",
        (f"{ACTIONS}/promises/test_escalation.py",),
    ),
    Regression(
        "a head who left is told instead of a supervisor",
        ESCALATION,
        "if code == HEAD and head is not None and head.is_active:",
        "if code == HEAD and head is not None:",
        (f"{ACTIONS}/promises/test_escalation.py",),
    ),
    Regression(
        "another city's suspension stops the clocks",
        "requests_app/rules/promises/suspensions.py",
        "ClockSuspension.objects.filter(jurisdiction=service_request.jurisdiction_id, starts_at__lte=now)",
        "ClockSuspension.objects.filter(starts_at__lte=now)",
        (f"{RULES}/promises/test_suspensions.py",),
    ),
    Regression(
        "nobody is asked about silence on the day itself, but a second early",
        "requests_app/rules/promises/silence.py",
        "LessThan(QUIET_SINCE, before)",
        "LessThan(QUIET_SINCE, before + dt.timedelta(seconds=1))",
        (f"{RULES}/promises/test_silence.py",),
    ),
    Regression(
        "a macro assigns somebody of another city",
        STEPS,
        "is_active=True, memberships__jurisdiction=city)",
        "is_active=True)",
        (f"{RULES}/work/test_steps.py",),
    ),
    Regression(
        "a job merges into a request of another city",
        STEPS,
        "ServiceRequest.objects.in_jurisdiction(city).visible_to(user)",
        "ServiceRequest.objects.all()",
        (f"{RULES}/work/test_steps.py",),
    ),
    Regression(
        "a job whose last batch is full never ends",
        BULK,
        "    if len(batch) == BATCH:\n        _enqueue(job, KIND)",
        "    if len(batch) > BATCH:\n        _enqueue(job, KIND)",
        (f"{ACTIONS}/work/test_bulk_jobs.py",),
    ),
    Regression(
        "a job is undone after its email has left",
        BULK,
        "return app_now() - job.finished_at <= UNDO_FOR",
        "return app_now() - job.finished_at <= 2 * UNDO_FOR",
        (f"{ACTIONS}/work/test_bulk_jobs.py",),
    ),
    Regression(
        "crews see the tasks of another city",
        TASKS,
        "tasks = Task.objects.filter(department__jurisdiction=jurisdiction)",
        "tasks = Task.objects.all()",
        (f"{RULES}/work/test_tasks.py",),
    ),
    Regression(
        "a task can be worked on before what comes first",
        TASKS,
        "mine.filter(Q(after=None) | ~Q(after__state=Task.State.OPEN))",
        "mine.filter(Q(after=None) | Q(after__state=Task.State.OPEN))",
        (f"{RULES}/work/test_tasks.py",),
    ),
    Regression(
        "a shared view shows in another city",
        "requests_app/rules/work/saved_views.py",
        "SavedView.objects.filter(jurisdiction=city).filter(Q(owner=user) | shared)",
        "SavedView.objects.filter(Q(owner=user) | shared)",
        (f"{RULES}/work/test_saved_views.py",),
    ),
    Regression(
        "somebody is away in every city",
        "requests_app/rules/people/leaves.py",
        "return Q(jurisdiction=jurisdiction, starts_on__lte=day, ends_on__gte=day)",
        "return Q(starts_on__lte=day, ends_on__gte=day)",
        (f"{RULES}/people/test_leaves.py",),
    ),
    Regression(
        "a department's email has a hidden reply",
        DEPARTMENT_WORK,
        'Comment.objects.filter(pk=event.data.get("comment_id"), hidden_at=None)',
        'Comment.objects.filter(pk=event.data.get("comment_id"))',
        (f"{MESSAGES}/test_department_work.py",),
    ),
    Regression(
        "a department's email has the words of a confidential report",
        DEPARTMENT_WORK,
        "is_confidential = service_request.public_state in CONFIDENTIAL",
        "is_confidential = False",
        (f"{MESSAGES}/test_department_work.py",),
    ),
    Regression(
        "a supervisor on leave gets the email of Mondays",
        STAFF_EMAIL,
        ".exclude(pk__in=leaves.away_ids(city, day))",
        "",
        (f"{MESSAGES}/test_staff_email.py",),
    ),
    Regression(
        "a digest has the work in another city",
        STAFF_EMAIL,
        "mine = ServiceRequest.objects.in_jurisdiction(jurisdiction).open()",
        "mine = ServiceRequest.objects.open()",
        (f"{MESSAGES}/test_staff_email.py",),
    ),
    Regression(
        "an administrator edits another city's macros",
        "staff_app/setup/macros/macros.py",
        "Macro.objects.filter(own, jurisdiction=request.jurisdiction)",
        "Macro.objects.filter(own)",
        ("tests/staff_app/setup/test_another_city.py",),
    ),
    Regression(
        "the list of suspensions is of all cities",
        "staff_app/setup/suspensions/suspensions.py",
        "rows = ClockSuspension.objects.filter(jurisdiction=request.jurisdiction)",
        "rows = ClockSuspension.objects.all()",
        ("tests/staff_app/setup/test_another_city.py",),
    ),
    Regression(
        "a routing rule shows another service's question as its own",
        "requests_app/rules/shared/names.py",
        "self._asked_by(code, scope) or self._asked_by(code, self.questions)",
        "self._asked_by(code, self.questions)",
        (f"{RULES}/routing/test_words.py",),
    ),
    Regression(
        "a question of one wording under two codes isn't told apart",
        "requests_app/rules/shared/names.py",
        "(service not in asked_by or other != code) and question.text in by_text",
        "service not in asked_by and other == code",
        (f"{RULES}/routing/test_words.py",),
    ),
    Regression(
        "a moved question takes those with it that it overtook",
        "requests_app/messages/service_differences.py",
        "if position not in stay",
        "if position in stay",
        (f"{MESSAGES}/test_setup_differences.py",),
    ),
    Regression(
        "a city that measures in meters reads feet",
        "requests_app/messages/setup_values.py",
        'names.city.units == "metric"',
        'names.city.units == "us"',
        (f"{MESSAGES}/test_setup_differences.py",),
    ),
    Regression(
        "a file's own names aren't used for what it brings",
        "requests_app/imports/catalog_changes.py",
        "rows.setdefault(change.kind, []).append(change.after)",
        "rows.setdefault(change.kind, [])",
        ("tests/staff_app/setup/catalog/test_catalog_file.py",),
    ),
]
