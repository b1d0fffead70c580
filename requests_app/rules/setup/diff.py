"""What differs between two states of setup, as sentences: “A new required question, “How deep?””.

Drafts, dry runs of files and the audit all use it. States are JSON as in a catalog file (imports/catalog.py writes it).
"""

from collections.abc import Iterator
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from requests_app.core.localized import localized

State = dict[str, Any]
Text = str | Promise
WEEKDAY_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# What pages call the fields of these states. A field that is not listed is called by its own name.
FIELDS: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Title"),
    "body": gettext_lazy("Text"),
    "text": gettext_lazy("Question"),
    "label": gettext_lazy("Label"),
    "help": gettext_lazy("Help"),
    "words": gettext_lazy("Words"),
    "description": gettext_lazy("Description"),
    "keywords": gettext_lazy("Key words"),
    "category": gettext_lazy("Category"),
    "department": gettext_lazy("Department"),
    "team": gettext_lazy("Team"),
    "calendar": gettext_lazy("Calendar"),
    "statuses": gettext_lazy("What their statuses mean"),
    "shares_by_load": gettext_lazy("Assign new requests in turn"),
    "hours": gettext_lazy("Hours"),
    "holidays": gettext_lazy("Holidays"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "works_by_email": gettext_lazy("Works only by email"),
    "email_names_reporter": gettext_lazy("Its email names the reporter"),
    "weekly_email": gettext_lazy("Weekly email"),
    "active": gettext_lazy("Active"),
    "icon": gettext_lazy("Icon"),
    "order": gettext_lazy("Position"),
    "priority": gettext_lazy("Priority"),
    "visibility": gettext_lazy("Who can see it"),
    "photo": gettext_lazy("Photo"),
    "evidence": gettext_lazy("Proof of work"),
    "duplicates": gettext_lazy("Duplicates"),
    "policy": gettext_lazy("When there’s a similar report"),
    "radius_m": gettext_lazy("Radius in meters"),
    "window_days": gettext_lazy("Days"),
    "family": gettext_lazy("Family"),
    "place": gettext_lazy("Place"),
    "emergency_screen": gettext_lazy("Emergency question"),
    "outcome_words": gettext_lazy("Outcome wording"),
    "identity_words": gettext_lazy("Why a name is required"),
    "must_confirm": gettext_lazy("Confirmed by email first"),
    "listed_by_place": gettext_lazy("Listed by place"),
    "owner_kinds": gettext_lazy("Other owners"),
    "place_rule": gettext_lazy("How the owner is found"),
    "asset_kinds": gettext_lazy("Kinds of assets"),
    "targets": gettext_lazy("Targets"),
    "acknowledge": gettext_lazy("Acknowledged within"),
    "resolve": gettext_lazy("Fixed within"),
    "value": gettext_lazy("Value"),
    "unit": gettext_lazy("Unit"),
    "kind": gettext_lazy("Kind"),
    "required": gettext_lazy("Required"),
    "show_if": gettext_lazy("Asked only if"),
    "asks_asset": gettext_lazy("Skipped if the asset is known"),
    "effects": gettext_lazy("What this answer does"),
    "stop": gettext_lazy("Stops with the emergency number"),
    "resolve_target": gettext_lazy("Target"),
    "private_photos": gettext_lazy("Photos stay private"),
    "service": gettext_lazy("Leads to the service"),
    "article": gettext_lazy("Leads to the article"),
    "services": gettext_lazy("Services"),
    "topic": gettext_lazy("Topic"),
    "asked": gettext_lazy("How people ask"),
    "by_address": gettext_lazy("Answered by address"),
    "contact": gettext_lazy("Who does it"),
    "published": gettext_lazy("Published"),
    "when": gettext_lazy("If"),
    "permissions": gettext_lazy("Permissions"),
    "scopes": pgettext_lazy("API key", "May"),
    "acts_as": gettext_lazy("Acts as"),
    "calls_a_minute": gettext_lazy("Calls a minute"),
    "reports_a_day": gettext_lazy("Reports a day"),
    "expires_at": gettext_lazy("Works until"),
    "networks": gettext_lazy("Only from these networks"),
    "replaced": gettext_lazy("Replaced; the key before works until"),
    "appeal": gettext_lazy("Where to appeal"),
    "unless": gettext_lazy("Unless it’s part of"),
    "languages": gettext_lazy("Languages"),
    "question": gettext_lazy("Question"),
    "values": gettext_lazy("Answers"),
    "time_zone": gettext_lazy("Time zone"),
    "units": gettext_lazy("Distances"),
    "hosts": gettext_lazy("Web addresses"),
    "desk_number": gettext_lazy("311 desk"),
    "desk_long_number": gettext_lazy("311 desk, from anywhere"),
    "emergency_number": gettext_lazy("Emergency"),
    "text_to_emergency": gettext_lazy("Text messages to the emergency number"),
    "non_emergency_number": gettext_lazy("Police, not an emergency"),
    "all_night_number": gettext_lazy("At night"),
    "seal": gettext_lazy("Seal"),
    "seal_alt": gettext_lazy("Alt text for the seal"),
    "colors": gettext_lazy("Colors"),
    "primary": gettext_lazy("Buttons and links"),
    "header": gettext_lazy("Bar at the top"),
    "accent": gettext_lazy("Accent"),
    "logo": gettext_lazy("Logo"),
    "card": gettext_lazy("Picture for shared links"),
    "welcome": gettext_lazy("Welcome"),
    "privacy": gettext_lazy("Privacy notice"),
    "accessibility": gettext_lazy("Accessibility statement"),
    "sender_name": gettext_lazy("Name of the sender"),
    "sender_address": gettext_lazy("Address of the sender"),
    "reply_address": gettext_lazy("Address for replies"),
    "members": gettext_lazy("Members"),
    "always": gettext_lazy("Always open"),
    "country": gettext_lazy("Public holidays of"),
    "subdivision": gettext_lazy("State"),
    "extra": gettext_lazy("Days off"),
    "every_year": gettext_lazy("Every year"),
    "date": gettext_lazy("Date"),
    "valid_from": gettext_lazy("Counts from"),
    "agreed_by": gettext_lazy("Agreed by"),
    "on_time_goal": gettext_lazy("Goal for on time, in percent"),
    "load_by_person_agreed": gettext_lazy("Who agreed to open requests by person"),
    "staff": gettext_lazy("Member of staff"),
    "alarm_minutes": gettext_lazy("Minutes until we alert the next person"),
    "desk_night_number": gettext_lazy("The desk’s night number"),
    "urgent_acknowledge_minutes": gettext_lazy("Minutes until someone has acknowledged it"),
    "urgent_resolve_minutes": gettext_lazy("Minutes until it’s safe or fixed"),
    **dict(zip(WEEKDAY_CODES, WEEKDAYS.values(), strict=True)),
    "owner": gettext_lazy("Owner"),
    "review_on": gettext_lazy("Review on"),
    "shown_on": gettext_lazy("Where"),
    "starts_at": gettext_lazy("From"),
    "head": gettext_lazy("Head"),
    "silent_days": gettext_lazy("Days without an update"),
    "checked_endings": gettext_lazy("Places to check each week"),
    "ends_at": gettext_lazy("Until"),
    "text_number": gettext_lazy("Version of the text"),
    "area": gettext_lazy("Area"),
    "language": gettext_lazy("Language"),
    "is_test": gettext_lazy("Test key"),
    "outcome": gettext_lazy("Outcome"),
    "areas": gettext_lazy("Areas"),
    "answers": gettext_lazy("Answers"),
    "channels": gettext_lazy("Reported"),
    "priorities": gettext_lazy("Priority is"),
    "days": gettext_lazy("Days of the week"),
    "working_hours": gettext_lazy("Working hours"),
    "assignee": gettext_lazy("Person"),
    "inform": gettext_lazy("Also informed"),
    "roles": gettext_lazy("Roles"),
    "requires_second_step": gettext_lazy("Second step at sign-in"),
    "away_from": gettext_lazy("Away from"),
    "away_until": gettext_lazy("Away until"),
    "stand_in": gettext_lazy("Stand-in"),
    "server_url": gettext_lazy("Address of the provider"),
    "client_id": gettext_lazy("Client ID"),
    "has_secret": gettext_lazy("Client secret entered"),
    "groups_claim": gettext_lazy("Where the groups are"),
    "sign_in_groups": gettext_lazy("Groups and roles"),
    "offered": gettext_lazy("Dates when it’s offered"),
    "from": gettext_lazy("First day"),
    "to": gettext_lazy("Last day"),
    "options": gettext_lazy("Answers"),
    "emergency": gettext_lazy("Emergency check approved"),
    "review_by": gettext_lazy("To be reviewed by"),
    "no_article": gettext_lazy("No article is needed"),
    "passed_test": gettext_lazy("Test that passed"),
    "successor": gettext_lazy("Service that takes over"),
    "key": gettext_lazy("Key"),
    "steps": gettext_lazy("Steps"),
    "moves_requests": gettext_lazy("Open requests move there"),
}

