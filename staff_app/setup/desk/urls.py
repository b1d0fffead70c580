"""URLs of the 311 desk's setup, below /staff/setup/desk/."""

from django.urls import URLPattern, path

from staff_app.setup.desk import counts, lines, telephone

urlpatterns: list[URLPattern] = [
    path("", lines.desk_setup, name="desk_setup"),
    path("lines/new/", lines.new_desk_line, name="new_desk_line"),
    path("lines/<int:line_id>/", lines.desk_line, name="desk_line"),
    path("telephone/", telephone.telephone_setup, name="telephone_setup"),
    path("counts/", counts.call_counts_setup, name="call_counts_setup"),
]
