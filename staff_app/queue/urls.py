"""URLs of the queue."""

from django.urls import URLPattern, path

from staff_app.queue import columns, export, queue

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("columns/", columns.queue_columns, name="queue_columns"),
    path("print/", export.print_queue, name="print_queue"),
    path("export/<slug:kind>/", export.export_queue, name="export_queue"),
]
