"""A city folder that points into Boston's open data, where that is present: the real city that imports are tried on."""

from pathlib import Path

import yaml

from tests.real_data import real_data


def boston_folder(into: Path, *, requests: bool = True) -> Path:
    """Writes city.yaml and layers.yml; skips the test where the data is absent."""
    boundaries = real_data("boundaries")
    layers = {
        "boston_wards.geojson": {"use": "areas", "layer": "ward", "properties": {"code": "ward", "name": "ward"}},
        "boston_neighborhoods.geojson": {"use": "areas", "layer": "neighborhood", "properties": {"name": "name"}},
        "boston_police_districts.geojson": {
            "use": "areas", "layer": "police_district", "properties": {"code": "district", "name": "district"},
        },
    }  # fmt: skip
    layers |= {path.name: {"use": "skip"} for path in sorted(boundaries.iterdir()) if path.name not in layers}
    (into / "layers.yml").write_text(yaml.safe_dump(layers))
    city = {
        "format": 1,
        "name": "Boston",
        "jurisdiction_id": "boston.example",
        "time_zone": "America/New_York",
        "languages": ["en", "es"],
        "layers": {"folder": str(boundaries), "mapping": "layers.yml"},
        "boundary": {"layer": "ward"},
        "gazetteer": {
            "file": str(real_data("boston/boston_gazetteer.csv.gz")),
            "columns": {"label": "address", "kind": "kind", "zip": "zipcode", "lon": "longitude", "lat": "latitude"},
            "tidy": True,
        },
    }
    if requests:
        mapping = Path(__file__).resolve().parents[3] / "requests_app/imports/mappings/boston.yml"
        city["requests"] = {"file": str(real_data("boston/boston_311_crm_2011h2.csv.gz")), "mapping": str(mapping)}
    (into / "city.yaml").write_text(yaml.safe_dump(city))
    return into
