// The device headers of every request. The fingerprint is a random identifier that this browser stores, not a measurement.

const KEY = "kouling.device";
let unkept = null;

function fingerprint() {
  try {
    const stored = localStorage.getItem(KEY);
    if (/^[0-9a-f]{32}$/.test(stored ?? "")) return stored;
    localStorage.setItem(KEY, fresh());
    return localStorage.getItem(KEY);
  } catch {
    // Storage may be blocked; the identifier then lasts as long as the page.
    return fresh();
  }
}

function fresh() {
  unkept ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return unkept;
}

// A header can only contain visible ASCII.
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
