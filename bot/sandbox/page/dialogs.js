// Dialogs: confirm once more, uphold with a preview, give a reason, write a note. Each resolves to a choice or null.

import { h, toast } from "./dom.js";
import { Refusal, read, send } from "./net.js";
import { postElement } from "./channel.js";
import { badge } from "./queue.js";

/** Ask once more before something is taken away; true means yes. */
export function confirmed(title, words, yes) {
  return open(title, (finish) => [
    h("p", {}, words),
    buttons(finish, h("button", { type: "button", class: "primary danger", onclick: () => finish(true) }, yes)),
  ]);
}

/** Why a case is not a misconception. */
export function askReason(item, reasons) {
  return open(`Case ${item.id}: not a misconception`, (finish) => {
    const radios = reasons.map(({ reason, label }, index) =>
      h("label", { class: "option" }, h("input", { type: "radio", name: "reason", value: reason, checked: index === 0 }), h("span", {}, label)));
    const chosen = () => radios.map((radio) => radio.querySelector("input")).find((input) => input.checked).value;
    return [
      h("p", {}, "Nothing is posted. Your reason helps the bot to do better."),
      h("fieldset", { class: "options" }, h("legend", {}, "Why?"), radios),
      buttons(finish, h("button", { type: "button", class: "primary", onclick: () => finish({ reason: chosen() }) }, "Close the case")),
    ];
  });
}

/** A note for the other moderators. */
export function askNote(item) {
  return open(`Note on case ${item.id}`, (finish) => {
    const text = h("textarea", { id: "note-text", rows: "4", maxlength: "1000" });
    const save = () => (text.value.trim() ? finish({ text: text.value }) : text.focus());
    return [
      h("label", { for: "note-text" }, "Only moderators see it."),
      text,
      buttons(finish, h("button", { type: "button", class: "primary", onclick: save }, "Save the note")),
    ];
  });
}

/** What is wrong with somebody's message. */
export function askReport(post) {
  return open(`Report the message of ${post.author.name}`, (finish) => {
    const text = h("textarea", { id: "report-text", rows: "3", maxlength: "500" });
    return [
      h("label", { for: "report-text" }, "What is wrong with it? Moderators read this; nobody else does."),
      text,
      buttons(finish, h("button", { type: "button", class: "primary", onclick: () => finish({ text: text.value }) }, "Report")),
    ];
  });
}

/** Words of a decided case as an example: edited by the moderator, for an admin to approve. */
export function askExample(draft) {
  return open(`An example from case ${draft.case}`, (finish) => {
    const claim = h("select", { id: "example-claim" }, draft.choices.map((choice) => h("option", { value: choice.claim }, choice.claim)));
    const radios = draft.labels.map(({ label, words }) =>
      h("label", { class: "option" }, h("input", { type: "radio", name: "label", value: label, checked: label === draft.choices[0].label }), h("span", {}, words)));
    const chosen = () => radios.map((radio) => radio.querySelector("input")).find((input) => input.checked).value;
    const text = h("textarea", { id: "example-words", rows: "4", maxlength: String(draft.longest) });
    text.value = draft.text;
    const propose = () => (text.value.trim() ? finish({ claim: claim.value, label: chosen(), words: text.value }) : text.focus());
    return [
      h("label", { for: "example-words" }, "The words, without anything about a person"),
      text,
      draft.choices.length > 1 ? h("p", {}, h("label", { for: "example-claim" }, "An example of "), claim) : h("p", { class: "quiet" }, `An example of ${draft.choices[0].claim}`),
      h("fieldset", { class: "options" }, h("legend", {}, "Such words are"), radios),
      buttons(finish, h("button", { type: "button", class: "primary", onclick: propose }, "Propose")),
    ];
  });
}

