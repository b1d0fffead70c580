"""Open311 GeoReport v2: other people's apps read and report here. docs/open311.md tells them how."""
