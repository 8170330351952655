"""The modules of the package have no import cycles, neither the Rust ones nor the Python ones."""

import ast
import graphlib
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bindings" / "python"
RUST = PACKAGE / "src"
PYTHON = PACKAGE / "python" / "kouling"
DJANGO = PYTHON / "django"


def cycle(imports):
    """Return one import cycle as a list of modules, or None."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def rust_modules(folder):
    """Map each file of a crate to its module path; `lib.rs` is the empty path."""
    modules = {}
    for file in folder.rglob("*.rs"):
        parts = list(file.relative_to(folder).with_suffix("").parts)
        if parts[-1] in ("mod", "lib"):
            parts.pop()
        modules[tuple(parts)] = file.read_text("utf-8")
    return modules


def expanded(path):
    """Yield the paths of a `use` path with nested groups: `a::{b, c::d}` yields `a::b` and `a::c::d`."""
    head, brace, group = path.partition("{")
    if not brace:
        yield path
        return
    depth, item = 0, ""
    for letter in group[: group.rindex("}")] + ",":
        if letter == "," and depth == 0:
            if item.strip():
                yield from (head + rest for rest in expanded(item.strip()))
            item = ""
            continue
        depth += {"{": 1, "}": -1}.get(letter, 0)
        item += letter


def rust_imports(folder):
    """Map each module of a crate to the modules that it mentions. `mod` declarations are not imports."""
    modules = rust_modules(folder)
    imports = {}
    for module, text in modules.items():
        code = re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"', "", text)
        found = set()
        groups = re.findall(r"\b((?:crate|super|self)(?:::\w+)*::\{(?:[^;{}]|\{[^;{}]*\})*\})", code)
        for path in [*re.findall(r"\b(?:crate|super|self)(?:::\w+)+", code), *groups]:
            for each in expanded(re.sub(r"\s+", " ", path)):
                first, *rest = each.split("::")
                base = {"crate": (), "self": module, "super": module[:-1]}[first]
                target = (*base, *rest)
                while target not in modules:
                    target = target[:-1]
                found.add(target)
        imports[module] = found - {module}
    del imports[()]  # `lib.rs` only lists what it exports
    return imports


def python_imports(folder):
    """Map each module of a package to the modules of the package that it imports at run time, also in functions."""
    modules = {file.stem: ast.parse(file.read_text("utf-8")) for file in folder.glob("*.py")}
    imports = {}
    for module, tree in modules.items():
        found = set()
        pending = [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                continue
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
                found.update(name for name in names if name in modules)
            pending.extend(ast.iter_child_nodes(node))
        imports[module] = found
    return imports


def test_rust_modules_have_no_import_cycle():
    imports = rust_imports(RUST)
    assert ("outcome",) in imports[("policy",)]
    assert ("reset", "effect") in imports[("reset", "step")]
    assert cycle(imports) is None


def test_python_modules_have_no_import_cycle():
    imports = python_imports(PYTHON)
    assert "_many" in imports["__init__"]
    assert cycle(imports) is None


def test_django_modules_have_no_import_cycle():
    imports = python_imports(DJANGO)
    assert "_history" in imports["_validator"]
    assert cycle(imports) is None


def test_cycle_in_a_crate_is_found(tmp_path):
    (tmp_path / "reset").mkdir()
    for name, text in {
        "lib.rs": "mod a;\nmod reset;\n",
        "a.rs": "use crate::{reset::step::Step, json};\n",
        "json.rs": "// use crate::a;\n",
        "reset/mod.rs": "mod step;\npub(crate) use self::step::Step;\n",
        "reset/step.rs": "fn f() { crate::a::g() }\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert rust_imports(tmp_path)[("json",)] == set()
    assert set(cycle(rust_imports(tmp_path))) == {("a",), ("reset", "step")}


def test_cycle_in_a_package_is_found(tmp_path):
    (tmp_path / "__init__.py").write_text("from ._a import f\n")
    (tmp_path / "_a.py").write_text("def f():\n    from . import _b\n")
    (tmp_path / "_b.py").write_text("from ._a import f\n")
    assert set(cycle(python_imports(tmp_path))) == {"_a", "_b"}
