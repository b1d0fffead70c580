"""What each problem of API v1 means, and what a program does about it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

EXPLANATIONS = {
    "invalid-parameter": _(
        "A query parameter is unknown, repeated, missing or not valid. “errors” lists each one. Correct it before "
        "you retry."
    ),
    "invalid-cursor": _(
        "A cursor works only with the filters and the sort order it was created for. Start again without it, and "
        "follow “next.”"
    ),
    "changes-expired": _(
        "Changes are kept for 90 days, and the ones after your cursor or “since” are gone, or the city was restored from a "
        "backup. Read the whole list again, then go on from “since=now.”"
    ),
    "unreadable": _(
        "The body isn’t valid UTF-8 JSON, is nested too deeply, or was cut off in transit. “detail” says what is wrong, and "
        "where. If a string contains an invalid character, “errors” names the field."
    ),
    "unauthorized": _(
        "This needs an API key, or the one you sent isn’t valid. Send it in the header “Authorization: Bearer KEY”. You get one "
        "at /developers/keys/."
    ),
    "forbidden": _(
        "Your key or private link is valid but doesn’t give access to this. “detail” says why: a scope, a "
        "network, a date or another city."
    ),
    "not-found": _(
        "There’s nothing public at this URL. It may never have existed, or it may no longer be public. If another URL was "
        "probably meant, “detail” names it."
    ),
    "method-not-allowed": _("This endpoint doesn’t support that method. The “Allow” header lists the methods it does."),
    "conflict": _(
        "It’s too late for this: the request was closed or merged into another, or someone is already working on "
        "it. Read it again."
    ),
    "action-not-possible": _(
        "The request’s status doesn’t allow this action. “possible_actions” lists the actions it does allow. Someone "
        "else may have updated the request: read it again."
    ),
    "idempotency-conflict": _(
        "You sent this Idempotency-Key before, with another body. Use a new key for each report or comment, and "
        "reuse one only to retry the same call."
    ),
    "precondition-failed": _(
        "The request has changed since you read it. “changes” lists what happened since. Read it again, show what changed, "
        "and send your change with the new ETag."
    ),
    "too-large": _("JSON can be up to 2 MB, and a form with photos up to 64 MB. Send fewer or smaller photos."),
    "unsupported-media-type": _(
        "Send JSON (application/json). Send photos in a form (multipart/form-data). “detail” says what this endpoint reads."
    ),
    "invalid-body": _(
        "The body didn’t pass validation: a field is missing, unknown, too long, or has an answer the service "
        "doesn’t offer. “errors” lists every error with the path of its field. Show the messages to the person who "
        "can correct them."
    ),
    "emergency": _(
        "The answers indicate danger, so nothing was sent. Show “detail” to the person right away. It says whom "
        "to call."
    ),
    "precondition-required": _("To edit, send the ETag of the request as you read it in the header “If-Match.”"),
    "too-many-requests": _(
        "You reached a limit. Wait the number of seconds in “Retry-After,” then try again. With a key, the "
        "“RateLimit” header of every response shows what is left."
    ),
    "server-error": _(
        "Something went wrong on our side, and we logged it. Try again later with the same Idempotency-Key. If "
        "it keeps happening, send us the request_id."
    ),
    "unavailable": _(
        "We can’t answer right now, and nothing was saved. Try again after “Retry-After,” with the same "
        "Idempotency-Key."
    ),
}


def translated(title: str) -> str:
    """The title of PROBLEMS in the reader's language."""
    return gettext(title)
