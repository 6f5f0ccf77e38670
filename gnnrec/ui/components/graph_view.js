const views = new WeakMap();
const lastLooks = new Map();

// The library comes in an element of its own, so that its half megabyte travels once and not with every picture.
function whenReady(work) {
  if (window.vis) work();
  else window.addEventListener("gnnrec-vis-ready", work, { once: true });
}

function variable(element, name, fallback) {
  return getComputedStyle(element).getPropertyValue(name).trim() || fallback;
}

function isDark(colour) {
  const ctx = document.createElement("canvas").getContext("2d");
  ctx.fillStyle = colour;
  ctx.fillRect(0, 0, 1, 1);
  const [red, green, blue] = ctx.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function theme(element, tokens) {
  const background = variable(element, "--st-background-color", tokens.light.background);
  const mode = isDark(background) ? "dark" : "light";
  return {
    mode,
    background,
    text: variable(element, "--st-text-color", tokens[mode].text),
    border: variable(element, "--st-border-color", tokens[mode].border),
    band: variable(element, "--st-secondary-background-color", tokens[mode].raised),
    primary: variable(element, "--st-primary-color", tokens[mode].primary),
    muted: tokens[mode].muted,
    diverging: tokens[mode].diverging,
    font: variable(element, "--st-font", "sans-serif"),
  };
}

function paintedNode(node, colours) {
  const rim = node.look === "selected" ? colours.text : node.pinned ? colours.primary : colours.background;
  return roundedSquare({ ...node, hole: colours.background, color: { background: node.fills[colours.mode], border: rim } });
}

function paintedEdge(edge, colours) {
  const bright = ["lit", "strong", "chosen", "arriving"].includes(edge.look);
  // Where others have a sign, an edge without one is never in their colours.
  const plain = !bright ? colours.muted : edge.sign === null ? colours.primary : colours.text;
  // The places of a weight below and above zero among the diverging colours, as in gnnrec/figures/drawing.py.
  const unsigned = edge.sign === null && edge.tint ? edge.tint[colours.mode] : plain;
  const color = edge.sign ? colours.diverging[edge.sign > 0 ? 8 : 1] : unsigned;
  return { ...edge, color: { ...edge.color, color } };
}

// Only what is gone is removed and only what is there is updated, so that zoom and places stay.
function replaceAll(dataSet, rows) {
  const wanted = new Set(rows.map((row) => row.id));
  dataSet.remove(dataSet.getIds().filter((id) => !wanted.has(id)));
  dataSet.update(rows);
}

function create(root) {
  const frame = root.querySelector(".graph-frame");
  const stage = root.querySelector(".graph-stage");
  const view = { root, frame, stage, nodes: new vis.DataSet(), edges: new vis.DataSet(), touched: false };
  view.model = () => view.shown;
  // Buttons and the hint lie over the canvas; no label may hide under them.
  const reserved = () => {
    const from = frame.getBoundingClientRect();
    return [...root.querySelectorAll(".graph-tools, .graph-hint")].map((part) => {
      const { left, top, right, bottom } = part.getBoundingClientRect();
      return { left: left - from.left, top: top - from.top, right: right - from.left, bottom: bottom - from.top };
    });
  };
  view.shown = { nodes: view.nodes, edges: view.edges, rings: [], colours: {}, font: "sans-serif", reserved };

  view.build = (options) => {
    view.net = new vis.Network(stage, { nodes: view.nodes, edges: view.edges }, options);
    view.decoration = decorateNetwork(view.net, frame, view.model);
    view.net.on("click", ({ nodes, edges }) => {
      if (nodes.length) {
        view.looked = nodes[0];
        view.send("node", nodes[0]);
        return;
      }
      const clear = edges.find((id) => !["dim", "faint"].includes(view.edges.get(id)?.look));
      if (clear !== undefined) view.send("edge", clear);
    });
    view.net.on("hoverNode", () => (stage.style.cursor = "pointer"));
    view.net.on("blurNode", () => (stage.style.cursor = ""));
    for (const name of ["zoom", "dragEnd"]) view.net.on(name, () => (view.touched = true));
    view.net.on("resize", () => {
      if (!view.touched) requestAnimationFrame(() => fit(view));
    });
  };

  // A wheel over the picture scrolls the page until the picture has the focus.
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!frame.contains(root.activeElement ?? document.activeElement) && !event.ctrlKey) event.stopImmediatePropagation();
    },
    { capture: true },
  );
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));
  stage.onkeydown = (event) => key(view, event);
  root.querySelector("[data-do=fit]").onclick = () => {
    view.touched = false;
    fit(view, true);
  };
  root.querySelector("[data-do=in]").onclick = () => zoom(view, 1.35);
  root.querySelector("[data-do=out]").onclick = () => zoom(view, 1 / 1.35);
  root.querySelector("[data-do=png]").onclick = () => save(view);
  return view;
}

