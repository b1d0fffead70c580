"""The tools. All of them only read: none sends a report, a comment or an email."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, Literal

from lamplighter_client import Lamplighter, Problem, Retries, Unreachable
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from lamplighter_mcp import danger, drafts, marked

INSTRUCTIONS = f"""\
Reads the public service requests of one city, and drafts reports. {marked.NOTE}
If someone is in danger, say first that they should call the emergency number, and draft nothing.
If an answer begins with `emergency`, tell the person its words as they are before anything else.
You cannot send a report. Give the person the link of draft_report: they check it, change it and send it.
"""
ROWS_MAX = 50
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
Language = Annotated[Literal["en", "es"], Field(description="Of the answer: the person's own.")]
Month = Annotated[str, Field(description="A month like 2026-06, or nothing.", pattern=r"^(\d{4}-\d{2})?$")]


@contextmanager
def problems_said() -> Iterator[None]:
    """The city's own words about what is wrong, for the assistant."""
    try:
        yield
    except Problem as problem:
        raise ToolError(
            "\n".join([problem.detail, *(f"{one.field}: {one.message}" for one in problem.errors)])
        ) from None
    except Unreachable as error:
        raise ToolError(str(error)) from None


def make(site: str, key: str) -> MCPServer:
    server = MCPServer("lamplighter", title="Service requests of the city", instructions=INSTRUCTIONS, version="0.1.0")

    def city(language: str) -> Lamplighter:
        return Lamplighter(site, key, language=language, retries=Retries(times=2, longest_s=10))

    @server.tool(annotations=READS)
    def find_service(
        words: Annotated[
            str, Field(description="What the person wants, in their words.", min_length=1, max_length=1000)
        ],
        language: Language = "en",
    ) -> marked.Answer:
        """Find what can be reported to the city, and its articles, by words. Each service has its questions."""
        with problems_said():
            client = city(language)
            found = client.suggestions(words)
            emergency = found.get("emergency")
            if emergency and danger.stops(emergency):
                return danger.alone(emergency)
            services = [client.service(one["code"]) for one in found["services"][:3]]
        answer = marked.answer(
            {
                "services": [
                    {
                        "code": one["code"],
                        "name": one["name"],
                        "description": one["description"],
                        "page": one["html_url"],
                        "is_private": one["is_private"],
                        "emergency_question": one["emergency_question"],
                        "questions": one["questions"],
                    }
                    for one in services
                ],
                "articles": [{"title": one["title"], "page": one["html_url"]} for one in found["articles"]],
            }
        )
        return danger.before(emergency, answer)

    @server.tool(annotations=READS)
    def look_up_request(
        reference: Annotated[str, Field(description="Its number, like 7K3M-9QWT.", max_length=40)],
        language: Language = "en",
    ) -> marked.Answer:
        """Look a service request up by its number: status, next step, timeline."""
        with problems_said():
            return marked.answer(marked.request(city(language).request(reference)))

    @server.tool(annotations=READS)
    def search_requests(
        address: Annotated[str, Field(description="An address, a corner or a park of the city.", max_length=200)] = "",
        lat: Annotated[float | None, Field(ge=-90, le=90)] = None,
        long: Annotated[float | None, Field(ge=-180, le=180)] = None,
        meters: Annotated[int, Field(ge=1, le=5000, description="How far around the place.")] = 300,
        words: Annotated[str, Field(description="Words of the request.", max_length=100)] = "",
        status: Literal["", "open", "ended"] = "",
        most: Annotated[int, Field(ge=1, le=ROWS_MAX)] = 10,
        language: Language = "en",
    ) -> marked.Answer:
        """Search recent and open requests around a place: by its address, or by lat and long."""
        with problems_said():
            client = city(language)
            label, place = _place(client, address, lat, long)
            near = (*place, float(meters)) if place else None
            rows = list(islice(client.requests(near=near, q=words, status=status, page_size=most), most))
        return marked.answer({"place": label, "requests": [marked.row(one) for one in rows]})

    @server.tool(annotations=READS)
    def draft_report(
        service: Annotated[str, Field(description="The code of a service, from find_service.", max_length=60)],
        text: Annotated[str, Field(description="What is wrong, in plain words.", min_length=1, max_length=3900)],
        address: Annotated[str, Field(description="Where it is.", max_length=200)] = "",
        lat: Annotated[float | None, Field(ge=-90, le=90)] = None,
        long: Annotated[float | None, Field(ge=-180, le=180)] = None,
        asset: Annotated[str, Field(description="The number on a street light, a hydrant …", max_length=60)] = "",
        language: Language = "en",
    ) -> marked.Answer:
        """Draft a report. Nothing is sent: the person opens the link, answers the city's questions, checks it and sends it.

        Nothing is drafted where someone is in danger: the answer says whom to call instead.
        """
        with problems_said():
            client = city(language)
            emergency = danger.find(client, text)
            if emergency and danger.stops(emergency):
                return danger.alone(emergency)
            about, number = client.service(service), client.city()["emergency_number"]
            label, place = _place(client, address, lat, long)
        words = drafts.marked(text, language)
        link, has_text = drafts.link(client.site, about["code"], words, place, asset)
        then = "" if has_text else " The text is too long for a link: they paste it into the form."
        answer = marked.answer(
            {
                "is_sent": False,
                "next": f"Give the person this link. They check the report and send it themselves.{then}",
                "link": link,
                "service": about["name"],
                "place": label,
                "text": words,
                "questions": about["questions"],
                "in_danger": f"Call {number}. {about['emergency_question'] or ''}".strip(),
            }
        )
        return danger.before(emergency, answer)

    @server.tool(annotations=READS)
    def read_numbers(since: Month = "", until: Month = "", language: Language = "en") -> marked.Answer:
        """Read whether people said that it was fixed and that they were treated well, by month and service."""
        with problems_said():
            return marked.answer({"numbers": city(language).statistics(since, until)})

    return server


def _place(
    client: Lamplighter, address: str, lat: float | None, long: float | None
) -> tuple[str | None, tuple[float, float] | None]:
    """What the place is called, and its position. Raises ToolError for an address that the city doesn't know."""
    if lat is not None and long is not None:
        return f"{lat}, {long}", (lat, long)
    if lat is not None or long is not None:
        raise ToolError("Give both lat and long, or an address.")
    if not address.strip():
        return None, None
    found = client.places(address)
    if not found:
        raise ToolError("The city knows no such address. Ask the person for another one, or for a corner nearby.")
    return found[0]["label"], (found[0]["lat"], found[0]["long"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="lamplighter-mcp", description=__doc__)
    parser.add_argument("--site", default=os.environ.get("LAMPLIGHTER_SITE", ""), help="the city's address")
    parser.add_argument("--http", action="store_true", help="streamable HTTP at /mcp instead of stdio")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8312)
    chosen = parser.parse_args()
    try:
        # A key is never an argument, which every user of the computer could read.
        server = make(Lamplighter(chosen.site).site, os.environ.get("LAMPLIGHTER_KEY", ""))
    except ValueError as error:
        parser.error(str(error))
    if chosen.http:
        server.run("streamable-http", host=chosen.host, port=chosen.port)
    else:
        server.run("stdio")
