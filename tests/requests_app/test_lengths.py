"""How long everything lasts, is kept or is waited for. People and programs rely on it: who changes one, changes documents, too."""

import ast
import importlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from tests.assertions import ROOT

# What each module calls its lengths of time.
LENGTHS: dict[str, dict[str, str]] = {
    "requests_app/actions": {
        "alarms.calls.ROUTING_WAIT": "20 s",
        "alarms.calls.ROUTING_CHECK": "2 s",
        "people.city_switch.VALID_FOR": "60 s",
        "answers.article_feedback.KEPT": "30 days",
        "figures.value_counts.REPEATED_WITHIN": "7 days",
        "figures.value_counts.LEFT_AFTER": "30 min",
        "contacts.call_counts.FRESH_FOR": "10 min",
        "contacts.call_counts.AHEAD_BY": "60 s",
        "contacts.calls.KEPT": "1 days",
        "contacts.calls.MISSED_AFTER": "30 s",
        "programs.readings.AHEAD_MAX": "5 min",
        "programs.readings.AGE_MAX": "1 days",
        "programs.readings.STILL_ALARM": "1 days",
        "contacts.retention.TAKER_KEPT": "30 days",
        "contacts.retention.NUMBER_KEPT": "90 days",
        "contacts.retention.NOTE_KEPT": "365 days",
        "contacts.retention.LEFT_OPEN": "1 days",
        "contacts.retention.RECORDING_KEPT": "30 days",
        "contacts.retention.UNKNOWN_FILE_KEPT": "1 days",
        "people.invitations.VALID_FOR": "7 days",
        "people.invitations.DAY": "1 days",
        "people.sign_ins.CHECKED_EVERY": "25 min",
        "people.sign_ins.TRUSTED_FOR": "55 min",
        "people.staff_notices.KEPT": "90 days",
        "privacy.expiry.KEYS_KEPT": "14 days",
        "privacy.expiry.DONE_ROWS_KEPT": "30 days",
        "privacy.expiry.FILES_KEPT": "1 days",
        "privacy.expiry.UNCLAIMED_PHOTOS_KEPT": "60 min",
        "privacy.expiry.TOLD_KEPT": "40 days",
        "privacy.expiry.LINKS_KEPT": "30 days",
        "privacy.expiry.WISHES_KEPT": "7 days",
        "privacy.expiry.STOPPED_KEPT": "30 days",
        "privacy.expiry.UNDO_STATES_KEPT": "60 min",
        "privacy.expiry.BULK_JOBS_KEPT": "30 days",
        "privacy.expiry.SESSION_RECORDS_KEPT": "14 days",
        "privacy.expiry.VOTES_KEPT": "365 days",
        "privacy.reporter_views.FOUND_ONCE_IN": "60 min",
        "publication.public_changes.KEPT": "90 days",
        "programs.api_key_requests.UNPROVED_KEPT": "7 days",
        "programs.api_key_requests.DECIDED_KEPT": "365 days",
        "programs.unused_keys.CONTACT_KEPT": "365 days",
        "programs.sandbox.ON_HOLD_FOR": "7 days",
        "programs.webhooks.READ_NOTED_EVERY": "60 s",
        "promises.escalation.TOLD_WITHIN": "2 days",
        "report.confirm_report.EXPIRES_AFTER": "30 days",
        "report.drafts.EXPIRES_AFTER": "7 days",
        "report.drafts.TEST_EXPIRES_AFTER": "240 min",
        "report.emergency_question.STOPPED_KEPT": "1 days",
        "setup.draft_links.VALID_FOR": "14 days",
        "setup.listed_reasons.REMOVABLE_FOR": "1 days",
        "setup.telephone_links.NOTED_EVERY": "60 s",
        "shared.verify_email.VALID_FOR[sign_in]": "30 min",
        "shared.verify_email.VALID_FOR[confirm]": "7 days",
        "shared.verify_email.VALID_FOR[subscribe]": "2 days",
        "shared.verify_email.VALID_FOR[change]": "30 min",
        "shared.verify_email.VALID_FOR[test_key]": "120 min",
        "shared.verify_email.VALID_FOR[own_keys]": "30 min",
        "shared.verify_email.VALID_FOR[api_key]": "2 days",
        "shared.verify_email.VALID_FOR[show_key]": "7 days",
        "truth.ending_checks.WEEK": "7 days",
        "work.bulk_jobs.HELD_FOR": "4 days",
        "work.conversation.ANSWER_DEADLINE": "14 days",
        "work.department_links.WORKS_FOR": "30 days",
        "work.endings.AUTO_CLOSE_AFTER": "30 days",
        "work.staff_texts.WITHDRAW_WITHIN": "30 s",
        "privacy.expiry.ERASURES_KEPT": "60 days",
    },
    "requests_app/messages": {
        "calendar_file.BEFORE": "31 days",
        "calendar_file.AHEAD": "366 days",
        "calendar_file.A_DAY": "1 days",
        "email_parts.PROGRESS_LASTS": "1 days",
        "notifications.RECEIPT_WAITS": "60 s",
        "staff_email.MORNING_LASTS": "300 min",
        "timeline.SOON": "60 min",
    },
    "requests_app/rules": {
        "contacts.call_times.AHEAD": "30 min",
        "contacts.call_times.HOUR": "60 min",
        "contacts.callers.ENDED_FOR": "30 days",
        "contacts.call_backs.UNPROMISED_WITHIN": "1 days",
        "contacts.call_backs.TRY_AGAIN_AFTER": "30 min",
        "people.ways_back.BACK_WITHIN": "30 days",
        "answers.collection_days.WEEK": "7 days",
        "answers.collection_days.FAR": "14 days",
        "answers.staff_articles.REVIEW_NOTICE": "14 days",
        "answers.collection_days.SOON": "35 days",
        "answers.collection_days.LONGEST_PAUSE": "400 days",
        "programs.api_keys.UNUSED_KEPT": "90 days",
        "programs.api_keys.UNUSED_NOTICE": "7 days",
        "programs.api_keys.USE_RECORDED_EVERY": "60 min",
        "programs.webhooks.FAILING_FOR": "5 days",
        "programs.webhooks.DELIVERIES_KEPT": "30 days",
        "programs.webhooks.UNREAD_FOR": "10 min",
        "promises.suspensions.LOOKS_BACK": "7 days",
        "setup.go_live.REVIEW_WITHIN": "1098 days",
        "setup.go_live.NOTIFIED_BEFORE[0]": "14 days",
        "setup.go_live.NOTIFIED_BEFORE[1]": "1 days",
        "truth.rate.LOOK_WITHIN": "14 days",
        "truth.surveys.WITHIN": "30 days",
        "work.attention.NEARLY_LATE": "1 days",
        "work.reminders.BEFORE_DEADLINE": "7 days",
        "work.request_reads.KEPT": "30 days",
        "work.reopenings.REOPENED_WITHIN": "30 days",
        "work.reopenings.REOPEN_WITHIN": "30 days",
        "work.reopenings.STILL_THERE_WITHIN": "14 days",
        "work.safety_notes.LOG_KEPT": "90 days",
        "work.snoozes.LONGEST": "365 days",
        "work.staff_actions.UNDO_FOR": "30 s",
        "shared.installation.FILES_WAIT": "7 days",
        "shared.installation.LOST_HOURS_SHOWN": "14 days",
    },
    "staff_app/queue": {"bulk.JOBS_LISTED_FOR": "7 days"},
}
UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "days": timedelta(days=1)}


def lengths(folder: str) -> Iterator[tuple[str, timedelta]]:
    """All that the modules of a folder name themselves."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        place = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts)
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and "timedelta(" in ast.unparse(node):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for name in [one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]:
                    yield from _each(f"{place}.{name.id}", getattr(module, name.id))


def _each(place: str, value: Any) -> Iterator[tuple[str, timedelta]]:
    if isinstance(value, timedelta):
        yield place, value
    else:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, item in items:
            yield f"{place}[{key}]", item


def test_nothing_lasts_longer_or_shorter_than_listed() -> None:
    named = {folder: dict(lengths(folder)) for folder in LENGTHS}
    listed = {
        folder: {place: int(text.split()[0]) * UNITS[text.split()[1]] for place, text in rows.items()}
        for folder, rows in LENGTHS.items()
    }
    assert named == listed
    assert [*lengths("staff_app/setup"), *lengths("staff_app/checks")] == []
