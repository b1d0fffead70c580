"""URLs of the queue."""

from django.urls import URLPattern, path

from staff_app.queue import bulk, columns, export, queue

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/mine/", bulk.my_jobs, name="my_jobs"),
    path("bulk/<int:job_id>/", bulk.bulk_job, name="bulk_job"),
    path("bulk/<int:job_id>/stop/", bulk.stop_bulk_job, name="stop_bulk_job"),
    path("bulk/<int:job_id>/undo/", bulk.undo_bulk_job, name="undo_bulk_job"),
    path("columns/", columns.queue_columns, name="queue_columns"),
    path("print/", export.print_queue, name="print_queue"),
    path("export/<slug:kind>/", export.export_queue, name="export_queue"),
]
