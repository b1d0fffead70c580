"""What articles answered, by month, article and service; votes on them; searches without an answer; and what was sent to others."""

import datetime as dt
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import render

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import AnsweredCount, Article, ArticleVote, ReferralCount, Service
from requests_app.rules.answers.unanswered_searches import TIMES, unanswered
from staff_app.decorators import StaffRequest, need_in_city, staff_page

DAYS = 366
ROWS_MAX = 500


@staff_page
def answered_counts(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    since = (app_now().astimezone(city.zone).date() - dt.timedelta(days=DAYS)).replace(day=1)
    counted = (
        AnsweredCount.objects.filter(jurisdiction=city, day__gte=since)
        .annotate(month=TruncMonth("day"))
        .values("month", "article_code", "service_code")
        .annotate(count=Sum("value"))
        .order_by("-month", "-count", "article_code", "service_code")
    )
    known = list(Article.objects.filter(jurisdiction=city).only("code", "title", "contact").order_by("code"))
    articles = {one.code: localized(one.title) for one in known}
    contacts: list[dict[str, Any]] = [one.contact for one in known if one.contact]
    receivers = {one["email"].lower(): localized(one["name"]) for one in contacts if one.get("email")}
    services = {
        one.service_code: localized(one.current.name)
        for one in Service.objects.filter(jurisdiction=city, current__isnull=False).select_related("current")
        if one.current is not None
    }
    rows = [
        {
            "month": row["month"],
            "article": articles.get(row["article_code"], row["article_code"]),
            "service": services.get(row["service_code"], row["service_code"]),
            "count": row["count"],
        }
        for row in counted[:ROWS_MAX]
    ]
    votes = (
        ArticleVote.objects.filter(jurisdiction=city, day__gte=since)
        .values("article_code")
        .annotate(yes=Sum("value", filter=Q(helped=True)), no=Sum("value", filter=Q(helped=False)))
        .order_by("article_code")
    )
    sent = (
        ReferralCount.objects.filter(jurisdiction=city, day__gte=since)
        .values("receiver")
        .annotate(count=Sum("value"))
        .order_by("-count", "receiver")
    )
    context = {
        "rows": rows,
        "votes": [
            {**row, "article": articles.get(row["article_code"], row["article_code"])} for row in votes[:ROWS_MAX]
        ],
        "sent": [{**row, "name": receivers.get(row["receiver"], "")} for row in sent[:ROWS_MAX]],
        "searches": unanswered(city),
        "least": TIMES,
    }
    return render(request, "staff_app/setup/answered_counts.html", context)
