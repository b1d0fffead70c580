"""At most two photos are decoded at a time on a machine. The others wait, then get 503 with Retry-After, and lose nothing."""

import fcntl
import io
import json
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pillow_heif import register_heif_opener
from pytest_django.fixtures import Settings

from requests_app import api_keys, links, photos
from requests_app.core import photo_decoder, photo_slots
from requests_app.models import Department, Event, Photo, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

register_heif_opener()


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.PHOTO_SLOTS_ROOT = tmp_path / "slots"
    return tmp_path / "slots"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """Both slots, as of two other processes. close() sets them free."""
    monkeypatch.setattr(photo_slots, "WAIT_S", 0.1)
    with ExitStack() as slots:
        for _ in range(photo_slots.SLOTS):
            slots.enter_context(photo_slots.slot())
        yield slots


def decode(folder: Path, content: bytes) -> dict[str, Any]:
    (folder / "upload").write_bytes(content)
    return photos._decode(folder / "upload", folder / "large.jpg", folder / "small.jpg")


# --- Memory ---------------------------------------------------------------------------------------------------------------


def test_the_children_of_a_machine_have_less_than_a_gigabyte_together() -> None:
    assert photo_slots.SLOTS == 2
    assert photo_slots.SLOTS * photo_decoder.MEMORY_BYTES < 10**9


@pytest.mark.slow
def test_a_heic_of_40_megapixels_is_read_with_that(tmp_path: Path) -> None:
    image, out = Image.new("RGB", (7300, 5475), (90, 120, 60)), io.BytesIO()
    image.paste((200, 0, 0), (0, 0, 3650, 5475))
    image.save(out, "HEIF", quality=10, enc_params={"preset": "ultrafast"})
    assert decode(tmp_path, out.getvalue()) == {"width": 2048, "height": 1536}
    with Image.open(tmp_path / "large.jpg") as stored:
        left, right = stored.getpixel((500, 700)), stored.getpixel((1500, 700))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 180
    assert right[1] > right[0]


