"""URLs of the value report, and of what the desk costs."""

from django.urls import URLPattern, path

from staff_app.value import costs, settings, takers, value

urlpatterns: list[URLPattern] = [
    path("value/", value.value, name="value"),
    path("value/csv/", value.value_csv, name="value_csv"),
    path("value/takers/", takers.takers, name="takers"),
    path("value/settings/", settings.value_settings, name="value_settings"),
    path("value/<slug:code>/", value.value_figure, name="value_figure"),
    path("setup/desk/costs/", costs.desk_costs, name="desk_costs"),
    path("setup/desk/costs/<int:cost_id>/", costs.desk_cost, name="desk_cost"),
    path("setup/desk/costs/<int:cost_id>/remove/", costs.remove_desk_cost, name="remove_desk_cost"),
]
