// A sentence whose items can be clicked. Text of the data goes in by textContent only.

const drawn = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const line = parentElement.querySelector(".sentence");
  if (!line || !data) return;
  const words = JSON.stringify(data.parts);
  const state = drawn.get(parentElement) ?? { words: null };
  drawn.set(parentElement, state);
  state.send = (id) => setTriggerValue("item", id);
  // The same words stay as they are over reruns, so that the one with the focus keeps it.
  if (state.words !== words) {
    line.replaceChildren(...data.parts.map(([text, id]) => part(text, id, data.hint, state)));
    state.words = words;
  }
  for (const link of line.querySelectorAll("button")) {
    if (link.dataset.id === data.selected) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  return () => {
    line.replaceChildren();
    drawn.delete(parentElement);
  };
}

function part(text, id, hint, state) {
  if (id === null) return document.createTextNode(text);
  const link = document.createElement("button");
  link.type = "button";
  link.textContent = text;
  link.title = hint;
  link.dataset.id = id;
  link.onclick = () => state.send(id);
  return link;
}
