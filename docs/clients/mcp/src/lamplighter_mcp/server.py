"""For AI assistants: reads a city's requests, drafts reports, and sends one when its person says yes."""

import argparse
import os
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from lamplighter_client import Lamplighter, Problem, shapes
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import AcceptedElicitation, Elicit, ElicitationResult, Resolve
from pydantic import Field

from lamplighter_mcp import consent, danger, drafts, marked, staff_tools
from lamplighter_mcp.city import READS, ROWS_MAX, WRITES, Cities, Language, problems_said

VERSION = "0.2.0"
INSTRUCTIONS = f"""\
Reads the public service requests of one city, drafts reports, and sends one when the person says yes. {marked.NOTE}
If someone is in danger, say first that they should call the emergency number, and draft nothing.
If an answer begins with `emergency`, tell the person its words as they are before anything else.
send_report shows the person every word and the place, and asks them. Nobody else can say yes. Where your program can't ask, or the
person wants to change something, give them the link of draft_report: they check it, change it and send it.
"""
Month = Annotated[str, Field(description="A month like 2026-06, or nothing.", pattern=r"^(\d{4}-\d{2})?$")]
Latitude = Annotated[float | None, Field(ge=-90, le=90)]
Longitude = Annotated[float | None, Field(ge=-180, le=180)]
ServiceCode = Annotated[str, Field(description="The code of a service, from find_service.", max_length=60)]
Text = Annotated[str, Field(description="What is wrong, in plain words.", min_length=1, max_length=3900)]
Address = Annotated[str, Field(description="Where it is.", max_length=200)]
AssetNumber = Annotated[str, Field(description="The number on a street light, a hydrant …", max_length=60)]
Answers = Annotated[
    dict[str, str], Field(description="The person's answers to the service's questions, by the question's code.")
]


@dataclass(frozen=True)
class Checked:
    """A report that could be sent: the service, what its place is called, and the words with their mark."""

    about: shapes.Service
    label: str | None
    place: tuple[float, float] | None
    words: str
    emergency: shapes.Emergency | None


