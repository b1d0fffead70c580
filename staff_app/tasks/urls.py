"""URLs of tasks."""

from django.urls import URLPattern, path

from staff_app.tasks import tasks, work_orders

urlpatterns: list[URLPattern] = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/work-orders/", work_orders.work_orders, name="work_orders"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("r/<str:reference>/tasks/", tasks.add_task, name="add_task"),
]
