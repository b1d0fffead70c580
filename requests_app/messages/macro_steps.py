"""What the steps of a macro or a bulk job do, in words."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.messages.staff_words import disposition_words, listed_hold_words
from requests_app.models import AnswerTemplate, User
from requests_app.rules.shared import directory
from requests_app.rules.shared.names import Names
from requests_app.rules.shared.priorities import PRIORITIES

Step = dict[str, Any]


def step_sentences(steps: Iterable[Step], names: Names) -> list[str]:
    """ "Transfer to Parks: “Not a street tree”", one for each step, as stored or as a catalog file has them."""
    return [_SENTENCES[one["verb"]](one, names) for one in steps if one.get("verb") in _SENTENCES]


def _assign(step: Step, names: Names) -> str:
    wanted = step.get("assignee")
    if wanted == "me":
        return _("Assign to the person who runs it")
    if wanted is None:
        return _("Assign to no one")
    user = names.person(wanted) if isinstance(wanted, str) else User.objects.filter(pk=wanted).first()
    return _("Assign to %(name)s") % {"name": user or _("somebody who is gone")}


def _transfer(step: Step, names: Names) -> str:
    return _("Transfer to %(department)s: “%(reason)s”") % {
        "department": names.department(step["department"]),
        "reason": step.get("reason", ""),
    }


def _hold(step: Step, names: Names) -> str:
    reason = listed_hold_words(directory.of(names.city).holds).get(step["reason"], step["reason"])
    if step.get("until"):
        day = formats.date_format(dt.date.fromisoformat(step["until"]), "DATE_FORMAT")
        return _("Put on hold until %(day)s: %(reason)s") % {"day": day, "reason": reason}
    days = int(step.get("days") or 7)
    text = ngettext("Put on hold for %(n)s day: %(reason)s", "Put on hold for %(n)s days: %(reason)s", days)
    return text % {"n": days, "reason": reason}


def _template_or_text(step: Step, name: str) -> str:
    template = step.get("template")
    if not template:
        return f"“{step.get(name, '')}”"
    if not isinstance(template, str):
        row = AnswerTemplate.objects.filter(pk=template).first()
        template = row.name if row else _("one that is gone")
    return _("the answer template “%(name)s”") % {"name": template}


def _comment(step: Step, _names: Names) -> str:
    return _("Public comment: %(text)s") % {"text": _template_or_text(step, "text")}


def _resolve(step: Step, _names: Names) -> str:
    outcome = _("Resolve: %(outcome)s") % {"outcome": disposition_words(step["disposition"])}
    return f"{outcome}, {_template_or_text(step, 'words')}" if step.get("template") else outcome


_SENTENCES: dict[str, Callable[[Step, Names], str]] = {
    "accept": lambda step, names: _("Accept"),
    "assign": _assign,
    "transfer": _transfer,
    "hold": _hold,
    "set_priority": lambda step, names: _("Set priority %(n)s") % {"n": PRIORITIES[step["priority"]]},
    "comment": _comment,
    "note": lambda step, names: _("Internal note: “%(text)s”") % {"text": step["text"]},
    "resolve": _resolve,
    "change_service": lambda step, names: (
        _("Change the service to %(service)s") % {"service": names.service(step["service"])}
    ),
}
