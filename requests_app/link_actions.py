"""What the holder of a request's private link does with it: on its page, by a program, or through a call taker.

link_access.allowed_actions() says which of them are possible now.
"""

from collections.abc import Callable

from requests_app.actions.following import followers
from requests_app.actions.truth import surveys
from requests_app.actions.work import conversation, endings, progress, reopenings
from requests_app.link_access import RequestAccess, allowed_actions
from requests_app.models import Contact, Person, ServiceRequest


def _person(access: RequestAccess) -> Person:
    if access.link is None:
        raise progress.TooLate
    return access.link.person


def _addressed(access: RequestAccess) -> ServiceRequest:
    """Combined with a request that is still open: the message is read there."""
    return access.service_request if access.service_request.is_open else access.shown


def answer(access: RequestAccess, text: str) -> None:
    conversation.answer(access.service_request.pk, text=text, actor=_person(access))


def add(access: RequestAccess, text: str) -> None:
    conversation.add_message(_addressed(access).pk, text=text, actor=_person(access))


def not_fixed(access: RequestAccess, text: str) -> None:
    reopenings.reopen(access.shown.pk, text=text, actor=_person(access))


def undo_reopening(access: RequestAccess, _text: str = "") -> None:
    surveys.undo_no(access.shown.pk, actor=_person(access))


def withdraw(access: RequestAccess, _text: str = "") -> None:
    endings.withdraw(access.service_request.pk, actor=_person(access))


def unsubscribe(access: RequestAccess, _text: str = "") -> None:
    followers.unsubscribe(access.service_request, actor=_person(access))


ACTIONS: dict[str, Callable[[RequestAccess, str], None]] = {
    "answer": answer,
    "add": add,
    "not_fixed": not_fixed,
    "undo_reopening": undo_reopening,
    "withdraw": withdraw,
    "unsubscribe_link": unsubscribe,
}


def perform(access: RequestAccess, act: str, text: str = "", *, on_call: Contact | None = None) -> None:
    """on_call: the contact in which a call taker does it for them, which the events name.

    Raises progress.TooLate if it isn't possible now, and lifecycle.IllegalTransition if somebody was faster.
    """
    if act not in ACTIONS or act not in allowed_actions(access):
        raise progress.TooLate
    _person(access).on_call = on_call.pk if on_call is not None else None
    ACTIONS[act](access, text)
