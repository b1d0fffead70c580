"""Imports of a city's own files: map layers, addresses, assets, catalog, earlier requests."""
