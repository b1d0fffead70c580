"""What members of staff read of the city's articles: what residents read, what is for staff alone, and who does it by when.

The desk, the page of a request and the staff's own search ask here. It searches the same articles by the same words as residents'
pages and the API (word_search.py), and those for staff besides.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString

from requests_app.clock import app_now
from requests_app.core import markdown
from requests_app.core.localized import localized
from requests_app.models import (
    Article,
    ArticleFeedback,
    ArticleProblem,
    Department,
    Jurisdiction,
    Membership,
    Target,
    User,
)
from requests_app.rules.answers import word_search
from requests_app.rules.answers.word_search import ARTICLE, FOR_STAFF, STAFF_KINDS
from requests_app.rules.people import permissions
from requests_app.rules.promises import service_levels
from requests_app.rules.shared import directory as directories

SHOWN = 6
# How long before a review its owner gets an email.
REVIEW_NOTICE = dt.timedelta(days=14)
# How many of the best are read, since the reader may not see some of them.
MOST = 20
# A lower score is chance; so is a lower share of the best.
LEAST, SHARE = 0.6, 0.35


def has_expired(article: Article) -> bool:
    return article.valid_until is not None and article.valid_until <= app_now()


@dataclass(frozen=True)
class TakerAnswer:
    """An article as somebody needs it who answers for the city.

    sentence: its first paragraph. department, target: of the first service that it is about, if there is one; contact: of who does
    it instead, or the office. related: what people ask next, of what this reader may read. is_marked: somebody said that it's
    wrong, and nobody has mended it yet.
    """

    article: Article
    sentence: SafeString
    script: str
    note: str
    department: Department | None = None
    target: Target | None = None
    contact: dict[str, Any] | None = None
    related: list[Article] = field(default_factory=list)
    is_marked: bool = False

    @property
    def version(self) -> int:
        """To be kept with an answer that was given from it."""
        return self.article.version


def readable(user: User | AnonymousUser, jurisdiction: Jurisdiction) -> QuerySet[Article]:
    """The published articles that this member of staff may read now."""
    memberships, own = permissions.memberships_of(user), permissions.own_memberships(user)
    here = [one for one in memberships if one.jurisdiction_id == jurisdiction.pk]
    if not here:
        return Article.objects.none()
    departments = {one.department_id for one in here} - {None}
    if own is not None:
        # Who sees pages as a role reads no more than by their own.
        departments &= {one.department_id for one in own}
    theirs = Article.departments.through.objects.filter(department__in=departments).values("article")
    return Article.objects.valid().filter(
        ~Q(audience=Article.Audience.DEPARTMENTS) | Q(pk__in=theirs), jurisdiction=jurisdiction
    )


def keepers(article: Article) -> list[User]:
    """Who hears that it's wrong: its owner, while they work here; else those who may write articles."""
    here = User.objects.filter(memberships__jurisdiction=article.jurisdiction_id, is_active=True)
    owners = list(here.filter(pk=article.owner_id).distinct()) if article.owner_id else []
    may_write = Membership.objects.filter(
        jurisdiction=article.jurisdiction_id, role__permissions__contains=["write_articles"]
    )
    return owners or list(here.filter(memberships__in=may_write).distinct().order_by("pk"))


def keeps(user: User, article: Article) -> bool:
    return any(one.pk == user.pk for one in keepers(article))


def feedback_for(user: User, article: Article) -> list[ArticleFeedback]:
    """What residents missed in it, the newest first, for those who keep it; nothing for anybody else."""
    return list(ArticleFeedback.objects.filter(article=article).order_by("-pk")) if keeps(user, article) else []


def for_takers(
    jurisdiction: Jurisdiction, query: str, language: str, *, user: User | AnonymousUser, most: int = SHOWN
) -> list[TakerAnswer]:
    """The articles that best match what somebody asks or a call taker types, best first; none if nothing does."""
    return answers(jurisdiction, _best(jurisdiction, query, language, user)[:most], user=user, language=language)


