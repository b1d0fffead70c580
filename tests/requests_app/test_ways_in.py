"""Every way in asks every rule: what a report or a later text tells of distress, personal data, threats and danger."""

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from requests_app import api_keys, links
from requests_app.actions.contacts import voicemail
from requests_app.actions.report import later_photos
from requests_app.actions.work import conversation, endings
from requests_app.clock import app_now
from requests_app.models import (
    ApiKey,
    CallBack,
    DeskLine,
    EmergencyPhrase,
    Jurisdiction,
    ModerationTerm,
    OnCall,
    PublicState,
    ServiceRequest,
)
from requests_app.rules.report import paper
from tests import factories
from tests.colleague import Colleague
from tests.desk import Call, Letter
from tests.factories import Rivermark
from tests.requests_app.api.conftest import Api
from tests.requests_app.api.v1.conftest import V1
from tests.requests_app.imports.test_requests import HEADER, MAPPING
from tests.requests_app.web.offline.test_page import Device
from tests.resident import run_outbox
from tests.voicemail import voicemail as email_of
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.33")]

ROOT = Path(__file__).parents[2]
PLAIN = "A hole as big as a plate"
DISTRESS = "My husband beats me every night, please help me. There is a pothole in front"
AYUDA = "Mi esposo me golpea todas las noches, ayúdeme por favor. Hay un bache en frente"
PERSONAL = "A hole by the gate. Call 617-555-0142"
THREAT = "Fill the hole or you will regret this"
GAS = "I smell gas in the hall"
SECRETS = ("beats me", "golpea")
# What the lists of the city next to this one hold.
LISTED_BESIDE, DANGER_BESIDE = "the mayor will hear of it", "getting bigger"

Way = Callable[["Town", str], ServiceRequest]


@dataclass
class Town:
    cast: Rivermark
    folder: Path
    client: Client = field(default_factory=Client)

    def only(self) -> ServiceRequest:
        reports = ServiceRequest.objects.select_related("service_version", "jurisdiction")
        return reports.get(jurisdiction=self.cast.city)

    def key(self, *scopes: str, **more: Any) -> str:
        return api_keys.create(self.cast.city, f"App {scopes}", scopes=list(scopes), **more)[1]

    def public_report(self, status: str = "") -> tuple[ServiceRequest, Client, str]:
        """A public report, its reporter's browser and their token."""
        made = factories.submitted(self.cast.pothole, PLAIN, answers={"where": "lane"})
        assert made.link is not None
        assert made.service_request.is_public
        self.client.get(f"/l/{links.token(made.link)}/")
        if status == "asked":
            conversation.ask(made.service_request.pk, question="Which side?", actor=self.cast.tom)
        elif status == "resolved":
            endings.resolve(made.service_request.pk, disposition="fixed", text="Filled.", actor=self.cast.tom)
        return made.service_request, self.client, links.token(made.link)


@pytest.fixture
def town(cast: Rivermark, tmp_path: Path) -> Town:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="you will regret this")
    return Town(cast, tmp_path)


@dataclass
class Beside:
    """Another city on the same installation, with lists of its own, and eyes for what is private there."""

    city: Jurisdiction
    reader: Client

    def page(self, path: str) -> str:
        return self.reader.get(path, HTTP_HOST="lakeside.example").content.decode()


@pytest.fixture
def beside(town: Town) -> Beside:
    city = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    ModerationTerm.objects.create(jurisdiction=city, kind="threat", value=LISTED_BESIDE)
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase=DANGER_BESIDE)
    OnCall.objects.create(jurisdiction=city, department=None, name="Lakeside's desk", email="desk@lakeside.example")
    reader = Client()
    reader.force_login(factories.staff("Eve", "records_officer", city))
    return Beside(city, reader)


# --- New reports ------------------------------------------------------------------------------------------------------


