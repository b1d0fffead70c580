"""“Send it to them for me”: what somebody else does is written, shown as the email that it becomes, and sent."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import photos
from requests_app.actions.report import drafts, referrals
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.core.localized import localized
from requests_app.forms.photo_uploads import take_photos
from requests_app.forms.report_forms import ReferralForm
from requests_app.messages import referral_mail, wording
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Article, Draft, Jurisdiction, Photo
from requests_app.rules.publication import review
from requests_app.rules.report.path import Path
from requests_app.rules.report.referrals import Receiver, can_refer, is_urgent, photos_of, receiver_of
from requests_app.visitor import get_visitor, has_expired, own_draft, set_visitor_cookie
from requests_app.web.language_switch import requested_language, same_page_in
from requests_app.web.report import spam_signals
from requests_app.web.report.draft_page import (
    draft_page,
    gone,
    in_other_language,
    next_of,
    page_url,
    settle_danger,
    show,
    to_next_page,
)
from requests_app.web.report.start import DRAFTS_AN_HOUR
from requests_app.web.resident import resident_of

# Emails sent from one network, such as a library, and from one browser.
SENT_AN_HOUR, BY_ONE_BROWSER_A_DAY = 20, 5
# Emails that ask for an answer to one address that isn't proved to be the writer's.
TO_ONE_UNVERIFIED_A_DAY = 3


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_referral(request: CityRequest, code: str) -> HttpResponse:
    """From an article's page, where nothing was typed yet. Keeps what is typed in a draft from the first POST on."""
    article, receiver = _referred(request.jurisdiction, code)
    if article is None or receiver is None:
        raise Http404
    form = ReferralForm(request.POST if request.method == "POST" else None, jurisdiction=request.jurisdiction)
    if request.method != "POST":
        return _form_page(request, form, article, receiver)
    language = requested_language(request)
    if language and not form.data.get("text", "").strip():
        return same_page_in(language, request.path)
    valid = form.is_valid()
    # Photos can't be given back in a form, so they begin a draft even if something else is wrong.
    if not valid and not language and not request.FILES:
        return _form_page(request, form, article, receiver, status=422)
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _form_page(request, form, article, receiver, status=429)
    visitor = get_visitor(request)
    draft = drafts.create(
        request.jurisdiction,
        visitor=visitor,
        language=request.LANGUAGE_CODE,
        **form.typed(article.code),
        **spam_signals.noticed(request.POST),
    )
    refused = _take_photos(request, draft, form)
    if language:
        with override(language):
            return set_visitor_cookie(redirect("requests_app:referral", draft.pk, article.code), visitor)
    if not valid or refused:
        response: HttpResponse = _form_again(request, draft, article, receiver, refused)
        return set_visitor_cookie(response, visitor)
    response = to_next_page(draft)
    settle_danger(draft, response, page_url(draft, "emergency"))
    return set_visitor_cookie(response, visitor)


@draft_page
def referral(request: CityRequest, draft: Draft, code: str) -> HttpResponse:
    """The same with a draft: after its first words, or to change what will be sent."""
    article, receiver = _referred(request.jurisdiction, code)
    if article is None or receiver is None:
        raise Http404
    path = Path(draft)
    if request.method != "POST" and not can_refer(path, article):
        return _urgent_page(request, draft, article, receiver)
    if request.method != "POST":
        initial = {
            "text": path.text,
            **({"place": path.place["address"]} if path.place.get("address") else {}),
            **path.referral,
            **(draft.typed.get("referral_typed") or {}),
        }
        return _form_page(request, _form(draft, initial=initial), article, receiver, draft=draft)
    form = _form(draft, request.POST)
    valid = form.is_valid()
    if spam_signals.is_trapped(request.POST):
        drafts.save(draft, by_robot=True)
    refused = _take_photos(request, draft, form)
    language = requested_language(request)
    if valid or language:
        drafts.save(draft, **form.typed(article.code))
    if language:
        return in_other_language(request, draft, language)
    if valid and not refused:
        return to_next_page(draft)
    return _form_again(request, draft, article, receiver, refused)


