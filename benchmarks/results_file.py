"""How every benchmark writes its figures: one JSON file with where they come from, never edited by hand."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def write(name: str, command: str, figures: dict[str, Any]) -> Path:
    """Write figures to `benchmarks/results/<name>.json` with command, date, versions and number of cores."""
    RESULTS.mkdir(exist_ok=True)
    origin = {
        "made_by": command,
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "versions": {package: version(package) for package in ("torch", "torch-geometric", "numpy", "scipy")},
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(origin | figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
