"""URLs of a crew's day."""

from django.urls import URLPattern, path

from staff_app.crew import day, offline, result, sheet, stop, task_result

urlpatterns: list[URLPattern] = [
    path("crew/", day.crew_day, name="crew_day"),
    path("crew/sheet/", sheet.crew_sheet, name="crew_sheet"),
    path("crew/day.json", offline.crew_day_json, name="crew_day_json"),
    path("crew/offline/", offline.crew_offline, name="crew_offline"),
    path("crew/sw.js", offline.crew_worker, name="crew_worker"),
    path("crew/task/<int:task_id>/photo/", task_result.crew_task_photo, name="crew_task_photo"),
    path("crew/task/<int:task_id>/result/", task_result.crew_task_result, name="crew_task_result"),
    path("crew/<str:reference>/photo/", result.crew_photo, name="crew_photo"),
    path("crew/<str:reference>/result/", result.crew_result, name="crew_result"),
    path("crew/<str:reference>/", stop.crew_stop, name="crew_stop"),
]
