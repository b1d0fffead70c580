"""What a city brings along, read from its own files: map layers, addresses, assets, catalogue, earlier requests."""
