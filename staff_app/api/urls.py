"""The addresses for programs that work as staff, below /api/v1/staff/."""

from django.urls import URLPattern, path

from staff_app.api import task_views, views

urlpatterns: list[URLPattern] = [
    path("requests/", views.StaffRequests.as_view(), name="v1_staff_requests"),
    path("requests/<str:reference>/", views.StaffRequest.as_view(), name="v1_staff_request"),
    path("requests/<str:reference>/actions/", views.StaffActions.as_view(), name="v1_staff_actions"),
    path("requests/<str:reference>/actions/<str:verb>/", views.StaffAction.as_view(), name="v1_staff_action"),
    path("requests/<str:reference>/undo/", views.StaffUndo.as_view(), name="v1_staff_undo"),
    path("requests/<str:reference>/contacts/", views.StaffContacts.as_view(), name="v1_staff_contacts"),
    path("requests/<str:reference>/photos/<str:photo_id>/", views.StaffPhoto.as_view(), name="v1_staff_photo"),
    path("requests/<str:reference>/tasks/", task_views.StaffRequestTasks.as_view(), name="v1_staff_request_tasks"),
    path("departments/", task_views.StaffDepartments.as_view(), name="v1_staff_departments"),
    path("tasks/", task_views.StaffTasks.as_view(), name="v1_staff_tasks"),
    path("tasks/<int:task_id>/", task_views.StaffTask.as_view(), name="v1_staff_task"),
]
