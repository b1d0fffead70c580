"""URLs of map files: uploading, mapping, checking, replacing and undoing."""

from django.urls import URLPattern, path

from staff_app.setup.places import layer_import, layers

urlpatterns: list[URLPattern] = [
    path("setup/places/", layers.layers, name="layers"),
    path("setup/places/new/<slug:kind>/", layers.upload_layer, name="upload_layer"),
    path("setup/places/<int:import_id>/", layer_import.layer_import, name="layer_import"),
    path("setup/places/<int:import_id>/shapes.json", layer_import.layer_shapes, name="layer_shapes"),
]
