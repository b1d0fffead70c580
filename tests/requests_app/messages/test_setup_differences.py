"""What differs between two states of setup, as sentences that anybody at City Hall can read."""

import re
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import translation

from requests_app.actions.shared.setup_changes import KINDS
from requests_app.messages.setup_differences import differences, facts, fields_of
from requests_app.models import Article, Jurisdiction
from requests_app.rules.shared.names import Names
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.10")]

State = dict[str, Any]
WHERE = factories.question("where", "single", text="Where?", options=["road", "sidewalk"])
DEPTH = {**factories.question("depth", text="How deep?"), "required": True}
SIZE = factories.question("size", text="How big?")


def of(before: State, after: State, town: Rivermark, kind: str = "service") -> list[str]:
    return differences(kind, before, after, Names(town.city))


def effects(**values: Any) -> list[State]:
    """One question, whose answer “Yes” does this."""
    yes = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, **({"effects": values} if values else {})}
    return [{**factories.question("burning", "single", text="Is it burning?"), "options": [yes]}]


# --- Services ---------------------------------------------------------------------------------------------------------


def test_a_new_question_says_when_it_is_asked_and_what_its_answers_do(town: Rivermark) -> None:
    depth = {**DEPTH, "show_if": {"question": "where", "values": ["road"]}}
    assert of({"questions": [WHERE]}, {"questions": [WHERE, depth, *effects(stop=True)]}, town) == [
        "A new required question, “How deep?”",
        "“How deep?” is asked only if “Where?” is “Road”",
        "A new question, “Is it burning?”",
        "“Yes” to “Is it burning?” stops with 911",
    ]


def test_a_condition_is_named_by_its_question_and_answers(town: Rivermark) -> None:
    def asked(*values: str) -> State:
        condition = {"show_if": {"question": "where", "values": list(values)}} if values else {}
        return {"questions": [WHERE, {**DEPTH, **condition}]}

    assert of(asked("road"), asked("road", "sidewalk"), town) == [
        "“How deep?” is asked only if “Where?” is “Road” or “Sidewalk” instead of “Where?” is “Road”"
    ]
    assert of(asked("road"), asked(), town) == ["“How deep?” is always asked"]


@pytest.mark.parametrize(
    ("values", "sentence", "ended"),
    [
        ({"stop": True}, " stops with 911", " no longer stops with 911"),
        ({"priority": 1}, " sets the priority to 1: danger to people", " no longer changes the priority"),
        (
            {"resolve_target": {"value": 1, "unit": "business_days", "calendar": "department"}},
            ": done within 1 business day",
            " has no target of its own anymore",
        ),
        ({"private_photos": True}, " keeps the photos private", " no longer keeps the photos private"),
        ({"service": "tree"}, " leads to the service “Tree to prune”", " no longer leads to another service"),
        ({"article": "fees"}, " leads to the article “Fees”", " no longer leads to an article"),
    ],
)
def test_an_effect_of_an_answer_is_a_sentence(town: Rivermark, values: State, sentence: str, ended: str) -> None:
    Article.objects.create(jurisdiction=town.city, code="fees", title={"en": "Fees"}, body={"en": "-"})
    before, after = {"questions": effects()}, {"questions": effects(**values)}
    assert of(before, after, town) == [f"“Yes” to “Is it burning?”{sentence}"]
    assert of(after, before, town) == [f"“Yes” to “Is it burning?”{ended}"]


def test_a_calendar_that_is_named_is_no_difference_to_the_same_one_that_is_not(town: Rivermark) -> None:
    def asked(**target: str) -> State:
        effects = {"resolve_target": {"value": 4, "unit": "hours", **target}}
        return {"questions": [{**WHERE, "options": [{**WHERE["options"][0], "effects": effects}]}]}

    assert of(asked(), asked(calendar="department"), town) == []
    assert of(asked(), asked(calendar="always"), town) != []


