"""URLs of the queue."""

from django.urls import URLPattern, path

from staff_app.queue import queue

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
]
