"""URLs of the city's texts."""

from django.urls import URLPattern, path

from staff_app.setup.texts import article_rules, articles, notices, outcomes, reasons, templates

urlpatterns: list[URLPattern] = [
    path("setup/articles/", articles.articles, name="articles"),
    path("setup/articles/new/", articles.new_article, name="new_article"),
    path("setup/articles/rules/", article_rules.article_rules, name="article_rules"),
    path("setup/articles/<int:article_id>/", articles.edit_article, name="edit_article"),
    path("setup/articles/<int:article_id>/publish/", articles.publish_article, name="publish_article"),
    path("setup/articles/<int:article_id>/discard/", articles.discard_article_draft, name="discard_article_draft"),
    path("setup/articles/<int:article_id>/take-down/", articles.take_down_article, name="take_down_article"),
    path("setup/articles/<int:article_id>/history/", articles.article_history, name="article_history"),
    path(
        "setup/articles/<int:article_id>/history/<int:change_id>/roll-back/",
        articles.roll_back_article,
        name="roll_back_article",
    ),
    path("setup/reasons/", reasons.reasons, name="reasons"),
    path("setup/reasons/new/", reasons.new_reason, name="new_reason"),
    path("setup/reasons/<int:reason_id>/", reasons.edit_reason, name="edit_reason"),
    path("setup/reasons/<int:reason_id>/move/", reasons.move_reason, name="move_reason"),
    path("setup/reasons/<int:reason_id>/remove/", reasons.remove_reason, name="remove_reason"),
    path("setup/notices/", notices.notices, name="notices"),
    path("setup/notices/new/", notices.new_notice, name="new_notice"),
    path("setup/notices/<int:notice_id>/", notices.edit_notice, name="edit_notice"),
    path("setup/notices/<int:notice_id>/end/", notices.end_notice, name="end_notice"),
    path("setup/templates/", templates.templates, name="templates"),
    path("setup/templates/new/", templates.new_template, name="new_template"),
    path("setup/templates/<int:template_id>/", templates.edit_template, name="edit_template"),
    path("setup/templates/<int:template_id>/remove/", templates.remove_template, name="remove_template"),
    path("setup/outcomes/", outcomes.outcomes, name="outcomes"),
]
