"""URLs of API keys."""

from django.urls import URLPattern, path

from staff_app.setup.api_keys import api_keys, key_requests, sensors, webhooks

urlpatterns: list[URLPattern] = [
    path("", api_keys.api_keys, name="api_keys"),
    path("new/", api_keys.new_api_key, name="new_api_key"),
    path("<int:key_id>/", api_keys.api_key, name="api_key"),
    path("<int:key_id>/edit/", api_keys.edit_api_key, name="edit_api_key"),
    path("<int:key_id>/replace/", api_keys.replace_api_key, name="replace_api_key"),
    path("<int:key_id>/revoke/", api_keys.revoke_api_key, name="revoke_api_key"),
    path("<int:key_id>/sensors/new/", sensors.new_sensor, name="new_sensor"),
    path("sensors/<int:sensor_id>/", sensors.edit_sensor, name="edit_sensor"),
    path("sensors/<int:sensor_id>/remove/", sensors.remove_sensor, name="remove_sensor"),
    path("<int:key_id>/webhooks/<int:webhook_id>/", webhooks.webhook, name="webhook"),
    path("requests/<int:key_request_id>/", key_requests.key_request, name="key_request"),
]