def _best(jurisdiction: Jurisdiction, query: str, language: str, user: User | AnonymousUser) -> list[Article]:
    scores = word_search.scores(jurisdiction, query, language, STAFF_KINDS)
    likely = {pk: score for (kind, pk), score in scores.items() if kind in (ARTICLE, FOR_STAFF) and score >= LEAST}
    best = sorted(likely, key=lambda pk: -likely[pk])[:MOST]
    by_id = readable(user, jurisdiction).in_bulk(best)
    rows = [by_id[pk] for pk in best if pk in by_id]
    return [article for article in rows if likely[article.pk] >= SHARE * likely[rows[0].pk]]


def titles(
    jurisdiction: Jurisdiction, query: str, language: str, *, user: User | AnonymousUser, most: int
) -> list[str]:
    """Of the articles that for_takers() would answer with, while somebody types."""
    return [localized(article.title) for article in _best(jurisdiction, query, language, user)[:most]]


def of_service(
    jurisdiction: Jurisdiction, service_code: str, language: str, *, user: User | AnonymousUser, most: int = SHOWN
) -> list[TakerAnswer]:
    """The articles about a service: those about the fewest others first, then the newest."""
    same = Article.objects.filter(pk=OuterRef("pk")).order_by().annotate(number=Count("services"))
    breadth = Subquery(same.values("number"))
    about = readable(user, jurisdiction).filter(services__service_code=service_code)
    rows = about.annotate(breadth=breadth).order_by("breadth", "-updated_at", "-pk")
    return answers(jurisdiction, list(rows[:most]), user=user, language=language)


def answers(
    jurisdiction: Jurisdiction, articles: list[Article], *, user: User | AnonymousUser, language: str
) -> list[TakerAnswer]:
    """These articles, in their order, in as many statements as one takes."""
    pks = [article.pk for article in articles]
    about = _services(pks)
    directory = directories.of(jurisdiction)
    first = {pk: directory.services[ids[0]] for pk, ids in about.items() if ids and ids[0] in directory.services}
    targets = _targets(service.pk for service in first.values())
    related = _related(pks, readable(user, jurisdiction))
    marked = set(ArticleProblem.objects.filter(article__in=pks, mended_at=None).values_list("article", flat=True))
    now = app_now()
    made = []
    for article in articles:
        service = first.get(article.pk)
        version = service.current if service is not None else None
        of_service = [
            one for one in targets if service and one.service_id == service.pk and one.priority in (None, _of(version))
        ]
        made.append(
            TakerAnswer(
                article,
                sentence=markdown.lead_and_rest(localized(article.body, language))[0],
                script=localized(article.script, language),
                note=localized(article.note, language),
                department=directory.departments.get(version.department_id) if version is not None else None,
                target=service_levels.newest(of_service, Target.Kind.RESOLVE, at=now),
                contact=article.contact,
                related=related.get(article.pk, []),
                is_marked=article.pk in marked,
            )
        )
    return made


def _of(version: Any) -> int | None:
    return version.priority if version is not None else None


def _services(pks: list[int]) -> dict[int, list[int]]:
    rows = Article.services.through.objects.filter(article__in=pks).order_by("article", "service")
    by_article: dict[int, list[int]] = {}
    for article, service in rows.values_list("article", "service"):
        by_article.setdefault(article, []).append(service)
    return by_article


def _targets(service_ids: Iterable[int]) -> list[Target]:
    ids = list(service_ids)
    if not ids:
        return []
    targets = Target.objects.filter(service__in=ids, kind=Target.Kind.RESOLVE, area=None)
    return list(targets.select_related("calendar"))


def _related(pks: list[int], may_read: QuerySet[Article]) -> dict[int, list[Article]]:
    rows = Article.related.through.objects.filter(from_article__in=pks, to_article__in=may_read.values("pk"))
    by_article: dict[int, list[Article]] = {}
    for row in rows.select_related("to_article").order_by("from_article", "to_article__code"):
        by_article.setdefault(row.from_article_id, []).append(row.to_article)
    return by_article
