"""A yes that only a person can give: the assistant's program shows them what would be sent, and asks (MCP's elicitation)."""

import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from lamplighter_client import shapes
from mcp.server.mcpserver import Context
from pydantic import BaseModel, Field

from lamplighter_mcp import marked


class Yes(BaseModel):
    """What the person fills in. There is no default: who answers nothing has not said yes."""

    send: bool = Field(title="Send it as it is above")


class YesAndEmail(Yes):
    email: str = Field(
        default="", max_length=254, title="Your email, for updates (only the city sees it; you may leave it out)"
    )


class SiYCorreo(YesAndEmail):
    send: bool = Field(title="Enviar tal como está arriba")
    email: str = Field(
        default="",
        max_length=254,
        title="Su correo, para recibir avisos (solo lo ve la ciudad; puede dejarlo en blanco)",
    )


@dataclass(frozen=True)
class Instead:
    """Nothing is asked: the answer of the tool."""

    answer: marked.Answer


def can_ask(context: Context[Any, Any]) -> bool:
    """Whether the assistant's program can show a form to its person."""
    capabilities = context.client_capabilities
    asks = capabilities.elicitation if capabilities else None
    # A program from before there were two ways says neither, and has forms.
    return asks is not None and (asks.form is not None or asks.url is None)


def form(language: str) -> type[YesAndEmail]:
    return SiYCorreo if language.lower().startswith("es") else YesAndEmail


def question(city: str, about: shapes.Service, label: str, answers: dict[str, str], words: str, language: str) -> str:
    """Everything that would be sent, in the person's language if it is English or Spanish."""
    spanish = language.lower().startswith("es")
    texts = {one["code"]: one["text"] for one in about["questions"]}
    labels = {
        (one["code"], option["value"]): option["label"] for one in about["questions"] for option in one["options"]
    }
    lines = [
        f"¿Enviar este reporte a {city}?" if spanish else f"Send this report to {city}?",
        "",
        f"{'Servicio' if spanish else 'Service'}: {about['name']}",
        f"{'Lugar' if spanish else 'Place'}: {label or '-'}",
        *(f"{texts.get(code, code)} {labels.get((code, answer), answer)}" for code, answer in answers.items()),
        "",
        words,
        "",
    ]
    if about["is_private"]:
        lines.append("Solo lo lee la ciudad." if spanish else "Only the city reads it.")
    else:
        lines.append("Todos pueden leerlo." if spanish else "Everyone can read it.")
    return "\n".join(lines)


# Of this process. Whoever else runs this server has another.
SALT = secrets.token_bytes(16)


def key(*sent: object) -> str:
    """An idempotency key: the same yes takes effect once on one day, however often the assistant's program repeats it."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return hashlib.sha256(SALT + json.dumps([today, *sent]).encode()).hexdigest()
