/** One sheet over the chat at a time: the page of an article, or the account's profile. */
import { byId, make } from "./nodes.js";

export class Sheet {
  constructor() {
    this.frame = byId("sheet");
    this.title = byId("sheet-title");
    this.source = byId("sheet-source");
    this.body = byId("sheet-body");
    byId("sheet-close").onclick = () => this.close();
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  get isOpen() {
    return !this.frame.hidden;
  }

  /** Shows `body` under a title; the chat beneath cannot be reached until the sheet is closed. */
  show(title, body, source = "") {
    if (!this.isOpen) this.opener = document.activeElement;
    this.title.textContent = title;
    this.source.textContent = source;
    this.body.replaceChildren(body);
    this.frame.hidden = false;
    byId("conversation").inert = true;
    byId("sheet-close").focus();
  }

  /** Opens a page as WeChat's own browser would, fenced in: it runs no script and cannot leave its frame. */
  page({ url, title }) {
    const bar = make("div", { class: "loading", "aria-hidden": "true" });
    const loaded = () => {
      bar.remove();
      page.classList.add("loaded");
    };
    const page = make("iframe", {
      src: url, title, referrerpolicy: "no-referrer", onload: loaded,
      sandbox: "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-to-custom-protocols",
    });
    const outside = make("a", { class: "outside", href: url, target: "_blank", rel: "noopener noreferrer" }, "在浏览器里打开");
    this.show(title, make("div", { class: "page" }, bar, page, outside), new URL(url).host);
  }

  close() {
    if (!this.isOpen) return;
    this.frame.hidden = true;
    this.body.replaceChildren();
    byId("conversation").inert = false;
    const back = this.opener?.isConnected ? this.opener : byId("open-profile");
    back.focus();
  }
}
