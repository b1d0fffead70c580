"""URLs of macros."""

from django.urls import URLPattern, path

from staff_app.setup.macros import macros

urlpatterns: list[URLPattern] = [
    path("setup/macros/", macros.macros, name="macros"),
    path("setup/macros/new/", macros.new_macro, name="new_macro"),
    path("setup/macros/<int:macro_id>/", macros.edit_macro, name="edit_macro"),
    path("setup/macros/<int:macro_id>/remove/", macros.remove_macro, name="remove_macro"),
]
