// vis-network has squares with sharp corners only, and no rings.
function roundedSquare(node) {
  if (node.shape === "ring") return ring(node);
  if (node.shape !== "square") return node;
  const ctxRenderer = ({ ctx, x, y, style }) => ({
    drawNode() {
      const half = style.size;
      ctx.globalAlpha = style.opacity ?? 1;
      ctx.beginPath();
      ctx.roundRect(x - half, y - half, 2 * half, 2 * half, half * 0.5);
      ctx.fillStyle = style.color;
      ctx.fill();
      ctx.lineWidth = style.borderWidth;
      ctx.strokeStyle = style.borderColor;
      ctx.stroke();
    },
    nodeDimensions: { width: 2 * style.size, height: 2 * style.size },
  });
  return { ...node, shape: "custom", ctxRenderer };
}

// A friend: a person like the others, with a hole, so that colour is not all that sets them apart.
function ring(node) {
  const ctxRenderer = ({ ctx, x, y, style }) => ({
    drawNode() {
      // Edges run to the middle of a node and must not be seen through it.
      ctx.globalAlpha = 1;
      ctx.beginPath();
      ctx.arc(x, y, style.size, 0, 2 * Math.PI);
      ctx.fillStyle = node.hole;
      ctx.fill();
      ctx.globalAlpha = style.opacity ?? 1;
      ctx.beginPath();
      ctx.arc(x, y, style.size, 0, 2 * Math.PI);
      ctx.arc(x, y, style.size * 0.42, 0, 2 * Math.PI, true);
      ctx.fillStyle = style.color;
      ctx.fill();
      ctx.beginPath();
      ctx.arc(x, y, style.size, 0, 2 * Math.PI);
      ctx.lineWidth = style.borderWidth;
      ctx.strokeStyle = style.borderColor;
      ctx.stroke();
    },
    nodeDimensions: { width: 2 * style.size, height: 2 * style.size },
  });
  return { ...node, shape: "custom", ctxRenderer };
}

const OUTLINES = {
  ring: "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14zM8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6z",
  triangleDown: "M8 14L1 2h14z",
  dot: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z",
  square: "M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z",
  diamond: "M8 1l7 7-7 7-7-7z",
  triangle: "M8 2l7 12H1z",
  hexagon: "M5 2h6l4 6-4 6H5L1 8z",
  star: "M8 1l2 5 5 .4-4 3.3 1.3 5L8 12l-4.3 2.7 1.3-5-4-3.3 5-.4z",
  line: "M1 6.5h14v3H1z",
  arrow: "M1 6.8h8V3l6 5-6 5V9.2H1z",
};

// What shapes and lines mean, as text beside a small drawing of each. Where somebody is told, an entry with a switch
// is a button that takes its sort of edges out of the picture, or brings it back.
function drawLegend(row, entries, mode, colours, told) {
  const svg = "http://www.w3.org/2000/svg";
  const hint = document.createElement("span");
  hint.className = "graph-switches";
  hint.textContent = "Also heard (click to switch off):";
  row.replaceChildren(
    ...(entries ?? []).filter((one) => told || one.on !== false).map(({ shape, fills, text, count, on, switch: name }) => {
      const switches = told && name !== undefined;
      const entry = document.createElement(switches ? "button" : "div");
      if (switches) {
        entry.type = "button";
        entry.setAttribute("aria-pressed", String(on));
        entry.title = on ? `Take ${text} out of the picture and the list` : `Bring ${text} back`;
        entry.dataset.name = name;
        entry.onclick = () => told(name);
      }
      const picture = document.createElementNS(svg, "svg");
      const path = document.createElementNS(svg, "path");
      const plain = shape === "square";
      picture.setAttribute("viewBox", "0 0 16 16");
      picture.setAttribute("aria-hidden", "true");
      path.setAttribute("d", OUTLINES[shape] ?? OUTLINES.star);
      // Items have a colour each: their outline stands for all of them.
      path.setAttribute("fill", plain ? "none" : fills[mode]);
      path.setAttribute("stroke", plain ? colours.muted : "none");
      path.setAttribute("stroke-width", "1.5");
      picture.appendChild(path);
      const words = document.createElement("span");
      words.textContent = text;
      entry.append(picture, words);
      if (count !== undefined) {
        const many = document.createElement("span");
        many.className = "graph-count";
        many.textContent = on ? String(count) : "off";
        entry.append(many);
      }
      return entry;
    }),
  );
  const first = row.querySelector("button");
  if (first) row.insertBefore(hint, first);
}

