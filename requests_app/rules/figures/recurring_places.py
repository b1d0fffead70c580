"""Places where the same problem is reported again and again, for planning a repair, never for judging people.

Left out are services that aren't shown to everyone (health, heat, help for people without a home, neighbors), whole groups of
services about homes and help, and needles: nothing here may count against a tenant or mark the place where somebody lives.
"""

from requests_app.models import Service

# More than twice is more than chance.
OFTEN = 3
DAYS = 90
# A city's own codes: those of the starter catalog, and the usual names of such groups.
NEVER_CATEGORIES = frozenset({"help", "homes", "health", "housing", "social", "people", "noise"})
NEVER_SERVICES = frozenset({"sharps", "heat", "outreach", "noise", "airwater", "encampment"})


def may_be_listed(service: Service, category_code: str) -> bool:
    version = service.current
    return (
        version is not None
        and version.visibility == "public"
        and category_code not in NEVER_CATEGORIES
        and service.service_code not in NEVER_SERVICES
    )
