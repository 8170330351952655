"""The docstrings of `_kouling.pyi` are generated from the doc comments of the Rust extension.

To add a function, document it in Rust, add its signature with a body of `...` to the stub, install the package and run

    KOULING_WRITE=1 pytest tests/python/test_stub_docs.py
"""

import ast
import builtins
import inspect
import os
import re
import textwrap
from pathlib import Path

import pytest

import kouling
from kouling import _kouling

STUB = Path(__file__).parents[2] / "bindings" / "python" / "python" / "kouling" / "_kouling.pyi"
SECTIONS = {"Args", "Attributes", "Returns", "Raises"}


def documented(tree):
    """Yield the path and the node of every public class, function, method and property of a stub."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield (node.name,), node
            for member in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                    yield (node.name, member.name), member


def runtime_doc(path):
    value = _kouling
    for name in path:
        value = getattr(value, name)
    return inspect.cleandoc(value.__doc__ or "")


def with_docs(stub):
    """Return the text of a stub with the docstrings of the extension."""
    lines = stub.splitlines()
    for path, node in sorted(documented(ast.parse(stub)), key=lambda each: -each[1].lineno):
        doc = runtime_doc(path)
        quoted = f'"""{doc}\n"""' if "\n" in doc else f'"""{doc}"""'
        new = textwrap.indent(quoted, " " * (node.col_offset + 4)).splitlines()
        first = node.body[0]
        if ast.get_docstring(node) is not None:
            lines[first.lineno - 1 : first.end_lineno] = new
        elif isinstance(first, ast.Expr):
            signature = lines[first.lineno - 1].removesuffix(" ...")
            lines[first.lineno - 1 : first.end_lineno] = [signature, *new, ""]
        else:
            start = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", []))])
            lines[start - 1 : start - 1] = [*new, ""]
    return re.sub(r"\n{3,}(?=    )", "\n\n", "\n".join(lines)) + "\n"


def parameters(node):
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {argument.arg for argument in every if argument is not None}


def test_stub_docstrings_match_the_extension():
    stub = STUB.read_text("utf-8")
    expected = with_docs(stub)
    if os.environ.get("KOULING_WRITE"):
        STUB.write_text(expected, "utf-8")
        return
    assert stub == expected, "run with KOULING_WRITE=1 to write the docstrings"


def test_missing_docstring_is_written():
    stub = "class Policy:\n    @property\n    def name(self) -> str: ...\n    def changed(self) -> bool: ...\n"
    written = with_docs(stub)
    assert f'"""{_kouling.Policy.name.__doc__}"""' in written
    assert ast.get_docstring(ast.parse(written).body[0]) == inspect.cleandoc(_kouling.Policy.__doc__)
    assert with_docs(written) == written


@pytest.mark.parametrize(
    ("path", "node"),
    [pytest.param(path, node, id=".".join(path)) for path, node in documented(ast.parse(STUB.read_text("utf-8")))],
)
def test_docstring_has_google_style(path, node):
    doc = runtime_doc(path)
    summary, *rest = doc.split("\n\n")
    assert "\n" not in summary and summary.endswith((".", "?")), doc
    sections = dict(re.findall(r"^(\w+):\n((?:    .*\n?|\n(?=    ))+)", "\n".join(rest) + "\n", re.MULTILINE))
    assert set(sections) <= SECTIONS, doc
    if isinstance(node, ast.FunctionDef):
        described = re.findall(r"^    (\w+):", sections.get("Args", ""), re.MULTILINE)
        facts = kouling.Facts.__annotations__ if node.args.kwarg else {}
        assert set(described) <= parameters(node) | set(facts), doc
    for raised in re.findall(r"^    (\w+):", sections.get("Raises", ""), re.MULTILINE):
        assert hasattr(kouling, raised) or hasattr(builtins, raised), raised
