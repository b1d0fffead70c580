"""`demo_sign_ins`: prints how to sign in as the demo's staff, or where to set up the first city."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from requests_app.demo.staff import PASSWORD, PEOPLE
from requests_app.models import Jurisdiction, User


class Command(BaseCommand):
    help = "Print the emails and passwords of the demo's staff."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            self.stdout.write("This is not a demo, so there are no demo accounts.")
            return
        if not Jurisdiction.objects.exists():
            self.stdout.write("There is no city yet. Set one up in your browser, within 24 hours:")
            call_command("first_run_link", stdout=self.stdout)
            return
        known = set(User.objects.filter(email__in=[person.email for person in PEOPLE]).values_list("email", flat=True))
        for person in PEOPLE:
            if person.email in known:
                self.stdout.write(f"  {person.role:16} {person.email:24} {PASSWORD}")
        if not known:
            self.stdout.write("No demo staff yet. To create an account: bin/manage create_staff --help")
