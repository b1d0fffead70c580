"""What differs between two states of a row of setup, as sentences: drafts, catalog files, routing and the audit use it.

States are JSON, as the log of setup and catalog files have them. Every field of every kind has its place in FIELDS or COMMON.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.core.localized import localized
from requests_app.messages.macro_steps import step_sentences
from requests_app.messages.service_differences import OPTION, QUESTION, TARGETS, TEXT, Questions, moved
from requests_app.messages.setup_choices import (
    AUDIENCES,
    COUNTRIES,
    DANGERS,
    DUPLICATES,
    EVIDENCE,
    NOTICES,
    NOTICES_SHOWN,
    PHOTOS,
    PLACE_RULES,
    PLACES,
    REASONS,
    SERVICE_SEEN_BY,
    TASK_STATES,
    TERMS,
    UNITS,
)
from requests_app.messages.setup_values import (
    Changed,
    Field,
    Flag,
    Group,
    Label,
    Nothing,
    Rows,
    Several,
    State,
    Text,
    Value,
    all_hours,
    choice,
    count_of_days,
    count_of_minutes,
    day,
    differ,
    distance,
    hours,
    language,
    moment,
    quoted,
    sentence,
    spaced,
)
from requests_app.messages.wording import usual_outcome
from requests_app.models.api_key import Scope
from requests_app.models.states import Disposition
from requests_app.rules.people.permissions import GROUPS
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.routing.words import CHANNELS, conditions_of, destination, rule_in_words
from requests_app.rules.setup.offer_dates import offer_dates
from requests_app.rules.shared.names import Names
from requests_app.rules.shared.priorities import PRIORITIES
from requests_app.rules.work.safety_notes import KINDS as SAFETY_NOTES

# --- What codes are called ---------------------------------------------------------------------------------------------

PERMISSIONS: dict[str, Label] = {code: text for _group, texts in GROUPS for code, text in texts.items()}


def _outcome(code: Any, _names: Names) -> str:
    return usual_outcome(Disposition(code)) if code in Disposition.values else spaced(code, _names)


def _area(layer_and_code: Any, names: Names) -> str:
    """Of "ward:5"."""
    layer, _colon, code = str(layer_and_code).partition(":")
    return names.area(layer, code)


def _department(code: Any, names: Names) -> str:
    return names.department(code)


def _service(code: Any, names: Names) -> str:
    return names.service(code)


def _person(email: Any, names: Names) -> str:
    return names.person(email)


def _weekday(code: Any, _names: Names) -> str:
    return str(DAY_NAMES[WEEKDAYS.index(code)]) if code in WEEKDAYS else str(code)


def _role(role: Any, names: Names) -> str:
    """Of "crew (PW)": a role, perhaps of a department."""
    code, _space, department = str(role).removesuffix(")").partition(" (")
    return f"{names.role(code)} ({names.department(department)})" if department else names.role(code)


def _group(group: Any, names: Names) -> str:
    """Of "Street crews: crew (PW)"."""
    name, _colon, role = str(group).rpartition(": ")
    return _("“%(group)s” gives %(role)s") % {"group": name, "role": _role(role, names)}


def _zone(zone: Any, _names: Names) -> str:
    return str(zone).replace("_", " ").replace("/", ", ")


def _asset(kind: Any, names: Names) -> str:
    return localized((names.city.branding.get("asset_kinds") or {}).get(kind)) or spaced(kind, names)


def _answered_by(field: Any, names: Names) -> str:
    """The field of the address card that answers an article."""
    for part in names.city.address_card:
        for one in [part, *part.get("fields", [])]:
            if field in (one.get("key"), one.get("layer")):
                return localized(one.get("label")) or spaced(field, names)
    return spaced(field, names)


def _phrase(written: Any, _names: Names) -> str:
    """An emergency phrase as a file has it."""
    if isinstance(written, str):
        return f"“{written}”"
    text = f"“{written['phrase']}”"
    if written.get("unless"):
        names = {"phrase": text, "others": ", ".join(f"“{one}”" for one in written["unless"])}
        text = _("%(phrase)s (unless it’s part of %(others)s)") % names
    return _("%(phrase)s, switched off") % {"phrase": text} if written.get("off") else text


def _shift(row: Any, names: Names) -> str:
    """A line of a roster: who, on which days, at which hours."""
    who = names.person(row["staff"]) if row.get("staff") else row.get("name", "")
    days = ", ".join(_weekday(one, names) for one in row.get("days") or [])
    parts = [row.get("email"), row.get("phone"), days, hours(row["hours"], names) if row.get("hours") else ""]
    return " · ".join([who, *(part for part in parts if part)])


def _day_off(row: Any, names: Names) -> str:
    return f"{localized(row.get('name')) or _('Day off')}, {day(row['date'], names)}"


def _steps(steps: Any, names: Names) -> str:
    return quoted("; ".join(step_sentences(steps, names)), names)


def _replaced(until: Any, names: Names) -> str:
    return _("at once") if until == "at once" else moment(until, names)


class ByOutcome:
    """Words for outcomes, by the outcome's code."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        old, new = old or {}, new or {}
        for code in dict.fromkeys([*new, *old]):
            label = _("What “%(outcome)s” is called") % {"outcome": _outcome(code, names)}
            yield from Text(label).changes(old.get(code), new.get(code), names, is_whole=is_whole)


