"""The demo's own pages: look through other eyes with one press, read the mails, and a 911 button that does not dial."""

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from requests_app import links
from requests_app.demo import mailbox
from requests_app.demo.staff import SEEN_AS, demo_user, load_staff
from requests_app.messages import wording
from requests_app.models import AccessLink, Jurisdiction, Participation, ServiceRequest, Status
from requests_app.rules import permissions
from requests_app.web.visitor import drafts_of

# One private link for each place where a request can stand.
SHOWN_STATUSES = [Status.RECEIVED, Status.ROUTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED]


@require_POST
def see_as(request: HttpRequest) -> HttpResponse:
    """No password: that is why production refuses to start with the demo."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    role = request.POST.get("role", "")
    if role in ("resident", "developer"):
        logout(request)
        if role == "developer":
            return redirect("demo:developer")
        make_links(jurisdiction)
        return redirect("demo:private_links")
    if role not in SEEN_AS:
        raise Http404
    if demo_user(jurisdiction, role) is None:
        load_staff(jurisdiction)
    user = demo_user(jurisdiction, role)
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("staff_app:queue")


def make_links(jurisdiction: Jurisdiction) -> None:
    """Reporters' private links, so that one can look through a resident's eyes."""
    for participation in _reporters(jurisdiction):
        links.link_for(participation.person, participation.service_request)


def _reporters(jurisdiction: Jurisdiction) -> list[Participation]:
    found = []
    for status in SHOWN_STATUSES:
        newest = ServiceRequest.objects.in_jurisdiction(jurisdiction).public().filter(status=status)
        reporters = Participation.objects.filter(role=Participation.Role.REPORTER, service_request__in=newest)
        first = reporters.select_related("person", "service_request").order_by("-service_request_id", "id").first()
        if first is not None:
            found.append(first)
    return found


@require_safe
@cache_control(private=True, no_store=True)
def private_links(request: HttpRequest) -> HttpResponse:
    """The visitor's own draft; and what only a mailbox holds elsewhere: the private links of a few reports, newest first."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    newest = (
        AccessLink.objects.filter(service_request__jurisdiction=jurisdiction, purpose=AccessLink.Purpose.FOLLOW)
        .select_related(
            "service_request__service_version", "service_request__department", "service_request__owner", "person"
        )
        .order_by("-id")[:20]
    )
    shown = [
        {
            "service_request": link.service_request,
            "status": wording.status_words(link.service_request),
            "url": links.url(link, jurisdiction),
        }
        for link in newest
    ]
    return render(request, "demo/private_links.html", {"links": shown, "drafts": drafts_of(request)})


@require_safe
def developer(request: HttpRequest) -> HttpResponse:
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    return render(request, "demo/developer.html", {"site": links.site_of(jurisdiction)})


@require_safe
def no_911(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/no_911.html")


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    if (refused := _refused(request)) is not None:
        return refused
    about = request.GET.get("q", "").strip()[:100]
    return render(request, "demo/mail.html", {"mails": mailbox.newest(about), "about": about})


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    if (refused := _refused(request)) is not None:
        return refused
    found = mailbox.one(name)
    if found is None:
        raise Http404
    return render(request, "demo/mail_detail.html", {"mail": found})


def _refused(request: HttpRequest) -> HttpResponse | None:
    """The mails of a city are for its own staff, in the demo too."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    if any(one.jurisdiction_id == jurisdiction.pk for one in permissions.memberships_of(request.user)):
        return None
    message = _("You’re signed in, but you don’t work for %(city)s.") % {"city": jurisdiction.name}
    return render(request, "403.html", {"message": message}, status=403)
