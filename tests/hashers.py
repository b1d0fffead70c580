"""Passwords of tests: the site checks them like any other, but making one costs nothing."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    iterations = 1