def test_a_target_is_a_time_and_a_city_reads_its_own_emergency_number_and_units(town: Rivermark) -> None:
    def handled(days: int, meters: int) -> State:
        target = {"value": days, "unit": "business_days", "calendar": "department"}
        return {"targets": {"resolve": target}, "duplicates": {"policy": "join", "radius_m": meters}}

    assert of(handled(3, 30), handled(5, 61), town) == [
        "Done within 5 business days instead of 3 business days",
        "How near a similar report is: 200 feet instead of 98 feet",
    ]
    # In the order of the fields, however the log keeps them.
    swapped = [dict(reversed(handled(*values).items())) for values in ((3, 30), (5, 61))]
    assert of(*swapped, town) == of(handled(3, 30), handled(5, 61), town)
    abroad = factories.jurisdiction("abroad", hosts=["abroad.example"], units="metric", emergency_number="112")
    assert differences("service", handled(3, 30), handled(3, 61), Names(abroad)) == [
        "How near a similar report is: 61 meters instead of 30 meters"
    ]
    stops = differences("service", {"questions": effects()}, {"questions": effects(stop=True)}, Names(abroad))
    assert stops == ["“Yes” to “Is it burning?” stops with 112"]


def test_departments_and_services_have_the_names_of_this_city(town: Rivermark) -> None:
    elsewhere = factories.jurisdiction("elsewhere", hosts=["elsewhere.example"])
    factories.department(elsewhere, "PK", "Pools")
    assert of({"department": "PK"}, {"department": "PW"}, town) == ["Department: Streets instead of Parks"]
    assert of({"department": "gone_away"}, {"department": "PW"}, town) == [
        "Department: Streets instead of gone away (removed)"
    ]


def test_only_the_question_that_moved_is_said_to_have_moved(town: Rivermark) -> None:
    assert of({"questions": [WHERE, SIZE, DEPTH]}, {"questions": [DEPTH, WHERE, SIZE]}, town) == [
        "The question “How deep?” was moved"
    ]


def test_a_change_inside_a_question_says_which_question(town: Rivermark) -> None:
    after = {**DEPTH, "required": False, "visibility": "public", "kind": "number"}
    assert of({"questions": [{**DEPTH, "visibility": "staff"}]}, {"questions": [after]}, town) == [
        "“How deep?”: Kind of answer: A number instead of A few words",
        "“How deep?”: Who can see the answers: Everyone instead of Staff",
        "“How deep?” isn’t required anymore",
    ]
    more = {**WHERE, "options": [WHERE["options"][0], {"value": "park", "label": {"en": "Park"}}]}
    assert of({"questions": [WHERE]}, {"questions": [more]}, town) == [
        "A new answer to “Where?”: “Park”",
        "The answer “Sidewalk” to “Where?” was removed",
    ]


# --- Values -----------------------------------------------------------------------------------------------------------


def test_each_language_of_a_text_has_its_own_sentence(town: Rivermark) -> None:
    before, after = ({"name": {"en": "Pothole", "es": name}} for name in ("Bache", "Hoyo"))
    assert of(before, after, town) == ["Name (Spanish): “Hoyo” instead of “Bache”"]
    with translation.override("es"):
        assert of(before, after, town) == ["Nombre (Español): “Hoyo” en lugar de “Bache”"]


def test_of_a_long_text_only_what_changed_is_quoted(town: Rivermark) -> None:
    start, middle, end = (
        "This is how it begins. ",
        "and it goes on for a good while, on and on, ",
        "until it ends here.",
    )
    before = {"description": {"en": f"{start}Call us {middle * 2}{end} Bye."}}
    after = {"description": {"en": f"{start}Write to us {middle * 2}{end} Good night."}}
    assert of(before, after, town) == [
        "Description (English): “… is how it begins. Write to us and it goes …” instead of "
        "“… is how it begins. Call us and it goes …”",
        "Description (English): “… until it ends here. Good night.” instead of “… until it ends here. Bye.”",
    ]


def test_what_is_empty_on_both_sides_is_no_difference(town: Rivermark) -> None:
    assert of({"phone": ""}, {"phone": None, "questions": [], "must_confirm": False}, town) == []
    assert of({}, {"listed_by_place": False}, town) == ["Not listed on the pages of a block and an address"]


