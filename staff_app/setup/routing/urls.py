"""URLs of routing."""

from django.urls import URLPattern, path

from staff_app.setup.routing import editor, publishing, simulation, table, which_rule

urlpatterns: list[URLPattern] = [
    path("", table.routing, name="routing"),
    path("add/", editor.add_routing_rule, name="add_routing_rule"),
    path("which-rule/", which_rule.which_rule, name="which_rule"),
    path("<int:position>/", editor.routing_rule, name="routing_rule"),
    path("<int:position>/move/", table.move_routing_rule, name="move_routing_rule"),
    path("<int:position>/remove/", table.remove_routing_rule, name="remove_routing_rule"),
    path("discard/", table.discard_routing, name="discard_routing"),
    path("publish/", publishing.publish_routing, name="publish_routing"),
    path("history/", publishing.routing_history, name="routing_history"),
    path("history/<int:number>/", publishing.routing_version, name="routing_version"),
    path("history/<int:number>/roll-back/", publishing.roll_back_routing, name="roll_back_routing"),
    path("simulate/", simulation.simulate_routing, name="simulate_routing"),
    path("simulations/<int:simulation_id>/", simulation.routing_simulation, name="routing_simulation"),
]
