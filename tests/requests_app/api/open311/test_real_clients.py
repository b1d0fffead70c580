"""Clients that others wrote, pinned, each in an environment of its own and as it is: bin/test --all, or by name with -m slow.

What is skipped says why: the registry can't be reached, or the client isn't installed here.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from requests_app import api_keys
from requests_app.models import ServiceRequest
from tests import factories
from tests.live import Site
from tests.packages import NPM_INSTALL, PACKAGES, install, python_with

pytestmark = [pytest.mark.slow, pytest.mark.shows("15.2")]
GEOREPORT = ("georeport==0.3.1",)
THREE = ("three==0.8.0", "simplejson==3.20.1")
NPM = "0.0.12"
RUN_S = 120


@dataclass
class Desk:
    """The running site, for a client's program: it reads these three and prints JSON."""

    endpoint: str
    discovery: str
    key: str
    cast: factories.Rivermark

    def run(self, *command: str, folder: Path | None = None, **more: str) -> Any:
        environment = {
            "PATH": os.environ["PATH"],
            "ENDPOINT": self.endpoint,
            "DISCOVERY": self.discovery,
            "KEY": self.key,
        }
        done = subprocess.run(
            command, env=environment | more, cwd=folder, capture_output=True, text=True, timeout=RUN_S, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def desk(live_site: Site, worker: None) -> Iterator[Desk]:
    cast = factories.rivermark()
    site = f"{live_site.url}/open311"
    yield Desk(f"{site}/v2/", f"{site}/discovery.json", api_keys.create(cast.city, "A client")[1], cast)
    live_site.kill("worker")


GEOREPORT_PROGRAM = """
import json, os
from georeport import GeoReport
told = {}
for format in ("json", "xml"):
    client = GeoReport(os.environ["ENDPOINT"], api_key=os.environ["KEY"], output_format=format)
    codes = [one["service_code"] for one in client.get_service_list()]
    definition = client.get_service_definition("pothole")
    found = client.get_service_requests(status="open")
    found = found if isinstance(found, list) else [found]
    told[format] = [codes, definition["service_code"], [one["service_request_id"] for one in found]]
print(json.dumps(told))
"""

# Written for Python 2: the names that Python 3 no longer has are supplied from outside. `relaxml` reads XML, which isn't asked for.
THREE_PROGRAM = """
import itertools, json, os, sys, types
itertools.ifilter = filter
sys.modules["relaxml"] = types.SimpleNamespace(xml=None)
from three.core import Three
client = Three(os.environ["ENDPOINT"], api_key=os.environ["KEY"])
made = client.post("tree", address="12 Elm St", name="Ana Ortiz", description="A branch hangs low.")
number = made[0]["service_request_id"]
print(json.dumps({
    "discovery": client.discovery()["endpoints"][0]["url"],
    "codes": [one["service_code"] for one in client.services()],
    "definition": client.services("pothole")["service_code"],
    "number": number,
    "read": client.request(number)[0]["description"],
    "listed": [one["service_request_id"] for one in client.requests("tree", count=5)],
    "refused": client.post("tree")[0]["code"],
}))
"""

# Two of its dependencies are no longer in any registry (a git:// address, and a parser for Node 0.6). They read XML only.
NPM_PROGRAM = """
const Open311 = require("open311");
const desk = new Open311({discovery: process.env.DISCOVERY, apiKey: process.env.KEY});
const step = (call) => new Promise((resolve, reject) => call((error, data) => error ? reject(new Error(data)) : resolve(data)));
(async () => {
  await step((done) => desk.serviceDiscovery({cache: true, type: process.env.TYPE}, done));
  const codes = (await step((done) => desk.serviceList(done))).map((one) => one.service_code);
  const definition = await step((done) => desk.serviceDefinition("pothole", done));
  const sent = {service_code: "pothole", lat: 40.5, long: -69.0, description: "A hole", attributes: {where: "lane"}};
  const [made] = await step((done) => desk.submitRequest(sent, done));
  const [read] = await step((done) => desk.serviceRequest(made.service_request_id, done));
  const refused = await step((done) => desk.submitRequest({service_code: "pothole"}, done)).catch((error) => error.message);
  console.log(JSON.stringify({endpoint: desk.endpoint, codes, definition: definition.service_code, number: made.service_request_id,
    read: read.description, status: read.status, refused}));
})().catch((error) => { console.error(error); process.exit(1); });
"""

# A report as their database has it, sent twice, as their daemon does when it got no number.
FIXMYSTREET_PROGRAM = """
use strict; use warnings; use JSON::PP; use Open311;
package Thing { our $AUTOLOAD; sub new { my ($class, %of) = @_; bless {%of}, $class }
  sub AUTOLOAD { my $self = shift; (my $name = $AUTOLOAD) =~ s/.*:://; return $name eq 'DESTROY' ? undef : $self->{$name} } }
package main;
my $client = Open311->new(endpoint => $ENV{ENDPOINT}, api_key => $ENV{KEY}, jurisdiction => '');
my $services = $client->get_service_list();
my @answers;
for my $service ($ENV{SERVICE}, $ENV{SERVICE}) {
  my $report = Thing->new(id => 7, title => 'Hole', detail => 'A hole', latitude => 40.5, longitude => -69.0,
    user => Thing->new(name => 'Ana Ortiz', email => 'ana@example.org', phone => ''),
    extra => [{name => 'fixmystreet_id', value => '4711'}, {name => 'where', value => 'lane'}]);
  local $SIG{__WARN__} = sub {};
  push @answers, $client->send_service_request($report, {url => 'https://fms.example/report/7'}, $service) || 0;
}
print encode_json({answers => \\@answers, services => ref $services}), "\\n";
"""


def test_georeport_from_pypi_reads_json_and_xml(desk: Desk) -> None:
    made = factories.report(desk.cast.tree).display_reference
    told = desk.run(python_with(*GEOREPORT), "-c", GEOREPORT_PROGRAM)
    for codes, definition, numbers in told.values():
        assert {"pothole", "tree"} <= set(codes)
        assert (definition, numbers) == ("pothole", [made])


def test_three_from_pypi_finds_sends_and_reads(desk: Desk) -> None:
    told = desk.run(python_with(*THREE), "-c", THREE_PROGRAM)
    assert told["discovery"].endswith("/open311/v2/")
    assert "tree" in told["codes"]
    assert (told["definition"], told["read"], told["refused"]) == ("pothole", "A branch hangs low.", 400)
    assert told["listed"] == [told["number"]]


def test_open311_from_npm_finds_sends_and_reads(desk: Desk) -> None:
    folder = PACKAGES / f"open311-{NPM}"
    for name in ("sparkxml", "xml2json"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "package.json").write_text(json.dumps({"name": name, "version": "9.9.9", "main": "x.js"}))
        (folder / name / "x.js").write_text("")
    wanted = {"open311": NPM, "sparkxml": "file:./sparkxml", "xml2json": "file:./xml2json"}
    package = {
        "private": True,
        "dependencies": wanted,
        "overrides": {name: f"${name}" for name in ("sparkxml", "xml2json")},
    }
    (folder / "package.json").write_text(json.dumps(package))
    install(*NPM_INSTALL, folder=folder)
    told = desk.run("node", "-e", NPM_PROGRAM, folder=folder, TYPE="production")
    assert told["endpoint"] == desk.endpoint.replace("localhost", "127.0.0.1")
    assert {"pothole", "tree"} <= set(told["codes"])
    assert (told["definition"], told["read"], told["status"]) == ("pothole", "A hole", "open")
    assert "400" in told["refused"]


@pytest.mark.parametrize("service", ["pothole", "outreach"])
def test_fixmystreets_own_client_sends_twice_and_there_is_one_report(desk: Desk, service: str) -> None:
    """Open311.pm in PERL5LIB or FIXMYSTREET_LIB, with what it uses (Moose, LWP, XML::Simple)."""
    more = {"PERL5LIB": os.pathsep.join(filter(None, [os.environ.get("FIXMYSTREET_LIB"), os.environ.get("PERL5LIB")]))}
    loads = subprocess.run(["perl", "-MOpen311", "-e", "1"], env=os.environ | more, capture_output=True, check=False)
    if loads.returncode != 0:
        pytest.skip("Open311.pm is not installed: set FIXMYSTREET_LIB to the perllib folder of FixMyStreet")
    told = desk.run("perl", "-e", FIXMYSTREET_PROGRAM, SERVICE=service, **more)
    made = ServiceRequest.objects.get()
    assert told["services"] == "HASH"
    if service == "pothole":
        assert told["answers"] == [made.display_reference] * 2