class ByWords:
    """What words of another system mean."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        old, new = old or {}, new or {}
        for text in dict.fromkeys([*new, *old]):
            was, now = (str(TASK_STATES.get(one[text], one[text])) if text in one else "" for one in (old, new))
            if was != now:
                yield sentence(f"“{text}”", was, now, is_whole=is_whole)


class Words:
    """Emergency or moderation words: one phrase, or the lists of a file, by language or in all."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        words: Label = gettext_lazy("Words")
        if isinstance(old or new, str):
            yield from Text(words).changes(old, new, names, is_whole=is_whole)
        elif isinstance(old or new, list):
            yield from Several(words, quoted).changes(old, new, names, is_whole=is_whole)
        else:
            old, new = old or {}, new or {}
            for code in dict.fromkeys([*new, *old]):
                of_language = _("%(field)s (%(language)s)") % {"field": words, "language": language(code, names)}
                list_of = Several(of_language, _phrase)
                yield from list_of.changes(old.get(code), new.get(code), names, is_whole=is_whole)


class Roster:
    """The lines of a roster."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        return Several(gettext_lazy("On call"), _shift).changes(old, new, names, is_whole=is_whole)


# --- Routing rules ----------------------------------------------------------------------------------------------------

# Of a rule in words (rules/routing/words.py).
RULE: dict[str, Field] = {
    "name": Nothing(),
    "services": Several(gettext_lazy("Services")),
    "areas": Several(gettext_lazy("Areas")),
    "answers": Several(gettext_lazy("Answers")),
    "words": Several(gettext_lazy("Words")),
    "channels": Several(gettext_lazy("Reported")),
    "priorities": Several(gettext_lazy("Priority is")),
    "days": Several(gettext_lazy("Days of the week")),
    "hours": Value(gettext_lazy("Hours")),
    "working_hours": Value(gettext_lazy("Working hours")),
    "department": Value(gettext_lazy("Goes to")),
    "team": Value(gettext_lazy("Team")),
    "assignee": Value(gettext_lazy("Person")),
    "priority": Value(gettext_lazy("Priority")),
    "inform": Several(gettext_lazy("Also informed")),
}


class Rules:
    """The routing rules in their order, by name."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = ({rule["name"]: rule for rule in rules or []} for rules in (old, new))
        for name, rule in now.items():
            if name not in was:
                yield _rule(rule, names) if is_whole else _("A new rule, %(rule)s") % {"rule": _rule(rule, names)}
            else:
                before, after = rule_in_words(was[name], names), rule_in_words(rule, names)
                for one in differ(RULE, before, after, names):
                    yield f"“{name}”: {one}"
        for name in was:
            if name not in now:
                yield _("The rule “%(name)s” was removed") % {"name": name}
        for name in moved(list(was), list(now)):
            yield _("The rule “%(name)s” was moved") % {"name": name}


