// Building and updating elements. Text always goes in as text, never as HTML.

/** An element with properties, data and children; empty children are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Make the list show the items: unchanged ones stay, so that focus, selection and open parts survive. */
export function reconcile(list, items, build) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const print = JSON.stringify(item);
    let element = old.get(String(item.id));
    old.delete(String(item.id));
    if (!element || prints.get(element) !== print) element = replaceWith(element, build(item), item.id, print);
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  while (list.children.length > items.length) list.lastElementChild.remove();
}

const prints = new WeakMap();

function replaceWith(old, fresh, key, print) {
  fresh.dataset.key = key;
  prints.set(fresh, print);
  if (!old) return fresh;
  keepOpen(old, fresh);
  const focus = old.contains(document.activeElement) ? document.activeElement.dataset.focus ?? "" : null;
  old.replaceWith(fresh);
  if (focus !== null) (fresh.querySelector(`[data-focus="${CSS.escape(focus)}"]`) ?? fresh).focus({ preventScroll: true });
  return fresh;
}

function keepOpen(old, fresh) {
  for (const part of fresh.querySelectorAll("details[data-part]")) {
    const before = old.querySelector(`details[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (before) part.open = before.open;
  }
}

/** The text as nodes: **bold** everywhere, and web addresses as links where `links` is set. */
export function rich(text, { links = false } = {}) {
  const parts = text.split(/(\*\*[^*\n]+\*\*|<https:\/\/[^\s<>]+>|#post-\d+)/);
  return parts.map((part) => {
    if (/^\*\*[^*\n]+\*\*$/.test(part)) return h("strong", {}, part.slice(2, -2));
    if (links && /^<https:\/\/.+>$/.test(part)) return link(part.slice(1, -1), shortAddress(part.slice(9, -1)));
    if (links && /^#post-\d+$/.test(part)) return h("a", { href: part }, "this message");
    return part;
  });
}

function shortAddress(address) {
  const plain = address.replace(/\/$/, "");
  return plain.length > 48 ? `${plain.slice(0, 47)}…` : plain;
}

/** A link to another site, opened apart and without telling where from. */
export function link(url, label) {
  if (!url.startsWith("https://")) return document.createTextNode(label);
  return h("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** When it was, in the reader's own way of writing time. */
export function time(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const words = today
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: iso, title: at.toLocaleString() }, words);
}

/** A short message in the corner; refusals stay a little longer and are read out at once. */
export function toast(words, { refusal = false } = {}) {
  const box = h("div", { class: refusal ? "toast refusal" : "toast", role: refusal ? "alert" : "status" });
  const close = h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => box.remove() }, "×");
  box.append(h("p", {}, words), close);
  byId("toasts").append(box);
  setTimeout(() => box.remove(), refusal ? 9000 : 5000);
}

export function announce(words) {
  byId("announcer").textContent = words;
}
