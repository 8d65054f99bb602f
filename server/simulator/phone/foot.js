/** The foot of the chat: the account's menu or the keyboard, changed by the button at the left. */
import { Menu } from "./menu.js";
import { byId } from "./nodes.js";

export class Foot {
  /** `onSay(text)`, `onTap(menu button)` and `onFollow()` hear what the person does. */
  constructor({ onSay, onTap, onFollow }) {
    this.foot = byId("foot");
    this.words = byId("words");
    this.send = byId("send");
    this.plus = byId("plus");
    this.toggle = byId("toggle");
    this.onSay = onSay;
    this.menu = new Menu(onTap);
    this.types = null;
    this.toggle.onclick = () => this.turn(!this.types);
    byId("follow-again").onclick = onFollow;
    byId("composer").onsubmit = (event) => {
      event.preventDefault();
      this.say();
    };
    this.words.oninput = () => this.fit();
    this.words.onkeydown = (event) => this.key(event);
    this.fit();
  }

  // Enter that only ends the choice of a character (Chinese input) sends nothing.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.say();
  }

  say() {
    const text = this.words.value;
    if (!text.trim()) return;
    this.words.value = "";
    this.fit();
    this.words.focus();
    this.onSay(text);
  }

  fit() {
    const hasWords = this.words.value.trim() !== "";
    this.send.hidden = !hasWords;
    this.plus.hidden = hasWords;
    this.words.style.height = "auto";
    this.words.style.height = `${this.words.scrollHeight}px`;
  }

  /** Shows the keyboard (true) or the menu, and puts the focus where the person goes on. */
  turn(types) {
    this.set(types);
    if (types) this.words.focus();
  }

  set(types) {
    this.types = types;
    this.foot.dataset.mode = types ? "keyboard" : "menu";
    this.toggle.setAttribute("aria-label", types ? "换成菜单" : "换成键盘");
    this.fit();
  }

  /** Shows what the account offers this follower now; without a menu only the keyboard is left. */
  show(menu, follows) {
    const hasMenu = this.menu.show(menu);
    this.toggle.hidden = !hasMenu;
    if (!hasMenu) this.set(true);
    else if (this.types === null || !this.hadMenu) this.set(false);
    this.hadMenu = hasMenu;
    this.foot.classList.toggle("foot--stranger", !follows);
  }
}
