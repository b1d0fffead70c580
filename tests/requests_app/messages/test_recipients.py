"""Each kind of email goes to its one address, and to nobody once its reason is gone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Model
from django.test import override_settings

from requests_app.clock import app_now
from requests_app.models import (
    ApiKey,
    ApiKeyRequest,
    Article,
    ArticleProblem,
    ContactPoint,
    Department,
    Draft,
    Event,
    Invitation,
    Membership,
    OneTimeLink,
    OutboxRow,
    Owner,
    Participation,
    Service,
    ServiceApproval,
    ServiceRequest,
    SetupChange,
    StaffNotice,
    User,
    Webhook,
)
from requests_app.worker import tasks
from tests import factories
from tests.planted import Planted, kept_for_a_module

WALKED = ("requests_app/messages",)
TO = "who.must.get.it@example.org"


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@dataclass(frozen=True)
class Email:
    """row: makes one ready to be sent to TO; ends: by what happened, changes after which nothing is sent."""

    row: Callable[[Planted], OutboxRow]
    ends: Mapping[str, Callable[[Planted], object]]


def link(planted: Planted) -> OutboxRow:
    one = OneTimeLink.objects.filter(used_at=None, purpose="subscribe").latest("pk")
    # The planted city's address had other links this hour.
    one.contact_point.messages.all().delete()
    ContactPoint.objects.filter(pk=one.contact_point_id).update(value=TO, normalized=TO, bounced_at=None)
    return OutboxRow(kind="mail_link", dedupe_key=f"mail_link:{one.pk}")


def invitation(planted: Planted) -> OutboxRow:
    Invitation.objects.update(email=TO)
    return OutboxRow(kind="mail_invitation", dedupe_key=f"mail_invitation:{Invitation.objects.get().pk}:1")


def declined(planted: Planted) -> OutboxRow:
    ApiKeyRequest.objects.update(state="declined")
    asked = ApiKeyRequest.objects.get()
    ContactPoint.objects.filter(pk=asked.contact_point_id).update(value=TO)
    return OutboxRow(kind="mail_key_declined", dedupe_key=f"mail_key_declined:{asked.pk}")


def owner(planted: Planted) -> OutboxRow:
    ServiceRequest.objects.filter(pk=planted.public.pk).update(owner=Owner.objects.earliest("pk"))
    Owner.objects.update(email=TO)
    return about(planted, "mail_owner", "mail_owner:1")


def about(planted: Planted, kind: str, key: str, **more: Any) -> OutboxRow:
    request = ServiceRequest.objects.select_related("jurisdiction").get(pk=planted.public.pk)
    return OutboxRow(kind=kind, service_request=request, dedupe_key=key, **more)


def informed(planted: Planted) -> OutboxRow:
    Department.objects.update(email=TO)
    return about(planted, "mail_informed", f"mail_informed:{planted.cast.parks.pk}")


def draft(planted: Planted) -> OutboxRow:
    of_details = planted.drafts["details"]
    Draft.objects.filter(pk=of_details.pk).update(typed={**of_details.typed, "mail_link_to": TO})
    return OutboxRow(kind="mail_draft", dedupe_key=f"mail_draft:{of_details.pk}")


def department(planted: Planted) -> OutboxRow:
    Department.objects.update(email=TO, works_by_email=True)
    event = Event.objects.filter(service_request=planted.public, kind="transferred").latest("pk")
    return about(planted, "mail_department", f"mail_department:{event.pk}:{planted.public.department_id}", event=event)


def update(planted: Planted) -> OutboxRow:
    """That the request was resolved, to its reporter."""
    event = Event.objects.filter(service_request=planted.public, kind="resolved").latest("pk")
    reporter = Participation.objects.get(service_request=planted.public, role="reporter").contact_point
    assert reporter is not None
    reporter.messages.all().delete()
    ContactPoint.objects.filter(pk=reporter.pk).update(value=TO, normalized=TO, verified_at=app_now())
    reporter.refresh_from_db()
    return about(planted, "email_resolved", "email_resolved:1", event=event, recipient=reporter)


def webhook_ended(planted: Planted) -> OutboxRow:
    Webhook.objects.update(end_reason="failing", ended_at=app_now())
    ApiKey.objects.update(contact=TO)
    return OutboxRow(pk=1, kind="mail_webhook_ended", dedupe_key=f"mail_webhook_ended:{planted.webhook.pk}:1")


def guesses(planted: Planted) -> OutboxRow:
    User.objects.filter(pk=planted.staff["sue"].pk).update(email=TO)
    return OutboxRow(kind="mail_password_guesses", dedupe_key=f"mail_password_guesses:{planted.staff['sue'].pk}:20000")


def second_step_reset(planted: Planted) -> OutboxRow:
    user = planted.staff["sue"]
    User.objects.filter(pk=user.pk).update(email=TO)
    change = SetupChange.objects.create(
        jurisdiction=planted.cast.city, user=planted.staff["ada"], kind="person", key=str(user.pk), action="changed"
    )
    return OutboxRow(kind="mail_second_step_reset", dedupe_key=f"mail_second_step_reset:{change.pk}:{user.pk}")


def access_back(planted: Planted) -> OutboxRow:
    user = planted.staff["sue"]
    User.objects.filter(pk=user.pk).update(email=TO)
    change = SetupChange.objects.create(
        jurisdiction=planted.cast.city,
        user=planted.staff["ada"],
        kind="person",
        key=str(user.pk),
        action="brought_back",
    )
    return OutboxRow(kind="mail_access_back", dedupe_key=f"mail_access_back:{change.pk}")


def notice(planted: Planted) -> OutboxRow:
    user = planted.staff["sue"]
    User.objects.filter(pk=user.pk).update(email=TO)
    StaffNotice.objects.all().delete()
    event = Event.objects.filter(service_request=planted.public, kind="transferred").latest("pk")
    StaffNotice.objects.create(
        jurisdiction=planted.cast.city, user=user, service_request=planted.public, event=event, kind="transferred",
        email=StaffNotice.Email.AT_ONCE,
    )  # fmt: skip
    return about(planted, "email_staff_notice", f"email_staff_notice:{event.pk}:{user.pk}", event=event)


def approvals_end(planted: Planted) -> OutboxRow:
    ada, service = planted.staff["ada"], planted.cast.pothole.service
    User.objects.filter(pk=ada.pk).update(email=TO)
    today = app_now().date()
    ServiceApproval.objects.filter(service=service).delete()
    ServiceApproval.objects.create(
        service=service, kind="emergency", user=ada, approver="Dispatch", review_by=today, notified_on=today
    )
    return OutboxRow(
        kind="mail_approvals_end", dedupe_key=f"mail_approvals_end:{planted.cast.city.pk}:{today}:{ada.pk}"
    )


def wrong_article(planted: Planted) -> OutboxRow:
    """Sue keeps it, and Tom says that it's wrong."""
    article, sue = Article.objects.get(jurisdiction=planted.cast.city, code="potholes"), planted.staff["sue"]
    User.objects.filter(pk=sue.pk).update(email=TO)
    Article.objects.filter(pk=article.pk).update(owner=sue)
    problem = ArticleProblem.objects.create(article=article, user=planted.staff["tom"], version=1)
    return OutboxRow(kind="mail_article_problem", dedupe_key=f"mail_article_problem:{problem.pk}:{sue.pk}")


