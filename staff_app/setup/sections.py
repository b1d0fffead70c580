"""The pages of setup, by subject. Each has its line here, so that its first page and the navigation know of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Section:
    """A page of setup. url_name: in staff_app."""

    url_name: str
    name: Words
    about: Words
    permission: str = "administer"


GROUPS: Sequence[tuple[Words, Sequence[Section]]] = [
    (_("Services"), []),
    (_("People"), [Section("on_call", _("On call"), _("Who is alerted about danger, and when."))]),
    (_("Promises and routing"), []),
    (_("Places"), [Section("signs", _("Signs"), _("Signs with a QR code for a place or a streetlight."))]),
    (
        _("Texts"),
        [
            Section("answered_counts", _("Answered questions"), _("How often an article was all that someone needed.")),
            Section("emergency_words", _("Emergency words"), _("Words that make us ask about danger first.")),
            Section("moderation_words", _("Moderation words"), _("Links, threats and addresses that wait for review.")),
        ],
    ),
    (_("The city"), []),
    (
        _("Records and integrations"),
        [
            Section("api_keys", _("API keys"), _("Programs that may send reports."), "manage_api_keys"),
            Section("outbox", _("Outbox"), _("What waits to be sent, and what failed."), "read_outbox"),
        ],
    ),
]

# Anyone who has one of these finds setup in the navigation.
PERMISSIONS = sorted({section.permission for _name, sections in GROUPS for section in sections})
