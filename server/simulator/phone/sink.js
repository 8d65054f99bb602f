/** The page of the duty staff's phones: what has come, newest first, without a reload. */
import * as api from "./api.js";
import { SimulatedClock } from "./clock.js";
import { LiveLine } from "./live.js";
import { byId, draw, make } from "./nodes.js";
import { dayOf, hourOf, stampOf } from "./times.js";
import { accountWords } from "./words.js";

const SHOWN_AT_MOST = 200;
const CHANNELS = {
  group: { name: "群消息", from: "值班群 · 机器人", icon: "M4 5h16v11H11l-4 4v-4H4z" },
  sms: { name: "短信", from: "短信", icon: "M3.5 6h17v12h-17zM4 7l8 6 8-6" },
  call: { name: "电话", from: "语音电话", icon: "M6 3.5h3l1.6 4.2-2 1.6c1 2.5 2.7 4.2 5.1 5.2l1.7-2 4.1 1.6v3c0 1.6-1.3 2.6-2.8 2.4C10 18.7 5 13.5 3.7 6.3 3.5 4.8 4.5 3.5 6 3.5z" },
  other: { name: "其他", from: "别的消息", icon: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v5M12 16h.01" },
};
const ALL = "all";
const TITLE = document.title;

const icon = (channel) => draw("svg", { viewBox: "0 0 24 24", class: `mark mark--${channel}`, "aria-hidden": "true" },
  draw("path", { d: CHANNELS[channel].icon }));

const openOutside = ({ url }) => window.open(url, "_blank", "noopener,noreferrer");

function receivers({ channel, to }) {
  if (to.length === 0) return null;
  const said = channel === "group" ? to.map((name) => `@${name}`).join(" ") : `发给 ${to.join("、")}`;
  return make("p", { class: "receivers" }, said);
}

const raw = ({ path, body }) => make("details", {},
  make("summary", {}, "原样"),
  make("p", { class: "path" }, `POST ${path}`),
  make("pre", { tabindex: "0", "aria-label": "发来的原文" }, body));

function drawNote(message, now) {
  const { from } = CHANNELS[message.channel];
  const at = new Date(message.at);
  return make("li", { class: "note", "data-channel": message.channel },
    make("div", { class: "note-head" }, icon(message.channel), make("strong", {}, from),
      make("time", { datetime: message.at }, stampOf(at, now))),
    receivers(message),
    make("p", { class: "words" }, ...accountWords(message.words, openOutside)),
    raw(message));
}

class DutyPage {
  constructor() {
    this.messages = [];
    this.chosen = ALL;
    this.missed = 0;
    this.list = byId("notes");
    this.clock = new SimulatedClock((now) => this.tick(now));
    document.addEventListener("visibilitychange", () => this.retitle(0));
  }

  start() {
    this.clock.start().catch(() => undefined);
    this.line = new LiveLine(api.sinkLine(), {
      onOpen: () => this.read(),
      onNews: (news) => this.hear(news),
      onLost: () => { byId("lost").hidden = false; },
    });
  }

  tick(now) {
    byId("hour").textContent = hourOf(now);
    byId("day").textContent = dayOf(now);
    for (const time of this.list?.querySelectorAll("time") ?? []) {
      const stamp = stampOf(new Date(time.getAttribute("datetime")), now);
      if (time.textContent !== stamp) time.textContent = stamp;
    }
  }

  /** Reads everything anew; news that arrive meanwhile wait for it. */
  read() {
    this.reading = api.sink(SHOWN_AT_MOST + 1).then((messages) => {
      byId("lost").hidden = true;
      this.messages = messages.toReversed();
      this.draw();
    }, () => undefined);
    return this.reading;
  }

  async hear({ message, emptied }) {
    await this.reading;
    if (emptied) this.messages = [];
    else if (this.messages.some(({ n }) => n === message.n)) return;
    else this.messages.unshift(message);
    this.retitle(message && document.hidden ? this.missed + 1 : this.missed);
    if (emptied || !this.isWanted(message)) this.draw();
    else this.add(message);
  }

  isWanted({ channel }) {
    return this.chosen === ALL || channel === this.chosen;
  }

  // A note that comes is put on top; the others stay, so that a finger or a reader keeps its place.
  add(message) {
    this.list.prepend(drawNote(message, this.clock.now()));
    while (this.list.childElementCount > SHOWN_AT_MOST) this.list.lastElementChild.remove();
    this.say();
  }

  draw() {
    const wanted = this.messages.filter((message) => this.isWanted(message)).slice(0, SHOWN_AT_MOST);
    this.list.setAttribute("aria-busy", "true");
    this.list.replaceChildren(...wanted.map((message) => drawNote(message, this.clock.now())));
    this.list.setAttribute("aria-busy", "false");
    this.say();
  }

  /** Says what is not in the list: how many of each kind, that nothing is there, that older ones are left out. */
  say() {
    this.drawFilters();
    const isEmpty = this.list.childElementCount === 0;
    byId("none").hidden = !isEmpty;
    byId("none").textContent = this.messages.length === 0 ? "现在很安静，还没有提醒。" : "这一种还没有。";
    byId("older").hidden = this.messages.length <= SHOWN_AT_MOST;
    byId("older").textContent = `只显示最近的 ${SHOWN_AT_MOST} 条。`;
  }

  drawFilters() {
    const kinds = [ALL, ...Object.keys(CHANNELS).filter((kind) => this.messages.some(({ channel }) => channel === kind))];
    const shape = JSON.stringify([kinds, this.chosen, this.messages.length]);
    if (shape === this.shape) return;
    this.shape = shape;
    const focused = document.activeElement?.dataset?.kind;
    byId("filters").hidden = kinds.length < 3 && this.chosen === ALL;
    byId("filters").replaceChildren(...kinds.map((kind) => this.filter(kind)));
    if (focused) byId("filters").querySelector(`[data-kind="${focused}"]`)?.focus();
  }

  filter(kind) {
    const count = this.messages.filter(({ channel }) => kind === ALL || channel === kind).length;
    const shown = count > SHOWN_AT_MOST ? `${SHOWN_AT_MOST}+` : String(count);
    const choose = () => {
      this.chosen = kind;
      this.draw();
    };
    return make("button", { type: "button", "data-kind": kind, "aria-pressed": String(kind === this.chosen), onclick: choose },
      CHANNELS[kind]?.name ?? "全部", make("span", { class: "count" }, shown));
  }

  retitle(missed) {
    this.missed = missed;
    document.title = missed > 0 ? `(${missed}) ${TITLE}` : TITLE;
  }
}

new DutyPage().start();
