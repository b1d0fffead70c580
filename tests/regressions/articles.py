"""Articles for staff and the desk's contacts."""

from tests.regressions.regression import Regression

_READ = ("tests/requests_app/rules/answers/test_staff_articles.py",)
_WRONG = ("tests/staff_app/articles/test_staff_articles.py",)
_REVIEWS = ("tests/requests_app/actions/answers/test_article_reviews.py",)
_CONTACTS = ("tests/requests_app/actions/contacts/test_contacts.py",)

REGRESSIONS = [
    Regression(
        "staff read articles of every department",
        "requests_app/rules/answers/staff_articles.py",
        "~Q(audience=Article.Audience.DEPARTMENTS) | Q(pk__in=theirs), jurisdiction=jurisdiction",
        "jurisdiction=jurisdiction",
        _READ,
    ),
    Regression(
        "who sees pages as a role reads another department's articles",
        "requests_app/rules/answers/staff_articles.py",
        "departments &= {one.department_id for one in own}",
        "departments |= {one.department_id for one in own}",
        _READ,
    ),
    Regression(
        "an answer says the target of requests of another priority",
        "requests_app/rules/answers/staff_articles.py",
        "one.priority in (None, _of(version))",
        "one.priority is not None",
        _READ,
    ),
    Regression(
        "somebody who left is told that their article is wrong",
        "requests_app/rules/answers/staff_articles.py",
        "here = User.objects.filter(memberships__jurisdiction=article.jurisdiction_id, is_active=True)",
        "here = User.objects.all()",
        _WRONG,
    ),
    Regression(
        "one person who says twice that an article is wrong tells its owner twice",
        "requests_app/actions/answers/article_problems.py",
        "problem = ArticleProblem.objects.filter(article=article, user=actor, mended_at=None).first()",
        "problem = None",
        _WRONG,
    ),
    Regression(
        "everybody who works here says that an article is right again",
        "staff_app/articles/staff_articles.py",
        "    if not _may_mend(request, article):",
        "    if False:",
        _WRONG,
    ),
    Regression(
        "the writer of a draft publishes it where a second person should",
        "requests_app/actions/answers/articles.py",
        "is_own = article.draft is not None and article.draft_by_id == user.pk",
        "is_own = article.draft is not None and article.owner_id == user.pk",
        _WRONG,
    ),
    Regression(
        "an owner hears of a review on its day",
        "requests_app/actions/answers/article_reviews.py",
        "review_on__lte=today + REVIEW_NOTICE",
        "review_on__lte=today",
        _REVIEWS,
    ),
    Regression(
        "an owner hears of the same review every night",
        "requests_app/actions/answers/article_reviews.py",
        "update(review_noticed_on=today)",
        "update(review_noticed_on=None)",
        _REVIEWS,
    ),
    Regression(
        "a taker parks four calls",
        "requests_app/actions/contacts/contacts.py",
        "if others.count() >= PARKED_MAX:",
        "if others.count() > PARKED_MAX:",
        _CONTACTS,
    ),
    Regression(
        "a contact doesn't say which version of the article was read to the caller",
        "requests_app/actions/contacts/contacts.py",
        '"article_version": article.version,',
        '"article_version": 1,',
        _CONTACTS,
    ),
    Regression(
        "a number stays that the caller wanted deleted",
        "requests_app/actions/contacts/contacts.py",
        "if not locked.keep_number:",
        "if locked.closed_at is not None:",
        _CONTACTS,
    ),
    Regression(
        "practice at the desk is counted",
        "requests_app/actions/contacts/counts.py",
        "    if contact.is_practice:\n        return\n",
        "",
        (*_CONTACTS, "tests/staff_app/desk/test_contact.py"),
    ),
    Regression(
        "a note about somebody stays after they are erased",
        "requests_app/actions/contacts/retention.py",
        '**_NUMBER, **_NOTE, relation=""',
        '**_NUMBER, relation=""',
        _CONTACTS,
    ),
    Regression(
        "a taker's name stays at their calls for longer than 30 days",
        "requests_app/actions/contacts/retention.py",
        "started_at__lte=now - TAKER_KEPT",
        "started_at__lte=now - NUMBER_KEPT",
        _CONTACTS,
    ),
]
