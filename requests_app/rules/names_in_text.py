"""Finds likely names of people in English and Spanish text, without a list of names. Only a hint."""

import re
from collections.abc import Iterator

_WORD = r"[^\W\d_][\w'’-]*"
# A capitalized word, as in names: "O’Neil", "María-José", "J."
_NAME = r"(?:[A-ZÀ-ÖØ-Þ](?:\.|[^\W\d_]*(?:['’-][^\W\d_]+)*))"
_NAMES = rf"{_NAME}(?:\s+(?:de\s+la|de\s+los|del|de|van|von|la|y)?\s*{_NAME})" + "{0,3}"

# "My name is …": what follows, in any case.
INTRODUCED = re.compile(
    rf"\b(?:my\s+name\s+is|my\s+name['’]s|me\s+llamo|mi\s+nombre\s+es)\s+(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})",
    re.IGNORECASE,
)
# "Mr. Alvarez", "la señora Ruiz", "don Pedro": the title is part of the match.
TITLED = re.compile(
    r"(?<![\w.])(?P<name>(?:(?i:mr|mrs|ms|mister|sr|sra|srta|señor|señora|señorita|don|doña|profesora?|officer|oficial)\b|"
    rf"(?i:dr|dra|doctora?)\b)\.?\s+{_NAMES})"
)
# "My neighbor Bob Hill", "mi casero Luis".
RELATED = re.compile(
    r"\b(?i:my|our|the|his|her|mi|mis|nuestro|nuestra|el|la|su)\s+(?i:neighbou?r|landlord|landlady|super|tenant|owner|husband|wife|"
    r"son|daughter|mother|father|brother|sister|boss|vecin[oa]|caser[oa]|dueñ[oa]|inquilin[oa]|espos[oa]|marido|hij[oa]|hermano|"
    rf"hermana|jef[ea]),?\s+(?i:named\s+|called\s+|llamad[oa]\s+|se\s+llama\s+)?(?P<name>{_NAMES})"
)

# After "my name is" these are not a name, or end one: "my name is Ana and I live here".
_NOT_A_NAME = re.compile(
    "not|on|in|at|being|no|still|the|an?|written|wrong|private|public|confidential|withheld|listed|anonymous|and|or|i|i['’]m|live|lives|"
    "from|but|my|this|that|it|is|was|for|with|to|of|please|por|favor|y|e|o|vivo|en|mi|soy|con|que|pero|una?|el|la|los|las|estoy|está|"
    "anónim[oa]|privad[oa]",
    re.IGNORECASE,
)
# "Dr. Martin Luther King Blvd" is a street, and so is "Elm Dr".
_PLACE_AFTER = re.compile(
    r"[\s,.]*(?i:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|sq|square|hwy|highway|pkwy|"
    r"parkway|park|school|bridge|plaza|library|center|high|elementary|field|memorial|hospital|church|calle|avenida)\b"
)
_PLACE_WORD = re.compile(
    "St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Drive|Ln|Lane|Ct|Court|Pl|Place|Way|Sq|Square|Hwy|Highway|Pkwy|Parkway|Park|School|"
    "Bridge|Plaza|Library|Center"
)


def spans(text: str) -> Iterator[tuple[int, int]]:
    for match in INTRODUCED.finditer(text):
        if name := _introduced(match["name"]):
            yield match.start("name"), match.start("name") + len(name)
    for match in TITLED.finditer(text):
        if not _is_street(text, match):
            yield match.span("name")
    for match in RELATED.finditer(text):
        # In all caps, names look like other words: "MY NEIGHBOR PLAYS MUSIC".
        if not match["name"].isupper() and not _is_street(text, match):
            yield match.span("name")


def _introduced(words: str) -> str:
    """The name after "my name is": up to the first word that cannot be part of one."""
    name = ""
    first_is_capital = words[:1].isupper()
    for match in re.finditer(_WORD, words):
        word = match[0]
        # A lower-case name may be followed by anything, so take two words at most.
        is_over = _NOT_A_NAME.fullmatch(word) or (first_is_capital and not word[:1].isupper())
        if is_over or (not first_is_capital and len(name.split()) == 2):
            break
        name = words[: match.end()]
    return name


def _is_street(text: str, match: re.Match[str]) -> bool:
    """A street or school named after a person, or "Dr." at the end of a street: "Elm Dr. Please"."""
    name = match["name"]
    if any(_PLACE_WORD.fullmatch(word.strip(".")) for word in name.split()[1:]):
        return True
    if _PLACE_AFTER.match(text, match.end("name")):
        return True
    is_doctor = re.match(r"(?i:dr)\b", name) is not None
    return is_doctor and re.search(r"(?:[A-Z0-9][\w'’]*)\s+$", text[: match.start("name")]) is not None
