// The moderators' queue: one card for each case, from what matters most to the buttons.

import { h, link, time } from "./dom.js";

const OPEN_AT_FIRST = 2; // claims whose details are open without a click
const AROUND = 60; // characters shown on either side of a quote
const OPENS = /[(\[“"‘/-]$/; // no space is put after these …
const CLOSES = /^[.,;:!?)\]”"’/-]/; // … or before these
const ORDER = ["confirm", "cancel", "uphold", "dismiss", "take", "release", "escalate", "snooze", "delete", "note", "undo"]; // most used first

/** A case as a card; `acts` says what its buttons do. */
export function caseElement(item, acts) {
  return h(
    "li",
    { class: `case ${item.severity} ${item.status}`, id: `case-${item.id}`, tabindex: "-1", "aria-labelledby": `case-title-${item.id}` },
    h("div", { class: "case-head" }, badge(item), h("span", { class: "chance" }, item.probability), h("h3", { id: `case-title-${item.id}` }, item.title)),
    who(item, acts),
    h("p", { class: "state" }, h("span", { class: `dot ${item.status}` }), item.state),
    item.remarks.length > 0 && h("ul", { class: "remarks" }, item.remarks.map((words) => h("li", {}, remark(words, acts)))),
    h("ul", { class: "points" }, item.points.map((point, index) => h("li", {}, pointElement(point, index < OPEN_AT_FIRST)))),
    history(item),
    h("div", { class: "case-acts" }, inOrder(item.acts).map((act) => actButton(item, act, acts)), exampleButton(item, acts)),
  );
}

/** The severity, in words and colour. */
export function badge({ severity, severity_words: words }) {
  return h("span", { class: `badge ${severity}` }, words);
}

function who(item, acts) {
  const jump = h("a", { href: item.link, "data-focus": `jump-${item.id}`, onclick: (event) => { event.preventDefault(); acts.jump(item.link); } }, "go to message");
  return h(
    "div",
    { class: "who" },
    h("p", {}, person(item, acts), " in ", item.where, " · ", time(item.opened_at), " · ", jump),
    item.answers && h("p", { class: "quiet clamp" }, "Answers: “", item.answers.replaceAll("**", ""), "”"),
  );
}

/** The author's name, which leads to how their messages were judged. */
function person(item, acts) {
  return h("button", { type: "button", class: "person", "data-focus": `person-${item.id}`, title: "How their messages were judged", onclick: () => acts.person(item) }, item.who);
}

/** A remark, whose last word may lead to a message. */
function remark(words, acts) {
  const target = / (#post-\d+)$/.exec(words)?.[1];
  if (!target) return words;
  const jump = h("a", { href: target, onclick: (event) => { event.preventDefault(); acts.jump(target); } }, "show");
  return [words.slice(0, -target.length), jump];
}

function pointElement(point, open) {
  return h(
    "details",
    { class: `point ${point.severity} ${point.outcome}`, "data-part": point.misconception, open },
    h("summary", {}, h("span", { class: "point-head" }, badge(point), h("span", { class: "chance" }, point.chance), h("span", { class: "claim" }, point.claim), outcome(point)), quote(point.quote)),
    h(
      "dl",
      {},
      h("dt", {}, "What is true"), h("dd", {}, point.truth, sources(point)),
      h("dt", {}, "Why flagged"), h("dd", {}, point.why || "Gone with the message"),
      h("dt", {}, "Earlier flags"), h("dd", {}, point.record || "None decided yet"),
    ),
  );
}

function quote({ before, words, after }) {
  if (!words) return h("p", { class: "quote quiet" }, "The words are gone with the message.");
  return h("p", { class: "quote" }, h("span", { class: "around" }, tail(before), OPENS.test(before) ? "" : " "), h("mark", {}, words), h("span", { class: "around" }, CLOSES.test(after) ? "" : " ", start(after)));
}

/** The last words before a quote; a card has room for about a line. */
function tail(before) {
  return before.length > AROUND ? `…${before.slice(-AROUND).replace(/^\S*\s/, "")}` : before;
}

function start(after) {
  return after.length > AROUND ? `${after.slice(0, AROUND).replace(/\s\S*$/, "")}…` : after;
}

function outcome(point) {
  return point.outcome_words && h("span", { class: `tag ${point.outcome}` }, point.outcome_words);
}

function sources(point) {
  if (point.sources.length === 0) return null;
  return h("ul", { class: "cited" }, point.sources.map((source) => h("li", {}, link(source.url, source.label))));
}

function history(item) {
  if (item.history.length === 0) return null;
  const rows = item.history.map((entry) => h("li", { title: `Content revision ${entry.revision}` }, time(entry.at), " ", h("b", {}, entry.by), ` ${entry.act.toLowerCase()}`, entry.detail && h("span", { class: "quiet" }, ` (${entry.detail})`)));
  return h("details", { class: "history", "data-part": "history" }, h("summary", {}, `History (${item.history.length})`), h("ol", {}, rows));
}

const inOrder = (acts) => [...acts].sort((a, b) => ORDER.indexOf(a.act) - ORDER.indexOf(b.act));

function actButton(item, act, acts) {
  const look = act.act === "uphold" ? "primary" : "ghost";
  const more = ["uphold", "dismiss", "note"].includes(act.act) ? "…" : "";
  return h("button", { type: "button", class: look, "data-act": act.act, "data-focus": `${act.act}-${item.id}`, onclick: () => acts.choose(item, act) }, act.label + more);
}

/** Where the words of a decided case may become an example. */
function exampleButton(item, acts) {
  return item.example && h("button", { type: "button", class: "ghost", "data-act": "example", "data-focus": `example-${item.id}`, onclick: () => acts.example(item) }, `${item.example}…`);
}
