"""The layers of the house: an arrow points only downwards, and the command line starts light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("advisor", "converters", "losses")
ALLOWED = {"losses": {"losses"}, "converters": {"converters"}, "advisor": set(PACKAGES)}
HEAVY = {"torch", "transformers", "sentence_transformers", "datasets", "faiss", "sklearn"}


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_imports_one_above_it(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    assert modules
    for module in modules:
        upward = (imported(module) & set(PACKAGES)) - ALLOWED[package]
        assert not upward, f"{module.relative_to(ROOT)} imports {upward}"


def run_on_loading(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is loaded: not the insides of functions, nor what is for type checkers only."""
    for each in ast.iter_child_nodes(node):
        for_checkers = isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING"
        if not for_checkers and not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each
            yield from run_on_loading(each)


def test_modules_do_not_load_one_another_in_a_circle() -> None:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    loads: dict[str, set[str]] = {name: set() for name in names}
    for name, path in names.items():
        for node in run_on_loading(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                loads[name] |= {alias.name for alias in node.names} & set(names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                told = {f"{node.module}.{alias.name}" for alias in node.names} & set(names)
                loads[name] |= told or {node.module} & set(names)
    assert sum(map(len, loads.values())) > len(names), "no imports are seen"
    TopologicalSorter(loads).prepare()  # fails with the circle, if there is one


def loaded_by(code: str) -> set[str]:
    """The heavy packages that a fresh interpreter has loaded after running some code."""
    script = f"{code}\nimport sys\nprint(*[name for name in {sorted(HEAVY)!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split()) if done.stdout.strip() else set()


@pytest.mark.parametrize("module", ["advisor.cli", "advisor", "converters", "converters.sources", "converters.mining"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == set()


def test_inspecting_a_small_file_loads_nothing_heavy(examples: Path) -> None:
    assert loaded_by(f"import advisor; advisor.inspect({str(examples / 'support.csv')!r}).to_dict()") == set()


def test_losses_need_torch_only() -> None:
    code = "import losses.functional, losses.sentence_transformer, losses.cross_encoder, losses.sparse_encoder"
    assert loaded_by(code) <= {"torch"}
