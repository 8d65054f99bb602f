/** The list of followers beside the phone: whose phone one holds, and a new one. */
import { followerFace } from "./avatars.js";
import { byId, make } from "./nodes.js";

const SHOWN_AT_MOST = 60;
const SEARCH_FROM = 9;

export class People {
  /** `onPick(openid)` hears whose phone is taken, `onNew()` that somebody new is wanted. */
  constructor({ onPick, onNew }) {
    this.list = byId("people");
    this.search = byId("search");
    this.more = byId("people-more");
    this.onPick = onPick;
    this.all = [];
    this.search.oninput = () => this.draw();
    byId("new-follower").onclick = onNew;
    byId("first-follower").onclick = onNew;
  }

  /** Shows these followers, who came last first; the list is only drawn anew when something in it has changed. */
  show(all, chosen) {
    const shape = JSON.stringify([all, chosen]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.all = all.toReversed();
    this.chosen = chosen;
    byId("search-box").hidden = all.length < SEARCH_FROM;
    this.draw();
  }

  draw() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.all.filter(({ name, openid }) => `${name} ${openid}`.toLowerCase().includes(wanted));
    const focused = document.activeElement?.dataset?.openid;
    this.list.replaceChildren(...found.slice(0, SHOWN_AT_MOST).map((person) => this.row(person)));
    const hidden = found.length - SHOWN_AT_MOST;
    this.more.textContent = hidden > 0 ? `还有 ${hidden} 位，可以按昵称找` : found.length === 0 && wanted ? "没有这个昵称" : "";
    if (focused) this.list.querySelector(`[data-openid="${CSS.escape(focused)}"]`)?.focus();
  }

  row(person) {
    const { openid, name, follows, unread } = person;
    const chosen = openid === this.chosen;
    const count = unread > 0 && !chosen ? make("span", { class: "unread" }, String(Math.min(unread, 99)), make("span", { class: "unseen" }, "条未读")) : null;
    return make("li", {}, make("button", {
      type: "button", "data-openid": openid, "aria-current": chosen ? "true" : null, onclick: () => this.onPick(openid),
    }, followerFace(person), make("span", { class: "name" }, name), follows ? null : make("small", {}, "未关注"), count));
  }
}
