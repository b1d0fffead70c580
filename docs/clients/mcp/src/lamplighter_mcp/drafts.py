"""A draft: a link to the city's own form with everything filled in. Nothing is sent before a person does."""

from urllib.parse import urlencode

# What a program wrote says so on the request, for staff and for everyone who reads it.
MARKS = {
    "en": "(Written with an AI assistant, sent by a person.)",
    "es": "(Escrito con un asistente de IA, enviado por una persona.)",
}
# A longer address is refused by many web servers on the way.
LINK_MAX = 3500


def marked(text: str, language: str) -> str:
    """Once, however often it is drafted."""
    words = text.strip()
    for mark in MARKS.values():
        words = words.removesuffix(mark).rstrip()
    return f"{words}\n\n{MARKS.get(language, MARKS['en'])}"


def link(site: str, service: str, text: str, place: tuple[float, float] | None, asset: str) -> tuple[str, bool]:
    """The link, and whether the text is in it."""
    given = {"service": service}
    if asset:
        given["asset"] = asset
    elif place:
        given |= {"lat": f"{place[0]:.6f}", "long": f"{place[1]:.6f}"}
    whole = f"{site}/report/?{urlencode(given | {'text': text})}"
    return (whole, True) if len(whole) <= LINK_MAX else (f"{site}/report/?{urlencode(given)}", False)
