"""URLs of notices."""

from django.urls import URLPattern, path

from staff_app.notices import notices, preferences

urlpatterns: list[URLPattern] = [
    path("notices/", notices.my_notices, name="my_notices"),
    path("notices/read/", notices.mark_all_notices_read, name="mark_all_notices_read"),
    path("notices/<int:notice_id>/read/", notices.mark_notice_read, name="mark_notice_read"),
    path("profile/notices/", preferences.notice_preferences, name="notice_preferences"),
]
