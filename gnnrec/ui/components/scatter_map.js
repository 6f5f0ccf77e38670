// Filled by scatter_map_data.js, from elements of their own.
const store = (window.gnnrecMapData ??= new Map());
const views = new WeakMap();
const lastLooks = new Map();
const NEWS = "gnnrec-map-data";
const CELLS = 128;
const NO_VALUE = 255;
const UNITS = 10000;
const REACH = 12;

function colour(text) {
  const ctx = (colour.ctx ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
  ctx.fillStyle = text;
  ctx.fillRect(0, 0, 1, 1);
  return [...ctx.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

const packed = ([red, green, blue]) => (255 << 24) | (blue << 16) | (green << 8) | red;

function theme(view) {
  const style = getComputedStyle(view.frame);
  const background = style.getPropertyValue("--st-background-color").trim() || view.data.tokens.light.background;
  if (view.theme?.background === background) return view.theme;
  const rgb = colour(background);
  const mode = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 128 ? "dark" : "light";
  const tokens = view.data.tokens[mode];
  const font = style.getPropertyValue("--st-font").trim() || "sans-serif";
  view.theme = { background, rgb, mode, font, text: tokens.text, primary: tokens.primary, muted: tokens.muted };
  legend(view);
  return view.theme;
}

// Which pixels a point covers and how far: a disc for people, a square for items.
function stamp(radius, round) {
  const reach = Math.max(1, Math.ceil(radius));
  const cells = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const far = round ? Math.hypot(dx, dy) : Math.max(Math.abs(dx), Math.abs(dy)) * 1.12;
      const cover = Math.min(1, Math.max(0, radius + 0.5 - far));
      if (cover > 0.05) cells.push([dx, dy, cover]);
    }
  }
  return cells;
}

function radiusOf(view) {
  const { n } = view.points;
  const base = n > 40000 ? 1.3 : n > 12000 ? 1.7 : n > 4000 ? 2.3 : 3.2;
  return base * Math.min(3, Math.max(1, view.look.scale / view.whole) ** 0.45);
}

function shows(view, at) {
  return view.data.show === "both" || at < view.points.people === (view.data.show === "people");
}

// Those without a value lie below the others; the rest is mixed, so that no group covers another by its number.
function drawingOrder(view) {
  const { n } = view.points;
  const { index } = view.colours;
  const order = new Uint32Array(n);
  let low = 0;
  for (let at = 0; at < n; at++) if (index[at] === NO_VALUE) order[low++] = at;
  let top = low;
  for (let at = 0; at < n; at++) if (index[at] !== NO_VALUE) order[top++] = at;
  let seed = 1;
  for (let at = n - 1; at > low; at--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = low + (seed % (at - low + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

function inside(polygon, x, y) {
  let odd = false;
  for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
    const [ax, ay] = polygon[at];
    const [bx, by] = polygon[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

function chosenMask(view) {
  const { area } = view.data;
  if (!area) return null;
  const polygon = area.map(([x, y]) => [x / UNITS, y / UNITS]);
  const mask = new Uint8Array(view.points.n);
  for (let at = 0; at < mask.length; at++) mask[at] = inside(polygon, view.points.x[at], view.points.y[at]) ? 1 : 0;
  return mask;
}

function resize(view) {
  const { clientWidth: width, clientHeight: height } = view.stage;
  const dpr = Math.min(2, window.devicePixelRatio || 1);
  if (!width || !height || (view.width === width && view.height === height && view.dpr === dpr)) return;
  Object.assign(view, { width, height, dpr });
  for (const canvas of [view.canvas, view.over]) {
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
  }
  view.ctx = view.canvas.getContext("2d");
  view.top = view.over.getContext("2d");
  view.image = view.ctx.createImageData(view.canvas.width, view.canvas.height);
  view.pixels = new Uint32Array(view.image.data.buffer);
  const before = view.whole;
  view.whole = 0.92 * Math.min(width, height - 24);
  if (!view.touched) fit(view);
  else if (before) view.look.scale *= view.whole / before;
}

function fit(view) {
  view.touched = false;
  // The longer side is from 0 to 1; a picture that is low and wide may fill the width.
  const [low, high] = view.extent;
  const scale = 0.92 * Math.min(view.width / Math.max(high[0] - low[0], 0.05), (view.height - 24) / Math.max(high[1] - low[1], 0.05));
  view.look = { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, scale };
}

function extent(points) {
  const low = [1, 1];
  const high = [0, 0];
  for (let at = 0; at < points.n; at++) {
    low[0] = Math.min(low[0], points.x[at]);
    low[1] = Math.min(low[1], points.y[at]);
    high[0] = Math.max(high[0], points.x[at]);
    high[1] = Math.max(high[1], points.y[at]);
  }
  return [low, high];
}

const across = (view, x) => (x - view.look.x) * view.look.scale + view.width / 2;
const down = (view, y) => (view.look.y - y) * view.look.scale + view.height / 2;
const mapX = (view, px) => (px - view.width / 2) / view.look.scale + view.look.x;
const mapY = (view, py) => view.look.y - (py - view.height / 2) / view.look.scale;

function later(view) {
  view.frameAsked ??= requestAnimationFrame(() => {
    view.frameAsked = null;
    if (!view.gone) draw(view);
  });
}

function draw(view) {
  if (!view.points || !view.colours) return;
  resize(view);
  if (!view.ctx) return;
  const colours = theme(view);
  if (view.paletteOf !== view.colours || view.paletteMode !== colours.mode) {
    view.paletteOf = view.colours;
    view.paletteMode = colours.mode;
    view.palette = view.colours[colours.mode].map(colour);
    view.nothing = colour(view.colours[`${colours.mode}_none`]);
  }
  paint(view, colours);
  decorate(view, colours);
}

// What a point adds to the pixels it covers, worked out once for a colour: red and blue together, green apart, in parts
// of 128, so that one pixel takes two multiplications.
function brush(cells, [red, green, blue], strength, wide) {
  const part = (cover) => Math.round((cover * strength * 128) / 255);
  return {
    offset: Int32Array.from(cells, ([dx, dy]) => dy * wide + dx),
    keep: Int32Array.from(cells, ([, , cover]) => 128 - part(cover)),
    redBlue: Int32Array.from(cells, ([, , cover]) => (((blue * part(cover)) >> 7) << 16) | ((red * part(cover)) >> 7)),
    green: Int32Array.from(cells, ([, , cover]) => ((green * part(cover)) >> 7) << 8),
  };
}

// Brushes of people and items for every colour, the last one for those without a value; strong ones, then dimmed ones.
function brushes(view, radius) {
  const { palette, nothing } = view;
  const wide = view.canvas.width;
  const made = view.brushes;
  if (made?.radius === radius && made.palette === palette && made.wide === wide) return made.all;
  const all = [stamp(radius, true), stamp(radius * 0.9, false)].flatMap((cells) =>
    [false, true].map((dim) => [
      ...palette.map((rgb) => brush(cells, rgb, dim ? 40 : 215, wide)),
      brush(cells, nothing, dim ? 30 : 90, wide),
    ]),
  );
  view.brushes = { radius, palette, wide, all };
  return all;
}

// Pixel by pixel into one picture: a hundred thousand points take a few milliseconds, without WebGL.
function paint(view, colours) {
  const { pixels, dpr, look, palette, mask, order } = view;
  const { x, y, people } = view.points;
  const { index } = view.colours;
  const wide = view.canvas.width;
  const high = view.canvas.height;
  pixels.fill(packed(colours.rgb));
  const radius = radiusOf(view) * dpr;
  const reach = Math.ceil(radius) + 1;
  const all = brushes(view, radius);
  const scale = look.scale * dpr;
  const left = wide / 2 - look.x * scale + 0.5;
  const top = high / 2 + look.y * scale + 0.5;
  const { show } = view.data;
  const nothing = palette.length;
  for (let step = 0; step < order.length; step++) {
    const at = order[step];
    const person = at < people;
    if (show !== "both" && person !== (show === "people")) continue;
    const px = Math.floor(left + x[at] * scale);
    const py = Math.floor(top - y[at] * scale);
    if (px < reach || py < reach || px >= wide - reach || py >= high - reach) continue;
    const kind = (person ? 0 : 2) + (mask !== null && mask[at] === 0 ? 1 : 0);
    const { offset, keep, redBlue, green } = all[kind][index[at] === NO_VALUE ? nothing : index[at]];
    const here = py * wide + px;
    for (let cell = 0; cell < offset.length; cell++) {
      const pixel = here + offset[cell];
      const was = pixels[pixel];
      pixels[pixel] =
        -16777216 |
        (((Math.imul(was & 0xff00ff, keep[cell]) >>> 7) & 0xff00ff) + redBlue[cell]) |
        (((Math.imul(was & 0xff00, keep[cell]) >>> 7) & 0xff00) + green[cell]);
    }
  }
  view.ctx.putImageData(view.image, 0, 0);
}

function ring(view, ctx, at, size, style, width) {
  const px = across(view, view.points.x[at]);
  const py = down(view, view.points.y[at]);
  ctx.beginPath();
  if (at < view.points.people) ctx.arc(px, py, size, 0, 2 * Math.PI);
  else ctx.rect(px - size, py - size, 2 * size, 2 * size);
  ctx.lineWidth = width;
  ctx.strokeStyle = style;
  ctx.stroke();
}

function written(view, ctx, text, px, py, colours, weight = 600) {
  ctx.font = `${weight} 12px ${colours.font}`;
  const short = text.length > 42 ? `${[...text].slice(0, 40).join("")}…` : text;
  const half = ctx.measureText(short).width / 2;
  const at = Math.min(Math.max(px, half + 6), view.width - half - 6);
  ctx.textAlign = "center";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = colours.background;
  ctx.strokeText(short, at, py);
  ctx.fillStyle = colours.text;
  ctx.fillText(short, at, py);
}

// What lies over the points: names of groups, the chosen one with lines to its true neighbours, the lasso.
function decorate(view, colours, ctx = view.top) {
  const { data, points } = view;
  ctx.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
  if (ctx === view.top) ctx.clearRect(0, 0, view.width, view.height);
  const size = radiusOf(view) + 3;
  if (!view.mask) {
    for (const group of view.colours.groups[data.show] ?? []) {
      const [px, py] = [across(view, group.x), down(view, group.y)];
      if (px > 0 && px < view.width && py > 0 && py < view.height) written(view, ctx, group.text, px, py, colours);
    }
  }
  if (data.focus !== null && data.focus !== undefined) {
    const fx = across(view, points.x[data.focus]);
    const fy = down(view, points.y[data.focus]);
    for (const [style, width] of [[colours.background, 3.5], [colours.text, 1.25]]) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      for (const at of data.near) {
        ctx.beginPath();
        ctx.moveTo(fx, fy);
        ctx.lineTo(across(view, points.x[at]), down(view, points.y[at]));
        ctx.stroke();
      }
    }
    for (const at of data.near) ring(view, ctx, at, size - 1.5, colours.text, 1.25);
    ring(view, ctx, data.focus, size + 3, colours.background, 5);
    ring(view, ctx, data.focus, size + 2, colours.text, 2.5);
    if (fx > 0 && fx < view.width && fy > 0 && fy < view.height) {
      written(view, ctx, points.labels[data.focus], fx, fy - size - 8 < 16 ? fy + size + 18 : fy - size - 8, colours);
    }
  }
  const drawn = view.lasso ?? data.area?.map(([x, y]) => [x / UNITS, y / UNITS]);
  if (drawn?.length > 1) {
    ctx.beginPath();
    drawn.forEach(([x, y], at) => ctx[at ? "lineTo" : "moveTo"](across(view, x), down(view, y)));
    ctx.closePath();
    ctx.setLineDash(view.lasso ? [] : [5, 4]);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = colours.primary;
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (ctx !== view.top) return;
  if (view.hovered !== null) ring(view, ctx, view.hovered, size, colours.primary, 2);
  if (view.byKeys) {
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 1;
    for (const [dx, dy] of [[9, 0], [0, 9]]) {
      ctx.beginPath();
      ctx.moveTo(view.width / 2 - dx, view.height / 2 - dy);
      ctx.lineTo(view.width / 2 + dx, view.height / 2 + dy);
      ctx.stroke();
    }
  }
}

function under(view, px, py, reach = REACH) {
  const { x, y, starts, members } = view.points;
  const around = reach / view.look.scale;
  const [mx, my] = [mapX(view, px), mapY(view, py)];
  const cell = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor(value * CELLS)));
  let best = null;
  let least = around * around;
  for (let row = cell(my - around); row <= cell(my + around); row++) {
    for (let column = cell(mx - around); column <= cell(mx + around); column++) {
      const at = row * CELLS + column;
      for (let place = starts[at]; place < starts[at + 1]; place++) {
        const point = members[place];
        const far = (x[point] - mx) ** 2 + (y[point] - my) ** 2;
        if (far < least && shows(view, point)) {
          least = far;
          best = point;
        }
      }
    }
  }
  return best;
}

function note(view, at) {
  const value = view.colours.index[at];
  const kind = at < view.points.people ? view.data.words.person : view.data.words.item;
  const told = view.colours.notes?.[at] || (value === NO_VALUE ? "" : view.colours.names?.[value] ?? "");
  return told ? `${kind} · ${told}` : kind;
}

function hover(view, at, px, py) {
  if (at === view.hovered && at === null) return;
  view.hovered = at;
  view.stage.style.cursor = at === null ? (view.lassoing ? "crosshair" : "grab") : "pointer";
  view.tip.hidden = at === null;
  if (at !== null) {
    view.tip.children[0].textContent = view.points.labels[at];
    view.tip.children[1].textContent = note(view, at);
    const { offsetWidth: wide, offsetHeight: high } = view.tip;
    view.tip.style.left = `${Math.max(4, Math.min(px + 14, view.width - wide - 4))}px`;
    view.tip.style.top = `${py + 18 + high > view.height ? Math.max(4, py - high - 12) : py + 18}px`;
  }
  if (view.top && !view.frameAsked) decorate(view, theme(view));
}

function zoom(view, factor, px = view.width / 2, py = view.height / 2) {
  if (!view.look) return;
  const [x, y] = [mapX(view, px), mapY(view, py)];
  view.touched = true;
  view.look.scale = Math.min(Math.max(view.look.scale * factor, view.whole / 3), view.whole * 400);
  view.look.x = x - (px - view.width / 2) / view.look.scale;
  view.look.y = y + (py - view.height / 2) / view.look.scale;
  later(view);
}

function pan(view, dx, dy) {
  view.touched = true;
  // Never so far that nothing is left to see.
  view.look.x = Math.min(1.2, Math.max(-0.2, view.look.x - dx / view.look.scale));
  view.look.y = Math.min(1.2, Math.max(-0.2, view.look.y + dy / view.look.scale));
  later(view);
}

// Corners that lie on the way between others say nothing and would fill the address.
function simplified(line, most) {
  if (line.length < 3) return line;
  const [ax, ay] = line[0];
  const [bx, by] = line[line.length - 1];
  const length = Math.hypot(bx - ax, by - ay);
  const off = ([x, y]) =>
    length ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length : Math.hypot(x - ax, y - ay);
  let far = 1;
  for (let at = 2; at < line.length - 1; at++) if (off(line[at]) > off(line[far])) far = at;
  if (off(line[far]) <= most) return [line[0], line[line.length - 1]];
  return [...simplified(line.slice(0, far + 1), most).slice(0, -1), ...simplified(line.slice(far), most)];
}

function sendArea(view, polygon) {
  const most = 60;
  let loose = 1.5 / view.look.scale;
  let line = simplified(polygon, loose);
  for (; line.length > most; loose *= 1.5) line = simplified(polygon, loose);
  const unit = (value) => Math.round(Math.min(2, Math.max(-1, value)) * UNITS);
  const corners = line.map(([x, y]) => [unit(x), unit(y)]);
  if (corners.length > 2) view.send("area", corners);
}

function inView(view) {
  const [left, right] = [mapX(view, 0), mapX(view, view.width)];
  const [top, bottom] = [mapY(view, 0), mapY(view, view.height)];
  sendArea(view, [[left, top], [right, top], [right, bottom], [left, bottom]]);
}

function setLasso(view, on) {
  view.lassoing = on;
  view.root.querySelector("[data-do=lasso]").setAttribute("aria-pressed", String(on));
  view.stage.style.cursor = on ? "crosshair" : "grab";
}

function pointer(view) {
  const { stage } = view;
  const on = listening(view);
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  on("pointerdown", (event) => {
    if (event.button !== 0 || !view.look) return;
    view.byKeys = false;
    stage.setPointerCapture(event.pointerId);
    const [px, py] = place(event);
    view.down = { px, py, lasso: view.lassoing || event.shiftKey, moved: false };
    if (view.down.lasso) view.lasso = [[mapX(view, px), mapY(view, py)]];
    hover(view, null);
  });
  on("pointermove", (event) => {
    if (!view.look) return;
    const [px, py] = place(event);
    if (!view.down) {
      hover(view, under(view, px, py), px, py);
      return;
    }
    const { down } = view;
    if (!down.moved && Math.hypot(px - down.px, py - down.py) < 4) return;
    down.moved = true;
    if (down.lasso) {
      view.lasso.push([mapX(view, px), mapY(view, py)]);
      if (!view.frameAsked) decorate(view, theme(view));
      return;
    }
    stage.style.cursor = "grabbing";
    pan(view, px - (down.at?.[0] ?? down.px), py - (down.at?.[1] ?? down.py));
    down.at = [px, py];
  });
  const end = (event) => {
    const { down } = view;
    if (!down) return;
    view.down = null;
    const [px, py] = place(event);
    if (down.lasso && down.moved) sendArea(view, view.lasso);
    else if (!down.moved && event.type === "pointerup") {
      const at = under(view, px, py);
      if (at !== null) view.send("point", at);
    }
    view.lasso = null;
    setLasso(view, false);
    later(view);
  };
  on("pointerup", end);
  on("pointercancel", end);
  on("pointerleave", () => hover(view, null));
  on(
    "wheel",
    (event) => {
      // A wheel over the picture scrolls the page until the picture has the focus.
      const focused = view.root.activeElement ?? document.activeElement;
      if (!view.look || (!view.frame.contains(focused) && !event.ctrlKey)) return;
      event.preventDefault();
      zoom(view, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...place(event));
    },
    { passive: false },
  );
}

function keyboard(view) {
  const on = listening(view);
  const say = () => {
    const at = under(view, view.width / 2, view.height / 2, 40);
    view.said.textContent = at === null ? "No point here" : `${view.points.labels[at]}, ${note(view, at)}`;
    hover(view, at, view.width / 2, view.height / 2);
  };
  on("keydown", (event) => {
    const action = {
      "+": () => zoom(view, 1.35),
      "=": () => zoom(view, 1.35),
      "-": () => zoom(view, 1 / 1.35),
      0: () => fit(view),
      ArrowLeft: () => pan(view, 60, 0),
      ArrowRight: () => pan(view, -60, 0),
      ArrowUp: () => pan(view, 0, 60),
      ArrowDown: () => pan(view, 0, -60),
      Enter: () => {
        const at = under(view, view.width / 2, view.height / 2, 40);
        if (at !== null) view.send("point", at);
      },
      Escape: () => setLasso(view, false),
      l: () => setLasso(view, !view.lassoing),
    }[event.key];
    if (!action || !view.look || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    view.byKeys = true;
    action();
    later(view);
    requestAnimationFrame(say);
  });
  on("blur", () => {
    view.byKeys = false;
    hover(view, null);
    later(view);
  });
}

function legend(view) {
  const { data, colours, theme: look } = view;
  const mode = look.mode;
  const part = (tag, text, style) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    Object.assign(made.style, style);
    return made;
  };
  const rows = [];
  if (colours.title) rows.push(part("b", colours.title));
  for (const [at, name] of (colours.names ?? []).entries()) {
    const row = part("span");
    row.append(part("i", "", { background: colours[mode][at] }), name);
    rows.push(row);
  }
  if (colours.ends) {
    const row = part("span");
    const steps = colours[mode].slice(0, colours.steps);
    row.append(
      colours.ends[0],
      part("i", "", { width: "7rem", borderRadius: "3px", background: `linear-gradient(90deg, ${steps.join(", ")})` }),
      colours.ends[1],
    );
    rows.push(row);
  }
  if (colours.none) {
    const row = part("span");
    row.append(part("i", "", { background: colours[`${mode}_none`] }), colours.none);
    rows.push(row);
  }
  const shapes = part("span", `● ${data.words.person}   ■ ${data.words.item}`);
  rows.push(shapes);
  view.root.querySelector(".map-legend").replaceChildren(...rows);
}

function save(view) {
  const { dpr } = view;
  const colours = theme(view);
  const rows = [...view.root.querySelectorAll(".map-legend > *")].map((row) => row.textContent);
  const strip = 46;
  const picture = document.createElement("canvas");
  picture.width = view.canvas.width;
  picture.height = view.canvas.height + strip * dpr;
  const ctx = picture.getContext("2d");
  ctx.fillStyle = colours.background;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.drawImage(view.canvas, 0, 0);
  decorate(view, colours, ctx);
  ctx.textAlign = "left";
  ctx.fillStyle = colours.text;
  ctx.font = `600 12px ${colours.font}`;
  ctx.fillText(view.data.title, 10, view.height + 16, view.width - 20);
  let left = 10;
  const swatches = view.root.querySelectorAll(".map-legend > *");
  ctx.font = `12px ${colours.font}`;
  rows.forEach((text, at) => {
    const swatch = swatches[at].querySelector("i");
    const ramp = swatch && swatch.style.width;
    if (left + ctx.measureText(text).width + (ramp ? 110 : 20) > view.width) return;
    if (swatch && !ramp) {
      ctx.fillStyle = getComputedStyle(swatch).backgroundColor;
      ctx.fillRect(left, view.height + 28, 10, 10);
      left += 14;
    }
    ctx.fillStyle = colours.text;
    if (ramp) {
      const [low, high] = view.colours.ends;
      ctx.fillText(low, left, view.height + 37);
      left += ctx.measureText(low).width + 6;
      const steps = view.colours[colours.mode].slice(0, view.colours.steps);
      steps.forEach((one, step) => {
        ctx.fillStyle = one;
        ctx.fillRect(left + (step * 90) / steps.length, view.height + 28, 90 / steps.length + 1, 10);
      });
      left += 96;
      ctx.fillStyle = colours.text;
      ctx.fillText(high, left, view.height + 37);
      left += ctx.measureText(high).width + 14;
      return;
    }
    ctx.fillText(text, left, view.height + 37);
    left += ctx.measureText(text).width + 14;
  });
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "map.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

function create(root) {
  const part = (name) => root.querySelector(name);
  const view = {
    root,
    frame: part(".map-frame"),
    stage: part(".map-stage"),
    canvas: part(".map-points"),
    over: part(".map-over"),
    tip: part(".map-tip"),
    said: part(".map-said"),
    hovered: null,
    touched: false,
    frameAsked: null,
    ending: new AbortController(),
  };
  pointer(view);
  keyboard(view);
  const actions = {
    in: () => zoom(view, 1.5),
    out: () => zoom(view, 1 / 1.5),
    fit: () => {
      if (view.extent) fit(view);
      later(view);
    },
    lasso: () => setLasso(view, !view.lassoing),
    all: () => view.look && inView(view),
    png: () => view.look && save(view),
  };
  for (const [name, action] of Object.entries(actions)) part(`[data-do=${name}]`).onclick = action;
  view.observer = new ResizeObserver(() => later(view));
  view.observer.observe(view.stage);
  view.news = () => update(view);
  window.addEventListener(NEWS, view.news, { signal: view.ending.signal });
  return view;
}

function update(view) {
  const { data } = view;
  const points = store.get(data.points);
  const colours = store.get(data.colours);
  view.stage.setAttribute("aria-label", data.alt);
  view.frame.style.height = `${data.height}px`;
  if (!points || !colours) return;
  const other = view.points !== points;
  const repainted = view.colours !== colours;
  if (!other && !repainted && view.shown === data) return;
  view.points = points;
  view.colours = colours;
  if (other || repainted) view.order = drawingOrder(view);
  const area = JSON.stringify(data.area);
  if (other || area !== view.areaOf) {
    view.areaOf = area;
    view.mask = chosenMask(view);
  }
  view.shown = data;
  view.hovered = null;
  view.tip.hidden = true;
  part(view, ".map-wait").hidden = true;
  if (view.theme) legend(view);
  if (other) {
    view.extent = extent(points);
    resize(view);
    const before = lastLooks.get(view.key);
    if (before?.points === data.points) {
      view.look = before.look;
      view.touched = true;
    } else if (view.width) fit(view);
  }
  later(view);
}

const part = (view, name) => view.root.querySelector(name);

// The same element may come back with a new view; what listened for the old one must not listen on.
const listening = (view) => (name, work, options = {}) =>
  view.stage.addEventListener(name, work, { ...options, signal: view.ending.signal });

function destroy(root) {
  const view = views.get(root);
  if (!view) return;
  view.gone = true;
  if (view.touched) lastLooks.set(view.key, { points: view.data.points, look: view.look });
  else lastLooks.delete(view.key);
  view.observer.disconnect();
  view.ending.abort();
  views.delete(root);
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = create(parentElement);
    views.set(parentElement, view);
  }
  view.key = key;
  view.send = setTriggerValue;
  if (data) {
    view.data = data;
    update(view);
  }
  return () => destroy(parentElement);
}
