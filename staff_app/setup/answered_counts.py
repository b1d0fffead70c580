"""What articles answered, by month, article and service; what readers said of them; and the searches without an answer."""

import datetime as dt

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import render

from requests_app.clock import app_now
from requests_app.localized import localized
from requests_app.models import AnsweredCount, Article, ArticleVote, Service
from requests_app.rules.unanswered_searches import TIMES, unanswered
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
    articles = {one.code: localized(one.title) for one in Article.objects.filter(jurisdiction=city)}
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
    context = {
        "rows": rows,
        "votes": [
            {**row, "article": articles.get(row["article_code"], row["article_code"])} for row in votes[:ROWS_MAX]
        ],
        "searches": unanswered(city),
        "least": TIMES,
    }
    return render(request, "staff_app/setup/answered_counts.html", context)
