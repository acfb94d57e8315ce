// The sent lines, for ↑ and ↓. They survive a reload, but not the closing of the tab.

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
    // without storage the lines last until the page is reloaded
  }
}

function read() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];
  }
}
