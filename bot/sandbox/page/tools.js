// Around the queue: which cases are shown, pages, a case by its number, the pause switch, what the bot told moderators.

import { byId, h, reconcile, time } from "./dom.js";
import { askContent, askNumbers, askPause } from "./dialogs.js";

/** The row above the queue. `changed` is called when other cases should be shown. */
export class Tools {
  constructor({ changed, pause, resume, openCase }) {
    this.changed = changed;
    this.openCase = openCase;
    this.show = "waiting";
    this.page = 1;
    this.number = "";
    byId("tools").addEventListener("submit", (event) => event.preventDefault());
    byId("show").addEventListener("change", (event) => this.see({ show: event.target.value }));
    byId("number").addEventListener("input", (event) => this.see({ number: event.target.value.replace(/\D/g, "").slice(0, 15), show: this.show }));
    byId("earlier").addEventListener("click", () => this.see({ show: this.show, page: this.page - 1 }));
    byId("later").addEventListener("click", () => this.see({ show: this.show, page: this.page + 1 }));
    byId("content").addEventListener("click", () => askContent());
    byId("numbers").addEventListener("click", () => askNumbers());
    byId("pause").addEventListener("click", async () => {
      const where = await askPause();
      if (where) pause(where);
    });
    byId("resume").addEventListener("click", () => resume({ everywhere: this.everywhere }));
  }

  /** What the state is asked for. */
  get query() {
    const asked = new URLSearchParams({ show: this.show, page: String(this.page) });
    if (Number(this.number) > 0) asked.set("number", this.number);
    return `?${asked}`;
  }

  see({ show = "waiting", page = 1, number = "" }) {
    Object.assign(this, { show, page, number });
    if (byId("number").value !== number) byId("number").value = number;
    this.changed();
  }

  /** Show what the server said about the queue; null for those who are no moderators. */
  update(queue) {
    for (const id of ["tools", "queue-acts"]) byId(id).hidden = queue === null;
    byId("paused").hidden = !queue?.paused.here;
    reconcile(byId("calls"), queue?.calls ?? [], (call) => this.call(call));
    if (!queue) return;
    this.page = queue.page;
    this.everywhere = queue.paused.everywhere;
    byId("paused-words").textContent = `Screening is paused ${this.everywhere ? "everywhere" : "in this channel"}. ${queue.paused.urgent ? "New messages are only looked at for signs of an emergency." : "New messages are not looked at."}`;
    byId("pause").hidden = this.everywhere;
    if (byId("show").options.length === 0) byId("show").append(...queue.shows.map(({ show, label }) => h("option", { value: show }, label)));
    byId("show").value = queue.show;
    byId("pager").hidden = queue.pages < 2;
    byId("page-note").textContent = `${queue.page} of ${queue.pages}`;
    byId("earlier").disabled = queue.page <= 1;
    byId("later").disabled = queue.page >= queue.pages;
  }

  call(call) {
    const look = call.case && h("button", { type: "button", class: "bare", onclick: () => this.openCase(call.case) }, "Show");
    const lines = call.words.split("\n").map((line) => h("p", {}, line));
    const picture = call.picture && h("img", { src: `/picture?name=${encodeURIComponent(call.id)}`, alt: "Two charts: flags by misconception and how they ended; time to a decision" });
    return h("li", { class: "call" }, h("div", {}, lines), picture, h("p", { class: "quiet" }, time(call.at), " ", look));
  }
}