def _form(draft: Draft, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> ReferralForm:
    return ReferralForm(
        data,
        jurisdiction=draft.jurisdiction,
        kept_photos=list(draft.photos.order_by("id")),
        chosen_photos=draft.typed.get("referral_photos") or (),
        initial=initial,
    )


def _take_photos(request: CityRequest, draft: Draft, form: ReferralForm) -> list[str]:
    """Keeps the photos of the form; new ones go along. Returns what is wrong with them."""
    added: list[str] = []

    def add(upload: UploadedFile, key: str) -> None:
        added.append(drafts.add_photo(draft, upload, size=upload.size or 0).name)

    room = photos.PHOTOS_MAX - len(form.kept_photos)
    refused = take_photos(request, add, room=room, most=photos.PHOTOS_MAX)
    drafts.save(draft, referral_photos=[*form.chosen_photos, *added])
    return [*refused, *_too_large(photos_of(Path(draft)))]


def _too_large(attached: list[Photo]) -> list[str]:
    if referral_mail.attached_bytes(attached) <= referral_mail.ATTACHED_MAX_BYTES:
        return []
    return [_("Together, these photos are too large for an email. Send fewer of them.")]


def _form_again(
    request: CityRequest, draft: Draft, article: Article, receiver: Receiver, refused: list[str]
) -> HttpResponse:
    """The page with its errors, and with the photos that were stored: they are kept even if something else is wrong."""
    data = request.POST.copy()
    data.update({f"photo_{name}": "on" for name in draft.typed.get("referral_photos", [])})
    form = _form(draft, data)
    form.is_valid()
    for problem in refused:
        form.add_error("photos" if "photos" in form.fields else None, problem)
    return _form_page(request, form, article, receiver, status=422, draft=draft)


@draft_page
def check_referral(request: CityRequest, draft: Draft) -> HttpResponse:
    """Shows the email exactly as it will be sent, and sends it."""
    path = Path(draft)
    if path.next_page() != "check_referral":
        return to_next_page(draft)
    article, receiver = _referred(request.jurisdiction, str(path.referral.get("article", "")))
    if article is None or receiver is None:
        drafts.save(draft, referral={})
        messages.warning(request, _("We can’t send email to them anymore. We kept what you typed."))
        return to_next_page(draft)
    if is_urgent(path):
        return _urgent_page(request, draft, article, receiver)
    resident, attached = resident_of(request), photos_of(path)
    if too_large := _too_large(attached):
        messages.warning(request, too_large[0])
        return redirect("requests_app:referral", draft.pk, article.code)
    verified = resident.contact_point.normalized if resident else ""
    letter = referral_mail.compose(
        request.jurisdiction,
        article,
        receiver,
        text=path.text,
        referral=path.referral,
        photos=attached,
        verified=verified,
    )
    seen = salted_hmac("referral", f"{letter}").hexdigest()
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        if spam_signals.is_trapped(request.POST):
            drafts.save(draft, by_robot=True)
        problem, status = _problem(
            request, draft, letter, receiver, is_as_seen=request.POST.get("seen") == seen, verified=verified
        )
        if not problem:
            return redirect("requests_app:referred", draft.pk)
        form.add_error(None, problem)
    return show(
        request,
        "check_referral",
        step=1,
        form=form,
        status=status,
        draft=draft,
        article=article,
        receiver=receiver,
        letter=letter,
        attached=attached,
        letter_language=request.jurisdiction.languages[0],
        seen=seen,
    )


@never_cache
@require_safe
def referred(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    """To whom it was sent, when, and what to expect."""
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return gone(request, draft)
    if "referred" not in draft.typed:
        return to_next_page(draft)
    sent = draft.typed["referred"]
    at = parse_datetime(sent["at"])
    context = {
        "draft": draft,
        "sent": sent,
        "at": wording.long_time(at, request.jurisdiction.zone) if at else "",
        "letter": draft.typed.get("letter"),
        "next_draft": next_of(request, draft),
    }
    return render(request, "requests_app/report/referred.html", context)


def _problem(
    request: CityRequest,
    draft: Draft,
    letter: referrals.Letter,
    receiver: Receiver,
    *,
    is_as_seen: bool,
    verified: str,
) -> tuple[str, int]:
    """Sends it, or says why not, with the status of the answer."""
    if not is_as_seen:
        return _("This changed while you had it open. Please check it again."), 409
    name = localized(receiver.name)
    texts = [letter.body, letter.reply_to]
    if drafts.is_bot(draft) or review.find_matches(request.jurisdiction, texts).reason:
        return _("We can’t email this for you. Please contact %(name)s yourself.") % {"name": name}, 422
    if letter.reply_to and letter.reply_to.lower() != verified:
        # A receiver's program may answer at once. Nobody may have many such answers sent to somebody else.
        key = f"referral-reply:{limits.hashed(letter.reply_to.lower())}"
        if not limits.allow_key(key, most=TO_ONE_UNVERIFIED_A_DAY, per_s=limits.DAY):
            sentence = _(
                "Today we’ve already sent several of these that give %(email)s for the answer. Leave it out, or first sign in to "
                "My reports with it."
            )
            return sentence % {"email": letter.reply_to}, 429
    # Both are counted, even if the first one is reached.
    within = [
        limits.allow(request, "referral", SENT_AN_HOUR),
        limits.allow_key(f"referral-by:{draft.visitor_hash[:24]}", most=BY_ONE_BROWSER_A_DAY, per_s=limits.DAY),
    ]
    if not within[0]:
        return too_many_requests(request.jurisdiction), 429
    if not within[1]:
        sentence = _(
            "You can send %(count)s of these a day. We saved this one: try again tomorrow, or contact %(name)s yourself."
        )
        return sentence % {"count": BY_ONE_BROWSER_A_DAY, "name": name}, 429
    try:
        referrals.send(draft, letter, receiver)
    except referrals.TooManyReferralsError:
        sentence = _(
            "%(name)s got a lot of email from us today. We saved yours: try again tomorrow, or contact them yourself."
        )
        return sentence % {"name": name}, 429
    return "", 302


def _referred(jurisdiction: Jurisdiction, code: str) -> tuple[Article | None, Receiver | None]:
    article = Article.objects.public().filter(jurisdiction=jurisdiction, code=code).first()
    return article, receiver_of(article) if article else None


def _form_page(
    request: CityRequest, form: Form, article: Article, receiver: Receiver, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"article": article, "receiver": receiver}
    return show(request, "referral", step=1, form=form, status=status, **context)


def _urgent_page(request: CityRequest, draft: Draft, article: Article, receiver: Receiver) -> HttpResponse:
    return show(request, "referral_urgent", step=1, draft=draft, article=article, receiver=receiver)
