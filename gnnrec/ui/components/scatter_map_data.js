// Points and colours come in elements of their own, so that they travel once and not with every click.
const store = (window.gnnrecMapData ??= new Map());
const names = new WeakMap();
const NEWS = "gnnrec-map-data";
const CELLS = 128;

function bytes(text) {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) out[at] = raw.charCodeAt(at);
  return out;
}

function kept(data) {
  if (data.role === "points") {
    const xy = new Uint16Array(bytes(data.xy).buffer);
    const n = xy.length / 2;
    const x = new Float32Array(n);
    const y = new Float32Array(n);
    for (let at = 0; at < n; at++) {
      x[at] = xy[2 * at] / 65535;
      y[at] = xy[2 * at + 1] / 65535;
    }
    return { n, x, y, people: data.people, labels: data.labels.split("\n"), ...grid(x, y) };
  }
  return { ...data, index: bytes(data.index), notes: data.notes ? data.notes.split("\n") : null };
}

// Points by cell of a grid, so that the one under the pointer is found without looking at all of them.
function grid(x, y) {
  const cell = new Uint16Array(x.length);
  const starts = new Uint32Array(CELLS * CELLS + 1);
  for (let at = 0; at < x.length; at++) {
    const column = Math.min(CELLS - 1, Math.floor(x[at] * CELLS));
    const row = Math.min(CELLS - 1, Math.floor(y[at] * CELLS));
    cell[at] = row * CELLS + column;
    starts[cell[at] + 1]++;
  }
  for (let at = 0; at < CELLS * CELLS; at++) starts[at + 1] += starts[at];
  const next = starts.slice();
  const members = new Uint32Array(x.length);
  for (let at = 0; at < x.length; at++) members[next[cell[at]]++] = at;
  return { starts, members };
}

export default function ({ data, parentElement }) {
  const before = names.get(parentElement);
  if (data?.name && before !== data.name) {
    names.set(parentElement, data.name);
    store.set(data.name, kept(data));
    if (before) store.delete(before);
    window.dispatchEvent(new Event(NEWS));
  }
  return () => {
    store.delete(names.get(parentElement));
    names.delete(parentElement);
  };
}