def _rule(rule: State, names: Names) -> str:
    """ "“Leaf piles”: if the service is Leaf pile, then to Public Works, Leaf crew" """
    conditions = get_text_list([str(one) for one in conditions_of(rule, names)], _("and"))
    texts = {"name": rule["name"], "conditions": conditions, "department": destination(rule, names)}
    if not conditions:
        return _("“%(name)s”: to %(department)s") % texts
    return _("“%(name)s”: if %(conditions)s, then to %(department)s") % texts


# --- The fields of each kind ------------------------------------------------------------------------------------------

NAME = Text(gettext_lazy("Name"))
IS_ACTIVE = Flag(gettext_lazy("It’s in use"), gettext_lazy("It’s no longer in use"), usual=True)
CONTACT: dict[str, Field] = {
    "name": NAME,
    "hours": Text(gettext_lazy("Hours")),
    "phone": Value(gettext_lazy("Phone")),
    "email": Value(gettext_lazy("Email")),
    "url": Value(gettext_lazy("Website")),
    "outside": Flag(gettext_lazy("It isn’t an office of the city"), gettext_lazy("It’s an office of the city")),
    "takes_reports": Flag(
        gettext_lazy("Residents can send them an email from here"),
        gettext_lazy("Residents can’t send them an email from here anymore"),
    ),
}
REASON: dict[str, Field] = {
    "code": Nothing(),
    "kind": choice(gettext_lazy("List"), REASONS),
    "words": Text(gettext_lazy("Words")),
    "appeal": Text(gettext_lazy("Where to appeal")),
    "order": Value(gettext_lazy("Position")),
    "active": IS_ACTIVE,
}
DAY_OFF: dict[str, Field] = {
    "date": Value(gettext_lazy("Date"), day),
    "name": NAME,
    "every_year": Flag(gettext_lazy("Every year"), gettext_lazy("Not every year")),
    "hours": Value(gettext_lazy("Hours"), hours),
}

