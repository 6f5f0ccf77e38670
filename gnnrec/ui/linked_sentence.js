// A sentence whose items can be clicked. Text of the data goes in by textContent only.

const drawn = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const line = parentElement.querySelector(".sentence");
  if (!line || !data) return;
  const now = JSON.stringify(data);
  // The same sentence keeps its focus over reruns.
  if (drawn.get(parentElement) !== now) {
    line.replaceChildren(...data.parts.map(([text, id]) => part(text, id, data, setTriggerValue)));
    drawn.set(parentElement, now);
  }
  return () => {
    line.replaceChildren();
    drawn.delete(parentElement);
  };
}

function part(text, id, data, send) {
  if (id === null) return document.createTextNode(text);
  const link = document.createElement("button");
  link.type = "button";
  link.textContent = text;
  link.title = data.hint;
  if (id === data.selected) link.setAttribute("aria-current", "true");
  link.onclick = () => send("item", id);
  return link;
}
