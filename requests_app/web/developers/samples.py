"""What the examples name: the city's own codes and numbers, so that a copied example runs."""

from functools import cached_property
from typing import Any

from django.conf import settings

from requests_app import links
from requests_app.models import Area, Article, Asset, Jurisdiction, ServiceRequest, ServiceVersion
from requests_app.rules.setup.offered_services import offered
from requests_app.rules.shared import intake, question_kinds
from requests_app.web.developers import webhook_examples

DESCRIPTION = "A pothole two feet wide."
# The example's service where the city has it.
USUAL = "pothole"


class Samples:
    """Each is asked of the database once, when an example names it."""

    def __init__(self, city: Jurisdiction) -> None:
        self.city = city
        self.site = links.base_url(city)

    def of(self, name: str, documented: str) -> str:
        """The value of a parameter; what the document has if the city has none."""
        match name:
            case "reference" | "service_request_id":
                return self.reference or documented
            case "service_code":
                return self.service.service.service_code if self.service else documented
            case "layer" | "area_code":
                return (self.area[name == "area_code"] if self.area else "") or documented
            case "number":
                assets = Asset.objects.filter(jurisdiction=self.city).order_by("pk")
                return assets.values_list("asset_id", flat=True).first() or documented
            case "article_code":
                articles = Article.objects.public().filter(jurisdiction=self.city).order_by("pk")
                return articles.values_list("code", flat=True).first() or documented
        return documented

    @cached_property
    def reference(self) -> str:
        newest = ServiceRequest.objects.in_jurisdiction(self.city).public().order_by("-pk").only("reference").first()
        return newest.display_reference if newest else ""

    @cached_property
    def area(self) -> tuple[str, str] | None:
        areas = Area.objects.filter(jurisdiction=self.city, is_ours=True).order_by("layer", "code")
        return areas.values_list("layer", "code").first()

    @cached_property
    def service(self) -> ServiceVersion | None:
        """A service whose reports anyone may send and see."""
        services = (
            offered(self.city)
            .select_related("current__service", "current__department")
            .filter(current__visibility="public")
        )
        found = services.filter(service_code=USUAL).first() or services.order_by("pk").first()
        return found.current if found else None

    @cached_property
    def department(self) -> str:
        """One that has work."""
        named = self.service.department if self.service else None
        return named.code if named else ""

    @cached_property
    def answers(self) -> dict[str, Any]:
        """To the questions that have to be answered."""
        given: dict[str, Any] = {}
        for question in intake.questions_of(self.service) if self.service else ():
            if question.required and not question.show_if:
                code = str(question.options[0]["value"]) if question.options else ""
                given[question.code] = [code] if question_kinds.of(question).is_several else code or DESCRIPTION
        return given

    def body(self, operation: str, documented: dict[str, Any]) -> dict[str, Any]:
        """The documented body with the city's own service, answers, place and area."""
        sent = {**documented, **({"private_token": "$TOKEN"} if "private_token" in documented else {})}
        longitude, latitude = self.city.map_view["center"]
        match operation:
            case "sendReport" | "sendTransfer":
                sent |= {"service": self.of("service_code", sent["service"]), "answers": self.answers}
                sent["place"] = {"lat": latitude, "long": longitude}
            case "open311SendRequest":
                sent = {"service_code": self.of("service_code", sent["service_code"]), "description": DESCRIPTION}
                sent |= {"lat": str(latitude), "long": str(longitude)}
                sent |= {f"attribute[{code}]": str(answer) for code, answer in self.answers.items()}
            case "open311SendUpdate":
                sent["service_request_id"] = "$REFERENCE"
            case "follow":
                sent["area"] = ":".join(self.area) if self.area else sent["area"]
            case "createWebhook":
                sent["url"] = webhook_examples.HERE if settings.WEBHOOKS_TO_LOOPBACK else sent["url"]
                sent["services"] = [self.of("service_code", sent["services"][0])]
                sent["areas"] = [":".join(self.area)] if self.area else []
            case "addTask":
                sent["department"] = self.department or sent["department"]
            case "changeStaffRequest":
                # A request stays where it is.
                del sent["place"]
            case "undoStaffAction":
                sent["event"] = "$EVENT"
        return sent
