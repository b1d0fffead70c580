"""URLs of saved views, snoozing, the map, and of what the open pages ask for."""

from django.urls import URLPattern, path

from staff_app.queue import list_position, queue_map, saved_views, snoozed, updates

urlpatterns: list[URLPattern] = [
    path("updates/", updates.updates, name="updates"),
    path("step/", list_position.step, name="step"),
    path("map.json", queue_map.queue_map, name="queue_map"),
    path("views/", saved_views.saved_views, name="saved_views"),
    path("views/new/", saved_views.save_view, name="save_view"),
    path("views/<int:view_id>/", saved_views.saved_view, name="saved_view"),
    path("views/<int:view_id>/delete/", saved_views.delete_saved_view, name="delete_saved_view"),
    path("views/<int:view_id>/pin/", saved_views.pin_saved_view, name="pin_saved_view"),
    path("views/<int:view_id>/unpin/", saved_views.unpin_saved_view, name="unpin_saved_view"),
    path("snoozed/", snoozed.snoozed, name="snoozed"),
    path("r/<str:reference>/snooze/", snoozed.snooze, name="snooze"),
    path("r/<str:reference>/unsnooze/", snoozed.unsnooze, name="unsnooze"),
]
