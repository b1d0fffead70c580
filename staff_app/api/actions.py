"""Actions by API: which are possible, and doing them by the same functions as the request's page."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from requests_app.actions.work import endings, holds, staff_actions, staff_texts
from requests_app.actions.work.merges import CannotMerge
from requests_app.api.framework import problems
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.v1 import writing
from requests_app.core.localized import localized
from requests_app.forms.fields import PhotosField
from requests_app.messages.request_shape import moment
from requests_app.models import Event, ServiceRequest, ServiceVersion, Team, User
from requests_app.photos import PhotoRefused
from requests_app.rules.people import permissions
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work import staff_actions as rules
from staff_app.api import shapes
from staff_app.api.action_serializers import CHECKED, KEYS, FilledAction, body_of, kind_of, name_of
from staff_app.api.base import denied, no_such_request
from staff_app.request import timeline
from staff_app.request.actions import ACTION_BY_VERB, ACTIONS, Action
from staff_app.request.forms import RowChoiceField

# --- Which are possible -----------------------------------------------------------------------------------------------


def check(service_request: ServiceRequest, user: User, verb: str) -> Action:
    """Raises a 403 problem without the permission, and a 409 problem that names what is possible."""
    if not permissions.can(user, verb, service_request):
        raise denied(verb)
    action = ACTION_BY_VERB[verb]
    if not action.is_possible(service_request):
        raise not_possible(service_request, user, verb)
    return action


def not_possible(service_request: ServiceRequest, user: User, verb: str) -> Problem:
    verbs = shapes.possible(user, service_request)
    words = _("A request with the status “%(status)s” doesn’t allow “%(action)s”.")
    return Problem(
        "action-not-possible",
        words % {"status": service_request.status, "action": verb},
        more={"possible_actions": verbs},
    )


# --- What they take ---------------------------------------------------------------------------------------------------


def described(service_request: ServiceRequest, user: User) -> list[dict[str, Any]]:
    """The possible actions, each with the fields of its body."""
    verbs = shapes.possible(user, service_request)
    return [_described(action, service_request, user) for action in ACTIONS if action.verb in verbs]


def _described(action: Action, service_request: ServiceRequest, user: User) -> dict[str, Any]:
    form = action.form(service_request=service_request, user=user)
    sent = body_of(action)._declared_fields
    fields = [
        {
            "name": name_of(action.verb, name),
            "type": kind_of(sent[name_of(action.verb, name)]),
            "is_required": field.required,
            "label": str(field.label),
            "choices": _choices(name, field),
        }
        for name, field in form.fields.items()
        if not isinstance(field, PhotosField)
    ]
    return {"action": action.verb, "name": str(action.label), "hint": str(action.hint) or None, "fields": fields}


def _choices(name: str, field: forms.Field) -> list[dict[str, str]] | None:
    rows: Any
    if isinstance(field, RowChoiceField):
        # A program assigns to people.
        rows = [row for row in field.rows_by_value.values() if not isinstance(row, Team)]
        return [{"value": _value(name, row), "name": _name(row)} for row in rows]
    if isinstance(field, forms.ModelChoiceField):
        rows = field.queryset
        if name == "version":
            rows = rows.select_related("service")
        return [{"value": _value(name, row), "name": _name(row)} for row in rows]
    if not isinstance(field, forms.ChoiceField) or name == "visited":
        return None
    return [{"value": str(value), "name": str(words)} for value, words in _flat(field.choices) if value != ""]


def _value(name: str, row: Any) -> str:
    return row.service.service_code if isinstance(row, ServiceVersion) else str(getattr(row, KEYS.get(name, "pk")))


def _name(row: Any) -> str:
    return localized(row.name) if isinstance(row, ServiceVersion) else str(row)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for value, words in choices:
        found += words if isinstance(words, list | tuple) else [(value, words)]
    return found


# --- Doing it ---------------------------------------------------------------------------------------------------------


def perform(
    service_request: ServiceRequest,
    filled: Sequence[FilledAction],
    *,
    user: User,
    last_event_id: int | None,
    checked: bool,
) -> Event | None:
    """Does all of it or nothing, and returns the event that undoes it. checked: that what looks like personal data may be posted.

    last_event_id: of the request as it was read; None if the caller didn't say.
    """
    acts = [_act(one, service_request, user, checked=checked) for one in filled]

    def act() -> None:
        for perform_one in acts:
            perform_one()

    uploads = [upload for one in filled for upload in one.action.uploads(one.form)]
    try:
        with endings.work_photos(service_request.pk, uploads) as taken:
            return staff_actions.perform(
                service_request.pk,
                act,
                form=rules.VERSION,
                actor=user,
                last_event_id=last_event_id,
                with_requests=[pk for one in filled for pk in one.action.with_requests(service_request, one.form)],
                photos=taken,
            )
    except PhotoRefused as error:
        raise writing.photos_refused(str(error)) from None
    except staff_actions.Changed as error:
        raise changed(user, service_request, error.changes) from None
    except IllegalTransition as error:
        # Somebody was faster.
        service_request.status = error.status
        raise not_possible(service_request, user, error.action) from None
    except (CannotMerge, holds.WaitsInRing) as error:
        raise invalid_body([FieldError(filled[0].path.rstrip("."), "refused", str(error))]) from None


def version_events(service_request: ServiceRequest) -> list[Event]:
    """Each made a new version of the request for If-Match, oldest first."""
    return rules.changes_since(service_request, 0, rules.VERSION)


def changed(user: User, service_request: ServiceRequest, events: Sequence[Event]) -> Problem:
    """A 412 problem with these events, as in the timeline; 404 if they may no longer view it."""
    if not permissions.can(user, "view", ServiceRequest.objects.get(pk=service_request.pk)):
        return no_such_request()
    zone = service_request.jurisdiction.zone
    lines = timeline.change_lines(service_request, list(events[-timeline.LINES_MAX :]))
    return problems.changed([{"at": moment(line.at, zone), "text": line.what, "by": line.who} for line in lines])


def _act(filled: FilledAction, service_request: ServiceRequest, user: User, *, checked: bool) -> Callable[[], object]:
    act: Callable[[], object] = partial(filled.action.perform, service_request, filled.form, user)
    marks = filled.form.marks()
    if not marks:
        return act
    if not checked:
        words = _("“%(words)s” looks like personal data. Leave it out, or send %(name)s.")
        raise invalid_body(
            [
                FieldError(
                    f"{filled.path}{name_of(filled.action.verb, mark.field)}",
                    "personal-data",
                    words % {"words": mark.finding.text, "name": CHECKED},
                )
                for mark in marks
            ]
        )
    kinds = {mark.finding.kind for mark in marks}
    return partial(staff_texts.post_marked, service_request.pk, act, act=filled.action.verb, kinds=kinds, actor=user)
