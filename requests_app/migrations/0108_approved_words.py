"""Approvals count for the words of an answer that stops the form, and for the number it shows, too; tests for their questions.

An approval that counts for the service as it is now goes on to count. Can run twice.
"""

from typing import Any

from django.db import migrations


def convert(apps: Any, schema_editor: Any) -> None:
    approval_model = apps.get_model("requests_app", "ServiceApproval")
    question_model = apps.get_model("requests_app", "QuestionVersion")
    approvals = approval_model.objects.filter(kind="emergency").select_related("service__current")
    numbers = dict(apps.get_model("requests_app", "Jurisdiction").objects.values_list("pk", "emergency_number"))
    for approval in approvals:
        service = approval.service
        if service.current is None:
            continue
        stops = [
            (question, option)
            for question in question_model.objects.filter(service_version=service.current).order_by("order")
            for option in question.options
            if (option.get("effects") or {}).get("stop")
        ]
        before = {
            "screen": service.current.emergency_screen or {},
            "stops": [[question.code, option["value"]] for question, option in stops],
        }
        if approval.approved != before:
            continue
        approval.approved = {
            "screen": before["screen"],
            "stops": [
                {
                    "question": question.code,
                    "answer": option["value"],
                    "text": question.text,
                    "label": option["label"],
                    "show_if": question.show_if or {},
                }
                for question, option in sorted(stops, key=lambda one: (one[0].code, one[1]["value"]))
            ],
            "number": numbers[service.jurisdiction_id],
        }
        approval.save(update_fields=["approved"])
    for test in apps.get_model("requests_app", "ServiceTest").objects.filter(service_version=None):
        if test.service_request is not None:
            test.service_version_id = test.service_request.service_version_id
            test.save(update_fields=["service_version"])


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0107_service_test_version")]

    operations = [migrations.RunPython(convert, migrations.RunPython.noop)]