# Lists of rows: sentences about a row that is new, gone, or now in another position.
ROWS: dict[str, tuple[Text, Text, Text]] = {
    "questions": (
        gettext_lazy("A new question, “%(name)s”"),
        gettext_lazy("The question “%(name)s” was removed"),
        gettext_lazy("The question “%(name)s” was moved"),
    ),
    "options": (
        gettext_lazy("A new answer, “%(name)s”"),
        gettext_lazy("The answer “%(name)s” was removed"),
        gettext_lazy("The answer “%(name)s” was moved"),
    ),
    "extra": (
        gettext_lazy("A new day off, “%(name)s”"),
        gettext_lazy("The day off “%(name)s” was removed"),
        gettext_lazy("The day off “%(name)s” was moved"),
    ),
    "rules": (
        gettext_lazy("A new rule, “%(name)s”"),
        gettext_lazy("The rule “%(name)s” was removed"),
        gettext_lazy("The rule “%(name)s” was moved"),
    ),
}
ANY_ROW: tuple[Text, Text, Text] = (
    gettext_lazy("New: “%(name)s”"),
    gettext_lazy("Removed: “%(name)s”"),
    gettext_lazy("Moved: “%(name)s”"),
)
NEW_REQUIRED_QUESTION = gettext_lazy("A new required question, “%(name)s”")
# What identifies a row of a list, and what people call it; the first that it has.
IDENTIFIED_BY = ("code", "service_code", "value", "name", "date")
CALLED_BY = ("text", "label", "title", "name", "words", "code", "value", "date")
LENGTH_MAX = 120