/** What waits for an admin. `decide` does it, and returns what to say. */
export function askExamples(decide) {
  const list = h("ul", { class: "lines", id: "example-list" });
  async function settle(path, id) {
    const said = await decide(path, id);
    if (said) toast(said);
    await show();
  }
  const one = (proposal) => h("li", {},
    h("p", { class: "quote" }, proposal.text),
    h("p", { class: "quiet" }, h("b", {}, proposal.claim), `, ${proposal.label} · case ${proposal.case}, proposed by ${proposal.by}`),
    h("p", { class: "dialog-acts" },
      h("button", { type: "button", class: "ghost", onclick: () => settle("/examples/reject", proposal.id) }, "Reject"),
      h("button", { type: "button", class: "primary", onclick: () => settle("/examples/approve", proposal.id) }, "Approve")));
  async function show() {
    try {
      const { waiting } = await read("/examples");
      list.replaceChildren(...(waiting.length ? waiting.map(one) : [h("li", {}, "No example waits for you.")]));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      list.replaceChildren(h("li", {}, error.message));
    }
  }
  show();
  return open("Examples that wait", (finish) => [
    h("p", { class: "quiet" }, "What you approve is written into the content file, and the bot takes it over at once."),
    list,
    h("div", { class: "dialog-acts" }, h("button", { type: "button", class: "ghost", onclick: () => finish(null) }, "Close")),
  ], "wide");
}

/** How a person's messages were judged. */
export function tellPerson(name, lines) {
  return open(name, (finish) => [
    h("ul", { class: "lines" }, lines.map((line) => h("li", {}, line))),
    h("div", { class: "dialog-acts" }, h("button", { type: "button", class: "ghost", onclick: () => finish(null) }, "Close")),
  ]);
}

/** Where screening should stop. */
export function askPause() {
  return open("Pause screening?", (finish) => [
    h("p", {}, "Messages posted meanwhile are not screened, also not later. Open cases stay."),
    buttons(
      finish,
      h("button", { type: "button", class: "ghost", onclick: () => finish({ everywhere: false }) }, "This channel"),
      h("button", { type: "button", class: "primary danger", onclick: () => finish({ everywhere: true }) }, "Everywhere"),
    ),
  ]);
}

