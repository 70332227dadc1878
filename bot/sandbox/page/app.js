// The page: reads the state, shows it, and does what people ask for.

import { announce, byId, reconcile, toast } from "./dom.js";
import { Refusal, follow, read, send } from "./net.js";
import { Composer } from "./composer.js";
import { caseElement } from "./queue.js";
import { postElement } from "./channel.js";
import { askExample, askExamples, askNote, askReason, askReport, askUphold, confirmed, tellPerson } from "./dialogs.js";
import { Tools } from "./tools.js";

const ABOVE = 8; // pixels left free above a post that is scrolled to
const DONE = { take: "is yours for 15 minutes", release: "is given back", uphold: "is upheld", dismiss: "is closed", escalate: "is escalated", snooze: "sleeps for an hour", note: "has your note", undo: "is open again", confirm: "is upheld", cancel: "is open again", delete: "is upheld; its message is being deleted" };

const composer = new Composer({ send: sendText });
const tools = new Tools({
  changed: refresh,
  pause: (where) => attempt(() => send("/pause", where)),
  resume: (where) => attempt(() => send("/resume", where)),
  openCase: (number) => openCase(number),
});
let state = null;
let wanted = null; // the role chosen here, which a restarted server has forgotten
let switching = null; // the role that the server is being asked for
let reading = false;
let stale = false;
let shownFor = ""; // what the cases in sight were asked for by

// Reading and showing

/** Read the state and show it; calls while one is on its way are answered by one more. */
async function refresh() {
  stale = true;
  if (reading) return;
  reading = true;
  try {
    while (stale) {
      stale = false;
      show(await current());
    }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error; // offline: the stream reconnects
  } finally {
    reading = false;
  }
}

async function current() {
  const fresh = await read(`/state${tools.query}`);
  const forgotten = state && state.who.token !== fresh.who.token;
  if (!forgotten || !wanted || fresh.who.role === wanted) return fresh;
  await send("/who", { role: wanted });
  return read(`/state${tools.query}`);
}

function show(fresh) {
  const before = state;
  state = fresh;
  composer.setPack(state.pack.name);
  showWho();
  showPosts(before);
  showQueue(before);
}

function showWho() {
  document.body.dataset.role = state.who.role;
  for (const radio of byId("roles").querySelectorAll("input")) radio.checked = radio.value === (switching ?? state.who.role);
  byId("replay").hidden = byId("replay-empty").hidden = state.pack.thread === 0;
  byId("examples").hidden = state.who.role !== "admin";
  byId("clear").hidden = state.who.role !== "admin" || state.posts.length === 0;
  byId("channel-note").textContent = state.who.role === "admin"
    ? `${state.pack.topics} topics, ${state.pack.misconceptions} misconceptions, ${state.pack.sources} sources · revision ${state.pack.revision.slice(0, 12)}`
    : `You are ${state.who.name}. Everything here stays on this computer.`;
}

function showPosts(before) {
  const scroll = byId("log-scroll");
  const last = byId("posts").lastElementChild;
  const follows = !before || !last || last.offsetTop < scroll.scrollTop + scroll.clientHeight; // the last one is in sight
  byId("channel-empty").hidden = state.posts.length > 0;
  reconcile(byId("posts"), state.posts, (post) => postElement(post, postActs));
  if (follows) toLastPost();
}

/** Show the last post, a tall one from its beginning. */
function toLastPost() {
  byId("log-scroll").scrollTop = (byId("posts").lastElementChild?.offsetTop ?? 0) - ABOVE;
}

function showQueue(before) {
  const { waiting, closed } = state.queue ?? { waiting: [], closed: [] };
  byId("queue-locked").hidden = state.queue !== null;
  byId("queue-empty").hidden = state.queue === null || waiting.length > 0;
  const waits = state.queue?.waits ?? 0;
  byId("queue-note").textContent = count(waits, "case waits", "cases wait");
  byId("empty-title").textContent = tools.number ? `There is no case ${tools.number}` : tools.show === "waiting" ? "Nothing waits for you" : "No case is like that";
  byId("tab-count").textContent = String(waits);
  byId("tab-count").hidden = waits === 0;
  tools.update(state.queue);
  byId("closed-box").hidden = closed.length === 0;
  byId("closed-count").textContent = `(${closed.length})`;
  reconcile(byId("waiting"), waiting, (item) => caseElement(item, caseActs));
  reconcile(byId("closed"), closed, (item) => caseElement(item, caseActs));
  announceNew(before, waiting);
}

function announceNew(before, waiting) {
  const same = tools.query === shownFor;
  shownFor = tools.query;
  if (!before?.queue || !same) return; // other cases were asked for
  const known = new Set(before.queue.waiting.map((item) => item.id));
  const fresh = waiting.filter((item) => !known.has(item.id));
  if (fresh.length > 0) announce(`New: ${fresh.map((item) => item.title).join("; ")}`);
}

const count = (number, one, many) => (number === 0 ? "" : `${number} ${number === 1 ? one : many}`);

// Doing

/** Do something, and say so where it is refused; true when it was done. */
async function attempt(deed) {
  try {
    await deed();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, { refusal: true });
    return false;
  } finally {
    refresh();
  }
}

