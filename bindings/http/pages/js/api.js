// Sends a request to the server and returns { ok, status, body, wait }: `wait` is the seconds of Retry-After or null, and
// status 0 means that the server was not reached.

import { deviceHeaders } from "./device.js";
import { clock, language } from "./language.js";

const BASE = "/api/v2/sdk";
const PATIENCE = 20000;

export async function call(method, path, body, { headers = {}, signal } = {}) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, PATIENCE);
  signal?.addEventListener("abort", stop);
  try {
    const answer = await fetch(BASE + path, {
      method,
      headers: { "content-type": "application/json", "X-L": language(), ...deviceHeaders(), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: limit.signal,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
    });
    return { ok: answer.ok, status: answer.status, body: await read(answer), wait: wait(answer) };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { ok: false, status: 0, body: {}, wait: null };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function read(answer) {
  try {
    const body = await answer.json();
    return body !== null && typeof body === "object" ? body : {};
  } catch {
    return {};
  }
}

function wait(answer) {
  const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

export function get(path, options) {
  return call("GET", path, undefined, options);
}

export function post(path, body, options) {
  return call("POST", path, body, options);
}

// Returns the text of a refusal for a notice: the server's message, or a text of the page if the server was not reached.
export function words(answer) {
  const time = clock(answer.wait ?? 60);
  if (answer.status === 0) return { key: "trouble.network" };
  if (answer.status === 429) return { key: "trouble.limited", values: { time } };
  if (answer.status === 503) return { key: "trouble.down", values: { time } };
  const said = answer.body.error_msg;
  return typeof said === "string" && said !== "" ? { said } : { key: "trouble.fault" };
}
