// The channel: posts, answers, offers, corrections.

import { h, link, rich, time } from "./dom.js";

const TAGS = { correction: "Correction", bot_answer: "Bot", whisper: "Only you can see this", urgent: "Urgent" };
const HUES = 6; // avatar colours in style.css

/** One post as the channel shows it; the correction preview uses it too. */
export function postElement(post, acts = {}) {
  return h(
    "li",
    { class: `post ${post.kind}`, id: `post-${post.id}`, tabindex: "-1" },
    post.answers && answered(post.answers, acts),
    post.kind === "bot_answer" && h("p", { class: "used quiet" }, h("b", {}, post.author.name), " used ", h("code", {}, post.text)),
    h("div", { class: "post-row" }, avatar(post), h("div", { class: "post-body" }, head(post, acts), ...body(post, acts))),
  );
}

/** A curated answer with its sources. */
export function answerElement(answer) {
  return h(
    "article",
    { class: "answer" },
    answer.urgent && h("p", { class: "urgent" }, answer.urgent),
    h("h3", {}, answer.title),
    h("p", { class: "summary" }, answer.summary),
    h("ul", {}, answer.facts.map((fact) => h("li", {}, fact.text, citations(fact, answer.sources)))),
    answer.sources.length > 0 && sourceList(answer.sources),
    h("p", { class: "footer quiet" }, answer.footer),
  );
}

function answered(to, acts) {
  if (!to.author) return h("p", { class: "answered quiet" }, "Answers a message that is gone");
  const words = h("span", { class: "answered-text" }, to.text.replaceAll("**", ""));
  const button = h("button", { type: "button", class: "bare", onclick: () => acts.jump?.(to.id) }, h("b", {}, to.author), " ", words);
  return h("p", { class: "answered quiet" }, button);
}

function avatar(post) {
  const bot = post.kind !== "member";
  const hue = [...post.author.id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;
  if (bot) return h("img", { class: "avatar", src: "/page/icon.svg", alt: "", width: "36", height: "36" });
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, [...post.author.name][0] ?? "?");
}

function head(post, acts) {
  const name = post.kind === "member" ? post.author.name : "Health bot";
  return h(
    "div",
    { class: "post-head" },
    h("b", { class: "name" }, name),
    post.kind !== "member" && h("span", { class: "tag" }, TAGS[post.kind]),
    time(post.at),
    post.edited && h("span", { class: "quiet" }, "(edited)"),
    post.case && h("button", { type: "button", class: "tag case-tag", onclick: () => acts.openCase?.(post.case) }, `Case ${post.case}`),
    h("span", { class: "post-acts" }, ...tools(post, acts)),
  );
}

function tools(post, acts) {
  const tool = (name, label, act) =>
    h("button", { type: "button", class: "bare", "data-focus": `${name}-${post.id}`, "aria-label": `${label} message of ${post.author.name}`, onclick: () => act(post) }, label);
  return [
    acts.reply && tool("reply", "Reply", acts.reply),
    acts.edit && post.may_edit && tool("edit", "Edit", acts.edit),
    acts.report && post.may_report && tool("report", "Report", acts.report),
    acts.remove && post.may_delete && tool("delete", "Delete", acts.remove),
  ];
}

function body(post, acts) {
  if (post.answer) return [answerElement(post.answer)];
  if (post.kind === "bot_answer") return [h("p", { class: "quiet" }, "This topic is no longer in the content.")];
  const text = h("p", { class: "post-text" }, rich(post.text, { links: post.kind === "correction" || post.kind === "whisper" }));
  return [text, post.offer && offer(post, acts), post.may_appeal && acts.appeal && appeal(post, acts)];
}

function offer(post, acts) {
  const label = h("span", {}, "Answer available: ", h("b", {}, post.offer.title));
  return h("button", { type: "button", class: "offer", "data-focus": `offer-${post.id}`, onclick: () => acts.show?.(post) }, label, h("span", { class: "offer-go" }, "Show"));
}

function appeal(post, acts) {
  return h("p", {}, h("button", { type: "button", class: "bare", "data-focus": `appeal-${post.id}`, onclick: () => acts.appeal(post) }, "This was wrong about me"));
}

function citations(fact, sources) {
  return fact.sources.map((number) => {
    const source = link(sources[number - 1].url, String(number));
    if (source instanceof Element) source.setAttribute("aria-label", `Source ${number}: ${sources[number - 1].label}`);
    return h("sup", {}, source);
  });
}

function sourceList(sources) {
  const items = sources.map((source) => h("li", {}, link(source.url, source.label)));
  return h("details", { class: "sources", "data-part": "sources" }, h("summary", {}, `Sources (${sources.length})`), h("ol", {}, items));
}
