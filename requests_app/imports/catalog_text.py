"""A catalog as the text of a YAML file."""

from typing import Any

import yaml

# libyaml's dumper, where PyYAML has it: several times faster.
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def catalog_text(catalog: dict[str, Any]) -> str:
    """catalog: as export_catalog() returns it."""
    return yaml.dump(catalog, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(_BaseDumper):
    """Writes multi-line texts as blocks, which are easier to edit, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: Any, text: str) -> yaml.ScalarNode:
    node: yaml.ScalarNode = dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
    return node


_Dumper.add_representer(str, _text)
