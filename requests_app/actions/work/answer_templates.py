"""Adding, changing and removing answer templates."""

from typing import Any

from django.db import IntegrityError, transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.models import AnswerTemplate, Jurisdiction, User

Written = dict[str, Any]
KIND = "template"


class NameTaken(Exception):
    """The city has another template of this name."""


def written(template: AnswerTemplate) -> Written:
    return {
        "name": template.name,
        "service": template.service.service_code if template.service else "",
        "outcome": template.outcome,
        "words": template.words,
        "active": template.active,
    }


@transaction.atomic
def add(jurisdiction: Jurisdiction, *, actor: User, **columns: Any) -> AnswerTemplate:
    """Raises NameTaken."""
    template = _saved(AnswerTemplate(jurisdiction=jurisdiction, **columns))
    _record(template, template.pk, actor, before=None, after=written(template))
    return template


@transaction.atomic
def change(pk: int, *, revision: int, actor: User, **columns: Any) -> AnswerTemplate:
    """Raises ChangedMeanwhile and NameTaken."""
    template = _locked(pk)
    before = written(template)
    if template.revision != revision:
        raise ChangedMeanwhile(before, template.revision)
    for name, value in columns.items():
        setattr(template, name, value)
    template.revision += 1
    _saved(template)
    _record(template, pk, actor, before=before, after=written(template))
    return template


@transaction.atomic
def remove(pk: int, *, actor: User) -> None:
    """Answers that were written with it stay as they are."""
    template = _locked(pk)
    before = written(template)
    template.delete()
    _record(template, pk, actor, before=before, after=None)


def _record(template: AnswerTemplate, pk: int, actor: User, **states: Any) -> None:
    setup_changes.record(template.jurisdiction, KIND, pk, actor=actor, name=template.name, **states)


def _saved(template: AnswerTemplate) -> AnswerTemplate:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise NameTaken(template.name) from error
    return template


def _locked(pk: int) -> AnswerTemplate:
    rows = AnswerTemplate.objects.select_for_update(of=("self",)).select_related("jurisdiction", "service")
    return rows.get(pk=pk)