def _walk(town: Town, language: str = "", *, text: str = PLAIN, damage: str = "", alt: str = "") -> ServiceRequest:
    walk = Walk(town.client, language).begin(text)
    steps = {
        "service": {"service": "pothole"},
        "location": {"address": "12 Elm St", "note": ""},
        "details": {"text": text, "q_where": "lane", "q_damage": damage},
        "contact": {"email": "ana@example.org", "phone": "", "language": "en"},
        "duplicates": {"different": "1"},
        "emergency": {"go_on": "1"},
    }
    for _page in range(20):
        at = walk.at.partition("/")[0]
        if at == "check":
            break
        data: dict[str, Any] = dict(steps[at])
        if at == "details" and alt and walk.draft.photos.exists():
            data[f"alt_{walk.draft.photos.get().name}"] = alt
        elif at == "details" and alt:
            data |= {"photos": [SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")], "add_photos": "1"}
        walk.on(walk.at, **data)
    walk.on("check", version=str(town.cast.pothole.pk))
    return town.only()


def web(town: Town, text: str) -> ServiceRequest:
    return _walk(town, text=text)


def web_answer(town: Town, text: str) -> ServiceRequest:
    return _walk(town, damage=text)


def web_photo(town: Town, text: str) -> ServiceRequest:
    return _walk(town, alt=text)


def offline(town: Town, text: str) -> ServiceRequest:
    device = Device()
    answer = device.send(text=text, went_on=["phrase:smell gas"])
    if answer.get("state") != "sent":
        # The person goes on where the page leads them: to the question.
        town.client = device.client
        walk = Walk(Client())
        walk.client.cookies = device.client.cookies
        walk.page = f"/report/{device.draft.pk}/emergency/"
        walk.on("emergency", go_on="1")
        device.send(text=text, revision="2")
    return town.only()


def open311(town: Town, text: str) -> ServiceRequest:
    Api(town.key("report")).post(
        {
            "service_code": "pothole",
            "description": text,
            "address_string": "12 Elm St",
            "attribute[where]": "lane",
            "email": "ana@example.org",
        }
    )
    return town.only()


def _v1_body(text: str) -> dict[str, Any]:
    return {
        "service": "pothole",
        "description": text,
        "place": {"address": "12 Elm St"},
        "answers": {"where": "lane"},
        "contact": {"email": "ana@example.org"},
    }


def v1(town: Town, text: str) -> ServiceRequest:
    V1(town.key("report")).send("requests/", _v1_body(text))
    return town.only()


def v1_batch(town: Town, text: str) -> ServiceRequest:
    V1(town.key("report")).send("batches/", {"reports": [{"idempotency_key": "1", "report": _v1_body(text)}]}, 200)
    return town.only()


def v1_answer(town: Town, text: str) -> ServiceRequest:
    body = _v1_body(PLAIN)
    body["answers"]["damage"] = text
    V1(town.key("report")).send("requests/", body)
    return town.only()


def v1_photo(town: Town, text: str) -> ServiceRequest:
    api = V1(town.key("report"))
    file = SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")
    photo = api.upload("photos/", {"photo": file, "alt": text})
    api.send("requests/", _v1_body(PLAIN) | {"photos": [photo["id"]]})
    return town.only()


def transfer(town: Town, text: str) -> ServiceRequest:
    V1(town.key("staff", acts_as=town.cast.cal)).send("staff/requests/", _v1_body(text) | {"number": "26-1"})
    return town.only()


def desk(town: Town, text: str) -> ServiceRequest:
    call = Call(town.cast.cal).to_check(town.cast, text)
    call.send(create="1", version=str(town.cast.pothole.pk))
    return town.only()


# Where the report of somebody who works here is.
SEEN = {"address": "12 Elm St", "lat": "40.5", "long": "-69"}


def _answered(colleague: Colleague, town: Town, text: str) -> ServiceRequest:
    steps = {
        "location": {"address": "12 Elm St", "note": ""},
        "details": {"q_where": "lane", "q_damage": "", "text": text, "version": str(town.cast.pothole.pk)},
        "duplicates": {"different": "1"},
        "emergency": {"no_danger": "1"},
        "check": {"create": "1", "version": str(town.cast.pothole.pk)},
    }
    for _step in range(9):
        if not colleague.name:
            break
        colleague.step(**steps[colleague.name.partition(":")[0]])
    return town.only()


def staff_report(town: Town, text: str) -> ServiceRequest:
    return _answered(Colleague(town.cast.tom).send(service="pothole", text=text, **SEEN), town, text)


def crew_report(town: Town, text: str) -> ServiceRequest:
    colleague = Colleague(town.cast.tom)
    answer = colleague.send(json=True, service="tree", text=text, **SEEN).json
    if answer["state"] == "needs":
        # They go on where the phone leads them: to the question.
        colleague.follow(answer["url"])
        assert colleague.name == "emergency"
        colleague.step(no_danger="1")
    return town.only()


def reading(town: Town, text: str) -> ServiceRequest:
    """Its words are the city's own, which may still name somebody."""
    key = ApiKey.objects.get(pk=factories.sensor(town.cast.city, town.cast.ada, description=text).api_key_id)
    v1 = V1(api_keys.replace_secret(key, earlier_until=None))
    v1.send("readings/", {"asset": "P0017", "measure": "water_level", "value": 2, "at": app_now().isoformat()}, 200)
    return town.only()


def desk_words(town: Town, text: str) -> ServiceRequest:
    """Of a caller about their own report."""
    return _on_call(town, "", "add", text)


def desk_answer(town: Town, text: str) -> ServiceRequest:
    return _on_call(town, "asked", "answer", text)


def desk_not_fixed(town: Town, text: str) -> ServiceRequest:
    return _on_call(town, "resolved", "not_fixed", text)


def _on_call(town: Town, status: str, act: str, text: str) -> ServiceRequest:
    report, _ana, _token = town.public_report(status)
    call = Call(town.cast.cal, caller_number=factories.ANA.phone)
    call.to("caller/check", checked=f"name_and_street:{report.participations.get().person_id}")
    call.to(f"r/{report.reference}/open").to(f"r/{report.reference}", act=act, text=text)
    return town.only()


def letter(town: Town, text: str) -> ServiceRequest:
    day = paper.today(town.cast.city).isoformat()
    sheet = Letter(town.cast.cal, number="pothole-1-en", received_on=day)
    return sheet.entered(town.cast, text)


def voicemail_left(town: Town, text: str) -> ServiceRequest:
    """What tells of danger is a report at once; anything else is one once a taker has heard it and written it down."""
    row = voicemail.receive(town.cast.city, email_of(text))
    if row.service_request is None:
        call = Call(town.cast.cal, begin=f"/staff/desk/waiting/{row.pk}/take/").to_check(town.cast, row.transcript)
        call.send(create="1", version=str(town.cast.pothole.pk))
    return town.only()


def imported(town: Town, text: str) -> ServiceRequest:
    values = {
        "id": "1", "opened": "2026-05-01T10:00:00", "status": "Open", "type": "Pothole", "group": "Streets", "dept": "PW",
        "text": text, "source": "Web", "address": "12 Elm St",
    }  # fmt: skip
    file, mapping = town.folder / "old.csv", town.folder / "map.yaml"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([HEADER, [values.get(name, "") for name in HEADER]])
    mapping.write_text(yaml.safe_dump(MAPPING))
    rejects = town.folder / "rejects.csv"
    city = town.cast.city.jurisdiction_id
    call_command(
        "import_requests", str(file), mapping=mapping, rejects=rejects, jurisdiction=city, stdout=io.StringIO()
    )
    return town.only()


# --- Later texts ------------------------------------------------------------------------------------------------------


def web_message(town: Town, text: str) -> ServiceRequest:
    report, ana, _token = town.public_report()
    ana.post(f"/r/{report.reference}/add/", {"add-words": text})
    return town.only()


def web_answer_to_staff(town: Town, text: str) -> ServiceRequest:
    report, ana, _token = town.public_report("asked")
    ana.post(f"/r/{report.reference}/answer/", {"answer-words": text})
    return town.only()


def web_not_fixed(town: Town, text: str) -> ServiceRequest:
    report, ana, _token = town.public_report("resolved")
    ana.post(f"/r/{report.reference}/not-fixed/", {"not_fixed-words": text})
    return town.only()


def web_edit(town: Town, text: str) -> ServiceRequest:
    report, ana, _token = town.public_report()
    page = ana.get(f"/r/{report.reference}/edit/").content.decode()
    (was,) = _values(page, "was")
    data = {"text": text, "note": "", "address": "12 Elm St", "was": was, "q_damage": ""}
    answer = ana.post(f"/r/{report.reference}/edit/", data)
    if answer.status_code == 422:
        # Asked whether anyone is in danger, or whether a phone number should be public.
        html = answer.content.decode()
        names = {name: _values(html, name) for name in ("said_no", "seen")}
        answer = ana.post(f"/r/{report.reference}/edit/", data | {key: value for key, value in names.items() if value})
    assert answer.status_code == 302, answer.content.decode()
    return town.only()


def _values(html: str, name: str) -> list[str]:
    return [unescape(value) for value in re.findall(rf'name="{name}"[^>]*? value="([^"]*)"', html)]


def web_later_photo(town: Town, text: str) -> ServiceRequest:
    report, ana, _token = town.public_report()
    ana.post(f"/r/{report.reference}/photos/", {"photos": [SimpleUploadedFile("a.jpg", factories.jpeg())], "stay": "1"})
    (photo,) = later_photos.corrections.later_photos(report)
    ana.post(f"/r/{report.reference}/photos/", {f"alt_{photo.name}": text})
    return town.only()


def v1_comment(town: Town, text: str) -> ServiceRequest:
    report, _ana, token = town.public_report()
    V1(town.key("report")).send(f"requests/{report.reference}/comments/", {"private_token": token, "text": text})
    return town.only()


def v1_edit(town: Town, text: str) -> ServiceRequest:
    report, _ana, token = town.public_report()
    api = V1(town.key("report"))
    read = api.get(f"requests/{report.reference}/", headers={"X-Private-Token": token})
    assert read
    api.send(
        f"requests/{report.reference}/",
        {"private_token": token, "description": text},
        200,
        headers={"If-Match": api.last["ETag"]},
        method="PATCH",
    )
    return town.only()


def open311_update(town: Town, text: str) -> ServiceRequest:
    report, _ana, _token = town.public_report()
    Api(town.key("updates")).post(
        {
            "service_request_id": report.display_reference,
            "update_id": "1",
            "description": text,
            "status": "OPEN",
            "updated_datetime": "2026-05-01T10:00:00Z",
        },
        path="servicerequestupdates.json",
    )
    return town.only()


PUBLIC, REVIEW, PRIVATE = PublicState.PUBLIC.value, PublicState.PENDING_REVIEW.value, PublicState.PRIVATE.value
# For each way in: what becomes of a report with a phone number that everyone would read, and with a listed threat.
WAYS: dict[Way, tuple[str, str]] = {
    # The page asks the writer about the number.
    web: (PUBLIC, REVIEW),
    # Only the city reads this answer.
    web_answer: (PUBLIC, REVIEW),
    web_photo: (PUBLIC, REVIEW),
    offline: (REVIEW, REVIEW),
    open311: (REVIEW, REVIEW),
    v1: (REVIEW, REVIEW),
    v1_batch: (REVIEW, REVIEW),
    v1_answer: (PUBLIC, REVIEW),
    v1_photo: (REVIEW, REVIEW),
    transfer: (PRIVATE, PRIVATE),
    # The taker is asked, as residents are.
    desk: (PUBLIC, REVIEW),
    voicemail_left: (PUBLIC, REVIEW),
    # The colleague is asked, too, but not by a phone that has no network.
    staff_report: (PUBLIC, REVIEW),
    crew_report: (REVIEW, REVIEW),
    reading: (REVIEW, REVIEW),
    letter: (PUBLIC, REVIEW),
    # Only the city reads these.
    desk_words: (PUBLIC, PUBLIC),
    desk_answer: (PUBLIC, PUBLIC),
    desk_not_fixed: (PUBLIC, PUBLIC),
    imported: (REVIEW, REVIEW),
    # Only the city reads messages.
    web_message: (PUBLIC, PUBLIC),
    web_answer_to_staff: (PUBLIC, PUBLIC),
    web_not_fixed: (PUBLIC, PUBLIC),
    v1_comment: (PUBLIC, PUBLIC),
    open311_update: (PUBLIC, PUBLIC),
    web_edit: (PUBLIC, REVIEW),
    v1_edit: (REVIEW, REVIEW),
    # The form refuses numbers.
    web_later_photo: (PUBLIC, REVIEW),
}
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@every_way
def test_what_asks_for_nothing_here_is_public_and_rings_nobody(town: Town, way: Way, beside: Beside) -> None:
    found = way(town, f"It is {DANGER_BESIDE}, and {LISTED_BESIDE}.")
    assert not found.alarms.exists()
    assert (found.public_state, found.review_reason) == ((PRIVATE, "transfer") if way is transfer else (PUBLIC, ""))


@pytest.mark.parametrize(
    ("way", "text"),
    [
        *(pytest.param(way, DISTRESS, id=f"{way.__name__}-en") for way in WAYS),
        # In Spanish the same screening reads another model: a run asks for one way in six.
        *(
            pytest.param(way, AYUDA, id=f"{way.__name__}-es", marks=[pytest.mark.slow] if at % 6 else [])
            for at, way in enumerate(WAYS)
        ),
    ],
)
def test_distress_is_private_from_its_first_moment(town: Town, way: Way, text: str, beside: Beside) -> None:
    found = way(town, text)
    assert (found.public_state, found.review_reason) == (PRIVATE, "distress")
    assert (found.public_point, found.public_address, found.owner) == (None, "", None)
    assert not {area.public_state for area in found.request_areas.all()} - {PRIVATE}
    for message in run_outbox():
        assert not any(secret in str(message.message()) for secret in SECRETS), message.subject
        assert not {address for address in message.recipients() if address.endswith("lakeside.example")}
    if text == DISTRESS:
        for path in ("/staff/review/", f"/staff/r/{found.reference}/"):
            assert found.display_reference not in beside.page(path), path
    for path in (f"/r/{found.reference}/", "/list/", "/feed.atom", "/open311/v2/requests.json", "/api/v1/requests/"):
        page = Client().get(path).content.decode()
        assert not any(secret in page for secret in SECRETS), path
        assert found.reference not in page or path.startswith("/r/")


@every_way
def test_personal_data_is_asked_about_or_waits_for_review(town: Town, way: Way) -> None:
    found = way(town, PERSONAL)
    assert found.public_state == WAYS[way][0]
    if found.public_state == REVIEW:
        assert found.review_reason == "personal_data"


@every_way
def test_a_listed_threat_waits_for_review_wherever_everyone_would_read_it(town: Town, way: Way) -> None:
    found = way(town, THREAT)
    assert found.public_state == WAYS[way][1]
    if found.public_state == REVIEW:
        assert found.review_reason == "threat"


@every_way
def test_somebody_hears_of_danger(town: Town, way: Way) -> None:
    found = way(town, GAS)
    # What was imported is over, or known to who works on it.
    assert found.alarms.filter(state="ringing").count() == (0 if way is imported else 1)
    assert (found.priority == 1) is (way is not imported)


def test_each_citys_reviewers_read_what_its_own_list_stopped(town: Town, beside: Beside) -> None:
    lea = Client()
    lea.force_login(factories.staff("Lea", "records_officer", town.cast.city))
    both = f"{THREAT}, and {LISTED_BESIDE}"
    ours = factories.report(town.cast.pothole, both, answers={"where": "lane"})
    theirs = factories.report(factories.service(beside.city), both)
    assert {ours.public_state, theirs.public_state} == {REVIEW}
    for page, own, other in (
        (lea.get("/staff/review/").content.decode(), ours, theirs),
        (beside.page("/staff/review/"), theirs, ours),
    ):
        assert own.display_reference in page
        assert other.display_reference not in page
    ours_marked, theirs_marked = (
        re.findall("<mark>(.*?)</mark>", page)
        for page in (lea.get("/staff/review/").content.decode(), beside.page("/staff/review/"))
    )
    assert (ours_marked, theirs_marked) == (["you will regret this"], [LISTED_BESIDE])


def test_who_wants_a_call_back_hears_of_danger_first(town: Town) -> None:
    DeskLine.objects.create(jurisdiction=town.cast.city, number="311", phone="311", name={"en": "311"})
    when = re.findall(r'<option value="(20[^"]+)"', town.client.get("/call-back/").content.decode())[0]
    asked = {"phone": "617-555-0142", "when": when, "language": "en", "reason": GAS}
    answer = town.client.post("/call-back/", asked)
    assert answer.status_code == 422
    assert "tel:911" in answer.content.decode()
    assert not CallBack.objects.exists()
    town.client.post("/call-back/", {**asked, "no_danger": "1"})
    assert CallBack.objects.get().reason == GAS
    # Nobody else reads it, and nothing becomes public.
    assert not ServiceRequest.objects.exists()


# --- No way without a row ---------------------------------------------------------------------------------------------

# What stores the words of a resident, by the function that does it, and the ways above that lead there.
STORES: dict[str, tuple[Way, ...]] = {
    "requests_app/actions/report/submission.py:_new_request": (
        web, offline, open311, v1, v1_batch, transfer, desk, staff_report, crew_report, reading, letter,
    ),
    "requests_app/actions/report/submission.py:_store_areas_and_answers": (web_answer, v1_answer),
    "requests_app/actions/report/drafts.py:save_photo_descriptions": (web_photo,),
    "requests_app/actions/contacts/voicemail.py:receive": (voicemail_left,),
    "requests_app/actions/report/later_photos.py:save_descriptions": (web_later_photo,),
    "requests_app/actions/report/corrections.py:_change_text": (web_edit, v1_edit),
    "requests_app/actions/report/corrections.py:_save_answer": (web_edit,),
    "requests_app/actions/report/corrections.py:_change_place": (web_edit,),
    "requests_app/actions/work/conversation.py:_add_resident_comment": (
        web_message, web_answer_to_staff, v1_comment, open311_update, desk_words, desk_answer,
    ),
    "requests_app/actions/work/reopenings.py:reopen": (web_not_fixed, desk_not_fixed),
    "requests_app/imports/requests.py:_fill": (imported,),
    "requests_app/photos.py:store_upload": (v1_photo,),
}  # fmt: skip
# What stores other words: those of staff, of the city's data, or of nobody.
OF_STAFF = {
    "requests_app/actions/report/submission.py:_submit": "links to photos, for staff",
    "requests_app/actions/work/assignment.py:transfer": "a note",
    "requests_app/actions/work/assignment.py:return_to_triage": "a note",
    "requests_app/actions/work/conversation.py:comment": "by staff",
    "requests_app/actions/work/conversation.py:note": "by staff",
    "requests_app/actions/work/conversation.py:ask": "by staff",
    "requests_app/actions/work/endings.py:_post_outcome": "by staff",
    "requests_app/actions/publication/moderation.py:_store": "by a moderator",
    "requests_app/actions/publication/moderation.py:publish_read": "by a moderator",
    "requests_app/actions/shared/request_place.py:save": "a place",
    "requests_app/actions/shared/request_place.py:restore": "a place, as it was",
    "requests_app/actions/privacy/erasures.py:_erase_words": "nothing",
    "requests_app/actions/answers/article_problems.py:report": "by staff, about an article",
    "requests_app/actions/work/staff_texts.py:edit": "by staff",
    "requests_app/imports/requests.py:_end": "by staff of the earlier system",
}
# Where rows are stored. The other packages read (tests/test_rooms.py), and staff_app has no tables of its own.
STORING = ("actions", "imports", "api", "web", "worker", "exports", "photos.py")
_ROWS = {"Comment", "NewComment", "Answer", "ServiceRequest", "Photo", "CallBack"}
_COLUMNS = {"text", "description", "place_note", "value_text", "alt", "transcript"}


def _stores() -> Iterator[str]:
    """Each function of the program that makes a row with words, or sets a column of words, as "file:function"."""
    for part in STORING:
        place = ROOT / "requests_app" / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef) and any(map(_writes_words, ast.walk(function))):
                    yield f"{path.relative_to(ROOT).as_posix()}:{function.name}"


def _writes_words(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        row = ast.unparse(node.func).removesuffix(".objects.create")
        return row in _ROWS and (row == "NewComment" or any(one.arg in _COLUMNS for one in node.keywords))
    if isinstance(node, ast.Dict):
        return {"description", "place_note"} <= {one.value for one in node.keys if isinstance(one, ast.Constant)}
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Attribute) and one.attr in _COLUMNS for one in _targets(node))
    return False


def _targets(node: ast.Assign) -> Iterator[ast.AST]:
    for target in node.targets:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def test_whatever_stores_words_has_its_rows() -> None:
    assert json.dumps(sorted(_stores()), indent=1) == json.dumps(sorted({*STORES, *OF_STAFF}), indent=1)
    assert {way for ways in STORES.values() for way in ways} == set(WAYS)