@pytest.mark.slow
def test_a_picture_that_needs_more_memory_is_refused_in_words(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (7300, 5475), (9, 9, 9, 90)).save(out, "WEBP", method=0, quality=1)
    with pytest.raises(photos.PhotoRefused, match="too many pixels"):
        decode(tmp_path, out.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK", "RGBA"])
def test_a_large_picture_of_any_kind_keeps_its_colors(tmp_path: Path, mode: str) -> None:
    gray = Image.new("L", (4200, 300), 255)
    gray.paste(0, (0, 0, 2100, 300))
    image = (
        gray.convert("I;16").point(lambda value: value * 257) if mode == "I;16" else gray.convert("RGB").convert(mode)
    )
    out = io.BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert decode(tmp_path, out.getvalue()) == {"width": 2048, "height": 146}
    with Image.open(tmp_path / "large.jpg") as stored:
        shades = [stored.convert("L").getpixel((x, 70)) for x in (500, 1500)]
    assert isinstance(shades[0], int)
    assert isinstance(shades[1], int)
    assert shades[0] < 20
    assert shades[1] > 235


# --- Slots ----------------------------------------------------------------------------------------------------------------


def test_of_six_at_once_two_are_decoded_at_a_time_and_all_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def run(*args: Any, **options: Any) -> Any:
        nonlocal running, most
        with lock:
            running += 1
            # The child keeps its slot, should this process end before it.
            assert len(options["pass_fds"]) == 1
            most = max(most, running)
        time.sleep(0.1)
        with lock:
            running -= 1
        return subprocess.CompletedProcess(args, 0, b'{"width": 1, "height": 1}')

    monkeypatch.setattr(subprocess, "run", run)
    done: list[object] = []
    threads = [threading.Thread(target=lambda: done.append(decode(tmp_path, b"x"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), most) == (6, 2)


def test_who_waits_takes_the_first_slot_that_is_free(tmp_path: Path, taken: ExitStack, monkeypatch: Any) -> None:
    monkeypatch.setattr(photo_slots, "WAIT_S", 5)
    began = time.monotonic()
    threading.Timer(0.3, taken.close).start()
    assert decode(tmp_path, factories.jpeg())["width"] > 0
    assert time.monotonic() - began >= 0.3


def test_nobody_waits_longer_than_five_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    clock = iter(float(second) for second in range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", slept.append)
    with photo_slots.slot(), photo_slots.slot(), pytest.raises(photos.Busy):
        decode(tmp_path, factories.jpeg())
    # Looked at 0, 1, 2, 3, 4 and 5 s.
    assert len(slept) == 4


HOLD = """
import subprocess, sys
from contextlib import ExitStack
from pathlib import Path
from django.conf import settings
from requests_app.core import photo_slots
settings.configure(PHOTO_SLOTS_ROOT=Path(sys.argv[1]))
with photo_slots.slot() as held:
    child = subprocess.Popen(["sleep", "60"], pass_fds=[held])
    print(child.pid, flush=True)
    child.wait()
"""


def test_other_processes_count_and_a_child_that_outlives_its_own_keeps_its_slot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_slots, "WAIT_S", 0.1)
    web = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert web.stdout is not None
    child = int(web.stdout.readline())
    try:
        with photo_slots.slot():
            web.kill()
            web.wait()
            with pytest.raises(photo_slots.NoneFree), photo_slots.slot():
                pass
            subprocess.run(["kill", "-9", str(child)], check=True)
            monkeypatch.setattr(photo_slots, "WAIT_S", 5)
            with photo_slots.slot() as held:
                assert held
    finally:
        web.stdout.close()


def test_what_is_no_photo_and_what_takes_too_long_give_their_slot_back(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        with pytest.raises(photos.PhotoRefused):
            decode(tmp_path, b"no photo")
    monkeypatch.setattr(photos, "DECODE_TIMEOUT_S", 0.01)
    for _ in range(3):
        with pytest.raises(photos.PhotoRefused):
            decode(tmp_path, factories.jpeg())
    for number in ("0", "1"):
        with (folder / number).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_folder_that_cannot_be_used_is_an_outage(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "file").touch()
    settings.PHOTO_SLOTS_ROOT = tmp_path / "file"
    with pytest.raises(photos.StorageFailed):
        decode(tmp_path, factories.jpeg())


# --- Every way in ---------------------------------------------------------------------------------------------------------


def jpeg() -> SimpleUploadedFile:
    return SimpleUploadedFile("hole.jpg", factories.jpeg(), "image/jpeg")


def staff(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def hole(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, answers={"where": "lane"})


def first_page(cast: Rivermark) -> Any:
    return Client().post("/report/", {"text": TEXT, "photos": [jpeg()]})


def details(cast: Rivermark) -> Any:
    walk = Walk(Client()).to_details()
    return walk.client.post(
        f"/report/{walk.draft.pk}/details/1/", {"text": TEXT, "answer_where": "lane", "photos": [jpeg()]}
    )


def offline(cast: Rivermark) -> Any:
    client = Client()
    client.get("/report/offline/token.json")
    return client.post("/report/offline/photo/", {"key": str(uuid.uuid4()), "photo_key": "one", "photo": jpeg()})


def added_later(cast: Rivermark) -> Any:
    made = factories.submitted(cast.pothole, answers={"where": "lane"})
    assert made.link is not None
    client = Client()
    client.get(f"/l/{links.token(made.link)}/")
    return client.post(f"/r/{made.service_request.reference}/photos/", {"photos": [jpeg()], "alt": TEXT})


def open311(cast: Rivermark) -> Any:
    sent = {"service_code": "pothole", "lat": "40.5", "long": "-69.0", "description": TEXT, "attribute[where]": "lane"}
    key = api_keys.create(cast.city, "app")[1]
    return Client().post("/open311/v2/requests.json", {**sent, "api_key": key, "media": jpeg()})


def v1(path: str, cast: Rivermark, **form: Any) -> Any:
    key = {"Authorization": f"Bearer {api_keys.create(cast.city, 'app')[1]}"}
    return Client().post(f"/api/v1/{path}", form, headers=key)


def v1_report(cast: Rivermark) -> Any:
    place = {"lat": 40.5, "long": -69.0}
    report = {"service": "pothole", "description": TEXT, "place": place, "answers": {"where": "lane"}}
    return v1("requests/", cast, report=json.dumps(report), photos=jpeg())


def v1_later(cast: Rivermark) -> Any:
    made = factories.submitted(cast.pothole, answers={"where": "lane"})
    assert made.link is not None
    path = f"requests/{made.service_request.display_reference}/photos/"
    return v1(path, cast, photo=jpeg(), private_token=links.token(made.link))


def resolve(cast: Rivermark) -> Any:
    sent = {"disposition": "fixed", "visited": "yes", "words": TEXT, "photos": [jpeg()]}
    return staff(cast.dev).post(f"/staff/r/{hole(cast).reference}/resolve/", sent)


def staff_api(cast: Rivermark) -> Any:
    key = api_keys.create(cast.city, "Dev’s app", acts_as=cast.dev, scopes=["staff"])[1]
    action = json.dumps({"outcome": "fixed", "visited": True, "text": TEXT})
    return Client().post(
        f"/api/v1/staff/requests/{hole(cast).display_reference}/actions/resolve/",
        {"action": action, "photos": jpeg()},
        headers={"Authorization": f"Bearer {key}"},
    )


def crew(cast: Rivermark) -> Any:
    sent = {"key": str(uuid.uuid4()), "photo_key": "one", "photo": jpeg()}
    return staff(cast.dev).post(f"/staff/crew/{hole(cast).reference}/photo/", sent)


def crew_without_a_script(cast: Rivermark) -> Any:
    sent = {"key": str(uuid.uuid4()), "outcome": "fixed", "words": TEXT, "photo": jpeg()}
    return staff(cast.dev).post(f"/staff/crew/{hole(cast).reference}/result/", sent)


def department_link(cast: Rivermark) -> Any:
    Department.objects.filter(pk=cast.streets.pk).update(email="streets@rivermark.example", works_by_email=True)
    cast.streets.refresh_from_db()
    made = hole(cast)
    event = Event.objects.get(service_request=made, kind="routed")
    address = links.department_url(links.DepartmentLink(event, cast.streets, "done"))
    sent = {"disposition": "fixed", "visited": "yes", "words": TEXT, "photos": [jpeg()]}
    return Client().post(re.sub(r"^https?://[^/]+", "", address), sent)


def seal(cast: Rivermark) -> Any:
    return staff(cast.ada).post("/staff/setup/city/look/", {"color": "#14476b", "card": jpeg()})


PAGE, KEPT_BY_DEVICE = "page", "device"
WAYS: list[tuple[Callable[[Rivermark], Any], str]] = [
    (first_page, PAGE),
    (details, PAGE),
    (added_later, PAGE),
    (resolve, PAGE),
    (crew_without_a_script, PAGE),
    (department_link, PAGE),
    (seal, KEPT_BY_DEVICE),
    (offline, KEPT_BY_DEVICE),
    (crew, KEPT_BY_DEVICE),
    (open311, "application/json; charset=utf-8"),
    (lambda cast: v1("photos/", cast, photo=jpeg()), "application/problem+json"),
    (v1_report, "application/problem+json"),
    (v1_later, "application/problem+json"),
    (staff_api, "application/problem+json"),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(("send", "answers"), WAYS)
def test_each_way_in_says_when_to_come_back_and_keeps_the_words(
    cast: Rivermark, send: Callable[[Rivermark], Any], answers: str
) -> None:
    answer = send(cast)
    assert answer.status_code == 503, (answer.status_code, answer.content[-3000:])
    assert (answer.status_code, answer["Retry-After"]) == (503, "10"), answer.content
    assert not Photo.objects.exists()
    assert not ServiceRequest.objects.filter(resolved_at__isnull=False).exists()
    if answers == PAGE:
        assert f'value="{TEXT}"' in answer.content.decode()
    elif answers != KEPT_BY_DEVICE:
        assert answer["Content-Type"].startswith(answers)