/** How much waits, how long decisions take, how flags end; and the same as a table. */
export function askNumbers() {
  const lines = h("ul", { class: "lines" });
  const picture = h("img", { class: "chart", alt: "Two charts: flags by misconception and how they ended; time to a decision" });
  const days = h("select", { id: "days", onchange: () => show() }, [7, 30, 90, 365].map((number) => h("option", { value: String(number), selected: number === 30 }, `${number} days`)));
  const files = ["csv", "json"].map((form) => h("a", { class: "file", "data-form": form, download: `cases.${form}` }, form.toUpperCase()));
  async function show() {
    picture.src = `/numbers.png?days=${days.value}&at=${Date.now()}`;
    for (const file of files) file.href = `/export?days=${days.value}&form=${file.dataset.form}`;
    try {
      lines.replaceChildren(...(await read(`/numbers?days=${days.value}`)).lines.map((line) => h("li", {}, line)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      lines.replaceChildren(h("li", {}, error.message));
    }
  }
  show();
  return open("Numbers", (finish) => [
    h("p", { class: "draft-head" }, h("label", {}, "Of the last ", days), h("span", {}, "As a file, without texts: ", files[0], " ", files[1])),
    lines,
    picture,
    h("div", { class: "dialog-acts" }, h("button", { type: "button", class: "ghost", onclick: () => finish(null) }, "Close")),
  ], "wide");
}

/** Which content is in force, what it needs, and the posted corrections that it has left behind. */
export function askContent() {
  const lines = h("ul", { class: "lines" });
  const outdated = h("div", { class: "outdated" });
  async function show() {
    try {
      const told = await read("/content");
      lines.replaceChildren(...told.lines.map((line) => h("li", {}, line)));
      outdated.replaceChildren(...told.outdated.map((stale) => renewal(stale, show)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      lines.replaceChildren(h("li", {}, error.message));
    }
  }
  show();
  return open("Content", (finish) => [
    lines,
    outdated,
    h("div", { class: "dialog-acts" }, h("button", { type: "button", class: "ghost", onclick: () => finish(null) }, "Close")),
  ], "wide");
}

/** One outdated correction: as it stands, and as it would be posted today. */
function renewal(stale, done) {
  const id = `renew-${stale.case}`;
  const text = h("textarea", { id, rows: "5", maxlength: "2000" });
  text.value = stale.text;
  const renew = async (act) => {
    try {
      await send("/renew", { case: stale.case, version: stale.version, act, text: text.value });
      toast(act === "amend" ? "The correction is being changed where it stands." : "The correction is being posted again.");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, { refusal: true });
    }
    done();
  };
  const label = `Correction of case ${stale.case}, as it would be posted today`;
  return h("section", { class: "renewal", "data-case": String(stale.case) },
    h("p", { class: "quiet" }, `Case ${stale.case} says: ${stale.was}`),
    stale.text ? [h("label", { for: id }, label), text] : h("p", {}, "Nothing of it would be corrected any more. Undo the case to take it away."),
    stale.text && h("div", { class: "dialog-acts" },
      h("button", { type: "button", class: "ghost", onclick: () => renew("reissue") }, "Post again"),
      h("button", { type: "button", class: "primary", onclick: () => renew("amend") }, "Amend")));
}

/** Which claims to uphold, and the correction as the channel will see it. */
export function askUphold(item, answered) {
  return open(`Uphold case ${item.id}`, (finish) => {
    const draft = new Draft(item, answered);
    const record = h("button", { type: "button", class: "ghost", onclick: () => draft.finish(finish, "record") }, "Record only");
    const post = h("button", { type: "button", class: "primary", onclick: () => draft.finish(finish, "reply") }, "Post as reply");
    const alone = h("button", { type: "button", class: "ghost", onclick: () => draft.finish(finish, "private") }, "Send privately");
    draft.refresh();
    return [
      item.points.length > 0 && h("fieldset", { class: "options" }, h("legend", {}, "Which claims does the message make?"), draft.boxes),
      h("div", { class: "draft-head" }, h("label", { for: "correction-text" }, "Correction"), draft.restart),
      draft.text,
      h("p", { class: "label", id: "preview-label" }, "As the channel will see it"),
      h("ol", { class: "posts preview", "aria-labelledby": "preview-label" }, draft.preview),
      buttons(finish, record, alone, post),
    ];
  }, "wide");
}

/** The correction while it is being written. */
class Draft {
  constructor(item, answered) {
    this.item = item;
    this.answers = { id: 0, author: item.who, text: answered?.text.slice(0, 160) ?? "" };
    this.edited = false;
    this.asked = 0;
    this.boxes = item.points.map((point) => this.box(point));
    this.text = h("textarea", { id: "correction-text", rows: "7", maxlength: "8000", oninput: () => { this.edited = true; this.show(); } });
    this.restart = h("button", { type: "button", class: "bare", hidden: true, onclick: () => { this.edited = false; this.refresh(); } }, "Start again from the chosen claims");
    this.preview = postElement(this.post());
  }

  box(point) {
    const input = h("input", { type: "checkbox", value: point.misconception, checked: true, onchange: () => this.refresh() });
    return h("label", { class: "option" }, input, badge(point), h("span", {}, point.claim));
  }

  chosen() {
    return this.boxes.map((box) => box.querySelector("input")).filter((input) => input.checked).map((input) => input.value);
  }

  /** Write the correction of the chosen claims, unless somebody has edited it by hand. */
  async refresh() {
    if (!this.edited) {
      const number = ++this.asked;
      const text = await this.fetch();
      if (number === this.asked && !this.edited) this.text.value = text;
    }
    this.show();
  }

  async fetch() {
    const chosen = this.chosen();
    if (chosen.length === 0) return "";
    try {
      return (await send("/preview", { case: this.item.id, chosen })).text;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, { refusal: true });
      return "";
    }
  }

  show() {
    this.restart.hidden = !this.edited;
    const fresh = postElement(this.post());
    this.preview.replaceWith(fresh);
    this.preview = fresh;
  }

  post() {
    const text = this.text.value || "(nothing yet)";
    return { id: "preview", kind: "correction", author: { id: "bot", name: "Health bot" }, text, at: new Date().toISOString(), answers: this.answers };
  }

  finish(finish, correction) {
    const chosen = this.chosen();
    const tells = correction !== "record";
    if (chosen.length === 0 && this.boxes.length > 0) return toast("Please choose at least one claim.", { refusal: true });
    if (tells && !this.text.value.trim()) return toast("A correction needs some text.", { refusal: true });
    finish({ chosen, correction, text: tells ? this.text.value : "" });
  }
}

function buttons(finish, ...choices) {
  const cancel = h("button", { type: "button", class: "ghost", onclick: () => finish(null) }, "Cancel");
  return h("div", { class: "dialog-acts" }, cancel, choices);
}

function open(title, content, size = "") {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: `dialog ${size}`, "aria-labelledby": "dialog-title" });
    let choice = null;
    const finish = (value) => { choice = value; dialog.close(); };
    dialog.append(h("h2", { id: "dialog-title" }, title), ...content(finish));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(choice); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
