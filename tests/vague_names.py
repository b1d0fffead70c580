"""Names that make a reader guess, and the list of those still in use. `python -m tests.vague_names` drops those that are gone.

tests/test_vague_names.py lets nobody add one.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/vague_names.txt"
# The noun itself is better: row, match, label, message, text, query, draft, stored, requests.
VAGUE = frozenset({"one", "found", "words", "written", "known", "said", "given", "asked", "wanted"})
FOLDERS = ("requests_app", "staff_app", "config")
# A reader still sees on the screen where a name comes from. A comprehension's own name lives on its lines alone.
LINES = 10
_SHORT = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)

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


def long_lived(source: str) -> set[str]:
    """Locals and parameters that are used on lines further apart than LINES: "function: name"."""
    rows = set()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            lines: dict[str, list[int]] = defaultdict(list)
            for name, line in _uses(function):
                lines[name].append(line)
            rows |= {f"{function.name}: {name}" for name, used in lines.items() if max(used) - min(used) > LINES}
    return rows


def long_lived_in(folders: tuple[str, ...], *, besides: str) -> list[str]:
    """ "path, function: name" of each, without those under the path `besides`."""
    paths = sorted(
        path for folder in folders for path in ROOT.glob(f"{folder}/**/*.py") if "migrations" not in path.parts
    )
    names = {path.relative_to(ROOT).as_posix(): long_lived(path.read_text()) for path in paths}
    return [f"{name}, {row}" for name, rows in names.items() if not name.startswith(besides) for row in sorted(rows)]


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


def _uses(node: ast.AST, hidden: frozenset[str] = frozenset()) -> Iterator[tuple[str, int]]:
    """Vague names and their lines; hidden: those that a comprehension around it binds itself."""
    if isinstance(node, _SHORT):
        hidden |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        hidden |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    name = getattr(node, "id", getattr(node, "arg", "")) if isinstance(node, ast.Name | ast.arg) else ""
    if name in VAGUE - hidden:
        yield name, node.lineno  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        yield from _uses(child, hidden)


if __name__ == "__main__":
    LIST.write_text("".join(f"{line}\n" for line in sorted(listed() & in_use())))
