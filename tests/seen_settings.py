"""The settings of the site as tests.screenshots looks at it: the demo, with the static files as they lie in the tree."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES as ANY_STORAGES

STORAGES = {
    **ANY_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# One machine asks for every page within a minute.
RATE_LIMITS = False
LEAST_S_TO_REPORT = 0