def make(site: str, key: str, *, for_staff: bool = False) -> MCPServer:
    server = MCPServer("lamplighter", title="Service requests of the city", instructions=INSTRUCTIONS, version=VERSION)
    city = Cities(site, key)

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
        lat: Latitude = None,
        long: Longitude = None,
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

    def check(
        client: Lamplighter,
        service: str,
        text: str,
        address: str,
        lat: float | None,
        long: float | None,
        asset: str,
        language: str,
    ) -> Checked:
        about, emergency = client.service(service), danger.find(client, text)
        label, place = _place(client, address, lat, long)
        label = client.asset(asset)["name"] if asset else label
        return Checked(about, label, place, drafts.marked(text, language), emergency)

    def draft(client: Lamplighter, report: Checked, asset: str) -> marked.Answer:
        """The answer with the link, or nothing but the danger."""
        if report.emergency and danger.stops(report.emergency):
            return danger.alone(report.emergency)
        link, has_text = drafts.link(client.site, report.about["code"], report.words, report.place, asset)
        then = "" if has_text else " The text is too long for a link: they paste it into the form."
        number, asked = city.about()["emergency_number"], report.about["emergency_question"] or ""
        answer = marked.answer(
            {
                "is_sent": False,
                "next": f"Give the person this link. They check the report and send it themselves.{then}",
                "link": link,
                "service": report.about["name"],
                "place": report.label,
                "text": report.words,
                "questions": report.about["questions"],
                "in_danger": f"Call {number}. {asked}".strip(),
            }
        )
        return danger.before(report.emergency, answer)

    @server.tool(annotations=READS)
    def draft_report(
        service: ServiceCode,
        text: Text,
        address: Address = "",
        lat: Latitude = None,
        long: Longitude = None,
        asset: AssetNumber = "",
        language: Language = "en",
    ) -> marked.Answer:
        """Draft a report. Nothing is sent: the person opens the link, answers the city's questions, checks it and sends it.

        Nothing is drafted where someone is in danger: the answer says whom to call instead.
        """
        with problems_said():
            client = city(language)
            return draft(client, check(client, service, text, address, lat, long, asset, language), asset)

    def ask_person(
        context: Context[Any, Any],
        service: str,
        text: str,
        answers: dict[str, str],
        address: str,
        lat: float | None,
        long: float | None,
        asset: str,
        language: str,
    ) -> Elicit[consent.YesAndEmail] | consent.Instead:
        with problems_said():
            client = city(language)
            report = check(client, service, text, address, lat, long, asset, language)
            if (report.emergency and danger.stops(report.emergency)) or not (key and consent.can_ask(context)):
                return consent.Instead(draft(client, report, asset))
        missing = [
            f"{one['code']}: {one['text']}"
            for one in report.about["questions"]
            if one["is_required"] and not one["only_if"] and not answers.get(one["code"])
        ]
        if missing:
            raise ToolError("\n".join(["Ask the person these questions first:", *missing]))
        name = city.about()["name"]
        asked = consent.question(name, report.about, report.label or "", answers, report.words, language)
        return Elicit(asked, consent.form(language))

    @server.tool(annotations=WRITES)
    def send_report(
        yes: Annotated[ElicitationResult[consent.YesAndEmail], Resolve(ask_person)],
        service: ServiceCode,
        text: Text,
        answers: Answers = {},  # noqa: B006 - it is read only
        address: Address = "",
        lat: Latitude = None,
        long: Longitude = None,
        asset: AssetNumber = "",
        language: Language = "en",
    ) -> marked.Answer:
        """Send a report, if the person says yes: your program shows them every word and the place, and asks them.

        Where it can't ask, the answer is the link of draft_report, and nothing is sent.
        """
        if not isinstance(yes, AcceptedElicitation) or (isinstance(yes.data, consent.Yes) and not yes.data.send):
            return marked.answer({"is_sent": False, "next": "The person said no. Ask what they want to change."})
        if isinstance(yes.data, consent.Instead):
            return yes.data.answer
        with problems_said():
            client = city(language)
            report = check(client, service, text, address, lat, long, asset, language)
            place: shapes.NewPlace = {"asset": asset} if asset else {}
            if report.place and not asset:
                place = {"lat": report.place[0], "long": report.place[1]}
            contact: shapes.NewContact = {"email": yes.data.email} if yes.data.email else {}
            sent = (report.about["code"], report.words, place, answers, contact)
            try:
                receipt = client.report(
                    report.about["code"],
                    report.words,
                    place=place,
                    answers=answers,
                    contact=contact,
                    idempotency_key=consent.key(*sent),
                )
            except Problem as problem:
                if problem.emergency:
                    return danger.alone(problem.emergency)
                raise
        answer = marked.answer(
            {
                "is_sent": True,
                "next": "Tell the person the notice and the number, and give them the private link: it is their way back, and "
                "whoever has it can reply as they could.",
                "reference": receipt["reference"],
                "notice": receipt["notice"],
                "page": receipt["html_url"],
                "private_link": receipt["private_link"],
            }
        )
        return danger.before(receipt["emergency"], answer)

    @server.tool(annotations=READS)
    def read_numbers(since: Month = "", until: Month = "", language: Language = "en") -> marked.Answer:
        """Read whether people said that it was fixed and that they were treated well, by month and service."""
        with problems_said():
            return marked.answer({"numbers": city(language).statistics(since, until)})

    if for_staff:
        staff_tools.add(server, city)
    return server


def _place(
    client: Lamplighter, address: str, lat: float | None, long: float | None
) -> tuple[str | None, tuple[float, float] | None]:
    """What the place is called, and its position. Raises ToolError for an address that the city doesn't know."""
    if lat is not None and long is not None:
        found = client.places(at=(lat, long))
        return f"{found[0]['label']} ({lat}, {long})" if found else f"{lat}, {long}", (lat, long)
    if lat is not None or long is not None:
        raise ToolError("Give both lat and long, or an address.")
    if not address.strip():
        return None, None
    found = client.places(address)
    if not found:
        raise ToolError("The city knows no such address. Ask the person for another one, or for a corner nearby.")
    return found[0]["label"], (found[0]["lat"], found[0]["long"])


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="lamplighter-mcp",
        description="An MCP server: an AI assistant reads a city's service requests, drafts reports, and sends one when its person "
        "says yes.",
        epilog="LAMPLIGHTER_KEY is an API key: with the scope report, reports can be sent. It is no option, since every user of a "
        "computer can read the options of a running command.",
    )
    site = os.environ.get("LAMPLIGHTER_SITE", "")
    parser.add_argument("--site", metavar="URL", default=site, help="the city's address, if not in LAMPLIGHTER_SITE")
    parser.add_argument(
        "--staff",
        action="store_true",
        help="also the tools for staff: needs a key with the scope staff",
    )
    parser.add_argument(
        "--http", action="store_true", help="streamable HTTP at /mcp instead of standard input and output"
    )
    parser.add_argument("--host", default="127.0.0.1", help="with --http: the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8312, help="with --http: the port (8312)")
    chosen = parser.parse_args()
    try:
        server = make(Lamplighter(chosen.site).site, os.environ.get("LAMPLIGHTER_KEY", ""), for_staff=chosen.staff)
    except ValueError as error:
        parser.error(str(error))
    if chosen.http:
        server.run("streamable-http", host=chosen.host, port=chosen.port)
    else:
        server.run("stdio")
