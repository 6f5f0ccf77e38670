"""The house rules that no review has to watch: import direction, sizes, names, lightness."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "gnnrec").rglob("*.py"))
PAGE_FILES = sorted((ROOT / "pages").glob("*.py"))
ENTRY = ROOT / "app.py"

MODULE_LINES = 400
PAGE_LINES = 150
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
SCREEN = {"streamlit", "starlette", "uvicorn"}
HEAVY_FOR_PAGES = {"torch", "torch_geometric", "numpy", "scipy", "sqlite3", "safetensors", "pyvis", "plotly"}
# Opening these formats can run code that a file brings along.
RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path, *, top_level: bool = False) -> set[str]:
    """Full names of the modules a file imports, anywhere or only on import of the file itself."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        type_checking = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not (top_level and (function or type_checking)):
            pending.extend(ast.iter_child_nodes(node))
    return found


def roots(names: set[str]) -> set[str]:
    return {full.partition(".")[0] for full in names}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_scans_look_at_something() -> None:
    assert len(PACKAGE) > 20
    assert PAGE_FILES
    assert ENTRY.is_file()


def test_import_direction() -> None:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        "pyproject.toml",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_only_the_user_interface_knows_streamlit(path: Path) -> None:
    if (ROOT / "gnnrec" / "ui") not in path.parents:
        assert not roots(imported(path)) & SCREEN


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_the_package_knows_neither_the_entry_nor_the_pages(path: Path) -> None:
    assert not roots(imported(path)) & {"app", "pages", "tests"}


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_modules_are_short_and_say_what_they_are(path: Path) -> None:
    assert lines(path) <= MODULE_LINES
    assert path.stem not in VAGUE_NAMES
    assert path.parent.name not in VAGUE_NAMES
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


@pytest.mark.parametrize("path", [*PACKAGE, *PAGE_FILES, ENTRY], ids=name)
def test_nothing_opens_files_that_can_run_code(path: Path) -> None:
    assert not roots(imported(path)) & RUNS_CODE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "torch.load",
            "eval",
            "exec",
            "pd.read_pickle",
        }:
            pytest.fail(f"{name(path)}:{node.lineno} calls {ast.unparse(node.func)}")


@pytest.mark.parametrize("path", PAGE_FILES, ids=name)
def test_a_page_is_short_and_leaves_the_work_to_the_library(path: Path) -> None:
    assert lines(path) <= PAGE_LINES
    assert not roots(imported(path)) & HEAVY_FOR_PAGES
    # The message of a raised bug, a title of somebody's film: markup is for our own words only.
    assert "unsafe_allow_html" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGE_FILES, ids=name)
def test_a_page_asks_for_the_router_first(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(body[0], ast.Expr), "a page starts with the question it answers"
    statements = [node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert ast.unparse(statements[0]) == "require_router()"


def test_the_router_lists_exactly_the_pages_there_are() -> None:
    from gnnrec.ui.router import PAGES

    assert {page.file for page in PAGES} == {path.name for path in PAGE_FILES}
    assert [page.url_path for page in PAGES].count("") == 1
    assert len({page.url_path for page in PAGES}) == len(PAGES)


def test_modules_beside_the_router_shadow_nothing() -> None:
    """Streamlit puts the router's folder first on the path: a module there hides a library of its name."""
    taken = set(sys.stdlib_module_names) | {top for top in packages_distributions() if top != "gnnrec"}
    assert (
        not {
            path.stem for path in (ROOT / "gnnrec" / "ui").iterdir() if path.suffix == ".py" or path.is_dir()
        }
        & taken
    )


@pytest.mark.parametrize("module", ["gnnrec", "gnnrec.cli", "gnnrec.places", "gnnrec.data", "gnnrec.ui"])
def test_importing_is_light(module: str) -> None:
    heavy = "{'torch', 'torch_geometric', 'pyvis', 'plotly', 'streamlit', 'IPython'}"
    code = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_the_bare_package_does_not_even_import_pandas() -> None:
    code = "import sys, gnnrec; print(*sorted({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_every_public_name_is_there() -> None:
    import gnnrec

    assert gnnrec.__version__
    for public in gnnrec.__all__:
        assert getattr(gnnrec, public) is not None
    assert set(gnnrec.__all__) <= set(dir(gnnrec))
    with pytest.raises(AttributeError, match="has no attribute 'recomend'"):
        _ = gnnrec.recomend
