// The state of the page. All parts draw from here; every change is an event with the name of the changed part.

import { Room } from "./room.js";
import { language } from "./words.js";

export class Store extends EventTarget {
  state = { me: "", users: {}, channels: [], threads: [], commands: [], shortcuts: [], places: [], orders: [], searches: {}, pictures: [], starts: {}, faults: [], views: [] };
  place = { kind: "channel", id: "" }; // the place in the middle: {kind: "channel", id}, {kind: "threads"} or {kind: "home"}
  thread = null; // {channel, ts, parent}
  #rooms = new Map();

  /** Apply a message of the server. */
  receive(message) {
    const apply = this[`_${message.type}`];
    if (apply) apply.call(this, message);
    else if (message.type in this.state) {
      this.state[message.type] = message[message.type];
      this.tell(message.type);
    } else this.tell(message.type, message);
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  on(names, listener) {
    for (const name of names.split(" ")) this.addEventListener(name, (event) => listener(event.detail));
  }

  once(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail), { once: true });
  }

  get me() {
    return this.state.users[this.state.me];
  }

  get channel() {
    return this.place.kind === "channel" ? this.state.channels.find((one) => one.id === this.place.id) : null;
  }

  /** The messages of a channel, or of a thread in it. */
  room(channel, thread = "") {
    const key = `${channel}/${thread}`;
    if (!this.#rooms.has(key)) this.#rooms.set(key, new Room());
    return this.#rooms.get(key);
  }

  /** The number of replies of a thread that its person has not read. */
  unreadReplies(channel, ts) {
    return this.state.threads.find((one) => one.ts === ts && one.channel === channel)?.unread ?? 0;
  }

  goTo(place) {
    this.place = place;
    this.tell("place");
  }

  openThread(channel, ts) {
    this.thread = ts ? { channel, ts, parent: null } : null;
    this.tell("thread_opened");
  }

  /** The demo's present time, which may pass faster than the real one. */
  now() {
    const { at, speed, receivedAt } = this.state.clock;
    return new Date((at + ((performance.now() - receivedAt) / 1000) * speed) * 1000);
  }

  _hello(message) {
    this.#rooms.clear();
    this.state = { ...message, clock: { ...message.clock, receivedAt: performance.now() } };
    this.thread = null;
    if (this.place.kind === "channel" && !this.channel) this.place = { kind: "channel", id: this.#start() };
    this.tell("hello");
  }

  /** The channel in which a visitor of the page's language begins. */
  #start() {
    const { channels, starts } = this.state;
    return (channels.find((one) => one.id === starts[language]) ?? channels[0]).id;
  }

  _clock({ clock }) {
    this.state.clock = { ...clock, receivedAt: performance.now() };
    this.tell("clock");
  }

  _messages({ channel, messages, more }) {
    this.room(channel).prepend(messages, more);
    this.tell("room", { channel, thread: "", older: true });
  }

  _thread({ channel, ts, parent, messages, more }) {
    this.room(channel, ts).prepend(messages, more);
    if (this.thread?.channel === channel && this.thread.ts === ts) this.thread.parent = parent;
    this.tell("room", { channel, thread: ts, older: true });
  }

  _message({ channel, message }) {
    this.#put(channel, message);
  }

  _ephemeral({ channel, message }) {
    this.#put(channel, message);
  }

  _changed({ channel, message }) {
    this.#put(channel, message);
    if (this.thread?.channel === channel && this.thread.ts === message.ts) {
      this.thread.parent = message;
      this.tell("room", { channel, thread: message.ts });
    }
  }

  _deleted({ channel, ts }) {
    for (const [key, room] of this.#rooms) {
      if (key.startsWith(`${channel}/`) && room.has(ts)) {
        room.remove(ts);
        this.tell("room", { channel, thread: key.slice(channel.length + 1) });
      }
    }
  }

  #put(channel, message) {
    const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : "";
    const inMain = !thread || message.subtype === "thread_broadcast";
    for (const name of [...(thread ? [thread] : []), ...(inMain ? [""] : [])]) {
      if (!this.room(channel, name).loaded) continue;
      this.room(channel, name).put(message);
      this.tell("room", { channel, thread: name });
    }
  }
}
