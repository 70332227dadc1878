// Talking to the server: state, changes and live news.

/** The server said no, in words for the person who tried. */
export class Refusal extends Error {}

let token = "";

/** Read something; `session` values carry the token that changes need. */
export async function read(path) {
  const values = await answer(await fetch(path, { credentials: "same-origin" }));
  if (values.who) token = values.who.token;
  return values;
}

/** Change something. Throws Refusal. */
export async function send(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-Sandbox-Token": token };
  const options = { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) };
  return answer(await reach(path, options));
}

/** Call `changed` whenever something changed, and whenever the connection is there again. */
export function follow({ changed, connected, lost }) {
  const source = new EventSource("/events");
  source.addEventListener("open", () => { connected(); changed(); });
  source.addEventListener("changed", changed);
  source.addEventListener("error", lost);
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Refusal("The sandbox can’t be reached. Is it still running?");
  }
}

async function answer(response) {
  const values = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(values.error ?? "That didn’t work. Please try again.");
  return values;
}
