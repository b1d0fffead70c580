"""The API's documents run: each block, in order, against the running site, as a reader would who copies it."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pgtrigger
import pytest
from lamplighter_client import command

from requests_app import api_keys
from requests_app.actions.shared.search_index import index_catalog
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.imports.catalog import save
from requests_app.imports.catalog_file import read_catalog
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Event, Jurisdiction, Service, ServiceRequest, ServiceVersion, User
from requests_app.models.api_key import Scope
from tests import factories
from tests.clients.test_mcp import environment as mcp_environment  # noqa: F401
from tests.code_blocks import REFERENCE, ROOT, Block, Session, blocks_of
from tests.live import Site

pytestmark = pytest.mark.shows("15.4")
PUBLIC = [Scope.READ, Scope.REPORT, Scope.UPDATES, Scope.WEBHOOKS]
# By document: the scopes of the key that it says it needs.
DOCUMENTS = {
    "docs/api-v1.md": PUBLIC,
    "docs/api-staff.md": [Scope.STAFF, Scope.CONTACTS],
    "docs/open311.md": PUBLIC,
    "docs/webhooks.md": PUBLIC,
    "docs/api-keys.md": PUBLIC,
    "docs/clients/python/README.md": PUBLIC,
}
# What these need is in package registries. The second is run by tests/clients/test_build.py.
MCP, TYPESCRIPT = "docs/clients/mcp/README.md", "docs/clients/typescript/README.md"
UNTIL_CTRL_C = "timeout --preserve-status --signal=INT 5 "


@pytest.fixture
def city(live_site: Site) -> Jurisdiction:
    """Rivermark with its potholes, and what the documents name: an address, a ward, a street light, a few reports."""
    city = factories.jurisdiction()
    catalog = read_catalog([RIVERMARK / "catalog.yaml", RIVERMARK / "services/streets.yaml"])
    catalog["services"] = [row for row in catalog["services"] if row["service_code"] == "pothole"]
    for row in catalog["services"]:
        del row["active"], row["test"], row["emergency_check"]
    save(city, catalog)
    Service.objects.update(active=True)
    index_catalog(city)
    # Works on requests, and sends those of callers.
    for role in ("supervisor", "call_taker"):
        factories.staff("Tom", role, city)
    User.objects.update(email="tom@city.example")
    factories.area(city)
    factories.asset(city, "L00417", -69.0, 40.496)
    factories.address(city, "8 Elm Rd", -69.0, 40.49)
    pothole = ServiceVersion.objects.get()
    answers, place = {"where": "travel_lane", "size": "plate"}, factories.at(-69.0, 40.496)
    for description in ("A hole as big as a plate.", "Two holes at the corner.", "A hole that was filled."):
        made = factories.report(pothole, description, answers=answers, point=place)
    factories.run_worker()
    endings.resolve(made.pk, disposition="fixed", text="We filled the hole.", actor=None)
    # Before the last half minute, in which it could be undone.
    with pgtrigger.ignore():
        Event.objects.filter(kind="resolved").update(at=app_now() - dt.timedelta(minutes=1))
    return city


def reader(site: Site, city: Jurisdiction, document: str, scopes: list[Scope], folder: Path) -> Session:
    """With the keys that the document names, and a photo."""
    tom = User.objects.get(name="Tom")
    key = api_keys.create(city, document, scopes=scopes, acts_as=tom if Scope.STAFF in scopes else None)[1]
    test_key = api_keys.create(city, f"{document}, trying", scopes=PUBLIC, is_test=True)[1]
    own = {"KEY": key, "key": key, "LAMPLIGHTER_KEY": key, "TEST_KEY": test_key}
    folder.mkdir()
    (folder / "hole.jpg").write_bytes(factories.jpeg())
    return Session(site.url, "http://127.0.0.1:9/hook", folder, own, factories.run_worker, shutil.which("node") or "")


def test_the_documents_run(live_site: Site, city: Jurisdiction, tmp_path: Path) -> None:
    problems = []
    for number, (document, scopes) in enumerate(DOCUMENTS.items()):
        site = reader(live_site, city, document, scopes, tmp_path / str(number))
        try:
            site.run(blocks_of((ROOT / document).read_text(), document))
        except AssertionError as error:
            problems.append(str(error))
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)
    sent = ServiceRequest.objects.exclude(api_key=None).values_list("api_key__name", flat=True)
    assert {"docs/api-v1.md", "docs/api-staff.md", "docs/open311.md", "docs/clients/python/README.md"} <= set(sent)


@pytest.mark.slow
def test_the_examples_of_the_command_line_run(live_site: Site, city: Jurisdiction, tmp_path: Path) -> None:
    """As `lamplighter --help` prints them; the README has most of them, too. A number in them is that of a request."""
    examples = re.findall(r"^  (lamplighter (?:.*\\\n)*.*)$", command.EXAMPLES, re.MULTILINE)
    assert len(examples) > 4
    # Otherwise it listens until somebody ends it.
    examples = [re.sub("^lamplighter listen", UNTIL_CTRL_C + r"\g<0>", example) for example in examples]
    site = reader(live_site, city, "--help", PUBLIC, tmp_path / "help")
    request = ServiceRequest.objects.earliest("pk").display_reference
    site.answered = dict.fromkeys(re.findall(REFERENCE, command.EXAMPLES), request)
    start = "pip install ./docs/clients/python\nexport LAMPLIGHTER_SITE=https://311.example.org LAMPLIGHTER_KEY=lk_…"
    site.run([Block("--help", line, "sh", code, False) for line, code in enumerate([start, *examples])])
    assert ServiceRequest.objects.filter(api_key__name="--help").exists()


# What is wrong in a document, and what is said about it, with its line.
WRONG = {
    "```sh\ntrue\nfalse\n```": "2: line 2 of the block failed",
    "```sh\ncurl $CITY/api/v1/nothing/\n```": "2: HTTP 404",
    '```sh\necho \'{"a": 1}\'\n```\n```json\n{"a": 2}\n```': "5: a is 1, printed 2",
    '```sh\necho \'{"a": 1}\'\n```\n```json\n{"a": true}\n```': "5: a is 1, printed true",
    '```sh\necho \'{"a": 1, "b": 2}\'\n```\n```json\n{"a": 1}\n```': "5: the answer also has b",
    '```sh\necho \'{"a": {}}\'\n```\n```json\n{"a": {"b": 1, …}}\n```': "5: a has no b",
    "```sh\necho '[1, 2, 3]'\n```\n```json\n[1, 2]\n```": "5: the answer has 3 values, printed 2",
    "```sh\necho '[1, 2, 3]'\n```\n```json\n[2, 1, …]\n```": "5: [2] is 3, printed 1",
    '```sh\necho \'{"at": "soon"}\'\n```\n```json\n{"at": "2026-12-01T08:00:00Z"}\n```': "5: at is",
    "```sh\necho FPMW-APC6, ABCD-EFG2\n```\n```text\n7K3M-9QWT, 7K3M-9QWT\n```": "5: the answer has ABCD-EFG2",
    "```sh\necho '<a><b/></a>'\n```\n```xml\n<a>\n  <c/>\n</a>\n```": "5: the answer is",
    "```sh\necho no\n```\n```json\n{}\n```": "5: printed as JSON",
    "```python\n\nraise ValueError('three')\n```": "line 3, in <module>",
    "```python\nprint(1)\n```\n```text\n2\n```": "5: the answer is '1', printed '2'",
    "```javascript\nthrow new Error('three')\n```": "Error: three",
    "Text.\n```text\nwhat?\n```": "3: a block of text after no program",
    "```\nwhat?\n```": "2: a block of no language after no program",
    '```json\n{"a": }\n```': "2: not JSON",
}


def test_whatever_a_document_says_wrong_is_named_with_its_line(live_site: Site, tmp_path: Path) -> None:
    node = shutil.which("node") or ""
    for document, problem in WRONG.items():
        if "javascript" in document and not node:
            continue
        start = "```sh\nexport CITY=https://311.example.org\n```\n\n"
        site = Session(live_site.url, "", tmp_path, {}, lambda: None, node)
        with pytest.raises(AssertionError) as refused:
            site.run([*blocks_of(start, "start"), *blocks_of(document, "it.md")])
        assert problem in str(refused.value), document
        assert "it.md" in str(refused.value), document


def test_what_the_city_answered_is_used_for_what_is_printed(tmp_path: Path) -> None:
    document = """
