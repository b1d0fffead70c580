"""What a resident's later words mean for their report: who is alerted to danger, and whether it may stay public."""

from requests_app.actions.alarms import alarms
from requests_app.actions.publication import moderation
from requests_app.models import Comment, ServiceRequest
from requests_app.rules.publication import publication
from requests_app.rules.publication.publication import Verdict, Words


def screen_later_words(
    service_request: ServiceRequest,
    texts: Words,
    *,
    before: str = "",
    comment: Comment | None = None,
    was_asked: bool = False,
) -> Verdict:
    """Raises an alarm, and takes the report off the public pages where these words ask for it.

    before: what was known of danger before, which raises no second alarm. comment: the message with these words. was_asked: as in
    judge(). Call it for a locked request, in the transaction that stores the words.
    """
    verdict = publication.judge(service_request.jurisdiction, texts, was_asked=was_asked)
    alarms.raise_for_words(service_request, [texts.told], before=[before], comment=comment)
    if verdict.reason:
        moderation.send_to_review(service_request.pk, reason=verdict.reason)
    return verdict


def screen_message(service_request: ServiceRequest, comment: Comment) -> Verdict:
    """The same for a resident's message, which only staff read."""
    return screen_later_words(service_request, Words(told=comment.text), comment=comment)
