"""URLs of safety notes."""

from django.urls import URLPattern, path

from staff_app.safety_notes import read, safety_notes

urlpatterns: list[URLPattern] = [
    path("safety-notes/", safety_notes.safety_notes, name="safety_notes"),
    path("safety-notes/new/", safety_notes.new_safety_note, name="new_safety_note"),
    path("safety-notes/<int:note_id>/", safety_notes.safety_note, name="safety_note"),
    path("safety-notes/<int:note_id>/read/", read.read_safety_note, name="read_safety_note"),
    path("safety-notes/<int:note_id>/edit/", safety_notes.edit_safety_note, name="edit_safety_note"),
    path("safety-notes/<int:note_id>/end/", safety_notes.end_safety_note, name="end_safety_note"),
    path("r/<str:reference>/safety-notes/", read.read_safety_notes, name="read_safety_notes"),
]
