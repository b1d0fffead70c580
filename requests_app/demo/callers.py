"""Twelve invented callers for [Ring], with what they say. Their numbers ring nowhere, and nothing of these calls is counted."""

from dataclasses import dataclass

from django.db.models import Max

from requests_app import references
from requests_app.actions.contacts import calls
from requests_app.models import Calendar, DeskLine, Jurisdiction, PhoneCall, User

LINE = "311"


@dataclass(frozen=True)
class Caller:
    """number: as a telephone system sends it. says: in the caller's own language."""

    code: str
    number: str
    says: str
    language: str = "en"


CALLERS = [
    Caller("pothole", "6175550121", "There’s a big pothole on Elm Street by the bus stop. My tire is flat. Who pays for that?"),
    Caller("holiday", "6175550122", "Hi, is trash picked up on Thursday? It’s a holiday, isn’t it?"),
    Caller("light", "6175550123", "The street light at my house has been out for a week. I called before, and nobody came."),
    Caller("gas", "6175550124", "It smells like rotten eggs in our hallway, and my neighbor feels dizzy. Who do I call?"),
    Caller("tree", "6175550125", "I’m calling for my mother at 12 Oak Avenue. A branch came down on her fence."),
    Caller("secret", "anonymous", "I don’t want to give my name. People dump old furniture behind the school every night."),
    Caller("relay", "7116175550126", "Relay service with a call for you. When does the library open on Saturday? Go ahead."),
    Caller("status", "6175550127 x14", "I reported graffiti and have the number here: can you tell me what’s happening with it?"),
    Caller("basura", "6175550128", "Buenos días. ¿Cómo puedo deshacerme de un colchón? Es muy grande para la basura.", "es"),
    Caller("agua", "6175550129", "Sale mucha agua de la calle, frente al 40 de Main Street. ¡Ya llega a la acera!", "es"),
    Caller("ruido", "6175550130", "Llamo por el ruido de una obra. Empiezan a las cinco de la mañana. ¿Está permitido?", "es"),
    Caller("angry", "6175550131", "I waited ten minutes! My street was never plowed. I want to talk to the mayor. Now."),
]  # fmt: skip
BY_CODE = {caller.code: caller for caller in CALLERS}


def load(jurisdiction: Jurisdiction) -> None:
    """The line that they call, with its hours, greeting and promise. Does nothing if the desk has one."""
    if DeskLine.objects.filter(jurisdiction=jurisdiction).exists():
        return
    DeskLine.objects.create(
        jurisdiction=jurisdiction,
        number=LINE,
        phone=LINE,
        name={"en": "Main line", "es": "Línea principal"},
        greeting={
            "en": "Thanks for calling {city}. My name is {name}. How can I help you today?",
            "es": "Gracias por llamar a {city}. Me llamo {name}. ¿En qué le puedo ayudar?",
        },
        promise={
            "en": "We answer most calls within two minutes.",
            "es": "Contestamos la mayoría de las llamadas en dos minutos.",
        },
        calendar=Calendar.objects.filter(jurisdiction=jurisdiction, always=False).order_by("id").first(),
    )


def ring(jurisdiction: Jurisdiction, taker: User) -> PhoneCall:
    """The next of them calls this taker: one who hasn't called, or whose last call is the longest ago."""
    rung = PhoneCall.objects.filter(jurisdiction=jurisdiction, rings_at__contains=[taker.pk]).exclude(story="")
    last = dict(rung.values_list("story").annotate(Max("rung_at")))
    caller = min(CALLERS, key=lambda one: last[one.code].timestamp() if one.code in last else 0.0)
    call_id = f"story-{references.random_symbols(16)}"
    return calls.ring(
        jurisdiction, call_id, caller=caller.number, line=LINE, takers=[taker], is_practice=True, story=caller.code
    )
