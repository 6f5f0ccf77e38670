"""How long the Errors page takes to open, and to answer a brush or a click on a slice, in a real browser.

python -m benchmarks.errors_page                                       MovieLens 100K and 1M, Gowalla
python -m benchmarks.errors_page --dataset movielens-1m --clicks 20 --home FOLDER

Writes benchmarks/results/errors-page.json, where each data set has an entry of its own. The data sets have to be there
(`gnnrec data download movielens-1m`); the two models looked at are trained first, unless the folder has them. Opening
is measured twice: at an address, on a server that has just started, where the data set is read and cut as well; and
from the Data page of the same server by the navigation, with another, fresh checkpoint that nobody has looked at.
Interactive: bars and people are drawn and the script has ended; complete: intervals of all groups and the search for
worst slices are there too. A click is measured from the release of the button until the new people are there, and until the
script has ended as well. Waiting time is told with the processor time of the server beside it, because a machine that does
other work at the same time shows in the first alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from playwright.sync_api import TimeoutError, sync_playwright

from benchmarks.results_file import RESULTS, write
from gnnrec.datasets import open_dataset
from tests import chromium
from tests.browsing import settle
from tests.serving import Server, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAME, COMMAND = "errors-page", "python -m benchmarks.errors_page"
DATASETS = ("movielens-100k", "movielens-1m", "gowalla")
MODELS = ("item_knn", "popularity")
AIMS = {
    "open_s": {"movielens-100k": 2, "movielens-1m": 5, "gowalla": 30},
    "click_median_ms": 300,
}
_LONGEST_MS, _NO_ANSWER_MS = 300_000, 8_000
_WIDTH, _HEIGHT = 1400, 1100
# What a visitor sees: bars are drawn, the people beside them are counted, and nothing runs any more.
_READY = """before => {
  const app = document.querySelector('[data-testid="stApp"]');
  const said = [...document.querySelectorAll('h3')].map(one => one.innerText).find(one => / (behind it|in all)$/.test(one));
  const bars = document.querySelectorAll('.st-key-errors_bars .barlayer .point').length;
  const ended = app && app.dataset.testScriptState === 'notRunning';
  const since = performance.now() - (window.released || 0);
  if (bars && said && said !== before && !window.answered) window.answered = since;
  return ended && window.answered ? [since, said, window.answered] : null;
}"""
_COMPLETE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const dots = document.querySelectorAll('.st-key-errors_dots .scatterlayer .point').length;
  return app.dataset.testScriptState === 'notRunning' && dots > 1 && !document.querySelector('[data-testid="stProgress"]')
    ? performance.now() : null;
}"""
_LISTEN = """() => addEventListener('mouseup', () => {
  window.released = performance.now();
  window.answered = 0;
}, true)"""


