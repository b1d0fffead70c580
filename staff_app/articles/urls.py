"""URLs of articles as staff read them."""

from django.urls import URLPattern, path

from staff_app.articles import staff_articles

urlpatterns: list[URLPattern] = [
    path("articles/", staff_articles.staff_articles, name="staff_articles"),
    path("articles/<slug:code>/", staff_articles.staff_article, name="staff_article"),
    path("articles/<slug:code>/wrong/", staff_articles.report_wrong_article, name="report_wrong_article"),
    path("articles/<slug:code>/right/", staff_articles.mend_article, name="mend_article"),
]