def articles_to_review(planted: Planted) -> OutboxRow:
    sue, city, today = planted.staff["sue"], planted.cast.city, app_now().date()
    User.objects.filter(pk=sue.pk).update(email=TO)
    Article.objects.filter(jurisdiction=city).update(owner=sue, review_on=today, review_noticed_on=today)
    return OutboxRow(kind="mail_article_reviews", dedupe_key=f"mail_article_reviews:{city.pk}:{today}:{sue.pk}")


def theirs_are_another_citys(planted: Planted) -> None:
    Article.objects.update(jurisdiction=factories.lakeside().city)


def changed(model: type[Model], **columns: Any) -> Callable[[Planted], object]:
    """All rows of a model. A value that can be called is, then."""
    return lambda planted: model._default_manager.update(
        **{column: value() if callable(value) else value for column, value in columns.items()}
    )


def works_nowhere(planted: Planted) -> None:
    Membership.objects.filter(user=planted.staff["sue"]).delete()


def it_is_a_test(planted: Planted) -> None:
    ServiceRequest.objects.filter(pk=planted.public.pk).update(is_test=True, public_state="test")


BOUNCED = changed(ContactPoint, bounced_at=app_now)
EMAILS = {
    "a link": Email(
        link,
        {
            "it was used": changed(OneTimeLink, used_at=app_now),
            "its time is over": changed(OneTimeLink, expires_at=app_now),
            "email came back": BOUNCED,
        },
    ),
    "an invitation": Email(
        invitation,
        {
            "its time is over": changed(Invitation, expires_at=app_now),
            "it was canceled": changed(Invitation, cancelled_at=app_now),
            "it was sent again": changed(Invitation, generation=2),
        },
    ),
    "a key that was declined": Email(
        declined, {"email came back": BOUNCED, "it was given after all": changed(ApiKeyRequest, state="waiting")}
    ),
    "a report to the owner": Email(
        owner,
        {"it was a test": it_is_a_test, "they have no address": changed(Owner, email="")},
    ),
    "a department that is informed": Email(
        informed,
        {"it was closed": changed(Department, active=False), "it has no address": changed(Department, email="")},
    ),
    "a draft": Email(
        draft,
        {"its time is over": changed(Draft, expires_at=app_now), "they took the address out": changed(Draft, typed={})},
    ),
    "work of a department": Email(
        department,
        {
            "it was closed": changed(Department, active=False),
            "it works here again": changed(Department, works_by_email=False),
            "it has no address": changed(Department, email=""),
            "it was erased": changed(ServiceRequest, public_state="erased"),
            "it went on": changed(ServiceRequest, department=None),
            "it ended": changed(ServiceRequest, status="resolved", disposition="fixed", resolved_at=app_now),
        },
    ),
    "an update": Email(
        update, {"email came back": BOUNCED, "they unsubscribed": changed(Participation, unsubscribed_at=app_now)}
    ),
    "a webhook that failed": Email(
        webhook_ended,
        {
            "it was switched on again": changed(Webhook, end_reason="", ended_at=None),
            "nobody is named": changed(ApiKey, contact=""),
            "the key was revoked": changed(ApiKey, revoked_at=app_now),
        },
    ),
    "guesses of a password": Email(
        guesses,
        {"they left": changed(User, is_active=False), "they work nowhere": works_nowhere},
    ),
    "a second step that was reset": Email(second_step_reset, {"they left": changed(User, is_active=False)}),
    "access that is back": Email(
        access_back, {"they left": changed(User, is_active=False), "they work nowhere": works_nowhere}
    ),
    "a notice": Email(
        notice,
        {
            "they left": changed(User, is_active=False),
            "they may not see it": works_nowhere,
            "they have read it": changed(StaffNotice, read_at=app_now),
            "it was sent": changed(StaffNotice, emailed_at=app_now),
            "they get it with others": changed(StaffNotice, email=StaffNotice.Email.MORNING),
        },
    ),
    "an article that is wrong": Email(
        wrong_article,
        {
            "they left": changed(User, is_active=False),
            "they work nowhere": works_nowhere,
            "nobody keeps it": changed(Article, owner=None),
            "it was mended": changed(ArticleProblem, mended_at=app_now),
        },
    ),
    "articles to review": Email(
        articles_to_review,
        {
            "they left": changed(User, is_active=False),
            "they work nowhere": works_nowhere,
            "nobody keeps them": changed(Article, owner=None),
            "they have another date": changed(Article, review_noticed_on=None),
            "they are another city’s": theirs_are_another_citys,
        },
    ),
    "approvals that end": Email(
        approvals_end,
        {
            "they left": changed(User, is_active=False),
            "it was approved again": changed(ServiceApproval, notified_on=None),
            "it isn't offered": changed(Service, active=False),
        },
    ),
}


@pytest.mark.parametrize("name", EMAILS)
@override_settings(DEMO=False)
def test_it_goes_to_one_address_while_it_has_a_reason(planted: Planted, db: None, name: str) -> None:
    sent = {}
    for what, ends in {"": lambda planted: None, **EMAILS[name].ends}.items():
        with transaction.atomic():
            row = EMAILS[name].row(planted)
            ends(planted)
            if row.service_request is not None:
                row.service_request.refresh_from_db()
            if row.recipient is not None:
                row.recipient.refresh_from_db()
            mail.outbox.clear()
            tasks.HANDLERS[row.kind](row)
            sent[what] = [address for message in mail.outbox for address in message.recipients()]
            transaction.set_rollback(True)
    assert sent == {"": [TO], **{what: [] for what in EMAILS[name].ends}}
