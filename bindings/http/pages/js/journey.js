// How far somebody has come, kept for this tab: a telephone may throw the page away while its owner reads the mail. The
// code and the passwords are never kept.

const KEY = "kouling.journey";

export function remember(journey) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(journey));
  } catch {
    // Storage may be forbidden; then the journey lasts as long as the page.
  }
}

// { email, sent, again }: the address, when a code was sent and when another may be, in milliseconds of the epoch.
export function recall() {
  try {
    const journey = JSON.parse(sessionStorage.getItem(KEY));
    return typeof journey?.email === "string" ? journey : null;
  } catch {
    return null;
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
