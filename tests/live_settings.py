"""The settings of the running site in tests: the real ones, with the quick passwords that its people were made with."""

from config.settings import *  # noqa: F403
from config.settings import PASSWORD_HASHERS as HASHERS

# The browser types as fast as a program, since it is one.
LEAST_S_TO_REPORT = 0
PASSWORD_HASHERS = ["tests.hashers.QuickHasher", *HASHERS]
