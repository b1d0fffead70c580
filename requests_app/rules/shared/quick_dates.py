"""Dates as people type them: "3" or "+3d" for three days from today, "mon", "next week", "12/5", or the day itself."""

import datetime as dt
import re
import unicodedata

# Weekdays from Monday and months from January, in the languages of our pages. Three letters of a name are enough.
_WEEKDAYS = (
    "monday lunes", "tuesday martes", "wednesday miercoles", "thursday jueves", "friday viernes", "saturday sabado",
    "sunday domingo",
)  # fmt: skip
_MONTHS = (
    "january enero", "february febrero", "march marzo", "april abril", "may mayo", "june junio", "july julio", "august agosto",
    "september septiembre setiembre", "october octubre", "november noviembre", "december diciembre",
)  # fmt: skip
_TODAY, _TOMORROW = {"today", "hoy"}, {"tomorrow", "tom", "manana"}
_NEXT_WEEK = {"next week", "proxima semana", "la proxima semana", "semana proxima"}
_NEXT_MONTH = {"next month", "proximo mes", "el proximo mes"}
_IN_DAYS = re.compile(r"\+?\s*(\d{1,3})\s*(d|days?|dias?|w|weeks?|s|semanas?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_NAMED = re.compile(r"(?:([a-z]{3,})\.? (\d{1,2})|(\d{1,2}) (?:de )?([a-z]{3,})\.?)(?:,? (?:de )?(\d{4}))?")


def read(text: str, today: dt.date) -> dt.date | None:
    """The day that is meant; None if it isn't a date. today: in the city's time zone. A weekday is the next one after today, a day
    without its year the next one from today; numbers are month/day, as in the US."""
    typed = _plain(text)
    if typed in _TODAY:
        return today
    if typed in _TOMORROW:
        return today + dt.timedelta(days=1)
    if typed in _NEXT_WEEK:
        return today + dt.timedelta(days=7 - today.weekday())
    if typed in _NEXT_MONTH:
        return (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if (weekday := _place(_WEEKDAYS, typed.removeprefix("next ").rstrip("."))) is not None:
        return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if match := _IN_DAYS.fullmatch(typed):
        number, unit = int(match[1]), match[2] or "d"
        return today + dt.timedelta(days=number * (1 if unit[0] == "d" else 7))
    if match := _ISO.fullmatch(typed):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(typed):
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0) if match[3] else None
        return _in_year(year, int(match[1]), int(match[2]), today)
    if match := _NAMED.fullmatch(typed):
        month = _place(_MONTHS, match[1] or match[4])
        if month is not None:
            return _in_year(int(match[5]) if match[5] else None, month + 1, int(match[2] or match[3]), today)
    return None


def _plain(text: str) -> str:
    """In small letters, without accents and doubled spaces."""
    letters = unicodedata.normalize("NFD", text.strip().casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def _place(names: tuple[str, ...], typed: str) -> int | None:
    """The place of the name that begins so."""
    if len(typed) < 3 or not typed.isalpha():
        return None
    return next(
        (at for at, spelled in enumerate(names) if any(name.startswith(typed) for name in spelled.split())), None
    )


def _in_year(year: int | None, month: int, day: int, today: dt.date) -> dt.date | None:
    """Without a year: the next such day, up to four years on, for February 29."""
    if year is not None:
        return _day(year, month, day)
    days = (_day(today.year + more, month, day) for more in range(9))
    return next((one for one in days if one is not None and one >= today), None)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