def differences(before: State | None, after: State | None) -> list[str]:
    """A sentence for each difference, in the active language. None is a row that was not there."""
    return list(_differ(before or {}, after or {}, ""))


def _differ(before: State, after: State, path: str) -> Iterator[str]:
    for field in [*after, *(field for field in before if field not in after)]:
        old, new = before.get(field), after.get(field)
        if old == new or (not old and not new and not isinstance(old, bool) and not isinstance(new, bool)):
            continue
        label = _join(path, str(FIELDS.get(field, field.replace("_", " ").capitalize())))
        if _is_text(old) or _is_text(new):
            yield from _texts(old or {}, new or {}, label)
        elif _are_rows(old) or _are_rows(new):
            yield from _rows(old or [], new or [], field, path)
        elif isinstance(old, list) or isinstance(new, list):
            yield from _values(old or [], new or [], label)
        elif isinstance(old, dict) or isinstance(new, dict):
            yield from _differ(old or {}, new or {}, label)
        else:
            yield _changed(label, old, new)


def _changed(label: str, old: Any, new: Any) -> str:
    names = {"field": label, "before": _value(old), "after": _value(new)}
    if old in (None, ""):
        return _("%(field)s: now “%(after)s”") % names
    if new in (None, ""):
        return _("%(field)s: no longer “%(before)s”") % names
    return _("%(field)s: “%(before)s” is now “%(after)s”") % names


def _texts(old: dict[str, Any], new: dict[str, Any], label: str) -> Iterator[str]:
    """Words by language."""
    for language in dict.fromkeys([*new, *old]):
        if old.get(language) != new.get(language):
            named = f"{label} ({_language(language)})"
            if isinstance(old.get(language), list) or isinstance(new.get(language), list):
                yield from _values(old.get(language) or [], new.get(language) or [], named)
            else:
                yield _changed(named, old.get(language), new.get(language))


def _values(old: list[Any], new: list[Any], label: str) -> Iterator[str]:
    added = [_value(value) for value in new if value not in old]
    gone = [_value(value) for value in old if value not in new]
    if added:
        yield _("%(field)s: added %(values)s") % {"field": label, "values": ", ".join(added)}
    if gone:
        yield _("%(field)s: removed %(values)s") % {"field": label, "values": ", ".join(gone)}
    if not added and not gone:
        yield _("%(field)s: in another order") % {"field": label}


def _rows(old: list[State], new: list[State], field: str, path: str) -> Iterator[str]:
    was, now = {_key(row): row for row in old}, {_key(row): row for row in new}
    is_new, is_gone, has_moved = ROWS.get(field, ANY_ROW)
    for key, row in now.items():
        if key not in was:
            required = field == "questions" and row.get("required")
            yield _join(path, str(NEW_REQUIRED_QUESTION if required else is_new) % {"name": _name(row)})
        else:
            yield from _differ(was[key], row, _join(path, f"“{_name(row)}”"))
    for key, row in was.items():
        if key not in now:
            yield _join(path, str(is_gone) % {"name": _name(row)})
    # Rows are moved if they overtake others that stayed: all that are not on the longest run in the old order.
    stay = _longest_run([list(was).index(key) for key in now if key in was])
    for position, key in enumerate(key for key in now if key in was):
        if position not in stay:
            yield _join(path, str(has_moved) % {"name": _name(now[key])})


def _longest_run(numbers: list[int]) -> set[int]:
    """The positions of a longest increasing subsequence."""
    runs: list[list[int]] = []
    for position, number in enumerate(numbers):
        before = [run for run in runs if numbers[run[-1]] < number]
        runs.append([*_longest(before), position])
    return set(_longest(runs))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len) if runs else []


def _is_text(value: Any) -> bool:
    """{"en": …, "es": …}: words or lists of words by language."""
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(one, str | list) for one in value.values())
        and all(str(key) in LANG_INFO for key in value)
    )


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _key(row: State) -> str:
    return next((str(row[name]) for name in IDENTIFIED_BY if name in row), str(row))


def _name(row: State) -> str:
    found = next((row[name] for name in CALLED_BY if row.get(name)), "")
    return _value(localized(found) if isinstance(found, dict) else found)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    text = str(value) if value is not None else _("nothing")
    return text if len(text) <= LENGTH_MAX else f"{text[:LENGTH_MAX]}…"


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _join(path: str, text: str) -> str:
    return f"{path}: {text}" if path else text
