// The message box: sending, replying, editing, and choosing a topic after the slash command.

import { byId, h, rich } from "./dom.js";
import { read } from "./net.js";

const TALLEST = 180; // pixels, about eight lines

/** The message box. `send(text, context)` is called with what was written. */
export class Composer {
  constructor({ send }) {
    this.sendText = send;
    this.pack = "calcification";
    this.text = byId("text");
    this.list = byId("choices");
    this.context = null; // {kind: "reply" | "edit", post}
    this.choices = [];
    this.active = -1;
    this.choicesFor = null;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // a click on a choice comes first
    byId("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
  }

  setPack(name) {
    this.pack = name;
    this.text.placeholder = `Message, or /${name}`;
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
    this.close();
    byId("whisper").hidden = true;
    if (!(await this.sendText(text, context))) return;
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
      return this.open(typed, [{ topic: null, title: command, note: "answers from curated, sourced content" }]);
    }
    return this.close();
  }

  async offerTopics(typed, query) {
    const found = await read(`/complete?q=${encodeURIComponent(query)}`).catch(() => []);
    if (this.text.value === typed) this.open(typed, found);
  }

  open(typed, choices) {
    this.choices = choices;
    this.choicesFor = typed;
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
    this.open(null, []);
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
    const open = this.choices.length > 0 && this.choicesFor === this.text.value;
    if (open && MOVES[event.key]) {
      event.preventDefault();
      this.mark((this.active + MOVES[event.key] + this.choices.length) % this.choices.length);
    } else if (open && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape") {
      if (open) this.close();
      else if (this.context) this.leave();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }
}

const MOVES = { ArrowDown: 1, ArrowUp: -1 };