def test_values_of_lists_are_added_and_removed(town: Rivermark) -> None:
    assert of({"languages": ["en", "es"]}, {"languages": ["en", "fr"]}, town, "city") == [
        "Languages: added French",
        "Languages: removed Spanish",
    ]


def test_what_an_earlier_release_wrote_is_still_read(town: Rivermark) -> None:
    """Fields that are gone, and values in another shape."""
    before = {"old_field": {"en": "One"}, "targets": {"resolve": 5}, "questions": ["where"], "offered": "summer"}
    after = {"old_field": {"en": "Two", "es": "Dos"}, "targets": {"resolve": 6}, "questions": [WHERE], "offered": ""}
    sentences = of(before, after, town)
    assert sentences[-2:] == ["Old field (English): “Two” instead of “One”", "Old field (Spanish): added “Dos”"]
    assert "Resolve: 6 instead of 5" in sentences
    assert of({"expires_at": "soon"}, {"expires_at": ""}, town, "api_key") == ["Expires at: removed soon"]


# --- Each field of each kind ------------------------------------------------------------------------------------------

TARGET = {"value": 2, "unit": "business_days", "calendar": "always", "valid_from": "2026-05-01", "agreed_by": "Pia"}
TEXT = {"en": "One", "es": "Uno"}
CONTACT = {
    "name": TEXT, "hours": TEXT, "phone": "555-0100", "email": "a@b.example", "url": "https://b.example", "outside": True,
    "takes_reports": True,
}  # fmt: skip
SERVICE = {
    "service_code": "leaf_pile", "category": "streets", "department": "PW", "name": TEXT, "description": TEXT,
    "keywords": {"en": ["leaf"], "es": ["hoja"]}, "asked": {"en": ["leaves"]}, "priority": 2,
    "visibility": "reporter_to_named_staff", "photo": "asked",
    "duplicates": {"policy": "ask", "radius_m": 100, "window_days": 30, "family": "street-holes"},
    "owner_kinds": ["state_road"], "place_rule": "segment", "place": "optional", "emergency_screen": TEXT, "evidence": "photo",
    "outcome_words": {"action_taken": TEXT}, "asset_kinds": ["street_light"], "identity_words": TEXT, "must_confirm": True,
    "listed_by_place": False, "offered": {"from": "10-15", "to": "12-15"},
    "targets": {"resolve": {"value": 90, "unit": "minutes", "calendar": "department"}, "acknowledge": TARGET},
    "questions": [
        WHERE, {**DEPTH, "asks_asset": True, "help": TEXT, "script": TEXT, "show_if": {"question": "where", "values": ["road"]}},
        *effects(stop=True, priority=1, resolve_target=TARGET, private_photos=True, service="tree", article="no_fees"),
    ],
    "active": False, "emergency": True, "review_by": "2027-01-31", "approver": "Chief", "no_article": True,
    "passed_test": "ABCD-EFGH", "successor": "tree", "moves_requests": True, "order": 3,
}  # fmt: skip
RULE = {
    "name": "Leaf piles", "department": "PW", "team": "night_crew", "assignee": "tom@city.example", "priority": 1,
    "inform": ["PK"],
    "when": {
        "services": ["pothole"], "areas": {"layer": "ward", "codes": ["5"]}, "answers": {"where": ["lane", "cross_walk"]},
        "words": ["big plate"], "channels": ["phone"], "days": ["mon"], "hours": "18:00-07:00", "priorities": [2],
        "working_hours": {"calendar": "always", "open": False},
    },
}  # fmt: skip
SHIFT = {"staff": "tom@city.example", "days": ["mon"], "hours": "18:00-07:00", "phone": "555-0100"}
MOMENT = "2026-05-01T09:00-04:00"
REASON = {"code": "no_funds", "words": TEXT, "appeal": TEXT}
# All that each kind may hold, apart from what others have under the same name.
STATES: dict[str, list[State]] = {
    "service": [SERVICE],
    "target": [{"acknowledge": TARGET}, {"resolve": TARGET}],
    "routing": [{"rules": [RULE]}],
    "person": [
        {"name": "Tom", "email": "tom@city.example", "roles": ["call_taker", "triage (PW)"]},
        {"away_from": "2026-05-01", "away_until": "2026-05-02", "stand_in": "Pia"},
        {"department": "PW"},
    ],
    "role": [{"code": "call_taker", "name": TEXT, "permissions": ["view_private"], "requires_second_step": True}],
    "department": [
        {
            "code": "PW", "name": TEXT, "phone": "555-0100", "email": "a@b.example", "calendar": "always",
            "works_by_email": True, "email_names_reporter": True, "weekly_email": True, "active": False, "head": "Pia",
            "on_call": [SHIFT],
        }
    ],
    "team": [
        {
            "code": "night_crew", "name": TEXT, "department": "PW", "members": ["Tom"], "shares_by_load": True,
            "active": False,
        }
    ],
    "calendar": [
        {
            "always": True, "hours": {"mon": ["08:00-12:00", "13:00-24:00"]},
            "holidays": {
                "country": "US", "subdivision": "MA",
                "extra": [{"date": "2026-07-03", "name": TEXT, "every_year": True, "hours": "08:00-12:00"}],
            },
        }
    ],
    "on_call": [
        {**SHIFT, "name": "", "email": "a@b.example", "department": "PW", "kind": "self_harm", "order": 1},
        {"on_call": [SHIFT]},
        {"alarm_minutes": 5, "desk_night_number": "555-0199"},
    ],
    "category": [{"code": "street_s", "name": TEXT, "icon": "street_light", "order": 1}],
    "topic": [{"code": "trash_day", "name": TEXT}],
    "article": [
        {
            "code": "no_fees", "title": TEXT, "body": TEXT, "services": ["pothole"], "topic": "trash_day",
            "asked": {"en": ["how much"]}, "by_address": "trash_day", "contact": CONTACT, "published": False, "owner": "Pia",
            "review_on": "2026-05-01",
        }
    ],
    "notice": [
        {
            "words": TEXT, "shown_on": "every_page", "service": "pothole", "area": "ward:5", "kind": "warning",
            "starts_at": MOMENT, "ends_at": MOMENT,
        }
    ],
    "reason": [{**REASON, "kind": "cannot_do", "order": 1, "active": False}, {"reasons": [REASON]}],
    "template": [{"name": "Hi", "service": "pothole", "outcome": "cannot_do", "words": TEXT, "active": False}],
    "macro": [
        {
            "name": "Hi", "department": "PW", "key": "f",
            "steps": [
                {"verb": "accept"}, {"verb": "set_priority", "priority": 2}, {"verb": "assign", "assignee": None},
                {"verb": "hold", "reason": "other_group", "until": "2026-05-01"},
                {"verb": "change_service", "service": "tree"}, {"verb": "note", "text": "Hi"},
                {"verb": "comment", "template": "Thanks"}, {"verb": "transfer", "department": "PK", "reason": "Theirs"},
                {"verb": "resolve", "disposition": "cannot_do", "template": 0},
            ],
        }
    ],
    "view": [{"name": "Mine", "query": {"due_by": ["week_end"]}}],
    "outcome": [{"action_taken": TEXT}],
    "emergency_phrase": [
        {"words": "smell gas", "kind": "self_harm", "language": "en", "unless": ["no smell"], "active": False},
        {"words": {"en": ["smell gas", {"phrase": "gas", "unless": ["gas station"], "off": True}]}},
    ],
    "moderation_term": [{"kind": "link", "value": "spam.example"}, {"words": ["spam.example"]}],
    "suspension": [
        {"reason": TEXT, "services": ["pothole"], "areas": ["ward:5"], "starts_at": MOMENT, "ends_at": MOMENT}
    ],
    "safety_note": [{"kind": "structure", "ends_at": MOMENT, "text_number": 2}],
    "sign": [{"code": "AB12"}],
    "desk_line": [
        {
            "number": "311", "name": TEXT, "greeting": TEXT, "promise": TEXT, "calendar": "office", "is_active": False,
        }
    ],
    "sensor": [
        {
            "api_key": "Gateway", "asset": "L00417", "measure": "voltage", "unit": "V", "alarm_below": 100.0,
            "alarm_above": 240.0, "service": "pothole", "description": "No power",
        }
    ],
    "contact_cost": [{"channel": "phone", "year": 2026, "month": 5, "amount": "1200.00"}],
    "telephone_link": [{"prefix": "aB3xY9"}],
    "api_key": [
        {
            "name": "Van", "scopes": ["report"], "acts_as": "Tom", "calls_a_minute": 60, "reports_a_day": 100,
            "expires_at": "2026-05-01T13:00:00+00:00", "networks": ["10.0.0.0/8"], "is_test": True, "replaced": "at once",
        },
        {"replaced": "2026-05-01T13:00:00.123456+00:00"},
        {"webhook": 7, "enabled": True},
    ],
    "sign_in": [
        {
            "name": "City", "server_url": "https://id.example", "client_id": "abc", "has_secret": True,
            "groups_claim": "groups", "active": False, "sign_in_groups": ["Street crews: call_taker (PW)"],
        }
    ],
    "city": [
        {
            "name": "Rivermark", "time_zone": "America/New_York", "languages": ["en"], "units": "metric",
            "hosts": ["river.example"],
        },
        {
            "emergency_number": "911", "text_to_emergency": True, "non_emergency_number": "1", "desk_number": "311",
            "desk_long_number": "2", "all_night_number": "3", "desk_night_number": "4",
        },
        {
            "seal": "0f3a", "seal_alt": TEXT, "logo": "0f3b", "card": "0f3c",
            "colors": {"primary": "#112233", "header": "#112233", "accent": "#112233"},
        },
        {"welcome": TEXT, "privacy": TEXT, "accessibility": TEXT},
        {"sender_name": "311", "sender_address": "a@b.example", "reply_address": "c@b.example"},
        {"urgent_acknowledge_minutes": 5, "urgent_resolve_minutes": 60},
        {"acknowledge": 5, "resolve": 60},
        {"silent_days": 10, "checked_endings": 20},
        {"on_time_goal": 85, "load_by_person_agreed": "Council, May 1"},
    ],
    "layer": [{"rows": 1200, "file": "wards.geojson"}],
    "work_orders": [{"statuses": {"Complete": "done"}}],
    # The page of such a change says what was filtered by (staff_app/setup/audit/wording.py), and these have no state.
    **{kind: [] for kind in ("catalog", "audit", "queue", "outbox")},
}  # fmt: skip
CODE_LIKE = re.compile(
    r"[a-z]_[a-z]|[{}\[\]]|\b(?:True|False|None)\b|\bP\d+[DTWM]|\d{4}-\d\d-\d\d|\d\dT\d\d|\d\d:\d\d[-+]|\bPW\b|\bPK\b",
    re.ASCII,
)


def test_every_kind_of_row_is_in_this_table() -> None:
    # Each kind is known once the module that writes it is loaded.
    assert get_resolver().url_patterns
    assert STATES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", [kind for kind, states in STATES.items() if states])
def test_every_field_reads_as_a_sentence_in_both_languages(town: Rivermark, kind: str) -> None:
    """Each alone, as it is added, removed and described; and none without a field of its own."""
    factories.area(town.city)
    for state in STATES[kind]:
        if kind != "outcome":
            assert state.keys() <= fields_of(kind).keys()
        for name, value in state.items():
            _check(kind, {name: value}, town.city)


def _check(kind: str, state: State, city: Jurisdiction) -> None:
    by_language = []
    for code in ("en", "es"):
        with translation.override(code):
            names = Names(city)
            sentences = [
                *facts(kind, state, names),
                *differences(kind, {}, state, names),
                *differences(kind, state, {}, names),
            ]
        assert not [one for one in sentences if CODE_LIKE.search(one)], state
        by_language.append(sentences)
    # What is the same in both has no Spanish yet, unless it is a name or number alone.
    assert not {one for one in by_language[0] if not re.search(r"\d|example|#", one)} & set(by_language[1]), state
