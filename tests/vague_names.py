"""Names that make a reader guess, and the list of those still in use. `python -m tests.vague_names` drops those that are gone.

tests/test_vague_names.py lets nobody add one.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/vague_names.txt"
# The noun itself is better: row, match, label, message, text, query, draft, stored, requests.
VAGUE = frozenset({"one", "found", "words", "written", "known", "said", "given", "asked", "wanted"})
FOLDERS = ("requests_app", "staff_app", "config")

_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
# A variable or an attribute of one, but no filter.
_VARIABLE = re.compile(rf"(?<![\w|-])(?:{'|'.join(sorted(VAGUE))})\b")


def in_python(source: str) -> set[str]:
    """Public functions, their parameters, and attributes of public classes: "Class.function(parameter)"."""
    return set(_in_body(ast.parse(source).body, ""))


def in_template(source: str) -> set[str]:
    """Variables, and attributes of variables."""
    return {name for tag in _TAG.findall(source) for name in _VARIABLE.findall(_QUOTED.sub("", tag))}


def in_use() -> set[str]:
    """ "path: name" of each."""
    python = [path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.py") if "migrations" not in path.parts]
    rows = {(path, name) for path in python for name in in_python(path.read_text())}
    rows |= {(path, name) for path in ROOT.glob("templates/**/*.html") for name in in_template(path.read_text())}
    return {f"{path.relative_to(ROOT)}: {name}" for path, name in rows}


def listed() -> set[str]:
    return set(LIST.read_text().splitlines())


def _in_body(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _in_body(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and (node.name == "__init__" or not node.name.startswith("_")):
            if node.name in VAGUE:
                yield f"{prefix}{node.name}()"
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            yield from (f"{prefix}{node.name}({part.arg})" for part in arguments if part.arg in VAGUE)
        elif prefix and isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (f"{prefix}{one.id}" for one in targets if isinstance(one, ast.Name) and one.id in VAGUE)


if __name__ == "__main__":
    LIST.write_text("".join(f"{line}\n" for line in sorted(listed() & in_use())))
