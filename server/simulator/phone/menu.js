/** The account's own menu at the foot of the chat: up to three buttons, sub menus opening upward. */
import { byId, make } from "./nodes.js";

const bars = () => make("span", { class: "bars", "aria-hidden": "true" });

/** Moves the focus through a list of buttons with the arrow keys. */
function walk(event, buttons) {
  const at = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  buttons[(to + buttons.length) % buttons.length].focus();
}

export class Menu {
  /** `onTap(button)` hears the button of WeChat's own shape that was chosen. */
  constructor(onTap) {
    this.place = byId("menu");
    this.onTap = onTap;
    this.opened = null;
    document.addEventListener("click", ({ target }) => {
      if (!this.place.contains(target)) this.shut();
    });
    this.place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.shut({ refocus: true });
    });
  }

  /** Draws the menu anew; null clears it. Returns whether there is one. */
  show(menu) {
    const shape = JSON.stringify(menu);
    if (shape === this.shape) return this.place.childElementCount > 0;
    this.shape = shape;
    this.opened = null;
    const buttons = menu?.button ?? [];
    this.place.replaceChildren(...buttons.map((button, at) => this.top(button, at)));
    return buttons.length > 0;
  }

  top(button, at) {
    const subs = button.sub_button ?? [];
    if (subs.length === 0) {
      const tap = () => this.onTap(button);
      return make("div", { class: "slot" }, make("button", { type: "button", onclick: tap }, button.name));
    }
    const list = this.list(button, subs, `menu-${at}`);
    const handle = make("button", {
      type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": list.id,
      onclick: () => this.toggle(handle, list),
      onkeydown: (event) => {
        if (event.key !== "ArrowUp") return;
        event.preventDefault();
        this.open(handle, list);
      },
    }, bars(), button.name);
    return make("div", { class: "slot" }, handle, list);
  }

  list(button, subs, id) {
    const rows = subs.map((sub) => make("button", {
      type: "button", role: "menuitem", tabindex: "-1",
      onclick: () => {
        this.shut({ refocus: true });
        this.onTap(sub);
      },
    }, sub.name));
    return make("div", {
      class: "subs", role: "menu", id, "aria-label": button.name, hidden: true,
      onkeydown: (event) => walk(event, rows),
    }, ...rows);
  }

  toggle(handle, list) {
    if (this.opened?.list === list) this.shut({ refocus: true });
    else this.open(handle, list);
  }

  open(handle, list) {
    this.shut();
    this.opened = { handle, list };
    list.hidden = false;
    handle.setAttribute("aria-expanded", "true");
    list.firstElementChild.focus();
  }

  shut({ refocus = false } = {}) {
    if (!this.opened) return;
    const { handle, list } = this.opened;
    this.opened = null;
    list.hidden = true;
    handle.setAttribute("aria-expanded", "false");
    if (refocus) handle.focus();
  }
}
