"""A catalog as the text of a YAML file."""

from typing import Any

import yaml


def catalog_text(catalog: dict[str, Any]) -> str:
    """catalog: as export_catalog() returns it."""
    return yaml.dump(catalog, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes multi-line texts as blocks, which are easier to edit, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
