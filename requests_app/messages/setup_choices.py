"""What the choices of setup are called, for forms and for sentences about what changed."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.models import Article, ListedReason, ModerationTerm, Notice, ServiceVersion, Task

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SERVICE_SEEN_BY: "dict[str, _StrOrPromise]" = {
    ServiceVersion.Visibility.PUBLIC: gettext_lazy("Everyone"),
    ServiceVersion.Visibility.COARSE: gettext_lazy("Everyone, but not the exact place"),
    ServiceVersion.Visibility.NAMED_STAFF: gettext_lazy("Everyone, with the reporter’s name restricted"),
    ServiceVersion.Visibility.PRIVATE: gettext_lazy("Only the city"),
    ServiceVersion.Visibility.STAFF: gettext_lazy("Staff only"),
}
# Who can see the answers to a question.
ANSWERS_SEEN_BY: "dict[str, _StrOrPromise]" = {
    "public": gettext_lazy("Everyone"),
    "staff": gettext_lazy("Staff"),
    "department": gettext_lazy("Only its department"),
}
PHOTOS: "dict[str, _StrOrPromise]" = {
    "optional": gettext_lazy("Optional"),
    "asked": gettext_lazy("Asked for"),
    "none": gettext_lazy("None"),
}
EVIDENCE: "dict[str, _StrOrPromise]" = {
    "none": gettext_lazy("None"),
    "photo": gettext_lazy("A photo of the finished work"),
    "visit": gettext_lazy("A visit"),
}
PLACES: "dict[str, _StrOrPromise]" = {"required": gettext_lazy("Required"), "optional": gettext_lazy("Optional")}
DUPLICATES: "dict[str, _StrOrPromise]" = {
    "join": gettext_lazy("Offer to join it"),
    "ask": gettext_lazy("Ask if the whole block has it"),
    "never": gettext_lazy("Never"),
}
# How the owner of the ground is found.
PLACE_RULES: "dict[str, _StrOrPromise]" = {
    "none": gettext_lazy("It’s always the city’s"),
    "segment": gettext_lazy("By the street it’s on"),
    "polygon": gettext_lazy("By the land it’s on"),
}
AUDIENCES: "dict[str, _StrOrPromise]" = {
    Article.Audience.EVERYONE: gettext_lazy("Everyone"),
    Article.Audience.STAFF: gettext_lazy("Everyone who works for the city"),
    Article.Audience.DEPARTMENTS: gettext_lazy("Only these departments"),
}
NOTICES: "dict[str, _StrOrPromise]" = {
    Notice.Kind.INFO: gettext_lazy("Information"),
    Notice.Kind.WARNING: gettext_lazy("Warning"),
}
NOTICES_SHOWN: "dict[str, _StrOrPromise]" = {
    Notice.Place.EVERY_PAGE: gettext_lazy("On every page"),
    Notice.Place.HOME: gettext_lazy("On the home page"),
    Notice.Place.REPORT: gettext_lazy("To people who are reporting"),
    Notice.Place.SERVICE: gettext_lazy("On one service’s pages"),
    Notice.Place.AREA: gettext_lazy("On one area’s page"),
}
REASONS: "dict[str, _StrOrPromise]" = {
    ListedReason.Kind.CANNOT_DO: gettext_lazy("Why the city can’t do it"),
    ListedReason.Kind.HOLD: gettext_lazy("Why it’s on hold"),
    ListedReason.Kind.NO_EVIDENCE: gettext_lazy("Why there’s no photo or visit"),
}
TERMS: "dict[str, _StrOrPromise]" = {
    ModerationTerm.Kind.LINK: gettext_lazy("Site"),
    ModerationTerm.Kind.THREAT: gettext_lazy("Threatening words"),
    ModerationTerm.Kind.ADDRESS: gettext_lazy("Email address"),
}
DANGERS: "dict[str, _StrOrPromise]" = {
    "red_flag": gettext_lazy("Danger to life"),
    "poison": gettext_lazy("Poison"),
    "self_harm": gettext_lazy("Self-harm"),
    "child_abuse": gettext_lazy("Abuse of a child"),
    "sexual_violence": gettext_lazy("Sexual violence"),
    "trafficking": gettext_lazy("Trafficking"),
    "elder_abuse": gettext_lazy("Abuse of an older person"),
    "domestic_violence": gettext_lazy("Violence at home"),
    "overdose": gettext_lazy("Overdose"),
    "threat": gettext_lazy("Threat"),
    "utility": gettext_lazy("Gas and wires"),
    "hazard": gettext_lazy("Hazard"),
}
UNITS: "dict[str, _StrOrPromise]" = {
    "us": gettext_lazy("Feet and miles"),
    "metric": gettext_lazy("Meters and kilometers"),
}
COUNTRIES: "dict[str, _StrOrPromise]" = {
    "US": gettext_lazy("United States"),
    "PR": gettext_lazy("Puerto Rico"),
    "CA": gettext_lazy("Canada"),
    "MX": gettext_lazy("Mexico"),
}
TASK_STATES: "dict[str, _StrOrPromise]" = {
    Task.State.OPEN: pgettext_lazy("task", "Open"),
    Task.State.DONE: gettext_lazy("Done"),
    Task.State.DROPPED: gettext_lazy("Not needed"),
}
