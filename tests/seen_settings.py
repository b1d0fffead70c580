"""Settings of the site for tests.screenshots: the demo with uncompressed static files from the working tree."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES as ANY_STORAGES

STORAGES = {
    **ANY_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A single machine requests every page within a minute.
RATE_LIMITS = False
LEAST_S_TO_REPORT = 0
