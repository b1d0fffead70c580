"""The names of the outbox's tasks, and why they failed, in words."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Text = str | Promise

_NAMES: dict[str, Text] = {
    "route": _("Routing"),
    "index": _("Search index"),
    "missed_call": _("Noting a missed call"),
    "hash_photo": _("Looking for the same photo"),
    "recount_map": _("Counting the map’s reports"),
    "erase": _("Erasing data at a person’s request"),
    "retire_service": _("Moving the reports of a retired service"),
    "bulk_job": _("Job on many requests"),
    "bulk_undo": _("Undoing a job on many requests"),
    "suspend_clocks": _("Stopping clocks"),
    "layer_check": _("Checking a map file"),
    "layer_apply": _("Taking a map file into use"),
    "layer_undo": _("Undoing a map file"),
    "publish_service": _("Publishing a service on its date"),
    "simulate_routing": _("Simulation of routing rules"),
    "notify": _("Notifications"),
    "match_subscriptions": _("Updates for followers"),
    "notify_staff": _("Notices for staff"),
    "match_webhooks": _("Choosing webhooks"),
    "send_webhook": _("Webhook"),
    "mail_webhook_ended": _("Email: webhook switched off"),
    "mail_owner": _("Email to owner"),
    "mail_informed": _("Email to an informed department"),
    "mail_department": _("Email to a department that works by email"),
    "mail_draft": _("Email: link to a saved report"),
    "mail_referral": _("Email to another organization"),
    "mail_link": _("Email: link to confirm or sign in"),
    "mail_invitation": _("Email: invitation"),
    "mail_password_guesses": _("Email: many wrong passwords"),
    "mail_access_back": _("Email: somebody’s access is back"),
    "mail_second_step_reset": _("Email: a second step was reset"),
    "mail_article_problem": _("Email: an article is wrong"),
    "mail_article_reviews": _("Email: articles to review"),
    "mail_key_declined": _("Email: API key declined"),
    "mail_key_ends": _("Email: test key ends soon"),
    "mail_approvals_end": _("Email: approvals that end"),
    "send_digest": _("Email: digest"),
    "collection_reminder": _("Email: collection day"),
    "email_staff_notice": _("Email: notice for staff"),
    "staff_digest": _("Email: morning digest for staff"),
    "department_digest": _("Email: weekly digest for a department"),
    "monday_digest": _("Email: weekly digest for a supervisor"),
    "alert_next": _("Alarm: next person"),
    "alarm_email": _("Email: alarm"),
    "alarm_sms": _("Text message: alarm"),
    "email_received": _("Email: report received"),
    "email_routed": _("Email: sent to department"),
    "email_accepted": _("Email: accepted"),
    "email_scheduled": _("Email: date of the work"),
    "email_visited": _("Email: somebody was there"),
    "email_made_safe": _("Email: made safe"),
    "email_commented": _("Email: public comment"),
    "email_asked": _("Email: our question"),
    "email_reminded": _("Email: reminder of our question"),
    "email_on_hold": _("Email: on hold"),
    "email_made_public": _("Email: the report is public now"),
    "email_resolved": _("Email: outcome"),
    "email_merged": _("Email: combined with another report"),
    "email_withdrawn": _("Email: withdrawn"),
    "email_reopened": _("Email: reopened"),
    "email_changed": _("Email: what changed"),
    # By the clock (requests_app/worker/clock.py).
    "escalate": _("Scheduled: escalate late requests"),
    "forget_phone_calls": _("Scheduled: delete calls that are over"),
    "late_call_backs": _("Scheduled: find calls that nobody made in time"),
    "fold_api_usage": _("Scheduled: count API key use"),
    "check_sign_ins": _("Scheduled: ask single sign-on who still works here"),
    "remind_of_collections": _("Scheduled: send collection day reminders"),
    "close_resolved": _("Scheduled: close requests resolved 30 days ago"),
    "end_holds": _("Scheduled: end holds"),
    "end_waits": _("Scheduled: resume requests that waited for another request"),
    "remind_reporters": _("Scheduled: remind reporters of questions"),
    "send_digests": _("Scheduled: send digests to residents"),
    "send_staff_digests": _("Scheduled: send digests to staff"),
    "sweep": _("Scheduled: delete what has expired"),
    "count_routing": _("Scheduled: count what routing rules matched"),
    "write_away_pages": _("Scheduled: write the pages for an outage"),
    "write_city_pages": _("Write the pages for an outage"),
    "sweep_files": _("Scheduled: delete photo files without a report"),
    "delete_layer_rows": _("Scheduled: delete rows of old map files"),
    "recount": _("Scheduled: recount"),
    "typical_times": _("Scheduled: update typical times"),
    "daily_load": _("Scheduled: record each day’s load"),
    "value_counts": _("Scheduled: count each day for the value report"),
    "recount_map_cells": _("Scheduled: recount the map"),
    "date_clocks": _("Scheduled: date imported clocks"),
    "ask_silence": _("Scheduled: ask why there’s no update"),
    "draw_checks": _("Scheduled: pick resolved requests to check"),
    "note_reopened": _("Scheduled: note what was reopened"),
    "delete_api_usage": _("Scheduled: delete old API use"),
    "end_unused_keys": _("Scheduled: end unused test keys"),
    "index_expired": _("Scheduled: remove expired articles from the search"),
    "forget_article_feedback": _("Scheduled: delete what was missing in articles"),
    "remind_of_reviews": _("Scheduled: remind of articles to review"),
    "forget_searches": _("Scheduled: forget rare searches"),
    "forget_contacts": _("Scheduled: delete numbers and notes of old contacts"),
    "recount_contacts": _("Scheduled: recount the desk’s contacts"),
    "forget_reads": _("Scheduled: forget what staff read a month ago"),
    "notify_of_approvals": _("Scheduled: remind of approvals that end"),
}

# Their numbers are those of web servers.
NO_EMAIL = {"send_webhook", "alarm_sms"}


def outbox_words(kind: str) -> str:
    """The name of a task; of an email, its subject."""
    return str(_NAMES.get(kind, kind))


def error_words(kind: str, error: str) -> str:
    """Why a task failed (OutboxRow.last_error). Errors of programs keep their names, by which a log is searched."""
    if kind in NO_EMAIL or not re.fullmatch(r"refused|5\d\d", error):
        return error
    words = gettext("The mail server refused the address")
    return words if error == "refused" else f"{words} ({error})"
