"""The result of a stop: what the crew chose, as the form of the action that it stands for."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.actions.work import conversation, crew_results, progress
from requests_app.models import Disposition, Photo, ServiceRequest, Task, User
from requests_app.rules.people import permissions
from requests_app.rules.work import crew_results as rules
from requests_app.rules.work import evidence
from staff_app.crew.choices import Choice, Lists, choices, task_choices
from staff_app.queue.rows import language_name
from staff_app.request import forms
from staff_app.request.actions import ACTION_BY_VERB

# Their lists are short; a longer one isn't from our form.
LISTED_LENGTH = 2000


class CrewResolveForm(forms.ResolveForm):
    """The same checks; the photos have arrived before it, and a sentence that we offered needs no second reader."""

    def __init__(self, *args: Any, offered: str, has_photo: bool, **kwargs: Any) -> None:
        self.offered, self.has_new_photo = offered, has_photo
        super().__init__(*args, **kwargs)

    def gives_photo(self, cleaned: dict[str, Any]) -> bool:
        return self.has_new_photo or super().gives_photo(cleaned)

    def is_ready_made(self, text: str) -> bool:
        return (bool(self.offered) and text == self.offered) or super().is_ready_made(text)


@dataclass
class Result:
    """What was sent. key: None if it isn't one. problems: what is missing, by field, once read() has looked."""

    key: uuid.UUID | None
    seen: int
    code: str
    text: str = ""
    vouched: bool = False
    no_evidence: str = ""
    photos: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: QueryDict, *, seen: int | None) -> "Result":
        return cls(
            key=_key(sent.get("key", "")),
            seen=seen or 0,
            code=sent.get("outcome", "")[:80],
            text=sent.get("words", ""),
            vouched=bool(sent.get("vouched")),
            no_evidence=sent.get("no_evidence", "")[:80],
            photos=listed_photos(sent.get("photos", "")),
        )


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


key_of = _key


def listed_photos(text: str) -> dict[str, str]:
    """The stage of each photo by its key: [{"key": "…", "stage": "after"}]. Anything else is left out."""
    try:
        loaded = json.loads(text) if len(text) <= LISTED_LENGTH else []
    except (ValueError, RecursionError):
        return {}
    listed = [one for one in loaded if isinstance(one, dict)] if isinstance(loaded, list) else []
    return {
        str(one["key"])[:64]: Photo.Stage.BEFORE.value if one.get("stage") == "before" else Photo.Stage.AFTER.value
        for one in listed[: rules.PHOTOS_MAX]
        if one.get("key")
    }


def action_form(service_request: ServiceRequest, user: User, choice: Choice, result: Result) -> forms.ActionForm:
    """The bound form of the choice's action."""
    more: dict[str, Any] = {"service_request": service_request, "user": user}
    if choice.verb == "resolve":
        disposition = choice.code if choice.is_done else Disposition.CANNOT_DO.value
        data = {
            "disposition": disposition,
            "reason": "" if choice.is_done else choice.value,
            # They were sent there.
            "visited": "yes",
            "words": result.text.strip() or choice.text,
            "no_evidence": result.no_evidence,
            "vouched": "on" if result.vouched else "",
        }
        return CrewResolveForm(data, offered=choice.text, has_photo=bool(result.photos), **more)
    if choice.verb == "hold":
        blank = forms.HoldForm(**more)
        return forms.HoldForm({"reason": choice.value, "until": blank.fields["until"].initial}, **more)
    if choice.verb == "triage":
        return forms.TriageForm({"reason": note_words(choice)}, **more)
    return forms.ActionForm({}, **more)


def note_words(choice: Choice) -> str:
    """What colleagues read about a visit without an outcome."""
    if choice.code == "not_ours":
        return _("The crew was there and says it isn’t ours.")
    return _("The crew was there and couldn’t get to it.")


def perform(service_request: ServiceRequest, user: User, choice: Choice, form: forms.ActionForm) -> None:
    if choice.verb != "visit":
        ACTION_BY_VERB[choice.verb].perform(service_request, form, user)
        return
    progress.visit(service_request.pk, actor=user)
    if permissions.can(user, "note", service_request):
        conversation.note(service_request.pk, text=note_words(choice), actor=user)


def context(service_request: ServiceRequest, user: User, *, shown: int, result: Result | None = None) -> dict[str, Any]:
    """What _result_form.html needs. shown: the last event (id) that the page shows; result: what was sent before."""
    lists = Lists.of(service_request.jurisdiction)
    return {
        **_context(service_request, choices(service_request, user, lists), user, result, shown),
        **heading(service_request),
        **addresses(service_request),
        "service_request": service_request,
        "result_number": service_request.display_reference,
        "no_evidence": lists.no_evidence,
        "asks_for_photo": evidence.asks_for_photo(service_request, Disposition.FIXED),
        "foreign": foreign(service_request, user),
    }


def task_context(task: Task, user: User, *, result: Result | None = None) -> dict[str, Any]:
    """The same for a task, where the words are a note for the department that has the request."""
    return {
        **_context(task.service_request, task_choices(), user, result, 0),
        **task_heading(task),
        **task_addresses(task.pk),
        "is_task": True,
    }


def _context(
    service_request: ServiceRequest, choices: list[Choice], user: User, result: Result | None, shown: int
) -> dict[str, Any]:
    result = result or Result(uuid.uuid4(), shown, "")
    key = result.key or uuid.uuid4()
    here = (
        crew_results.arrived(service_request.pk, key=key, actor=user, photo_keys=result.photos) if result.photos else []
    )
    kept: list[Mapping[str, str]] = [{"key": one, "stage": result.photos[one]} for one in here]
    return {
        "done_choices": [one for one in choices if one.is_done],
        "other_choices": [one for one in choices if not one.is_done],
        "result_place": service_request.address,
        "result_seen": shown,
        "result": result,
        "result_key": str(key),
        "kept_photos": json.dumps(kept) if kept else "",
        "kept_count": len(kept),
    }


def heading(service_request: ServiceRequest) -> dict[str, str]:
    """Of the page that answers a form without a script."""
    return {
        "heading": service_request.address or service_request.display_reference,
        "back_url": reverse("staff_app:crew_stop", args=[service_request.reference]),
        "back_words": service_request.display_reference,
    }


def task_heading(task: Task) -> dict[str, str]:
    return {"heading": task.what, "back_url": reverse("staff_app:task", args=[task.pk]), "back_words": _("Task")}


def addresses(service_request: ServiceRequest) -> dict[str, str]:
    """Where a result is sent."""
    args = [service_request.reference]
    return {
        "result_url": reverse("staff_app:crew_result", args=args),
        "photo_url": reverse("staff_app:crew_photo", args=args),
    }


def task_addresses(task_id: int) -> dict[str, str]:
    return {
        "result_url": reverse("staff_app:crew_task_result", args=[task_id]),
        "photo_url": reverse("staff_app:crew_task_photo", args=[task_id]),
    }


def foreign(service_request: ServiceRequest, user: User) -> str:
    """The name of the reporter's language, if the user writes another one."""
    return language_name(service_request.language) if service_request.language != user.language else ""
