"""URLs of targets, below /staff/setup/targets/."""

from django.urls import URLPattern, path

from staff_app.setup.promises import targets

urlpatterns: list[URLPattern] = [
    path("", targets.targets, name="targets"),
    path("<int:service_id>/", targets.service_targets, name="service_targets"),
    path("<int:service_id>/new/", targets.new_target, name="new_target"),
    path("remove/<int:target_id>/", targets.remove_target, name="remove_target"),
]
