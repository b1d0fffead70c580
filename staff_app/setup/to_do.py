"""What waits for an administrator: the first lines of setup, each with the page where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.clock import app_now
from requests_app.core.languages import language_in_sentence
from requests_app.imports.layer_fields import KINDS
from requests_app.models import ApiKeyRequest, Article, Jurisdiction, LayerImport, OnCall, RoutingDraft, ServiceApproval
from requests_app.rules.alarms import calls, on_call_week
from requests_app.rules.setup import go_live
from requests_app.rules.setup.service_states import WAITING, name_of, services_in
from staff_app.setup.on_call import roster_name
from staff_app.setup.on_call_week import gap_words
from staff_app.setup.translations.kinds import other_languages, untranslated_count

# Of a roster with many gaps, and of the files that wait.
LISTED = 3


@dataclass(frozen=True)
class ToDo:
    text: str
    url: str


def to_do(city: Jurisdiction) -> list[ToDo]:
    """In the order of the harm that waiting does."""
    return [
        *_on_call(city),
        *_approvals(city),
        *_services(city),
        *_layers(city),
        *_routing(city),
        *_articles(city),
        *_translations(city),
        *_keys(city),
    ]


def _on_call(city: Jurisdiction) -> Iterator[ToDo]:
    """The hours in which nobody of a roster can be reached. A department without a roster leaves its alarms to the desk."""
    url = reverse("staff_app:on_call")
    rosters: dict[int | str, list[OnCall]] = {"": []}
    for entry in OnCall.objects.filter(jurisdiction=city).select_related("user", "department"):
        rosters.setdefault(entry.department_id or entry.kind, []).append(entry)
    reachable = {entry.pk for entry in calls.reachable(city, [one for entries in rosters.values() for one in entries])}
    for entries in rosters.values():
        gaps = on_call_week.gaps(entries, reachable)
        name = roster_name(entries[0] if entries else None)
        for gap in gaps[:LISTED]:
            if gap.ends - gap.starts == on_call_week.WEEK:
                yield ToDo(_("On call at %(roster)s: %(gap)s") % {"roster": name, "gap": gap_words(gap)}, url)
                continue
            day = str(WEEKDAYS[gap.starts // on_call_week.DAY])
            yield ToDo(
                _("On call at %(roster)s, %(day)s: %(gap)s") % {"roster": name, "day": day, "gap": gap_words(gap)}, url
            )
        if (more := len(gaps) - LISTED) > 0:
            words = ngettext("%(roster)s: %(n)d more gap in the week", "%(roster)s: %(n)d more gaps in the week", more)
            yield ToDo(words % {"roster": name, "n": more}, url)


def _approvals(city: Jurisdiction) -> Iterator[ToDo]:
    """Of services that residents use: those that end soon, and those that have ended."""
    today = app_now().astimezone(city.zone).date()
    approvals = ServiceApproval.objects.filter(
        kind=ServiceApproval.Kind.EMERGENCY,
        service__jurisdiction=city,
        service__active=True,
        review_by__lte=today + go_live.NOTIFIED_BEFORE[0],
    ).select_related("service__current")
    for approval in approvals.order_by("review_by", "service__service_code"):
        # Only an approval that doesn't lapse has none, and the filter leaves those out.
        last_day = approval.review_by or today
        words = _("The approval of %(service)s ends on %(day)s.")
        if last_day < today:
            words = _("The approval of %(service)s ended on %(day)s.")
        name, day = name_of(approval.service), formats.date_format(last_day, "DATE_FORMAT")
        url = reverse("staff_app:service_go_live", args=[approval.service.service_code])
        yield ToDo(words % {"service": name, "day": day}, url)


def _services(city: Jurisdiction) -> Iterator[ToDo]:
    if waiting := services_in(city, WAITING).count():
        words = ngettext("%(n)d service waits to go live.", "%(n)d services wait to go live.", waiting)
        yield ToDo(words % {"n": waiting}, _page("go_live", state=WAITING))


def _layers(city: Jurisdiction) -> Iterator[ToDo]:
    checked = LayerImport.objects.filter(jurisdiction=city, state=LayerImport.State.CHECKED).only("kind", "file_name")
    for layer_import in checked.order_by("-id")[:LISTED]:
        words = _("%(file)s was checked and waits to be used: %(kind)s.")
        url = reverse("staff_app:layer_import", args=[layer_import.pk])
        yield ToDo(words % {"file": layer_import.file_name, "kind": KINDS[layer_import.kind].name}, url)


def _routing(city: Jurisdiction) -> Iterator[ToDo]:
    if RoutingDraft.objects.filter(jurisdiction=city).exists():
        yield ToDo(_("The draft of the routing rules isn’t published yet."), reverse("staff_app:routing"))


def _articles(city: Jurisdiction) -> Iterator[ToDo]:
    today = app_now().astimezone(city.zone).date()
    if due := Article.objects.filter(jurisdiction=city, review_on__lte=today).count():
        words = ngettext("%(n)d article is due for review.", "%(n)d articles are due for review.", due)
        yield ToDo(words % {"n": due}, _page("articles", show="due"))


def _translations(city: Jurisdiction) -> Iterator[ToDo]:
    for language in other_languages(city):
        if missing := untranslated_count(city, language):
            words = ngettext("%(n)d text has no %(language)s yet.", "%(n)d texts have no %(language)s yet.", missing)
            url = _page("translations", language=language)
            yield ToDo(words % {"n": missing, "language": language_in_sentence(language)}, url)


def _keys(city: Jurisdiction) -> Iterator[ToDo]:
    waiting = ApiKeyRequest.objects.filter(jurisdiction=city, state=ApiKeyRequest.State.WAITING).count()
    if waiting:
        words = ngettext("%(n)d program asks for an API key.", "%(n)d programs ask for an API key.", waiting)
        yield ToDo(words % {"n": waiting}, reverse("staff_app:api_keys"))


def _page(name: str, **query: str) -> str:
    return f"{reverse(f'staff_app:{name}')}?{urlencode(query)}"