```sh
export KEY=lk_…
echo '{"id": "7", "reference": "ABCD-EFG2", "token": "31-xyz", "by": "tomorrow, 3:30 p.m.", "more": [1, 2]}'
```
```json
{"id": "4711", "reference": "FPMW-APC6", "token": "417-…", "by": "Monday, November 30, 7 a.m.", …}
```
Later:

  ```sh
  mark=$KEY
  echo /4711/ /FPMW-APC6/ 417-… $mark
  ```
  ```text
  /7/ /ABCD-EFG2/ 31-xyz secret
  ```
```python
import os
print("FPMW-APC6", os.environ["KEY"])
```
```text
FPMW-APC6 secret
```
"""
    blocks = blocks_of(document, "it.md")
    assert [(block.line, block.language, block.is_answer) for block in blocks][2:4] == [
        (12, "sh", False),
        (16, "text", True),
    ]
    Session("", "", tmp_path, {"KEY": "secret"}, lambda: None, "").run(blocks)


def test_each_document_for_programs_is_run() -> None:
    """And none has a block that nothing runs or reads."""
    clients = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/clients").glob("*/README.md")}
    assert clients | {"docs/api-v1.md", "docs/api-staff.md"} <= {*DOCUMENTS, MCP, TYPESCRIPT}
    for document in [*DOCUMENTS, MCP, TYPESCRIPT]:
        assert "```" not in re.sub(
            r"^( *)```\w+\n.*?^\1```$", "", (ROOT / document).read_text(), flags=re.DOTALL | re.MULTILINE
        )


@pytest.mark.slow
def test_the_server_for_assistants_starts_as_its_document_says(
    live_site: Site, city: Jurisdiction, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    site = reader(live_site, city, MCP, [Scope.READ], tmp_path / "mcp")
    site.python = request.getfixturevalue("mcp_environment") / "bin/python"
    site.run(blocks_of((ROOT / MCP).read_text(), MCP))
    assert site.folder.joinpath("paths/lamplighter-mcp").exists()
