// The progress of the reset, stored for this tab, because a phone may discard the page while the user reads the mail. The code
// and the passwords are never stored.

const KEY = "kouling.progress";

export function remember(progress) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    // Storage may be blocked; the progress then lasts as long as the page.
  }
}

// { email, sent, again }: the address, when a code was sent, and when another can be, in milliseconds since the epoch.
export function recall() {
  try {
    const progress = JSON.parse(sessionStorage.getItem(KEY));
    return typeof progress?.email === "string" ? progress : null;
  } catch {
    return null;
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}
