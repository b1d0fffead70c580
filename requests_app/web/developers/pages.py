"""What developers read: both APIs in one place, the reference, what each problem means, and Swagger UI."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.api.changelog import CHANGES
from requests_app.api.framework.problems import PROBLEMS
from requests_app.api.framework.schema import PROBLEM_EXAMPLES, example_of
from requests_app.api.framework.throttling import WITHOUT_KEY_A_MINUTE, WriteThrottle
from requests_app.api.v1.base import LIMIT_MAX
from requests_app.city_request import CityRequest
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope
from requests_app.rules.programs import webhook_events
from requests_app.rules.programs.webhooks import WEBHOOKS_MOST
from requests_app.web.developers import problem_words, reference, webhook_examples
from requests_app.web.developers.example_code import LANGUAGES, as_curl
from requests_app.web.developers.samples import Samples

# What can be asked for here; the others reach what isn't public.
SCOPES = (Scope.READ, Scope.REPORT, Scope.UPDATES, Scope.WEBHOOKS)
# Of the first page, by id.
SECTIONS = (
    ("apis", gettext_lazy("Two APIs")),
    ("first", gettext_lazy("Your first report and your first webhook")),
    ("keys", gettext_lazy("Keys")),
    ("sandbox", gettext_lazy("Trying it out")),
    ("errors", gettext_lazy("Errors")),
    ("limits", gettext_lazy("Limits")),
    ("webhooks", gettext_lazy("Webhooks")),
    ("polling", gettext_lazy("Finding out what changed")),
    ("reference", gettext_lazy("Reference")),
    ("changes", gettext_lazy("Changes")),
)
# So many of the changes are on the first page.
NEWEST = 5
public = cache_control(max_age=30, public=True)


@require_safe
@public
def developers(request: CityRequest) -> HttpResponse:
    samples = Samples(request.jurisdiction)
    report = next(one for one in reference.tags()["reporting"].operations if one.id == "sendReport")
    webhooks = webhook_examples.commands(samples.site)
    context = {
        "site": samples.site,
        "sections": SECTIONS,
        "steps": {
            "services": f'curl "{samples.site}/api/v1/services/"',
            "questions": f'curl "{samples.site}/api/v1/services/{samples.of("service_code", "pothole")}/"',
            "key": "export KEY=lk_…",
            "report": as_curl(reference.call_of(report, samples)),
            "reference": "export REFERENCE=…",
            "read": f'curl "{samples.site}/api/v1/requests/$REFERENCE/" -H "Authorization: Bearer $KEY"',
            "webhook": webhooks["create"],
            "secret": "export SECRET=whsec_…",
            "receive": webhooks["receive"],
            "advance": webhooks["advance"],
        },
        "webhook_programs": (("Python", webhook_examples.READ_IN_PYTHON), ("Node", webhook_examples.READ_IN_NODE)),
        "webhook_body": webhook_examples.shown(),
        "webhook_port": webhook_examples.PORT,
        "event_types": [(one.name, gettext(one.description)) for one in webhook_events.CATALOG],
        "scopes": SCOPES,
        "menu": reference.tags().values(),
        "changes": CHANGES[:NEWEST],
        "problems": problems(),
        "limits": {
            "without_key": WITHOUT_KEY_A_MINUTE,
            "with_key": ApiKey._meta.get_field("calls_a_minute").default,
            "writes": WriteThrottle.most,
            "page": LIMIT_MAX,
            "webhooks": WEBHOOKS_MOST,
        },
    }
    return render(request, "requests_app/developers/developers.html", context)


@require_safe
@public
def developer_reference(request: CityRequest, tag: str) -> HttpResponse:
    """The operations of one tag. `examples`: the language whose examples are open."""
    shown_tag = reference.tags().get(tag)
    if shown_tag is None:
        raise Http404
    samples = Samples(request.jurisdiction)
    operations = [(one, reference.examples(one, samples)) for one in shown_tag.operations]
    shown_in = request.GET.get("examples", "")
    context = {
        "menu": reference.tags().values(),
        "tag": shown_tag,
        "languages": LANGUAGES.items(),
        "shown_in": shown_in if shown_in in LANGUAGES else next(iter(LANGUAGES)),
        "operations": operations,
        # In curl, as they are written in a shell.
        "variables": reference.variables(programs[0][2] for _one, programs in operations),
    }
    return render(request, "requests_app/developers/developer_reference.html", context)


@require_safe
@public
def developer_problem(request: CityRequest, code: str) -> HttpResponse:
    """The page that a problem's `type` names."""
    if code not in PROBLEMS:
        raise Http404
    example = example_of(code, links.base_url(request.jurisdiction))
    status, title = PROBLEMS[code]
    context = {
        "menu": reference.tags().values(),
        "code": code,
        "status": status,
        "title": problem_words.translated(title),
        "explanation": problem_words.EXPLANATIONS[code],
        "call": PROBLEM_EXAMPLES[code]["call"],
        "example": reference.as_json(example),
    }
    return render(request, "requests_app/developers/developer_problem.html", context)


@require_safe
@public
def api_explorer(request: HttpRequest) -> HttpResponse:
    """Swagger UI. Its script is our own file, so that the content security policy needs no exception."""
    return render(request, "requests_app/developers/api_explorer.html")


def problems() -> list[tuple[str, int, str]]:
    return [(code, status, problem_words.translated(title)) for code, (status, title) in PROBLEMS.items()]
