"""`demo_sign_ins`: how to sign in as each of the demo's people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from requests_app.demo.staff import PASSWORD, PEOPLE
from requests_app.models import User


class Command(BaseCommand):
    help = "Print e-mail and password of the demo's staff."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            self.stdout.write("This is no demo: it has no sign-ins that everybody may know.")
            return
        known = set(User.objects.filter(email__in=[person.email for person in PEOPLE]).values_list("email", flat=True))
        for person in PEOPLE:
            if person.email in known:
                self.stdout.write(f"  {person.role:16} {person.email:24} {PASSWORD}")
        if not known:
            self.stdout.write("No demo staff yet. To make a sign-in of your own: bin/manage create_staff --help")
