// What every call must say about where it comes from. The fingerprint is a random name that this browser gives itself,
// not a measurement of it.

const KEY = "kouling.device";
let unkept = null;

function fingerprint() {
  try {
    const kept = localStorage.getItem(KEY);
    if (/^[0-9a-f]{32}$/.test(kept ?? "")) return kept;
    localStorage.setItem(KEY, fresh());
    return localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; then the name lasts as long as the page.
    return fresh();
  }
}

function fresh() {
  unkept ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return unkept;
}

// A header holds visible ASCII and nothing else.
function plain(value) {
  return String(value ?? "").replace(/[^\x20-\x7e]/g, "").trim().slice(0, 512) || "unknown";
}

function client() {
  const asked = new URLSearchParams(location.search).get("client_id");
  const given = document.querySelector('meta[name="kouling-client-id"]')?.content;
  return (asked || given || "").replace(/[^\x21-\x7e]/g, "");
}

export function deviceHeaders() {
  return {
    "X-operating-sys-version": plain(navigator.userAgentData?.platform || navigator.platform),
    "X-device-fingerprint": fingerprint(),
    "X-agent": plain(navigator.userAgent),
    "X-client-id": client(),
  };
}