// The whole picture with room for the labels of the outermost ring.
function fit(view, animated = false) {
  const { rings } = view.shown;
  const { clientWidth: width, clientHeight: height } = view.stage;
  if (!width || !height) return;
  const outer = (rings.length ? rings[rings.length - 1][1] : 60) + 24;
  // On a narrow screen the labels have to do with the room inside the rings.
  const beside = Math.min(Math.max((width - 300) / 2, 16), 170);
  const scale = Math.min((width - beside) / (2 * outer), (height - 56) / (2 * outer), 1.6);
  const look = { position: { x: 0, y: 0 }, scale: Math.max(scale, 0.05) };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  view.net.moveTo({ ...look, animation: animated && !still ? { duration: 250 } : false });
}

function zoom(view, factor) {
  view.touched = true;
  view.net.moveTo({ scale: Math.min(Math.max(view.net.getScale() * factor, 0.05), 8) });
}

function move(view, right, down) {
  view.touched = true;
  const { x, y } = view.net.getViewPosition();
  const step = 60 / view.net.getScale();
  view.net.moveTo({ position: { x: x + right * step, y: y + down * step } });
}

function key(view, event) {
  const action = {
    "+": () => zoom(view, 1.35),
    "=": () => zoom(view, 1.35),
    "-": () => zoom(view, 1 / 1.35),
    0: () => {
      view.touched = false;
      fit(view, true);
    },
    ArrowLeft: () => move(view, -1, 0),
    ArrowRight: () => move(view, 1, 0),
    ArrowUp: () => move(view, 0, -1),
    ArrowDown: () => move(view, 0, 1),
  }[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

function save(view) {
  view.decoration.hide();
  view.net.redraw();
  const drawn = view.net.canvas.frame.canvas;
  const picture = document.createElement("canvas");
  picture.width = drawn.width;
  picture.height = drawn.height;
  const ctx = picture.getContext("2d");
  ctx.fillStyle = view.shown.colours.background;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.drawImage(drawn, 0, 0);
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "graph.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

function update(view, data) {
  const { drawing } = data;
  view.stage.setAttribute("aria-label", data.alt);
  view.frame.style.height = `${data.height}px`;
  const colours = theme(view.frame, data.tokens);
  const members = drawing.nodes.map((node) => node.id).sort((a, b) => a - b).join();
  const sameNodes = members === view.members;
  const font = colours.font;
  if (font !== view.shown.font) view.decoration?.forget();
  view.shown = {
    ...view.shown,
    rings: drawing.rings,
    ringNames: drawing.ring_names,
    weightName: drawing.weight_name,
    colours,
    font,
  };
  view.members = members;
  replaceAll(view.nodes, drawing.nodes.map((node) => paintedNode(node, colours)));
  replaceAll(view.edges, drawing.edges.map((edge) => paintedEdge(edge, colours)));
  if (!view.net) view.build(drawing.options);
  view.root.querySelector(".graph-wait").hidden = true;
  const legend = view.root.querySelector(".graph-legend");
  const focused = legend.contains(view.root.activeElement) ? view.root.activeElement.dataset.name : undefined;
  drawLegend(legend, drawing.legend, colours.mode, colours, (name) => view.send("switch", name));
  // A switch that was pressed by a key is drawn again and must not lose the keyboard.
  if (focused) legend.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  view.stage.style.bottom = `${legend.offsetHeight}px`;
  const asked = data.show !== view.looked;
  view.looked = data.show;
  if (sameNodes) {
    view.net.redraw();
    if (asked) goTo(view, data.show);
    return;
  }
  view.decoration.hide();
  if (view.drawn) {
    // Nodes came or went by hand: where somebody has moved the picture it stays, else it shows all of it again.
    if (asked && data.show !== null) goTo(view, data.show);
    else if (!view.touched) fit(view, true);
    return;
  }
  view.drawn = true;
  const before = lastLooks.get(view.key);
  view.touched = Boolean(before && before.members === members);
  if (view.touched) view.net.moveTo({ position: before.position, scale: before.scale });
  else fit(view);
}

// The camera moves to a node that was found in words, not to one that was clicked: that one is under the pointer.
function goTo(view, id) {
  const node = id === null || id === undefined ? null : view.nodes.get(id);
  if (!node) return;
  view.touched = true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scale = Math.max(view.net.getScale(), 1);
  view.net.moveTo({ position: { x: node.x, y: node.y }, scale, animation: still ? false : { duration: 300 } });
}

function destroy(root) {
  const view = views.get(root);
  if (!view) return;
  view.gone = true;
  if (view.net) {
    if (view.touched) {
      const position = view.net.getViewPosition();
      lastLooks.set(view.key, { members: view.members, position, scale: view.net.getScale() });
    } else {
      lastLooks.delete(view.key);
    }
    view.net.destroy();
  }
  views.delete(root);
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  whenReady(() => {
    let view = views.get(parentElement);
    if (!view) {
      view = create(parentElement);
      views.set(parentElement, view);
    }
    view.key = key;
    view.send = setTriggerValue;
    if (data?.drawing) update(view, data);
  });
  return () => destroy(parentElement);
}
