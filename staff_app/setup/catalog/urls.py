"""URLs of the catalog as a file, under setup/catalog/."""

from django.urls import URLPattern, path

from staff_app.setup.catalog import catalog_file

urlpatterns: list[URLPattern] = [
    path("", catalog_file.catalog_file, name="catalog_file"),
    path("download/", catalog_file.catalog_export, name="catalog_export"),
    path("check/", catalog_file.catalog_check, name="catalog_check"),
    path("starter/", catalog_file.catalog_starter, name="catalog_starter"),
]
