"""The wheel carries everything: installed elsewhere, it finds its pages and models and serves the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.serving import free_port, running_app

ROOT = Path(__file__).resolve().parents[2]

ASK_PLACES = """
import json
from gnnrec import places
print(json.dumps({
    "checkout": places.is_checkout(),
    "app": str(places.app_file()),
    "home": str(places.home()),
    "pages": sorted(path.name for path in places.pages_folder().glob("*.py")),
    "models": sorted(path.name for path in places.shipped_models().glob("*") if path.is_dir()),
}))
"""


def pip(*arguments: str) -> None:
    quiet = ["--disable-pip-version-check", "--quiet", "--no-deps"]
    command = [sys.executable, "-m", "pip", *arguments, *quiet]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Without isolation the build uses the hatchling of this environment and asks no other host for one.
    pip("wheel", str(ROOT), "--no-build-isolation", "--wheel-dir", str(folder))
    (built,) = folder.glob("gnnrec-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    pip("install", str(wheel), "--target", str(target))
    return target


def environment(installed: Path, home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GNNREC_")}
    return {**kept, "PYTHONPATH": str(installed), "XDG_DATA_HOME": str(home), "HOME": str(home)}


def test_it_carries_the_app_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"gnnrec"}
    assert {"gnnrec/_app/app.py", "gnnrec/_app/pages/home.py", "gnnrec/_app/.streamlit/config.toml"} <= set(
        names
    )
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or ".gnnrec" in name]


def test_it_finds_what_it_carries(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASK_PLACES]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(installed, tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(result.stdout)
    assert not found["checkout"]
    assert Path(found["app"]).is_relative_to(installed)
    assert Path(found["home"]).is_relative_to(tmp_path)
    assert found["pages"] == sorted(path.name for path in (ROOT / "pages").glob("*.py"))
    assert found["models"] == sorted(path.name for path in (ROOT / "models").glob("*") if path.is_dir())


def test_it_serves_a_page_from_elsewhere(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gnnrec", "serve", "--port", str(port)]
    with running_app(
        tmp_path / "home",
        port=port,
        command=command,
        cwd=tmp_path,
        environment={"PYTHONPATH": str(installed)},
    ) as server:
        with urllib.request.urlopen(f"{server.url}/") as answer:
            assert answer.status == 200
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert "Traceback" not in server.log.read_text(errors="replace")
