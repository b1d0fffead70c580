"""The public holidays of a country or state, with their names in the site's languages.

The library `holidays` knows the days of many countries and, for some, their names in several languages. For those of the United
States it has English names only: they are listed here, and their translations are in locale/ like those of all other words.
"""

import datetime as dt
import re
from functools import lru_cache

import holidays as public_holidays
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

# Of the United States, its states and territories, as the library writes them.
NAMES = frozenset({
    gettext_noop("Alaska Day"),
    gettext_noop("All Souls' Day"),
    gettext_noop("American Indian Heritage Day"),
    gettext_noop("American Samoa Flag Day"),
    gettext_noop("Arbor Day"),
    gettext_noop("Bennington Battle Day"),
    gettext_noop("Casimir Pulaski Day"),
    gettext_noop("Cesar Chavez Day"),
    gettext_noop("Christmas Day"),
    gettext_noop("Christmas Eve"),
    gettext_noop("Christmas Second Day"),
    gettext_noop("Citizenship Day"),
    gettext_noop("Columbus Day"),
    gettext_noop("Columbus Day / American Indian Heritage Day / Fraternal Day"),
    gettext_noop("Columbus Day and Puerto Rico Friendship Day"),
    gettext_noop("Commonwealth Covenant Day"),
    gettext_noop("Commonwealth Cultural Day"),
    gettext_noop("Confederate Memorial Day"),
    gettext_noop("Constitution Day"),
    gettext_noop("Day After Christmas"),
    gettext_noop("Day After Thanksgiving"),
    gettext_noop("Diwali"),
    gettext_noop("Dr. Martin Luther King Jr. / Civil Rights Day"),
    gettext_noop("Dr. Martin Luther King Jr. and Robert E. Lee's Birthdays"),
    gettext_noop("Easter Monday"),
    gettext_noop("Election Day"),
    gettext_noop("Emancipation Day"),
    gettext_noop("Emancipation Day In Texas"),
    gettext_noop("Epiphany"),
    gettext_noop("Family Day"),
    gettext_noop("Frances Xavier Cabrini Day"),
    gettext_noop("Friday After Thanksgiving"),
    gettext_noop("George Washington & Thomas Jefferson's Birthday"),
    gettext_noop("George Washington Day"),
    gettext_noop("George Washington's Birthday and Daisy Gatson Bates Day"),
    gettext_noop("Good Friday"),
    gettext_noop("Guam Discovery Day"),
    gettext_noop("Holy Thursday"),
    gettext_noop("Inauguration Day"),
    gettext_noop("Independence Day"),
    gettext_noop("Indigenous Peoples' Day"),
    gettext_noop("Indigenous Peoples' Day / Columbus Day"),
    gettext_noop("Jefferson Davis Birthday"),
    gettext_noop("Juneteenth National Independence Day"),
    gettext_noop("Kamehameha Day"),
    gettext_noop("Labor Day"),
    gettext_noop("Lady of Camarin Day"),
    gettext_noop("Liberation Day (Guam)"),
    gettext_noop("Liberty Day"),
    gettext_noop("Lincoln's Birthday"),
    gettext_noop("Lincoln's and Washington's Birthdays"),
    gettext_noop("Lincoln/Washington Presidents' Day"),
    gettext_noop("Lyndon Baines Johnson Day"),
    gettext_noop("Manu'a Islands Cession Day"),
    gettext_noop("Mardi Gras"),
    gettext_noop("Martin Luther King Jr. / Idaho Human Rights Day"),
    gettext_noop("Martin Luther King Jr. Day"),
    gettext_noop("Martin Luther King Jr.'s Birthday"),
    gettext_noop("Martin Luther King, Jr & Robert E. Lee's Birthday"),
    gettext_noop("Memorial Day"),
    gettext_noop("Native American Heritage Day"),
    gettext_noop("Native Americans' Day"),
    gettext_noop("Nevada Day"),
    gettext_noop("New Year's Day"),
    gettext_noop("New Year's Eve"),
    gettext_noop("Patriots' Day"),
    gettext_noop("Pioneer Day"),
    gettext_noop("President's Day"),
    gettext_noop("Presidents Day"),
    gettext_noop("Presidents' Day"),
    gettext_noop("Primary Election Day"),
    gettext_noop("Prince Jonah Kuhio Kalanianaole Day"),
    gettext_noop("Puerto Rican Identity Day"),
    gettext_noop("Puerto Rico Constitution Day"),
    gettext_noop("San Jacinto Day"),
    gettext_noop("Seward's Day"),
    gettext_noop("State Holiday"),
    gettext_noop("Statehood Day"),
    gettext_noop("Susan B. Anthony Day"),
    gettext_noop("Texas Independence Day"),
    gettext_noop("Thanksgiving Day"),
    gettext_noop("Three Kings Day"),
    gettext_noop("Town Meeting Day"),
    gettext_noop("Transfer Day"),
    gettext_noop("Truman Day"),
    gettext_noop("Veterans Day"),
    gettext_noop("Victory Day"),
    gettext_noop("Washington and Lincoln Day"),
    gettext_noop("Washington's Birthday"),
    gettext_noop("Washington's and Lincoln's Birthday"),
    gettext_noop("Washington-Lincoln Day"),
    gettext_noop("West Virginia Day"),
    gettext_noop("White Sunday"),
})  # fmt: skip
# Known by a shorter name, which is translated instead.
SHORTER = {
    "George Washington Day, Presidents' Day, and the Day of the Women and Men Heroes of Puerto Rico": "Presidents' Day",
}
# A holiday on a weekend, on the weekday on which offices are closed for it.
OBSERVED = re.compile(r"(.+) \(observed\)")


@lru_cache(maxsize=64)
def holidays_of(country: str, subdivision: str | None, year: int) -> dict[dt.date, dict[str, str]]:
    """Each holiday of the year with its names by language; those of a language in which it has none are left out."""
    in_english = _read(country, subdivision, year, None)
    found = {day: {"en": name} for day, name in in_english.items()}
    for code in (code for code, _name in settings.LANGUAGES if code != "en"):
        theirs = _spoken(country, code)
        names = _read(country, subdivision, year, theirs) if theirs else {}
        with override(code):
            for day, name in in_english.items():
                if own := names.get(day) or _translated(name):
                    found[day][code] = own
    return found


def _read(country: str, subdivision: str | None, year: int, language: str | None) -> dict[dt.date, str]:
    """language: None for English, or the country's own language if the library has no English names."""
    language = language or _spoken(country, "en")
    return dict(public_holidays.country_holidays(country, subdiv=subdivision, years=year, language=language))


def _spoken(country: str, language: str) -> str | None:
    """The library's code for a language in which it has the country's names."""
    known = public_holidays.country_holidays(country).supported_languages
    return next((code for code in known if code.split("_")[0] == language.split("-")[0]), None)


def _translated(name: str) -> str:
    """In the active language; empty if one of the day's holidays isn't in NAMES."""
    parts = [_one_translated(part) for part in name.split("; ")]
    return "; ".join(parts) if all(parts) else ""


def _one_translated(name: str) -> str:
    observed = OBSERVED.fullmatch(name)
    plain = observed[1] if observed else name
    plain = SHORTER.get(plain, plain)
    if plain not in NAMES:
        return ""
    return _("%(holiday)s (observed)") % {"holiday": _(plain)} if observed else _(plain)