# What fields of one name are in every kind that has them.
COMMON: dict[str, Field] = {
    "name": NAME,
    "code": Nothing(),
    "order": Value(gettext_lazy("Position")),
    "active": IS_ACTIVE,
    "department": Value(gettext_lazy("Department"), _department),
    "service": Value(gettext_lazy("Service"), _service),
    "services": Several(gettext_lazy("Services"), _service),
    "area": Value(gettext_lazy("Area"), _area),
    "areas": Several(gettext_lazy("Areas"), _area),
    "starts_at": Value(gettext_lazy("From"), moment),
    "ends_at": Value(gettext_lazy("Until"), moment),
    "phone": Value(gettext_lazy("Phone")),
    "email": Value(gettext_lazy("Email")),
    "calendar": Value(gettext_lazy("Calendar"), quoted),
    "outcome": Value(gettext_lazy("Outcome"), _outcome),
    "icon": Value(gettext_lazy("Icon"), spaced),
}
SERVICE: dict[str, Field] = {
    "service_code": Nothing(),
    "active": Flag(gettext_lazy("Residents can ask for it"), gettext_lazy("Residents can’t ask for it"), usual=True),
    "category": Value(gettext_lazy("Category"), lambda code, names: names.category(code)),
    "priority": choice(gettext_lazy("Priority"), PRIORITIES),
    "visibility": choice(gettext_lazy("Who can see these reports"), SERVICE_SEEN_BY),
    "targets": Group(TARGETS),
    "emergency_screen": Text(gettext_lazy("Emergency question")),
    "questions": Questions(),
    "description": Text(gettext_lazy("Description")),
    "keywords": Text(gettext_lazy("Key words")),
    "asked": Text(gettext_lazy("In people’s own words")),
    "photo": choice(gettext_lazy("Photos from residents"), PHOTOS),
    "evidence": choice(gettext_lazy("Proof of work"), EVIDENCE),
    "duplicates": Group(
        {
            "policy": choice(gettext_lazy("When there’s a similar report nearby"), DUPLICATES),
            "radius_m": Value(gettext_lazy("How near a similar report is"), distance),
            "window_days": Value(gettext_lazy("How recent a similar report is"), count_of_days),
            "family": Value(gettext_lazy("Compared with the services of the family"), quoted),
        }
    ),
    "place": choice(gettext_lazy("Place"), PLACES),
    "owner_kinds": Several(gettext_lazy("Other owners"), spaced),
    "place_rule": choice(gettext_lazy("How the owner is found"), PLACE_RULES),
    "asset_kinds": Several(gettext_lazy("Kinds of assets"), _asset),
    "outcome_words": ByOutcome(),
    "identity_words": Text(gettext_lazy("Why a name is required")),
    "must_confirm": Flag(
        gettext_lazy("Reporters confirm by email before we get it"),
        gettext_lazy("Reporters no longer have to confirm by email"),
    ),
    "listed_by_place": Flag(
        gettext_lazy("Listed on the pages of a block and an address"),
        gettext_lazy("Not listed on the pages of a block and an address"),
        usual=True,
    ),
    "offered": Value(gettext_lazy("Dates when it’s offered"), lambda dates, _names: offer_dates(dates)),
    # Going live and retirement.
    "emergency": Flag(
        gettext_lazy("The 911 center approved its emergency check"),
        gettext_lazy("Its emergency check is no longer approved"),
    ),
    "review_by": Value(gettext_lazy("To be reviewed by"), day),
    "approver": Value(gettext_lazy("Approved by")),
    "no_article": Flag(gettext_lazy("No article is needed"), gettext_lazy("It needs an article")),
    "passed_test": Value(gettext_lazy("Test that passed")),
    "successor": Value(gettext_lazy("Service that takes over"), _service),
    "moves_requests": Flag(gettext_lazy("Its open requests move there"), gettext_lazy("Its open requests stay")),
}
CITY: dict[str, Field] = {
    "time_zone": Value(gettext_lazy("Time zone"), _zone),
    "languages": Several(gettext_lazy("Languages"), language),
    "units": choice(gettext_lazy("Distances"), UNITS),
    "hosts": Several(gettext_lazy("Web addresses")),
    "desk_number": Value(gettext_lazy("311 desk")),
    "desk_long_number": Value(gettext_lazy("311 desk, from anywhere")),
    "emergency_number": Value(gettext_lazy("Emergency")),
    "text_to_emergency": Flag(
        gettext_lazy("The emergency number takes text messages"),
        gettext_lazy("The emergency number takes no text messages"),
    ),
    "non_emergency_number": Value(gettext_lazy("Police, not an emergency")),
    "all_night_number": Value(gettext_lazy("At night")),
    "desk_night_number": Value(gettext_lazy("The desk’s night number")),
    "seal": Changed(gettext_lazy("The seal is another picture")),
    "seal_alt": Text(gettext_lazy("Alt text for the seal")),
    "logo": Changed(gettext_lazy("The logo is another picture")),
    "card": Changed(gettext_lazy("The picture for shared links is another one")),
    "colors": Group(
        {
            "primary": Value(gettext_lazy("Buttons and links")),
            "header": Value(gettext_lazy("Bar at the top")),
            "accent": Value(gettext_lazy("Accent")),
        },
        gettext_lazy("Colors"),
    ),
    "welcome": Text(gettext_lazy("Welcome")),
    "privacy": Text(gettext_lazy("Privacy notice")),
    "accessibility": Text(gettext_lazy("Accessibility statement")),
    "sender_name": Value(gettext_lazy("Name of the sender")),
    "sender_address": Value(gettext_lazy("Address of the sender")),
    "reply_address": Value(gettext_lazy("Address for replies")),
    **{
        name: Value(label, count_of_minutes)
        for names, label in (
            (
                ("urgent_acknowledge_minutes", "acknowledge"),
                gettext_lazy("In danger, until someone has acknowledged it"),
            ),
            (("urgent_resolve_minutes", "resolve"), gettext_lazy("In danger, until it’s safe or fixed")),
        )
        for name in names
    },
    "silent_days": Value(gettext_lazy("Without an update, silent after"), count_of_days),
    "checked_endings": Value(gettext_lazy("Places to check each week")),
    "second_person_publishes": Flag(
        gettext_lazy("A second person publishes articles"), gettext_lazy("Articles are published by their writers")
    ),
    "always_ask_emergency": Flag(
        gettext_lazy("Every report is asked about danger"), gettext_lazy("Only some reports are asked about danger")
    ),
    "always_ask_approver": Value(gettext_lazy("Approved at the 911 center by"), quoted),
    "always_ask_review_by": Value(gettext_lazy("Review it again by"), day),
    "on_time_goal": Value(gettext_lazy("Goal for on time"), lambda percent, _names: f"{percent}%"),
    "visits_avoided_percent": Value(gettext_lazy("Visits avoided"), lambda percent, _names: f"{percent}%"),
    "takers_percent": Value(gettext_lazy("Calls to answer in time"), lambda percent, _names: f"{percent}%"),
    "takers_answer_s": Value(gettext_lazy("Seconds in which calls are answered")),
    "takers_handle_s": Value(gettext_lazy("Seconds for one call")),
    "desk_began_on": Value(gettext_lazy("311 began on"), day),
    "load_by_person_agreed": Value(gettext_lazy("Who agreed to open requests by person"), quoted),
}
FIELDS: dict[str, Mapping[str, Field]] = {
    "service": SERVICE,
    "target": TARGETS,
    "routing": {"rules": Rules()},
    "city": CITY,
    "person": {
        "name": Value(gettext_lazy("Name")),
        "roles": Several(gettext_lazy("Roles"), _role),
        "by_group": Several(gettext_lazy("Roles by single sign-on"), _role),
        "teams": Several(gettext_lazy("Teams")),
        "away_from": Value(gettext_lazy("Away from"), day),
        "away_until": Value(gettext_lazy("Away until"), day),
        "stand_in": Value(gettext_lazy("Stand-in")),
    },
    "role": {
        "permissions": Several(
            gettext_lazy("Permissions"), lambda code, _names: str(PERMISSIONS.get(code) or spaced(code, _names))
        ),
        "requires_second_step": Flag(
            gettext_lazy("It needs a second step at sign-in"), gettext_lazy("It needs no second step at sign-in")
        ),
    },
    "department": {
        "works_by_email": Flag(
            gettext_lazy("It works only by email"), gettext_lazy("It no longer works only by email")
        ),
        "email_names_reporter": Flag(
            gettext_lazy("Its email names the reporter"), gettext_lazy("Its email doesn’t name the reporter")
        ),
        "weekly_email": Flag(gettext_lazy("It gets the weekly email"), gettext_lazy("It gets no weekly email")),
        "head": Value(gettext_lazy("Head")),
        "on_call": Roster(),
    },
    "team": {
        "members": Several(gettext_lazy("Members")),
        "shares_by_load": Flag(
            gettext_lazy("New requests are assigned to its members in turn"),
            gettext_lazy("New requests wait until somebody takes them"),
        ),
    },
    "calendar": {
        "always": Flag(gettext_lazy("Always open"), gettext_lazy("Not always open")),
        "hours": Group({code: Value(DAY_NAMES[number], all_hours) for number, code in enumerate(WEEKDAYS)}),
        "holidays": Group(
            {
                "country": choice(gettext_lazy("Public holidays of"), COUNTRIES),
                "subdivision": Value(gettext_lazy("State")),
                "extra": Rows(gettext_lazy("Days off"), "date", _day_off, DAY_OFF),
            }
        ),
    },
    "on_call": {
        "staff": Value(gettext_lazy("Member of staff"), _person),
        "kind": choice(gettext_lazy("Danger"), DANGERS),
        "days": Several(gettext_lazy("Days of the week"), _weekday),
        "hours": Value(gettext_lazy("Hours"), hours),
        "on_call": Roster(),
        "alarm_minutes": Value(gettext_lazy("Until we alert the next person"), count_of_minutes),
        "desk_night_number": Value(gettext_lazy("The desk’s night number")),
    },
    "contact_cost": {
        "channel": choice(gettext_lazy("Channel"), CHANNELS),
        "year": Value(gettext_lazy("Year")),
        "month": Value(gettext_lazy("Month"), lambda month, _names: str(MONTHS[month])),
        "amount": Value(gettext_lazy("Amount"), lambda amount, _names: f"${amount}"),
    },
    "category": {},
    "topic": {},
    "article": {
        "title": Text(gettext_lazy("Title")),
        "body": Text(gettext_lazy("Text")),
        "topic": Value(gettext_lazy("Topic"), lambda code, names: names.topic(code)),
        "asked": Text(gettext_lazy("How people ask")),
        "by_address": Value(gettext_lazy("Answered by address"), _answered_by),
        "contact": Group(CONTACT, gettext_lazy("Who does it")),
        "script": Text(gettext_lazy("What to say")),
        "note": Text(gettext_lazy("Note for staff")),
        "audience": choice(gettext_lazy("Who can read it"), AUDIENCES),
        "departments": Several(gettext_lazy("Departments that can read it"), _department),
        "related": Several(gettext_lazy("Related articles"), lambda code, names: names.article(code)),
        "valid_until": Value(gettext_lazy("Valid until"), moment),
        "published": Flag(gettext_lazy("Residents can read it"), gettext_lazy("Residents can’t read it"), usual=True),
        "owner": Value(gettext_lazy("Owner")),
        "review_on": Value(gettext_lazy("Review on"), day),
    },
    "notice": {
        "words": Text(gettext_lazy("Notice")),
        "shown_on": choice(gettext_lazy("Where"), NOTICES_SHOWN),
        "kind": choice(gettext_lazy("Kind"), NOTICES),
    },
    "reason": {**REASON, "reasons": Rows(gettext_lazy("Reasons"), "code", lambda row, _names: _name_of(row), REASON)},
    "template": {"words": Text(gettext_lazy("Words"))},
    "macro": {
        "key": Value(gettext_lazy("Key")),
        "steps": Value(gettext_lazy("Steps"), _steps),
    },
    "outcome": {"outcome_words": ByOutcome()},
    "view": {"query": Changed(gettext_lazy("It shows other requests"))},
    "emergency_phrase": {
        "words": Words(),
        "kind": choice(gettext_lazy("Danger"), DANGERS),
        "language": Value(gettext_lazy("Language"), language),
        "unless": Several(gettext_lazy("Unless it’s part of"), quoted),
    },
    "moderation_term": {
        "words": Words(),
        "kind": choice(gettext_lazy("Kind"), TERMS),
        "value": Value(gettext_lazy("Value"), quoted),
    },
    "suspension": {"reason": Text(gettext_lazy("Reason"))},
    "safety_note": {
        "kind": choice(gettext_lazy("Kind"), SAFETY_NOTES),
        "text_number": Changed(gettext_lazy("Its text changed")),
    },
    "sign": {},
    "desk_line": {
        "number": Value(gettext_lazy("Number")),
        "greeting": Text(gettext_lazy("Greeting")),
        "promise": Text(gettext_lazy("What callers are promised")),
        "calendar": Value(gettext_lazy("Hours")),
        "is_active": Flag(gettext_lazy("It’s in use"), gettext_lazy("It isn’t in use"), usual=True),
    },
    "sensor": {
        "api_key": Value(gettext_lazy("API key")),
        "asset": Value(gettext_lazy("Asset")),
        "measure": Value(gettext_lazy("What it measures")),
        "unit": Value(gettext_lazy("Unit")),
        "alarm_below": Value(gettext_lazy("Alarm below")),
        "alarm_above": Value(gettext_lazy("Alarm above")),
        "description": Value(gettext_lazy("Text of the request"), quoted),
    },
    "telephone_link": {"prefix": Value(gettext_lazy("The address begins with"))},
    "api_key": {
        "name": Value(gettext_lazy("Name")),
        "scopes": Several(pgettext_lazy("API key", "May"), lambda code, _names: str(Scope(code).label)),
        "acts_as": Value(gettext_lazy("Acts as")),
        "calls_a_minute": Value(gettext_lazy("Calls a minute")),
        "reports_a_day": Value(gettext_lazy("Reports a day")),
        "expires_at": Value(gettext_lazy("Works until"), moment),
        "networks": Several(gettext_lazy("Only from these networks")),
        "is_test": Flag(gettext_lazy("It’s a test key"), gettext_lazy("It’s no test key")),
        "replaced": Value(gettext_lazy("Replaced; the key before works until"), _replaced),
        "webhook": Nothing(),
        "enabled": Flag(gettext_lazy("A webhook was switched on"), gettext_lazy("A webhook was switched off")),
    },
    "sign_in": {
        "name": Value(gettext_lazy("Name")),
        "server_url": Value(gettext_lazy("Address of the provider")),
        "client_id": Value(gettext_lazy("Client ID")),
        "has_secret": Flag(gettext_lazy("A client secret was entered"), gettext_lazy("The client secret was removed")),
        "groups_claim": Value(gettext_lazy("Where the groups are")),
        "sign_in_groups": Several(gettext_lazy("Groups and roles"), _group),
    },
    "layer": {"rows": Value(gettext_lazy("Rows")), "file": Value(gettext_lazy("File"))},
    "work_orders": {"statuses": ByWords()},
}


