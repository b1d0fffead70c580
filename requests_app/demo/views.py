"""Pages of the demo: sign in as any role, read the emails, and a 911 button that makes no call."""

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from requests_app import links
from requests_app.actions.people import staff_sessions
from requests_app.demo import callers, developers, mailbox
from requests_app.demo.staff import DEMO_BAR, demo_user, load_staff
from requests_app.messages import sms, wording
from requests_app.models import AccessLink, Jurisdiction, Participation, ServiceRequest, Status, User
from requests_app.rules.people import permissions
from requests_app.visitor import open_drafts
from requests_app.web.resident import sign_in

# One private link per status.
LINK_STATUSES = [Status.RECEIVED, Status.ROUTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED]

# Where a role begins its day.
FIRST_PAGES = {"crew": "staff_app:crew_day", "call_taker": "staff_app:desk"}


@require_POST
def see_as(request: HttpRequest) -> HttpResponse:
    """Signs in without a password, which is why production refuses to start with the demo."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    role = request.POST.get("role", "")
    if role in ("resident", "developer"):
        logout(request)
        if role == "developer":
            return sign_in(request, redirect("requests_app:developers"), developers.contact_point(jurisdiction))
        make_links(jurisdiction)
        return redirect("demo:private_links")
    if role not in DEMO_BAR:
        raise Http404
    if demo_user(jurisdiction, role) is None:
        load_staff(jurisdiction)
    user = demo_user(jurisdiction, role)
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    # As the sign-in page does, so that the desk hears calls as long as the session goes on.
    staff_sessions.record(str(request.session.session_key), user, jurisdiction)
    return redirect(FIRST_PAGES.get(role, "staff_app:queue"))


@require_POST
@login_required
def ring(request: HttpRequest) -> HttpResponse:
    """One of the invented callers rings at the reader's own desk."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    user = request.user
    if not isinstance(user, User) or not permissions.can_in_city(user, "submit_for_others", jurisdiction):
        raise Http404
    callers.ring(jurisdiction, user)
    return redirect("staff_app:desk")


def make_links(jurisdiction: Jurisdiction) -> None:
    """Creates private links of reporters, to see their pages as a resident."""
    for participation in _reporters(jurisdiction):
        links.get_or_create_link(participation.person, participation.service_request)


def _reporters(jurisdiction: Jurisdiction) -> list[Participation]:
    participations = []
    for status in LINK_STATUSES:
        newest = ServiceRequest.objects.in_jurisdiction(jurisdiction).public().filter(status=status)
        reporters = Participation.objects.filter(role=Participation.Role.REPORTER, service_request__in=newest)
        first = reporters.select_related("person", "service_request").order_by("-service_request_id", "id").first()
        if first is not None:
            participations.append(first)
    return participations


@require_safe
@cache_control(private=True, no_store=True)
def private_links(request: HttpRequest) -> HttpResponse:
    """The visitor's draft, and private links of a few reports, newest first, which residents get only by email."""
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
    return render(request, "demo/private_links.html", {"links": shown, "drafts": open_drafts(request)})


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
    return render(request, "demo/mail.html", {"emails": mailbox.latest(about), "about": about})


# The letter is a frame in it.
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
@require_safe
@cache_control(private=True, no_store=True)
@login_required
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    if (refused := _refused(request)) is not None:
        return refused
    message = mailbox.get(name)
    if message is None:
        raise Http404
    return render(request, "demo/mail_detail.html", {"mail": message})


# Emails have inline styles. A sandbox without scripts and without our origin; links open in a tab of their own.
@csp_replace(  # type: ignore[arg-type]
    {
        "style-src": ["'unsafe-inline'"],
        "img-src": ["'self'", settings.SITE_URL],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
@xframe_options_sameorigin
@require_safe
@cache_control(private=True, no_store=True)
@login_required
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part, as an email program would show it."""
    if (refused := _refused(request)) is not None:
        return refused
    message = mailbox.get(name)
    if message is None or not message.html:
        raise Http404
    return HttpResponse(message.html.replace("<head>", '<head><base target="_blank">', 1))


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def texts(request: HttpRequest) -> HttpResponse:
    """The text messages that the simulated gateway kept."""
    if (refused := _refused(request)) is not None:
        return refused
    return render(request, "demo/texts.html", {"texts": sms.latest()})


def _refused(request: HttpRequest) -> HttpResponse | None:
    """403 unless the user works for this city; None otherwise."""
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    if any(membership.jurisdiction_id == jurisdiction.pk for membership in permissions.memberships_of(request.user)):
        return None
    message = _("You’re signed in, but you don’t work for %(city)s.") % {"city": jurisdiction.name}
    return render(request, "403.html", {"message": message}, status=403)
