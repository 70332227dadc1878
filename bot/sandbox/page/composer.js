// The message box: sending, replying, editing, and choosing a topic after the slash command.

import { byId, h, rich } from "./dom.js";
import { read } from "./net.js";

const TALLEST = 180; // pixels, about eight lines

/** The message box. `send(text, context)` is called with what was written. */
export class Composer {
  constructor({ send }) {
    this.sendText = send;
    this.pack = ""; // the command's name, known once the page has heard from the server
    this.text = byId("text");
    this.list = byId("choices");
    this.context = null; // {kind: "reply" | "edit", post}
    this.choices = [];
    this.active = -1;
    this.asked = 0; // questions for topics so far; answers to all but the last are too late
    this.early = null; // keys pressed while the answer to the last one is on its way; null when none is
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => this.close()); // a press on a choice doesn't take the focus
    byId("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
  }

  setPack(name) {
    this.pack = name;
    this.text.placeholder = `Message, or /${name}`;
    byId("hint").querySelector("kbd").textContent = `/${name}`;
  }

  reply(post) {
    this.setContext({ kind: "reply", post }, ["Replying to ", h("b", {}, post.author.name)]);
  }

  edit(post) {
    this.setContext({ kind: "edit", post }, ["Editing your message"]);
    this.text.value = post.text;
    this.changed();
  }

  whisper(words, choices, choose) {
    const box = byId("whisper");
    const close = h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => { box.hidden = true; } }, "×");
    const buttons = choices.map(({ topic, title }) => h("button", { type: "button", class: "chip", onclick: () => { box.hidden = true; choose(topic); } }, title));
    box.replaceChildren(h("div", { class: "whisper-head" }, h("span", { class: "quiet" }, "Only you can see this"), close), h("p", {}, rich(words)), h("div", { class: "chips" }, buttons));
    box.hidden = false;
  }

  setContext(context, words) {
    const box = byId("context");
    this.context = context;
    box.hidden = context === null;
    box.replaceChildren();
    if (context) box.append(h("span", {}, words), h("button", { type: "button", class: "bare", onclick: () => this.leave() }, "Cancel"));
    this.text.focus();
  }

  leave() {
    if (this.context?.kind === "edit") this.text.value = "";
    this.setContext(null, []);
    this.changed();
  }

  async submit(text = this.text.value) {
    if (!text.trim()) return;
    const { context } = this;
    const written = this.text.value;
    this.close();
    byId("whisper").hidden = true;
    if (!(await this.sendText(text, context))) return;
    if (this.text.value !== written || this.context !== context) return; // something else is being written by now
    this.text.value = "";
    this.setContext(null, []);
    this.grow();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, TALLEST)}px`;
  }

  async changed() {
    this.grow();
    const typed = this.text.value;
    const command = `/${this.pack}`;
    if (typed.startsWith(`${command} `)) return this.offerTopics(typed, typed.slice(command.length + 1));
    if (typed.startsWith("/") && command.startsWith(typed)) {
      return this.open([{ topic: null, title: command, note: "answers from curated, sourced content" }]);
    }
    return this.close();
  }

  /** Ask for topics. Until they come the older ones stay in sight, and keys wait for the new ones. */
  async offerTopics(typed, query) {
    const number = ++this.asked;
    this.early = [];
    const found = await read(`/complete?q=${encodeURIComponent(query)}`).catch(() => []);
    if (number !== this.asked) return;
    const keys = this.early;
    this.open(found);
    for (const key of keys) this.pick(key);
  }

  open(choices) {
    this.asked += 1;
    this.early = null;
    this.choices = choices;
    this.list.replaceChildren(...choices.map((choice, index) => this.option(choice, index)));
    this.list.hidden = choices.length === 0;
    this.text.setAttribute("aria-expanded", String(choices.length > 0));
    this.mark(choices.length > 0 ? 0 : -1);
  }

  option(choice, index) {
    const note = choice.note ?? choice.topic;
    return h("li", { role: "option", id: `choice-${index}`, onpointerdown: (event) => { event.preventDefault(); this.choose(index); } }, h("span", {}, choice.title), h("span", { class: "quiet" }, note));
  }

  close() {
    this.open([]);
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return this.text.removeAttribute("aria-activedescendant");
    this.text.setAttribute("aria-activedescendant", `choice-${index}`);
    this.list.children[index].scrollIntoView({ block: "nearest" });
  }

  choose(index) {
    const { topic, title } = this.choices[index];
    if (topic) return this.submit(`/${this.pack} ${topic}`);
    this.text.value = `${title} `;
    return this.changed();
  }

  key(event) {
    if (event.isComposing) return;
    const picks = MOVES[event.key] || (event.key === "Tab" && !event.shiftKey);
    if (this.early && picks) {
      event.preventDefault();
      this.early.push(event.key);
    } else if (!this.early && this.choices.length > 0 && (picks || (event.key === "Enter" && !event.shiftKey))) {
      event.preventDefault();
      this.pick(event.key);
    } else if (event.key === "Escape") {
      if (this.early || this.choices.length > 0) this.close();
      else if (this.context) this.leave();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  /** Move along the choices, or take the marked one. */
  pick(key) {
    if (this.choices.length === 0) return;
    if (MOVES[key]) this.mark((this.active + MOVES[key] + this.choices.length) % this.choices.length);
    else this.choose(this.active);
  }
}

const MOVES = { ArrowDown: 1, ArrowUp: -1 };
