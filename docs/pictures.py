"""Pictures of every page, drawn by the real app on the demo data: `make pictures`.

Light and dark at 1400 pixels go to docs/pictures/; narrow ones, and whole pages however long, go to docs/looking/,
which is not committed: they are there to be looked at.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageChops  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from gnnrec.checkpoints import find  # noqa: E402
from gnnrec.data import split  # noqa: E402
from gnnrec.datasets import open_dataset  # noqa: E402
from gnnrec.evaluation.lists import popularity_percentiles  # noqa: E402
from gnnrec.store import cases  # noqa: E402
from gnnrec.store.case import Draft  # noqa: E402
from gnnrec.store.cases_check import standing_of  # noqa: E402
from gnnrec.ui.router import PAGES  # noqa: E402
from tests import chromium  # noqa: E402
from tests.browsing import assert_no_failure, settle  # noqa: E402
from tests.serving import running_app  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LOOKING = ROOT / "docs" / "looking"
SCHEMES = ("light", "dark")
WIDE, NARROW = 1400, 800
FOLD, LONGEST = 1000, 1300
# Steps of 255 that no pixel of a picture may be off.
LARGEST_ERROR = 14
# The model that the cases in the picture are about.
NOTED = "demo-lightgcn"


@dataclass(frozen=True)
class Scene:
    """A page with something on it that is worth a picture; `item` opens it on the first suggestion."""

    page: str
    item: bool = False


SCENES = {"graph": Scene("graph", item=True), "why": Scene("why", item=True)}


def scenes() -> list[Scene]:
    """One scene for each page of the router."""
    names = [Path(page.file).stem for page in PAGES]
    return [SCENES.get(name, Scene(name)) for name in names]


def note_cases(home: Path) -> None:
    """Cases for the picture of their page: verdicts by rule on what every hundredth person gets first."""
    os.environ["GNNREC_HOME"] = str(home)
    checkpoint = find(NOTED)
    data = open_dataset(checkpoint.config["dataset"])
    cut = split(data, checkpoint.config["split"])
    model, held_out = checkpoint.load(data, cut), cut.matrix("valid")
    popular = popularity_percentiles(cut.matrix("train").getnnz(axis=0))
    for user in range(0, data.n_users, 100):
        item = int(model.recommend([user], k=1).items[0, 0])
        verdict, note = "unclear", "To be looked at with somebody who knows these films."
        if held_out[user, item]:
            verdict, note = "good", "Watched it in the months that were held out."
        elif popular[item] >= 95:
            verdict, note = "too-popular", "Among the best known of all; says little about this person."
        cases.add(
            Draft(
                dataset=data.name,
                person=data.users.id(user),
                item=data.items.id(item),
                model=checkpoint.address,
                verdict=verdict,
                note=note,
                who="docs/pictures.py",
                standing=standing_of(model, cut, user, item, 10),
            )
        )


def person_of_the_first_story(browser: Browser, url: str) -> str:
    """The id of the person that Home tells about first: chosen by rule, so the pictures are not picked by hand."""
    page = browser.new_page(viewport={"width": WIDE, "height": FOLD})
    page.goto(url)
    settle(page)
    page.get_by_role("link", name="Look at this person").first.click()
    page.wait_for_url("**/recommend?**")
    settle(page)
    person = queried(page, "u")
    page.close()
    return person


def first_suggestion(browser: Browser, url: str, person: str) -> str:
    """The id of the item that model A puts first, read from the address after a click on its card."""
    page = browser.new_page(viewport={"width": WIDE, "height": FOLD})
    page.goto(f"{url}/recommend?{urlencode({'u': person})}")
    settle(page)
    page.get_by_role("button", name="Rank 1.").first.click()
    page.wait_for_url(lambda address: "&i=" in address)
    item = queried(page, "i")
    page.close()
    return item


def queried(page: Page, key: str) -> str:
    """One key of the address."""
    return parse_qs(urlsplit(page.url).query)[key][0]


def shown(browser: Browser, address: str, scheme: str, width: int) -> Page:
    """The page at an address, drawn to its end."""
    page = browser.new_page(viewport={"width": width, "height": FOLD}, color_scheme=scheme)
    page.goto(address)
    settle(page)
    assert_no_failure(page)
    return page


def whole_height(page: Page) -> int:
    """Pixels from the top of a page to its end; Streamlit scrolls inside an element of its own."""
    # Charts and the graph draw themselves after the script of the page has ended.
    before, now = -1, 0
    while before != now:
        page.wait_for_timeout(1500)
        before, now = now, page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    return now


def save(page: Page, path: Path, height: int) -> None:
    """Write a picture of a page, as small as it gets without a difference to the eye."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.wait_for_timeout(700)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    compact(picture).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {picture.width} × {picture.height}, {path.stat().st_size // 1024} KiB")


def compact(picture: Image.Image) -> Image.Image:
    """The picture with 256 colours, a third of the size, unless that shows: many posters need all of theirs."""
    fewer = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
    difference = ImageChops.difference(picture, fewer.convert("RGB"))
    worst = max(high for _, high in difference.getextrema())
    return fewer if worst <= LARGEST_ERROR else picture


def main() -> None:
    """Draw the pictures that were asked for, all of them without a name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="names of pages; all without one")
    parser.add_argument(
        "--looking", action="store_true", help="only those that are looked at, none for docs/pictures"
    )
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        running_app(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        note_cases(server.home)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        person = person_of_the_first_story(browser, server.url)
        item = first_suggestion(browser, server.url, person)
        for scene in scenes():
            if asked.pages and scene.page not in asked.pages:
                continue
            query = {"u": person} | ({"i": item} if scene.item else {})
            path = "" if scene.page == "home" else scene.page
            for scheme in SCHEMES:
                for width in (WIDE, NARROW):
                    page = shown(browser, f"{server.url}/{path}?{urlencode(query)}", scheme, width)
                    whole = whole_height(page)
                    if width == WIDE and not asked.looking:
                        save(page, PICTURES / f"{scene.page}-{scheme}.png", max(FOLD, min(whole, LONGEST)))
                    save(page, LOOKING / f"{scene.page}-{scheme}-{width}.png", min(whole, 6000))
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
