"""What a report takes of disk, and the processes of memory, as docs/running.md says: bin/test tests/benchmarks/city_size.py -s.

The disk is that of the demo city: two years of requests, with events, emails, clocks and search words, but without its map. The
photo is one of 12 megapixels, as it's stored. The memory is each process's own share (PSS), once they are up.
"""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from PIL import Image

from requests_app import photos
from requests_app.models import Jurisdiction, ServiceRequest
from tests.benchmarks.demo_city import demo_city
from tests.live import Site

__all__ = ["demo_city"]

# They grow with the city, not with its reports.
OF_THE_MAP = ("basemapfeature", "gazetteerentry", "area", "asset", "owner", "layerrow")
# 8,000 people, and as many reports for each as a busy 311 has.
PEOPLE = 8_000
REPORTS_EACH = 0.4
WITH_PHOTO = 0.4
SIZES = """
SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c
WHERE relkind = 'r' AND relname LIKE 'requests_app_%%' AND NOT relname = ANY(%s) ORDER BY 2 DESC
"""


def photograph() -> bytes:
    """Of 12 megapixels and as hard to compress as one of a street: smooth areas with grain."""
    generator = np.random.default_rng(7)
    coarse = Image.fromarray(generator.integers(0, 255, (75, 100, 3), dtype=np.uint8)).resize((4000, 3000))
    grain = generator.normal(0, 8, (3000, 4000, 3))
    picture = Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def pss_mb(pid: int) -> float:
    """With its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own / 1024 + sum(pss_mb(int(child)) for child in children)


def test_what_a_report_takes(demo_city: Jurisdiction, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [[f"requests_app_{name}" for name in OF_THE_MAP]])
        sizes = cursor.fetchall()
    requests = ServiceRequest.objects.count()
    each = sum(size for _, size in sizes) / requests
    source, large, small = (tmp_path / name for name in ("source", "large", "small"))
    source.write_bytes(photograph())
    photos._decode(source, large, small)
    photo = large.stat().st_size + small.stat().st_size
    year = PEOPLE * REPORTS_EACH
    with capsys.disabled():
        print(f"\n{requests} requests: {each / 1e3:.1f} kB of database each; a photo {photo / 1e3:.0f} kB")
        for name, size in sizes[:6]:
            print(f"  {name.removeprefix('requests_app_')}: {size / requests / 1e3:.1f} kB")
        print(
            f"a year of {year:.0f} reports: {year * each / 1e6:.0f} MB and {year * WITH_PHOTO * photo / 1e6:.0f} MB of photos"
        )


@pytest.mark.django_db(transaction=True)
def test_what_the_processes_take(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site(demo=False)
    try:
        for name in ("web", "worker", "mailer"):
            site.start(name)
        # Celery's pools are made meanwhile.
        time.sleep(30)
        sizes = {name: pss_mb(process.pid) for name, process in site.running.items()}
    finally:
        site.stop()
    with capsys.disabled():
        print(f"\nmemory: {', '.join(f'{name} {size:.0f} MB' for name, size in sizes.items())}")
