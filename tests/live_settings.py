"""Settings of the running site in tests: the real ones, with the fast password hasher."""

from config.settings import *  # noqa: F403
from config.settings import PASSWORD_HASHERS as HASHERS

# The test browser fills in forms as fast as a bot.
LEAST_S_TO_REPORT = 0
# So long a mail server that never answers is waited for.
EMAIL_TIMEOUT = 3
PASSWORD_HASHERS = ["tests.hashers.QuickHasher", *HASHERS]
