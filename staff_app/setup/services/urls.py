"""URLs of categories, services and their drafts."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from staff_app.setup.services import (
    catalog,
    categories,
    copy_service,
    edit,
    preview,
    publish,
    questions,
    service,
    shared_preview,
    take_question,
    typed_preview,
)

urlpatterns: list[URLPattern] = [
    path("setup/categories/new/", categories.new_category, name="new_category"),
    path("setup/categories/move/", catalog.move_category, name="move_category"),
    path("setup/categories/<int:category_id>/", categories.category, name="category"),
    path("setup/services/", catalog.services, name="services"),
    path("setup/services/new/", catalog.new_service, name="new_service"),
    path("setup/services/move/", catalog.move_service, name="move_service"),
    path("setup/services/<str:code>/", service.service, name="service"),
    path("setup/services/<str:code>/words/", edit.service_words, name="service_words"),
    path("setup/services/<str:code>/handling/", edit.service_handling, name="service_handling"),
    path("setup/services/<str:code>/privacy/", edit.service_privacy, name="service_privacy"),
    path("setup/services/<str:code>/questions/", questions.service_questions, name="service_questions"),
    path("setup/services/<str:code>/question/move/", questions.move_question, name="move_question"),
    path("setup/services/<str:code>/copy/", copy_service.copy_service, name="copy_service"),
    path("setup/services/<str:code>/question/take/", take_question.take_question, name="take_question"),
    path("setup/services/<str:code>/question/new/", questions.new_question, name="new_question"),
    path("setup/services/<str:code>/questions/<str:question>/", questions.service_question, name="service_question"),
    path(
        "setup/services/<str:code>/questions/<str:question>/remove/", questions.remove_question, name="remove_question"
    ),
    path("setup/services/<str:code>/preview/", preview.service_preview, name="service_preview"),
    path("setup/services/<str:code>/preview/typed/", typed_preview.typed_preview, name="typed_preview"),
    path("setup/services/<str:code>/share/", shared_preview.share_draft, name="share_draft"),
    secret(path("shared-preview/<str:token>/", shared_preview.shared_preview, name="shared_preview")),
    path("setup/services/<str:code>/changes/", publish.service_changes, name="service_changes"),
    path("setup/services/<str:code>/history/", publish.service_history, name="service_history"),
    path("setup/services/<str:code>/roll-back/", publish.roll_back_service, name="roll_back_service"),
]