def main() -> None:
    """Measure, and write what was seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", choices=DATASETS, action="append")
    parser.add_argument("--clicks", type=int, default=15, help="of each kind (default 15)")
    parser.add_argument("--home", type=Path, help="GNNREC_HOME with the models; a temporary one without")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = args.home or Path(folder)
        for dataset in args.dataset or DATASETS:
            addresses = [trained(home, dataset, model) for model in MODELS]
            entry = measured(home, dataset, addresses, args.clicks)
            print(dataset, json.dumps(entry), flush=True)
            keep(dataset, entry)


def trained(home: Path, dataset: str, model: str) -> str:
    """The name of a model of a data set, trained if it is not in the home yet."""
    slug = f"{dataset}-{model}"
    if not (home / "models" / slug).is_dir():
        command = [sys.executable, "-m", "gnnrec", "train", "--dataset", dataset, "--model", model]
        environment = {**os.environ, "GNNREC_HOME": str(home)}
        subprocess.run(
            [*command, "--max-seconds", "120", "--out", str(home / "models" / slug)],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    return slug


def measured(home: Path, dataset: str, models: list[str], clicks: int) -> dict[str, Any]:
    """Everything about one data set, on a server and in a browser of its own."""
    data, busy = open_dataset(dataset), os.getloadavg()[0]
    with running_app(home) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        page = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}).new_page()
        page.set_default_timeout(_LONGEST_MS)
        address = f"{server.url}/errors?d={dataset}&b=none"
        cold = opened(server, page, f"{address}&a={models[0]}")
        page.goto(f"{server.url}/data?d={dataset}&b=none&a={models[1]}")
        settle(page)
        fresh = opened(server, page)
        opened(server, page, f"{address}&a={models[0]}")
        page.evaluate(_LISTEN)
        entry = {
            "people": data.n_users,
            "items": data.n_items,
            "interactions": len(data.interactions),
            "load_before": round(busy, 1),
            "nice": os.nice(0),
            "server_just_started": cold,
            "fresh_checkpoint": fresh,
            "brush": timed(server, page, clicks, _brush),
            "slice": timed(server, page, clicks, _slice),
            "load_after": round(os.getloadavg()[0], 1),
            "aim_open_s": AIMS["open_s"][dataset],
            "aim_click_median_ms": AIMS["click_median_ms"],
        }
        browser.close()
    return entry


def opened(server: Server, page: Page, address: str = "") -> dict[str, Any]:
    """Seconds until the page can be used and until all of it is there, with the server's processor time.

    Args:
        server: The app.
        page: The browser's.
        address: Where to go; without one the page is opened by the navigation.
    """
    before, start = busy_s(server), time.perf_counter()
    if address:
        page.goto(address, wait_until="commit")
    else:
        page.get_by_role("link", name="Errors", exact=True).click()
    page.wait_for_function(_READY, arg="", polling="raf")
    ready = time.perf_counter() - start
    progress = page.locator('[data-testid="stProgress"]').count() > 0
    page.wait_for_function(_COMPLETE, polling="raf")
    return {
        "interactive_s": round(ready, 2),
        "complete_s": round(time.perf_counter() - start, 2),
        "server_cpu_s": round(busy_s(server) - before, 2),
        "told_progress": progress,
    }


def timed(server: Server, page: Page, clicks: int, act: Callable[[Page, int], None]) -> dict[str, Any]:
    """Median and 95th percentile of answers, in milliseconds of waiting and of the server's processor."""
    waited, worked, ended = [], [], []
    missed, number = 0, -1
    while len(waited) <= clicks and missed <= clicks:
        number += 1
        said = page.wait_for_function(_READY, arg="", polling="raf").json_value()[1]
        page.wait_for_timeout(400)
        before = busy_s(server)
        try:
            act(page, number)
            answer = page.wait_for_function(_READY, arg=said, polling="raf", timeout=_NO_ANSWER_MS)
        except TimeoutError:
            # The chart was being drawn when it was touched.
            missed += 1
            continue
        took, said, seen = answer.json_value()
        page.wait_for_timeout(200)
        waited.append(seen)
        ended.append(took)
        worked.append(1000 * (busy_s(server) - before))
    # The first one draws what was never drawn before.
    found: dict[str, Any] = {"clicks": len(waited) - 1, "not_taken": missed}
    for name, values in (("", waited[1:]), ("ended_", ended[1:]), ("server_cpu_", worked[1:])):
        found[f"{name}fastest_ms"] = round(min(values))
        found[f"{name}median_ms"] = round(float(np.median(values)))
        found[f"{name}p95_ms"] = round(float(np.percentile(values, 95)))
    return found


def _brush(page: Page, number: int) -> None:
    """Drag over some of the bars; each time others."""
    bars = page.locator(".st-key-errors_bars .nsewdrag")
    bars.scroll_into_view_if_needed()
    area = bars.bounding_box()
    left = area["x"] + area["width"] * 0.12
    right = area["x"] + area["width"] * (0.3 + 0.05 * (number % 7))
    page.mouse.move(left, area["y"] + 30)
    page.wait_for_timeout(300)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(left + (right - left) * step / 8, area["y"] + 30 + 5 * step)
        page.wait_for_timeout(20)
    page.mouse.up()


def _slice(page: Page, number: int) -> None:
    """Click a dot; each time another one."""
    dots = page.locator(".st-key-errors_dots .scatterlayer .point")
    dot = dots.nth(number % dots.count())
    dot.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    found = dot.bounding_box()
    page.mouse.move(found["x"] + found["width"] / 2, found["y"] + found["height"] / 2)
    page.wait_for_timeout(100)
    page.mouse.down()
    page.mouse.up()


def busy_s(server: Server) -> float:
    """Processor time of the server and its children so far."""
    one = psutil.Process(server.process.pid)
    times = [each.cpu_times() for each in (one, *one.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def keep(dataset: str, entry: dict[str, Any]) -> None:
    """Put one entry into the results, beside those of other data sets."""
    path = RESULTS / f"{NAME}.json"
    known = json.loads(path.read_text(encoding="utf-8"))["datasets"] if path.exists() else {}
    write(NAME, COMMAND, {"models": list(MODELS), "datasets": known | {dataset: entry}})


if __name__ == "__main__":
    main()
