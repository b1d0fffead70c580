"""URLs of translations, under setup/translations/."""

from django.urls import URLPattern, path

from staff_app.setup.translations import translations

urlpatterns: list[URLPattern] = [
    path("", translations.translations, name="translations"),
    path("file/", translations.translator_file, name="translator_file"),
    path("check/", translations.translations_check, name="translations_check"),
]