# Lists that are one row of the log: what they are called, by kind and key.
LISTS: dict[str, Mapping[str, Label]] = {
    "reason": REASONS,
    "emergency_phrase": DANGERS,
    "moderation_term": TERMS,
    "on_call": {**DANGERS, "desk": gettext_lazy("311 desk"), "wait": gettext_lazy("Waiting times")},
    "city": {
        "watch": gettext_lazy("Silent requests and checks"),
        "articles": gettext_lazy("Who publishes articles"),
        "urgent": gettext_lazy("Danger"),
        "value": gettext_lazy("Value report and takers"),
    },
    "outcome": {"words": gettext_lazy("Names of outcomes")},
}
# Parts of a service that have no field of their own, where a page says what is wrong in them.
OTHER_LABELS: dict[str, Label] = {
    "text": TEXT.label,
    "acknowledge": gettext_lazy("Acknowledged within"),
    "resolve": gettext_lazy("Done within"),
    "targets": gettext_lazy("Targets"),
    "duplicates": gettext_lazy("Duplicates"),
    "radius_m": gettext_lazy("How near a similar report is"),
    "window_days": gettext_lazy("How recent a similar report is"),
    "family": gettext_lazy("Family"),
    "outcome_words": gettext_lazy("Outcome wording"),
    "show_if": gettext_lazy("Asked only if"),
    "effects": gettext_lazy("What this answer does"),
    "resolve_target": gettext_lazy("Target"),
    "from": gettext_lazy("First day"),
    "to": gettext_lazy("Last day"),
    "unit": gettext_lazy("Unit"),
}


