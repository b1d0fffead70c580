"""What a resident wrote on another site (FixMyStreet) about a report here, sent on to us by that site."""

from requests_app.actions.people.reporters import Reporter, create_participant
from requests_app.actions.report.submission import Idempotency, IdempotencyConflict
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import IdempotencyKey, Participation, ServiceRequest


@atomic_action
def add(pk: int, *, text: str, name: str, language: str, idempotency: Idempotency) -> int:
    """Adds the words as a message that staff read. The status doesn't change. The same update, sent again, adds nothing.

    Returns the update's own number. Raises IdempotencyConflict, and IllegalTransition where no message can be added. name: of the
    writer, who gets no email from us, since they look for an answer where they wrote.
    """
    # Lock first: the other site may send it twice at the same time.
    service_request = ServiceRequest.objects.locked(pk)
    known = IdempotencyKey.objects.filter(scope=idempotency.scope, key=idempotency.key).first()
    if known is not None:
        if known.body_hash != idempotency.body_hash:
            raise IdempotencyConflict
        age = app_now() - known.created_at
        if idempotency.window_s is None or age.total_seconds() <= idempotency.window_s:
            return known.pk
        known.delete()
    writer, _link = create_participant(service_request, Reporter(name=name), language, role=Participation.Role.FOLLOWER)
    conversation.add_message(pk, text=text, actor=writer.person, language=language)
    created = IdempotencyKey.objects.create(
        scope=idempotency.scope,
        key=idempotency.key,
        body_hash=idempotency.body_hash,
        service_request=service_request,
    )
    return created.pk
