// The lines that were sent, for ↑ and ↓: they outlive a reload of the page, not its tab.

const KEY = "pandabot.sent";
const KEPT = 100; // lines

let sent = read();

/** The lines, the newest last. */
export function sentLines() {
  return sent;
}

/** Keep a line that was sent. */
export function keepLine(text) {
  if (sent.at(-1) === text) return;
  sent = [...sent, text].slice(-KEPT);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(sent));
  } catch {
    // a browser that keeps nothing still has the lines of this page
  }
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
