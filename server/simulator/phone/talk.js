/** The conversation on the screen: items in their order, stamps between them, what is on its way, and where one has scrolled to. */
import { accountFace, followerFace } from "./avatars.js";
import { bubble, drawItem, isShown } from "./items.js";
import { byId, make } from "./nodes.js";
import { isSameDay, stampOf } from "./times.js";
import { followerWords } from "./words.js";

const STAMP_AFTER = 5 * 60_000;
const SHOW_WAITING_AFTER = 400;
const NEAR_THE_END = 80;

export class Talk {
  /** `scene` is {follower, accountName, open, say}; `now()` gives the simulated time. */
  constructor(scene, now) {
    this.scene = scene;
    this.now = now;
    this.list = byId("talk");
    this.newer = byId("newer");
    this.shown = new Set();
    this.lastAt = null;
    this.sending = [];
    this.waiting = 0;
    this.dots = bubble("account", accountFace(), scene.accountName, [make("span", { class: "dots" }, make("i"), make("i"), make("i"), make("span", { class: "unseen" }, "正在回复"))]);
    this.dots.classList.add("waiting");
    this.list.replaceChildren();
    this.newer.hidden = true;
    this.newer.onclick = () => this.toEnd();
    this.list.onscroll = () => this.scrolled();
    // A longer field at the foot, or a turned screen, must not push the last words out of sight.
    this.size = new ResizeObserver(() => { if (this.reads === "end") this.toEnd(); });
    this.size.observe(this.list);
    this.scrolled();
  }

  /** Lets go of the screen, so that another conversation can take it. */
  close() {
    this.size.disconnect();
    this.list.replaceChildren();
  }

  scrolled() {
    this.reads = this.isAtEnd() ? "end" : "above";
    if (this.reads === "end") this.newer.hidden = true;
  }

  isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.newer.hidden = true;
  }

  /**
   * Takes an inbox or one new item; what is already on the screen is left alone. A first filling is not read aloud.
   * What is sent to many carries one number for all of them, so a later item may have a smaller one.
   */
  take(items) {
    const fresh = items.filter(({ id }) => !this.shown.has(id));
    if (fresh.length === 0) return;
    const isFirst = this.shown.size === 0;
    const stay = !isFirst && !this.isAtEnd();
    this.list.setAttribute("aria-busy", String(isFirst));
    fresh.forEach((item) => this.add(item));
    this.list.setAttribute("aria-busy", "false");
    if (stay && fresh.some((item) => item.side !== "follower" && isShown(item))) this.newer.hidden = false;
    else if (!stay) this.toEnd();
  }

  add(item) {
    this.shown.add(item.id);
    if (item.side === "follower") this.arrived(item.text);
    if (!isShown(item)) return;
    this.retireChoices();
    this.place(this.stamp(new Date(item.at)));
    this.place(drawItem(item, this.scene));
  }

  // Only what was said last can be chosen from by a tap; above it the numbers are words like any other.
  retireChoices() {
    const choices = [...this.list.querySelectorAll(".choice")];
    if (choices.includes(document.activeElement)) this.list.focus({ preventScroll: true });
    for (const choice of choices) choice.replaceWith(choice.textContent);
  }

  // What is still on its way always stands below what has arrived.
  place(node) {
    if (node) this.list.insertBefore(node, this.sending[0]?.node ?? (this.dots.isConnected ? this.dots : null));
  }

  stamp(at) {
    const needed = this.lastAt === null || at - this.lastAt > STAMP_AFTER;
    this.lastAt = at;
    return needed ? make("time", { class: "stamp", datetime: at.toISOString() }, stampOf(at, this.now())) : null;
  }

  /** Says the stamps anew when the simulated day has changed under them. */
  restamp(now) {
    if (this.stampedOn && isSameDay(this.stampedOn, now)) return;
    this.stampedOn = now;
    for (const stamp of this.list.querySelectorAll(".stamp")) {
      stamp.textContent = stampOf(new Date(stamp.getAttribute("datetime")), now);
    }
  }

  /** Shows a follower's words at once, before the simulator has them. Returns the message on its way. */
  send(text) {
    this.retireChoices();
    const node = bubble("follower", followerFace(this.scene.follower), "我", followerWords(text));
    node.classList.add("sending");
    const message = { text, node };
    this.sending.push(message);
    this.list.insertBefore(node, this.dots.isConnected ? this.dots : null);
    this.toEnd();
    return message;
  }

  arrived(text) {
    const message = this.sending.find((candidate) => candidate.text === text && !candidate.failed);
    if (message) this.drop(message);
  }

  drop(message) {
    message.node.remove();
    this.sending = this.sending.filter((candidate) => candidate !== message);
  }

  /** Marks a message that never reached the simulator; `again()` is offered. */
  fail(message, again) {
    message.failed = true;
    const retry = () => {
      this.drop(message);
      again();
    };
    message.node.append(make("button", { class: "retry", type: "button", "aria-label": "没有发出去，再发一次", onclick: retry }, "!"));
  }

  /** Shows the quiet dots while `answer` is awaited, unless it comes at once. */
  async during(answer) {
    this.waiting += 1;
    const timer = setTimeout(() => this.showDots(), SHOW_WAITING_AFTER);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
      if (this.waiting === 0) this.dots.remove();
    }
  }

  showDots() {
    const follow = this.isAtEnd();
    this.list.append(this.dots);
    if (follow) this.toEnd();
  }
}