def list_name(kind: str, key: str) -> str:
    """What a list is called that is one row of the log; empty for other rows."""
    return str(LISTS.get(kind, {}).get(key, ""))


def differences(kind: str, before: State | None, after: State | None, names: Names) -> list[str]:
    """A sentence for each difference, in the active language. None is a row that isn't there."""
    return _sentences(kind, before or {}, after or {}, names)


def facts(kind: str, state: State, names: Names) -> list[str]:
    """What a row says: for one that is new or gone."""
    return _sentences(kind, {}, state, names, is_whole=True)


def field_label(name: str, kind: str = "service") -> str:
    """What pages call a field, or a part of one, such as a question's help."""
    field = {**CONTACT, **OPTION, **QUESTION, **SERVICE, **fields_of(kind)}.get(name)
    return str(getattr(field, "label", "") or OTHER_LABELS.get(name) or name.replace("_", " ").capitalize())


def fields_of(kind: str) -> Mapping[str, Field]:
    return {**COMMON, **FIELDS.get(kind, {})}


def _sentences(kind: str, before: State, after: State, names: Names, *, is_whole: bool = False) -> list[str]:
    if kind == "outcome" and "outcome_words" not in {**before, **after}:
        # In the log, its state is the words themselves.
        before, after = {"outcome_words": before}, {"outcome_words": after}
    return list(differ(fields_of(kind), before, after, names, is_whole=is_whole))


def _name_of(row: State) -> str:
    return f"“{localized(row.get('words'))}”"