// What vis-network does not do by itself, for the app and the exported page alike: ring bands, labels that never
// overlap and keep their size on the screen, and a tooltip that writes text as text.
//
//   net     the vis.Network
//   layer   a positioned element over the canvas, for the tooltip
//   model() the current picture: nodes and edges (vis.DataSet), rings, weight name, colours, font
function decorateNetwork(net, layer, model) {
  const PLACE_LABEL = 12;
  const LINE = 1.25;
  const WIDEST = 128;
  const wrapped = new Map();
  let pointed = null;

  const tip = document.createElement("div");
  tip.className = "graph-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  layer.appendChild(tip);

  function widthOf(ctx, text, weight) {
    ctx.font = `${weight} ${PLACE_LABEL}px ${model().font}`;
    return ctx.measureText(text).width;
  }

  // At most two lines of about 128 px; what is left out is said by an ellipsis.
  function lines(ctx, text, weight) {
    const key = `${weight}|${text}`;
    if (wrapped.has(key)) return wrapped.get(key);
    const found = [];
    let line = "";
    let rest = text.split(" ");
    while (rest.length && found.length < 2) {
      const word = rest.shift();
      const joined = line ? `${line} ${word}` : word;
      if (!line || widthOf(ctx, joined, weight) <= WIDEST) {
        line = joined;
        continue;
      }
      found.push(line);
      line = word;
      if (found.length === 2) rest.unshift(word);
    }
    if (found.length < 2) found.push(line);
    else if (rest.length) found[1] = `${found[1]}…`;
    const fitted = found.map((part) => {
      if (widthOf(ctx, part, weight) <= WIDEST) return part;
      const letters = Array.from(part.replace(/…$/, ""));
      while (letters.length && widthOf(ctx, `${letters.join("")}…`, weight) > WIDEST) letters.pop();
      return `${letters.join("").trimEnd()}…`;
    });
    const box = { lines: fitted, width: Math.max(...fitted.map((part) => widthOf(ctx, part, weight))) };
    wrapped.set(key, box);
    return box;
  }

  const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  function within(box, view) {
    const right = Math.max(view.left - box.left, 0) - Math.max(box.right - view.right, 0);
    const down = Math.max(view.top - box.top, 0) - Math.max(box.bottom - view.bottom, 0);
    return {
      left: box.left + right, right: box.right + right, top: box.top + down, bottom: box.bottom + down,
    };
  }

  // Below, above or beside the node, outward first, so that a label leaves the inside of its ring free; then at its
  // corners, so that a crowded ring keeps more of its names.
  function candidates(node, width, height, gap) {
    const half = node.size;
    const reach = half + gap;
    const beside = (side) => ({
      left: side > 0 ? node.x + reach : node.x - reach - width,
      top: node.y - height / 2,
    });
    const over = (side) => ({
      left: node.x - width / 2,
      top: side > 0 ? node.y + reach : node.y - reach - height,
    });
    const corner = (side, up) => ({
      left: side > 0 ? node.x + 0.7 * half : node.x - 0.7 * half - width,
      top: up > 0 ? node.y + 0.7 * half : node.y - 0.7 * half - height,
    });
    const right = node.x >= 0 ? 1 : -1;
    const down = node.y >= 0 ? 1 : -1;
    const corners = [corner(right, down), corner(right, -down), corner(-right, down), corner(-right, -down)];
    const flat = Math.abs(node.x) > 1.6 * Math.abs(node.y);
    const order = flat
      ? [beside(right), over(down), over(-down), beside(-right)]
      : [over(down), beside(right), beside(-right), over(-down)];
    return [...order, ...corners].map(({ left, top }) => ({ left, top, right: left + width, bottom: top + height }));
  }

  // Further and further away along the ray from the middle, outwards before inwards, for a label that must be there.
  function away(node, width, height, step) {
    const length = Math.hypot(node.x, node.y) || 1;
    const [right, down] = node.x || node.y ? [node.x / length, node.y / length] : [0, 1];
    const boxes = [];
    for (let far = 2; far <= 20; far += 1) {
      for (const side of [1, -1]) {
        const x = node.x + side * far * step * right;
        const y = node.y + side * far * step * down;
        boxes.push({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });
      }
    }
    return boxes;
  }

  function lead(ctx, node, box, width) {
    ctx.beginPath();
    ctx.moveTo(node.x, node.y);
    ctx.lineTo((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    ctx.lineWidth = width;
    ctx.strokeStyle = model().colours.text;
    ctx.globalAlpha = 0.7;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  function write(ctx, box, text, size, colour, weight, plate) {
    const { background, border } = model().colours;
    if (plate) {
      ctx.globalAlpha = 0.92;
      ctx.fillStyle = background;
      ctx.strokeStyle = border;
      ctx.lineWidth = size / 14;
      ctx.beginPath();
      ctx.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, size / 3);
      ctx.fill();
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    ctx.font = `${weight} ${size}px ${model().font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const middle = (box.left + box.right) / 2;
    const first = (box.top + box.bottom) / 2 - ((text.length - 1) * size * LINE) / 2;
    text.forEach((line, number) => {
      const y = first + number * size * LINE;
      if (!plate) {
        ctx.strokeStyle = background;
        ctx.lineWidth = size / 3.5;
        ctx.lineJoin = "round";
        ctx.strokeText(line, middle, y);
      }
      ctx.fillStyle = colour;
      ctx.fillText(line, middle, y);
    });
  }

  function bands(ctx) {
    const { rings, colours } = model();
    ctx.save();
    for (const [inner, outer] of rings) {
      const from = inner - 24;
      const to = outer + 24;
      ctx.beginPath();
      ctx.arc(0, 0, to, 0, 2 * Math.PI);
      ctx.arc(0, 0, from, 0, 2 * Math.PI, true);
      ctx.fillStyle = colours.band;
      ctx.fill("evenodd");
    }
    ctx.restore();
  }

  function labels(ctx) {
    const { nodes, edges, rings, colours } = model();
    const scale = net.getScale();
    const size = PLACE_LABEL / scale;
    const gap = 6 / scale;
    const canvas = net.canvas.frame.canvas;
    const low = net.DOMtoCanvas({ x: 0, y: 0 });
    const high = net.DOMtoCanvas({ x: canvas.clientWidth, y: canvas.clientHeight });
    const view = { left: low.x, top: low.y, right: high.x, bottom: high.y };
    const inView = (box) =>
      box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
    const all = nodes.get();
    const bodies = all
      .filter((node) => node.look !== "dim" && node.look !== "faint")
      .map((node) => {
        const half = node.size + 1 / scale;
        return {
          id: node.id, left: node.x - half, right: node.x + half, top: node.y - half, bottom: node.y + half,
        };
      });
    const taken = (model().reserved?.() ?? []).map((corner) => {
      const from = net.DOMtoCanvas({ x: corner.left, y: corner.top });
      const to = net.DOMtoCanvas({ x: corner.right, y: corner.bottom });
      return { left: from.x, top: from.y, right: to.x, bottom: to.y };
    });
    // The middle and what was selected or pinned come first and are named always. Everything else is named where
    // no other label is in the way; the tooltip names the rest.
    const always = (node) => node.rank === 0 || node.look === "selected" || node.pinned;
    const turn = (node) => (always(node) ? 0 : node.named ? 1 : node.id === pointed ? 3 : 2);
    const queue = all
      .filter((node) => turn(node) !== 2 || (node.look !== "dim" && node.look !== "faint"))
      .sort((a, b) => turn(a) - turn(b) || a.rank - b.rank);

    ctx.save();
    rings.forEach(([, outer], number) => {
      const end = outer + 24;
      const name = model().ringNames?.[number] ?? (number === 0 ? "1 step" : `${number + 1} steps`);
      const wide = Math.max(24, widthOf(ctx, name, 400) / 2) / scale;
      const [left, right] = [-wide, wide];
      const above = { left, right, top: -end - 17 / scale, bottom: -end };
      // Where something lies over the top of the picture, the name stands below its ring.
      const covered = taken.some((other) => overlaps(above, other));
      const box = covered ? { left, right, top: end, bottom: end + 17 / scale } : above;
      taken.push(box);
      write(ctx, box, [name], 0.9 * size, colours.muted, 400, false);
    });
    const carrying = edges.get().filter((one) => one.labelled);
    for (const edge of carrying.sort((a, b) => (b.look === "chosen") - (a.look === "chosen"))) {
      const from = nodes.get(edge.from);
      const to = nodes.get(edge.to);
      if (!from || !to) continue;
      const width = widthOf(ctx, edge.text, 600) / scale + 2 * gap;
      const height = 1.4 * size;
      const places = [0.5, 0.33, 0.67, 0.2, 0.8].map((share) => {
        // A bow lies beside the straight line, furthest in the middle.
        const aside = edge.smooth ? 2 * share * (1 - share) * edge.smooth.roundness : 0;
        const x = to.x + share * (from.x - to.x) + aside * (to.y - from.y);
        const y = to.y + share * (from.y - to.y) - aside * (to.x - from.x);
        return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
      });
      const open = places.filter((box) => !taken.some((other) => overlaps(box, other)));
      // A step between neighbours on a ring is short: rather no number than one that hides a node.
      const beside = open.find((box) => !bodies.some((other) => overlaps(box, other)));
      const free = beside ?? (edge.smooth ? undefined : open[0]);
      const box = free ?? (edge.look === "chosen" ? places[0] : undefined);
      if (!box) continue;
      taken.push(box);
      write(ctx, box, [edge.text], size, colours.primary, 600, true);
    }
    for (const node of queue) {
      if (node.x < view.left || node.x > view.right || node.y < view.top || node.y > view.bottom) continue;
      const must = turn(node) !== 2;
      const weight = must ? 600 : 400;
      const { lines: text, width } = lines(ctx, node.name, weight);
      const places = candidates(node, width / scale + gap, text.length * size * LINE, gap * 0.6);
      const clear = (box) => inView(box) && !taken.some((other) => overlaps(box, other));
      const untouched = (box) => !bodies.some((other) => other.id !== node.id && overlaps(box, other));
      let box = places.find((place) => clear(place) && untouched(place));
      const plate = must && !box;
      if (plate) {
        const rays = away(node, width / scale + 2 * gap, places[0].bottom - places[0].top, 8 / scale);
        box = rays.find((place) => clear(place) && untouched(place));
        if (box) lead(ctx, node, box, 1 / scale);
        else box = places.find(clear) ?? (always(node) ? within(places[0], view) : undefined);
      }
      if (!box) continue;
      taken.push(box);
      write(ctx, box, text, size, colours.text, weight, plate);
    }
    ctx.restore();
  }

  function show(textLines, event) {
    tip.replaceChildren(
      ...textLines.filter(Boolean).map((line, number) => {
        const row = document.createElement("div");
        row.className = number ? "graph-tip-note" : "graph-tip-title";
        row.dir = "auto";
        row.textContent = line;
        return row;
      }),
    );
    tip.hidden = false;
    const frame = layer.getBoundingClientRect();
    const x = event.clientX - frame.left;
    const y = event.clientY - frame.top;
    const left = x + 14 + tip.offsetWidth > frame.width ? x - 14 - tip.offsetWidth : x + 14;
    const top = y + 14 + tip.offsetHeight > frame.height ? y - 14 - tip.offsetHeight : y + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  }

  function hide() {
    tip.hidden = true;
    if (pointed !== null) {
      pointed = null;
      net.redraw();
    }
  }

  net.on("beforeDrawing", bands);
  net.on("afterDrawing", labels);
  net.on("hoverNode", ({ node, event }) => {
    const one = model().nodes.get(node);
    if (!one) return;
    const away = one.hop === 1 ? "1 step away" : `${one.hop} steps away`;
    const where = one.hop === 0 ? "in the middle" : model().ringNames?.[one.hop - 1] ? "" : away;
    pointed = node;
    show([one.name, [one.note, where].filter(Boolean).join(" · "), one.reach], event);
    net.redraw();
  });
  net.on("hoverEdge", ({ edge, event }) => {
    const { edges, nodes, weightName } = model();
    const one = edges.get(edge);
    if (!one || one.look === "dim" || one.look === "faint") return;
    const from = nodes.get(one.from)?.name ?? "";
    const to = nodes.get(one.to)?.name ?? "";
    const said = one.sort ? `${one.sort} · ${weightName} ${one.text}` : `${weightName} ${one.text}`;
    show([`${from} → ${to}`, said, one.reverse_text && `other direction ${one.reverse_text}`], event);
  });
  for (const name of ["blurNode", "blurEdge", "dragStart", "zoom"]) net.on(name, hide);
  return { forget: () => wrapped.clear(), hide };
}
