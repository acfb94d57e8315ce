// The messages of one channel or thread that the page has loaded, up to the newest one.

export class Room {
  items = [];
  more = true; // whether the server has older ones
  asked = false; // whether the server was asked for older ones
  loaded = false; // whether the first answer has come

  /** Add older messages from the server. */
  prepend(messages, more) {
    const known = new Set(this.items.map((one) => one.ts));
    this.items = [...messages.filter((one) => !known.has(one.ts)), ...this.items].sort(byTime);
    this.more = more;
    this.asked = false;
    this.loaded = true;
  }

  /** Add a message in the order of time, or replace its older version. */
  put(message) {
    if (message.ts > this.newest) {
      this.items.push(message);
      return;
    }
    const at = this.items.findIndex((one) => one.ts === message.ts);
    if (at >= 0) this.items[at] = message;
    else if (this.items.length && message.ts < this.items[0].ts && this.more) return;
    else {
      this.items.push(message);
      this.items.sort(byTime);
    }
  }

  find(ts) {
    return this.items.find((one) => one.ts === ts);
  }

  has(ts) {
    return Boolean(this.find(ts));
  }

  remove(ts) {
    this.items = this.items.filter((one) => one.ts !== ts);
  }

  get newest() {
    return this.items.at(-1)?.ts ?? "";
  }
}

function byTime(one, other) {
  return one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0;
}