function sendText(text, context) {
  if (text.startsWith("/") && context?.kind !== "edit") return ask(text, context?.post.id);
  if (context?.kind === "edit") return attempt(() => send("/edit", { id: context.post.id, text }));
  return attempt(() => send("/post", { text, reply_to: context?.post.id }));
}

function ask(text, replyTo) {
  return attempt(async () => {
    const found = await send("/command", { text, reply_to: replyTo });
    if (found.did_you_mean) composer.whisper(found.words, found.did_you_mean, (topic) => ask(`/${state.pack.name} ${topic}`, replyTo));
    else toLastPost();
  });
}

async function replay(event) {
  const button = event.currentTarget;
  button.disabled = true;
  if (await attempt(() => send("/replay"))) announce("The example thread was posted.");
  button.disabled = false;
}

async function clear() {
  const words = "All messages go away and their open cases are closed. Decisions stay in the record.";
  if (await confirmed("Clear the channel?", words, "Delete all messages")) attempt(() => send("/clear"));
}

/** An admin's word on a proposed example; what came of it, or nothing where it was refused. */
async function decideExample(path, id) {
  let said = "";
  await attempt(async () => { said = (await send(path, { id })).words; });
  return said;
}

async function become(role) {
  wanted = switching = role;
  await attempt(() => send("/who", { role }));
  if (switching === role) switching = null;
}

const postActs = {
  jump: (id) => jumpTo(`#post-${id}`),
  openCase: (id) => openCase(id),
  reply: (post) => composer.reply(post),
  edit: (post) => composer.edit(post),
  show: (post) => ask(`/${state.pack.name} ${post.offer.topic}`, post.id),
  report: async (post) => {
    const choice = await askReport(post);
    if (choice && (await attempt(() => send("/report", { id: post.id, ...choice })))) toast("Thank you. The moderators decide what follows.");
  },
  appeal: async (post) => {
    if (await attempt(() => send("/appeal", { id: post.id }))) toast("Another moderator will look at it. You will hear the outcome here.");
  },
  remove: async (post) => {
    const words = `The message of ${post.author.name} is deleted for everyone. This can’t be undone.`;
    if (await confirmed("Delete this message?", words, "Delete")) attempt(() => send("/delete", { id: post.id }));
  },
};

const caseActs = {
  jump: (target) => jumpTo(target),
  person: async (item) => {
    try {
      tellPerson(item.who, (await read(`/person?id=${encodeURIComponent(item.author)}`)).lines);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, { refusal: true });
    }
  },
  example: (item) => attempt(async () => {
    const choice = await askExample(await read(`/examples/draft?case=${item.id}`));
    if (!choice) return;
    await send("/examples/propose", { case: item.id, ...choice });
    toast("Thank you. An admin will look at it; until then nothing changes.");
  }),
  choose: async (item, act) => {
    const choice = await details(item, act);
    if (!choice) return;
    const body = { case: item.id, act: act.act, version: item.version, ...choice };
    await attempt(async () => {
      const after = await send("/act", body);
      const waits = after.status === "proposed" && act.act !== "note";
      toast(`Case ${item.id} ${waits ? "waits for a second moderator, who can agree" : DONE[act.act] ?? "is changed"}.`);
    });
  },
};

/** What else a decision needs; null when the moderator changed their mind. */
function details(item, act) {
  if (act.act === "uphold") return askUphold(item, state.posts.find((post) => `#post-${post.id}` === item.link));
  if (act.act === "dismiss") return askReason(item, state.reasons);
  if (act.act === "note") return askNote(item);
  if (act.act === "delete") return confirmed(`Delete the message of case ${item.id}?`, "It is removed for everybody, and can't be brought back.", "Delete message").then((yes) => yes && {});
  if (act.asks_again) return confirmed(`Undo case ${item.id}?`, "The decision is taken back. A correction that was posted is removed from the channel.", "Undo").then((yes) => yes && {});
  return {};
}

// Moving around

function openPane(pane) {
  document.body.dataset.pane = pane;
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.pane === pane));
}

/** Show a case: where it stands, or alone by its number. */
function openCase(id) {
  openPane("queue");
  const card = byId(`case-${id}`);
  if (card) reveal(card);
  else tools.see({ number: String(id) });
}

function jumpTo(target) {
  const post = document.querySelector(target);
  if (!post) return toast("That message is gone.", { refusal: true });
  openPane("channel");
  reveal(post);
}

function reveal(element) {
  element?.closest("details:not([open])")?.setAttribute("open", "");
  element?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  element?.focus({ preventScroll: true });
  element?.classList.add("found");
  setTimeout(() => element?.classList.remove("found"), 2000);
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

byId("roles").addEventListener("change", (event) => become(event.target.value));
byId("become").addEventListener("click", () => become("moderator"));
byId("replay").addEventListener("click", replay);
byId("replay-empty").addEventListener("click", replay);
byId("examples").addEventListener("click", () => askExamples(decideExample));
byId("clear").addEventListener("click", clear);
for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => openPane(tab.dataset.pane));

await refresh();
follow({
  changed: refresh,
  connected: () => { byId("offline").hidden = true; },
  lost: () => { byId("offline").hidden = false; },
});
