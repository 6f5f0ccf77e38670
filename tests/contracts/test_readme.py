"""README.md keeps its word: its code runs, its commands are commands, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from gnnrec.cli.parser import build_parser
from gnnrec.datasets import sources
from gnnrec.recommenders import names
from gnnrec.ui.router import PAGES
from tests.docs_scripts import ROOT, docs_script

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = README + "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))


def blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for name, text in fenced if name == language]


@pytest.mark.parametrize("code", blocks("python"), ids=range(len(blocks("python"))))
def test_its_python_prints_what_it_says(code: str) -> None:
    command = [sys.executable, "-W", "error::FutureWarning", "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    said = re.findall(r"^print\(.*\)\s+# (.*)$", code, re.MULTILINE)
    assert said and ran.stdout.splitlines() == said


def commands() -> list[str]:
    lines = [line for block in blocks("") for line in block.splitlines()]
    return [line.removeprefix("python -m gnnrec ") for line in lines if line.startswith("python -m gnnrec ")]


@pytest.mark.parametrize("command", commands())
def test_its_commands_are_commands(command: str) -> None:
    args, _ = build_parser().parse(shlex.split(command))
    assert args.verb == command.split()[0]


def test_its_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`?make ([a-z-]+)", README))
    assert "run" in targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_its_links_lead_somewhere(target: str) -> None:
    assert target.startswith("https://") or (ROOT / target).is_file()


def test_every_recommender_source_and_page_is_named() -> None:
    for name in names():
        assert f"`{name}`" in DOCS, name
    for source in sources():
        assert f"`{source.name}`" in DOCS, source.name
    for page in PAGES:
        assert re.search(rf"\b{page.title}\b", DOCS), page.title


def test_its_tables_are_those_of_the_results() -> None:
    tables = docs_script("readme_tables")
    assert tables.filled(README) == README, "run `python docs/readme_tables.py`"


def test_what_a_first_start_costs_is_what_was_measured() -> None:
    page = (ROOT / "docs" / "setup.md").read_text(encoding="utf-8")
    assert docs_script("readme_tables").setup_page() == page, "run `python docs/readme_tables.py`"
