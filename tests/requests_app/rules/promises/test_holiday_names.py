"""Holiday names in the site's languages: from the library where it has them, else from our own translations."""

import datetime as dt

import holidays as public_holidays

from requests_app.rules.promises.holiday_names import NAMES, OBSERVED, SHORTER, holidays_of


def test_a_holiday_of_the_united_states_has_a_spanish_name() -> None:
    found = holidays_of("US", "MA", 2027)
    assert found[dt.date(2027, 11, 25)] == {"en": "Thanksgiving Day", "es": "Día de Acción de Gracias"}
    assert found[dt.date(2027, 4, 19)]["es"] == "Día de los Patriotas"
    assert found[dt.date(2027, 7, 5)]["es"] == "Día de la Independencia (observado)", "moved off a Sunday"


def test_two_holidays_on_one_day_are_both_named() -> None:
    both = holidays_of("US", "KY", 2027)[dt.date(2027, 12, 31)]
    assert both == {
        "en": "New Year's Day (observed); New Year's Eve",
        "es": "Año Nuevo (observado); Víspera de Año Nuevo",
    }


def test_the_librarys_own_names_go_first() -> None:
    found = holidays_of("MX", None, 2026)
    assert found[dt.date(2026, 9, 16)] == {"en": "Independence Day", "es": "Día de la Independencia"}
    assert found[dt.date(2026, 2, 2)]["es"] == "Día de la Constitución"


def test_a_name_that_nobody_translated_stays_english() -> None:
    canada_day = holidays_of("CA", None, 2026)[dt.date(2026, 7, 1)]
    assert canada_day == {"en": "Canada Day"}


def test_every_name_of_every_state_is_listed() -> None:
    """A new version of the library may bring new ones."""
    states = (None, *public_holidays.country_holidays("US").subdivisions)
    written = {
        part
        for state in states
        for names in public_holidays.country_holidays("US", subdiv=state, years=range(2024, 2037)).values()
        for part in names.split("; ")
    }
    plain = {found[1] if (found := OBSERVED.fullmatch(name)) else name for name in written}
    assert {SHORTER.get(name, name) for name in plain} == NAMES
