"""How long a crew's order takes and how much of the way it spares, on Rivermark: bin/test tests/benchmarks/driving_order.py -s."""

import time

import pytest

from requests_app.models import Jurisdiction
from requests_app.places import street_distances
from requests_app.rules.work import driving_order
from tests.requests_app.rules.work.test_driving_order import addresses, city, rivermark

__all__ = ["city", "rivermark"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [6, 11, 20, 30])
def test_a_day(rivermark: Jurisdiction, count: int) -> None:
    distances_ms, order_ms, spared = [], [], []
    for seed in range(10):
        points = addresses(count, seed)
        began = time.process_time()
        lengths = street_distances.between(rivermark, points)
        measured = time.process_time()
        path = driving_order.best_path(lengths, fixed_start=True)
        order_ms.append((time.process_time() - measured) * 1000)
        distances_ms.append((measured - began) * 1000)
        given = driving_order.length_of(lengths, list(range(count)))
        spared.append(1 - driving_order.length_of(lengths, path) / given)
    print(
        f"\n{count} stops: distances {sum(distances_ms) / 10:.0f} ms, order {sum(order_ms) / 10:.0f} ms of CPU; "
        f"{sum(spared) * 10:.0f} % shorter than in no order"
    )
