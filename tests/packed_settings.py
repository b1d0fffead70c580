"""Settings of the running site in tests with static files as in production: hashed, compressed, collected in one folder."""

from tests.live_settings import *  # noqa: F403
from tests.live_settings import STORAGES as ANY_STORAGES

STORAGES = {**ANY_STORAGES, "staticfiles": {"BACKEND": "requests_app.core.static_files.CompressedFiles"}}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
