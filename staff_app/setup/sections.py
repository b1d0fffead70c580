"""The pages of setup, by subject. Each has its line here, so that its first page and the navigation know of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """A page of setup. url_name: in staff_app. also: another permission that opens it."""

    url_name: str
    name: Text
    about: Text
    permission: str = "administer"
    also: str = ""

    @property
    def either(self) -> set[str]:
        return {self.permission, self.also} - {""}


GROUPS: Sequence[tuple[Text, Sequence[Section]]] = [
    (
        _("Services"),
        [
            Section("services", _("Categories and services"), _("What residents can report, and the questions.")),
            Section("go_live", _("Ready to go live"), _("What each service still needs before residents can use it.")),
            Section("catalog_file", _("Catalog file"), _("All services and rules as one file, to keep or to change.")),
        ],
    ),
    (
        _("People"),
        [
            Section("people", _("People"), _("Who works here: invitations, roles, absences and ending access.")),
            Section("roles", _("Roles"), _("What each role may do, as one table.")),
            Section("departments", _("Departments"), _("Who does the work: email, phone and hours.")),
            Section("teams", _("Teams"), _("Crews of a department that share a queue.")),
            Section("on_call", _("On call"), _("Who is alerted about danger, and when.")),
            Section("sign_in_setup", _("Single sign-on"), _("Staff sign in with their city account.")),
        ],
    ),
    (
        _("Promises and routing"),
        [
            Section("targets", _("Targets"), _("How soon each service is reviewed and fixed.")),
            Section("calendars", _("Calendars"), _("Working hours, half days and holidays.")),
            Section("suspensions", _("Stopped clocks"), _("A storm or other crisis when targets don’t apply.")),
            Section(
                "watch",
                _("Updates and checks"),
                _("When staff are asked for an update, and how many places are checked."),
            ),
            Section("routing", _("Routing rules"), _("Which department and team gets a report.")),
        ],
    ),
    (
        _("Places"),
        [
            Section("layers", _("Map files"), _("Boundary, areas, addresses, assets and other owners, from files.")),
            Section(
                "safety_notes",
                _("Safety notes"),
                _("Dangers to know about before going to a place, for up to a year."),
                "safety_notes",
                also="records",
            ),
            Section("signs", _("Signs"), _("Signs with a QR code for a place or a streetlight.")),
        ],
    ),
    (
        _("Texts"),
        [
            Section("articles", _("Articles"), _("Answers to questions that many people have."), "write_articles"),
            Section(
                "unanswered",
                _("Unanswered questions"),
                _("What people didn’t find, and the articles that didn’t help."),
                "write_articles",
            ),
            Section("notices", _("Notices"), _("What residents see at the top of a page, until it ends.")),
            Section("templates", _("Answer templates"), _("What staff write often, filled in for each request.")),
            Section("macros", _("Macros"), _("Several steps under one key, for one request or many.")),
            Section("outcomes", _("Outcome wording"), _("What residents read about how a request ended.")),
            Section("reasons", _("Reasons"), _("Why something can’t be done, and what it’s waiting for.")),
            Section(
                "translations",
                _("Translations"),
                _("What isn’t in every language of the city yet, and a file for a translator."),
            ),
            Section("answered_counts", _("Answered questions"), _("How often an article was all that someone needed.")),
            Section("emergency_words", _("Emergency words"), _("Words that make us ask about danger first.")),
            Section(
                "moderation_words",
                _("Moderation words"),
                _("Links, threats and addresses that send a report to review."),
            ),
        ],
    ),
    (
        _("The city"),
        [
            Section("city", _("The city"), _("Its name, numbers, seal, colors, texts and the sender of email.")),
            Section("desk_setup", _("The 311 desk"), _("Its lines, hours, greetings, promises and telephone system.")),
            Section("desk_costs", _("Costs of the desk"), _("What each channel costs, for the value report.")),
        ],
    ),
    (
        _("Records and integrations"),
        [
            Section("audit", _("Audit"), _("Who did what, and what changed when."), also="records"),
            Section("integrations", _("Integrations"), _("Email, text messages and programs, each with a test.")),
            Section(
                "api_keys",
                _("API keys"),
                _("Programs that may call the API: what they may do, and how they’re used."),
                "manage_api_keys",
            ),
            Section("health", _("Health"), _("Whether the server, email, backups and nightly work are well.")),
            Section("outbox", _("Outbox"), _("What’s waiting to be sent, and what failed."), "read_outbox"),
        ],
    ),
]

# People with one of these find setup in the navigation.
PERMISSIONS = sorted({one for _name, sections in GROUPS for section in sections for one in section.either})
