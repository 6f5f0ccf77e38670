"""The graph as one file that opens in any browser, asks no other host and runs only its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from gnnrec.data.names import clean
from gnnrec.figures.drawing import Drawing, emphasised
from gnnrec.figures.tokens import FONT_STACK, Mode, tokens
from gnnrec.graph import Path

# What pyvis loads from other hosts although everything was asked to be in line.
_REMOTE = re.compile(
    r"<link\b[^>]*\bhref\s*=\s*[\"']?(?:https?:)?//[^>]*>"
    r"|<script\b[^>]*\bsrc\s*=[^>]*>\s*</script\s*>"
    r"|<!--.*?-->"
    r"|<center>\s*<h1>.*?</h1>\s*</center>",
    re.DOTALL | re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)

_STYLE = """
html, body { margin: 0; height: 100%; background: var(--background); color: var(--text); font-family:
var(--font); } body { display: flex; flex-direction: column; } header { padding: 14px 20px 10px; } header h1 {
margin: 0; font-size: 20px; font-weight: 600; } header p { margin: 4px 0 0; font-size: 13px; color:
var(--muted); } .card { flex: 1; min-height: 0; position: relative; } #mynetwork { position: absolute
!important; inset: 0; float: none !important; border: 0 !important; } .graph-tip { position: absolute;
z-index: 3; max-width: 18rem; padding: 7px 10px; font-size: 13px; line-height: 1.35;
  border: 1px solid var(--border); border-radius: 8px; background: var(--background); overflow-wrap: anywhere;
  pointer-events: none; box-shadow: 0 2px 10px rgb(0 0 0 / 18%); }
.graph-tip[hidden] { display: none; }
.graph-tip-title { font-weight: 600; }
.graph-tip-note { color: var(--muted); }
.graph-legend { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 6px 20px 10px; font-size: 13px;
  color: var(--muted); }
.graph-legend div { display: flex; align-items: center; gap: 6px; }
.graph-legend svg { width: 13px; height: 13px; }
"""

_START = """
(() => {
  const shown = JSON.parse(document.getElementById("shown").textContent);
  const fit = () => {
    const stage = document.getElementById("mynetwork");
    const outer = (shown.rings.length ? shown.rings[shown.rings.length - 1][1] : 60) + 24;
    const scale = Math.min((stage.clientWidth - 170) / (2 * outer), (stage.clientHeight - 56) / (2 * outer),
    1.6); network.moveTo({ position: { x: 0, y: 0 }, scale: Math.max(scale, 0.05) });
  };
  nodes.update(nodes.get().map((node) => roundedSquare({ ...node, hole: shown.colours.background })));
  decorateNetwork(network, document.querySelector(".card"), () => ({ ...shown, nodes, edges }));
  drawLegend(document.querySelector(".graph-legend"), shown.legend, shown.mode, shown.colours);
  network.on("resize", () => requestAnimationFrame(fit));
  fit();
})();
"""


def standalone_html(
    drawing: Drawing,
    title: str,
    caption: str = "",
    lit: Iterable[Path | Sequence[int]] = (),
    selected: int | None = None,
    mode: Mode = "light",
    *,
    edge: int | None = None,
    pinned: Iterable[int] = (),
    threshold: float = 0.0,
) -> str:
    """A drawing as a complete HTML page, built by pyvis and then hardened.

    Nothing in it comes from another host: what pyvis links to is taken out, and the page's own content
    security policy allows exactly the scripts in it, by their hash, and no connection at all. Titles reach it
    as data and are written as text.

    Args:
        drawing: from `network`.
        title: heading and name of the page.
        caption: one line under it, such as what the weights are.
        lit: paths to light.
        selected: node to bring out.
        mode: `light` or `dark`.
        edge: directed edge to bring out.
        pinned: nodes with a rim and a name that stays.
        threshold: hide edges below this part of the strongest of their ring.
    """
    from pyvis.network import Network

    shown = emphasised(
        drawing, lit=lit, selected=selected, mode=mode, edge=edge, pinned=pinned, threshold=threshold
    )
    colours = tokens(mode)
    net = Network(
        height="100%", width="100%", directed=True, cdn_resources="in_line", bgcolor=colours.background
    )
    net.nodes, net.edges, net.options = shown.nodes, shown.edges, shown.options
    page = _REMOTE.sub("", net.generate_html())
    model = {
        "rings": shown.rings,
        "ringNames": shown.ring_names,
        "weightName": shown.weight_name,
        "font": FONT_STACK,
        "mode": mode,
        "legend": shown.legend,
        "colours": {
            "background": colours.background,
            "text": colours.text,
            "border": colours.border,
            "band": colours.raised,
            "primary": colours.primary,
            "muted": colours.muted,
        },
    }
    names = {name: getattr(colours, name) for name in ("background", "text", "muted", "border")}
    variables = "; ".join(f"--{name}: {value}" for name, value in {**names, "font": FONT_STACK}.items())
    decoration = (files("gnnrec.figures") / "network.js").read_text(encoding="utf-8")
    header = f"<header><h1>{_text(title)}</h1>{f'<p>{_text(caption)}</p>' if caption else ''}</header>"
    end = (
        '<div class="graph-legend"></div>'
        f'<script type="application/json" id="shown">{_json(model)}</script>'
        f"<script>{decoration}</script><script>{_START}</script>"
    )
    page = _once(page, "<html>", '<!doctype html>\n<html lang="en">')
    style = f"<style>:root {{ {variables}; }}{_STYLE}</style>"
    page = _once(page, "</head>", f"<title>{_text(title)}</title>{style}</head>")
    page = _once(page, "<body>", f"<body>{header}")
    page = _last(page, "</body>", f"{end}</body>")
    return _once(page, "<head>", f"<head>{_policy(page)}")


def _policy(page: str) -> str:
    hashes = []
    for script in _SCRIPT.findall(page):
        digest = hashlib.sha256(script.encode("utf-8")).digest()
        hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    rules = (
        "default-src 'none'",
        f"script-src {' '.join(hashes)}",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _text(text: str) -> str:
    return escape(clean(text))


def _json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")


def _once(page: str, old: str, new: str) -> str:
    before, found, after = page.partition(old)
    if not found:
        raise ValueError(f"pyvis wrote a page without {old}")
    return f"{before}{new}{after}"


def _last(page: str, old: str, new: str) -> str:
    before, found, after = page.rpartition(old)
    if not found:
        raise ValueError(f"pyvis wrote a page without {old}")
    return f"{before}{new}{after}"
