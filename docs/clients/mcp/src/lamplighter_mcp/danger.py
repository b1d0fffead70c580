"""Danger in what a person said: the city's words come first, and nothing is drafted."""

from lamplighter_client import Lamplighter, shapes

from lamplighter_mcp import marked

# The city reads this many characters at once; the parts of a longer text overlap, so that no sentence is cut in both.
PART, OVERLAP = 1000, 200
# About a person who is hurt by others or by themselves: a report helps none of them, so that perhaps is enough.
ABOUT_A_PERSON = {
    "self_harm", "domestic_violence", "sexual_violence", "child_abuse", "elder_abuse", "trafficking", "overdose", "threat",
}  # fmt: skip
FIRST = (
    "Someone may be in danger. Before anything else, tell the person these words as they are, with the numbers. Ask nothing, "
    "offer no service, and draft nothing."
)
PERHAPS = "Someone may be in danger. Before anything else, tell the person these words as they are, with the numbers."


def find(client: Lamplighter, text: str) -> shapes.Emergency | None:
    """The danger in all of the text, also in its middle: what is sure before what is perhaps."""
    found = [client.suggestions(part).get("emergency") for part in parts(text)]
    dangers = [one for one in found if one]
    return next((one for one in dangers if stops(one)), dangers[0] if dangers else None)


def parts(text: str) -> list[str]:
    step = PART - OVERLAP
    cut = [text[start : start + PART] for start in range(0, max(len(text) - OVERLAP, 1), step)]
    return [part for part in cut if part.strip()]


def stops(emergency: shapes.Emergency) -> bool:
    """Whether nothing else is said."""
    return emergency["is_sure"] or emergency["kind"] in ABOUT_A_PERSON


def before(emergency: shapes.Emergency | None, answer: marked.Answer) -> marked.Answer:
    """The answer, after the danger if there is any."""
    if emergency is None:
        return answer
    first = FIRST if stops(emergency) else PERHAPS
    return {"emergency": {"do_first": first, **emergency}, **answer}


def alone(emergency: shapes.Emergency) -> marked.Answer:
    """Nothing but the danger."""
    return before(emergency, marked.answer({"is_sent": False, "link": None}))
