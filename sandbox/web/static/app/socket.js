// The websocket to the demo's server, which reconnects after a loss.

import { language } from "./words.js";

const FIRST_WAIT = 300; // milliseconds, doubled at each try
const LONGEST_WAIT = 5000;

/** `receive(message)` is called with every message, `lost(isLost)` when the connection is lost or comes back. */
export class Socket {
  #ws = null;
  #wait = FIRST_WAIT;
  #asked = new Map();
  #number = 0;

  constructor(receive, lost) {
    this.receive = receive;
    this.lost = lost;
  }

  /** Connect as a person, and try again until it works. */
  connect(user) {
    this.user = user;
    const address = new URL("/ws", location.href);
    address.protocol = "ws:";
    address.search = new URLSearchParams({ user, lang: language });
    this.#ws = new WebSocket(address);
    this.#ws.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.lost(false);
    };
    this.#ws.onmessage = (event) => this.#receive(JSON.parse(event.data));
    this.#ws.onclose = () => {
      this.lost(true);
      setTimeout(() => this.connect(this.user), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    };
  }

  /** Send a message. Without a connection it is dropped; a note on the page says that there is none. */
  send(type, body = {}) {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify({ ...body, type }));
  }

  /** Send a message and return a promise of its answer. */
  ask(type, body) {
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve) => {
      this.#asked.set(number, resolve);
      this.send(type, { ...body, ask: number });
    });
  }

  #receive(message) {
    if (message.type === "again") this.#ws.close();
    else if (this.#asked.has(message.ask)) {
      this.#asked.get(message.ask)(message);
      this.#asked.delete(message.ask);
    } else this.receive(message);
  }
}
