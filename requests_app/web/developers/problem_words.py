"""What each problem of API v1 means, and what a program does about it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "invalid-parameter": _(
        "The address has a parameter that is unknown, sent twice, missing or not valid. “errors” names each one. "
        "Correct it; the same call will fail again."
    ),
    "invalid-cursor": _(
        "A cursor works only with the filters and the order it was made for. Start again without it, and go on with “next.”"
    ),
    "unreadable": _(
        "The body isn’t JSON in UTF-8, is nested too deep, or was cut off on its way. If the connection broke, send it again. "
        "If a text in it holds what is no character, “errors” names the field."
    ),
    "unauthorized": _(
        "This needs an API key, or the one you sent isn’t valid anymore. Send it as “Authorization: Bearer” and the key."
    ),
    "forbidden": _(
        "Your key or private link is valid but doesn’t open this. “detail” says why: a scope, a network, a date or another city."
    ),
    "not-found": _(
        "Nothing public is at this address. It may never have existed, or everyone could see it once and can’t now. "
        "Addresses end with a slash."
    ),
    "method-not-allowed": _("This address takes other methods. The header “Allow” names them."),
    "conflict": _(
        "It’s too late for this: the request was closed, combined with another, or somebody is working on it. Read it again."
    ),
    "action-not-possible": _(
        "The request’s status doesn’t allow this action. “possible_actions” names what is possible now; somebody may have been "
        "faster. Read the request again."
    ),
    "idempotency-conflict": _(
        "You sent this Idempotency-Key before, with another body. Use a new key for each report or comment, and the old one "
        "only to retry the same."
    ),
    "precondition-failed": _(
        "The request has changed since you read it. Read it again, show what changed, and send your change with the new ETag."
    ),
    "too-large": _("JSON can be up to 2 MB, and a form with photos up to 64 MB. Send fewer or smaller photos."),
    "unsupported-media-type": _("Send JSON (application/json). Send photos in a form (multipart/form-data)."),
    "invalid-body": _(
        "What you sent breaks a rule: a field is missing, unknown, too long, or an answer the service doesn’t offer. “errors” "
        "has all mistakes, with the path of each field. Show the messages to the person who can correct them."
    ),
    "emergency": _(
        "The answers mean danger. Nothing was sent. Show “detail” to the person right away: it says whom to call."
    ),
    "precondition-required": _("To edit, send the ETag of the request as you read it in the header “If-Match.”"),
    "too-many-requests": _(
        "You reached a limit. Wait for the seconds in “Retry-After,” then try again. "
        "With a key, “RateLimit” on every answer says what is left."
    ),
    "server-error": _(
        "The mistake is ours, and we log it. Try again later with the same Idempotency-Key. If it stays, tell us the request_id."
    ),
    "unavailable": _(
        "We can’t answer at the moment. Nothing was saved. Try again after “Retry-After,” with the same Idempotency-Key."
    ),
}


def translated(title: str) -> str:
    """The title of PROBLEMS in the reader's language."""
    return gettext(title)
