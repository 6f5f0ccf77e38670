// The card grid. Text of the data goes in by textContent and attributes only; posters are pictures (data: images run
// no script). Cards are kept by id between runs, so that focus stays and what moved can be seen moving.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  check: "M2 6.5 4.8 9.2 10 3.2",
  up: "M6 10V2.4M2.6 5.6 6 2.2 9.4 5.6",
  down: "M6 2V9.6M2.6 6.4 6 9.8 9.4 6.4",
  star: "M6 .8 7.6 4.2 11.3 4.6 8.5 7.1 9.3 10.8 6 8.9 2.7 10.8 3.5 7.1 .7 4.6 4.4 4.2Z",
};
const grids = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector(".grid");
  if (!list || !data) return;
  const state = grids.get(parentElement) ?? { cards: new Map(), first: true };
  grids.set(parentElement, state);
  state.send = (kind, id) => setTriggerValue("event", { kind, id });

  list.setAttribute("aria-label", data.label);
  list.classList.toggle("empty", data.cards.length === 0);
  list.classList.toggle("series-b", data.series === "b");
  if (data.columns) list.style.setProperty("--columns", String(data.columns));
  else list.style.removeProperty("--columns");

  const before = positions(state);
  const kept = new Map();
  const reserve = {
    score: data.cards.some((card) => card.score !== null || card.score_text),
    note: data.cards.some((card) => card.note),
  };
  data.cards.forEach((card, place) => {
    const item = state.cards.get(card.item_id) ?? build(state, card.item_id);
    fill(item, card, reserve);
    kept.set(card.item_id, item);
    if (list.children[place] !== item.root) list.insertBefore(item.root, list.children[place] ?? null);
  });
  for (const [id, item] of state.cards) if (!kept.has(id)) item.root.remove();
  state.cards = kept;
  if (!state.first) slide(state, before);
  state.first = false;

  return () => {
    list.replaceChildren();
    grids.delete(parentElement);
  };
}

function build(state, id) {
  const root = make("li", "card");
  const open = make("button", "open");
  const poster = make("div", "poster");
  const picture = make("img");
  const start = make("div", "badges start");
  const end = make("div", "badges end");
  const foot = make("div", "foot");
  const toggle = make("button", "toggle");
  open.type = "button";
  toggle.type = "button";
  picture.alt = "";
  picture.draggable = false;
  toggle.setAttribute("role", "checkbox");
  toggle.append(icon("check"));
  open.onclick = () => state.send("open", id);
  toggle.onclick = () => state.send("toggle", id);
  poster.append(picture, start, end);
  open.append(poster, foot);
  root.append(open);
  return { root, open, picture, start, end, foot, toggle, svg: null };
}

function fill(item, card, reserve) {
  item.root.classList.toggle("selected", card.selected);
  item.root.classList.toggle("dropped", card.dropped);
  item.open.setAttribute("aria-label", card.spoken);
  item.open.title = card.subtitle ? `${card.title}\n${card.subtitle}` : card.title;
  if (card.selected) item.open.setAttribute("aria-current", "true");
  else item.open.removeAttribute("aria-current");
  if (item.svg !== card.svg) {
    item.picture.src = `data:image/svg+xml,${encodeURIComponent(card.svg)}`;
    item.svg = card.svg;
  }
  item.start.replaceChildren(...placeBadges(card));
  item.end.replaceChildren(...hitBadges(card));
  item.foot.replaceChildren(...footer(card, reserve));
  item.foot.hidden = !item.foot.childElementCount;
  if (card.toggle) {
    item.toggle.setAttribute("aria-checked", String(!card.dropped));
    item.toggle.setAttribute("aria-label", `Count ${card.title} in`);
    item.toggle.title = card.dropped ? "Put back" : "Take out";
    if (!item.toggle.isConnected) item.root.append(item.toggle);
  } else {
    item.toggle.remove();
  }
}

function placeBadges(card) {
  const badges = [];
  if (card.rank !== null) badges.push(badge("rank", null, String(card.rank)));
  if (card.stars !== null) badges.push(badge("stars", "star", String(Math.round(card.stars * 10) / 10)));
  if (card.move === "new") badges.push(badge("new", null, "new", card.move_words));
  else if (card.move > 0) badges.push(badge("move", "up", String(card.move), card.move_words));
  else if (card.move < 0) badges.push(badge("move quiet", "down", String(-card.move), card.move_words));
  return badges;
}

function hitBadges(card) {
  if (card.toggle || !card.hit) return [];
  if (card.hit === "valid" || card.hit === "test") return [badge("hit", "check", "hit", card.hit_words)];
  const word = { train: "seen", held_out: "held out", miss: "miss" }[card.hit];
  return [badge("quiet", null, word, card.hit_words)];
}

function footer(card, reserve) {
  const rows = [];
  if (reserve.score) {
    const row = make("div", "score");
    if (card.score !== null) {
      const track = make("span", "track");
      const bar = make("span", "fill");
      bar.style.width = `${100 * card.score}%`;
      track.append(bar);
      row.append(track);
    }
    if (card.score_text) row.append(make("span", "", card.score_text));
    rows.push(row);
  }
  if (reserve.note && card.note) rows.push(make("div", "note", card.note));
  return rows;
}

function badge(kind, drawing, words, tip) {
  const element = make("span", `badge ${kind}`);
  if (drawing) element.append(icon(drawing));
  element.append(make("span", "", words));
  if (tip) element.title = tip;
  return element;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  if (name === "star") svg.setAttribute("class", "solid");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

function make(tag, kind, words) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (words !== undefined) element.textContent = words;
  return element;
}

function positions(state) {
  return new Map([...state.cards].map(([id, item]) => [id, item.root.getBoundingClientRect()]));
}

function slide(state, before) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [id, item] of state.cards) {
    const old = before.get(id);
    const now = item.root.getBoundingClientRect();
    if (!old) {
      item.root.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 260, easing: "ease-out" });
    } else if (old.width === now.width && (old.left !== now.left || old.top !== now.top)) {
      const shift = `translate(${old.left - now.left}px, ${old.top - now.top}px)`;
      item.root.animate([{ transform: shift }, { transform: "none" }], { duration: 320, easing: "ease-in-out" });
    }
  }
}
