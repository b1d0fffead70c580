"""The settings of the running site with its static files as production has them: hashed, packed, gathered in one folder."""

from tests.live_settings import *  # noqa: F403
from tests.live_settings import STORAGES as ANY_STORAGES

STORAGES = {**ANY_STORAGES, "staticfiles": {"BACKEND": "requests_app.static_files.PackedFiles"}}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
