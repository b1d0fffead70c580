"""Loaded by pytest before the settings: each process of a run gets its own Redis database and its own var folder."""

import os

import pytest

if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
    raise pytest.UsageError("Run the tests with bin/test: it starts the PostgreSQL and Redis that they need.")

# "gw3" is the fourth process of a run. Database 0 is for a run of one process.
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker.startswith("gw"):
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].split("?")[0] + f"?db={int(worker[2:]) + 1}"
    os.environ["LAMPLIGHTER_VAR"] = os.path.join(os.environ["LAMPLIGHTER_VAR"], worker)

# WhiteNoise warns on every request of a site whose static files were not gathered, which tests need not do.
os.makedirs(os.path.join(os.environ["LAMPLIGHTER_VAR"], "static"), exist_ok=True)

# Playwright keeps an event loop running in the test's thread, where Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
