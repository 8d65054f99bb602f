/** The tray under the keyboard, opened by ＋: a voice, a picture or a position to send. */
import { byId, make } from "./nodes.js";

const LARGEST = 10 * 1024 * 1024; // bytes, what the platform takes of a picture
const PLACES = [
  { Label: "上海市黄浦区人民广场", Location_X: 31.230416, Location_Y: 121.473701 },
  { Label: "杭州市拱墅区武林广场", Location_X: 30.274151, Location_Y: 120.163712 },
  { Label: "苏州市姑苏区观前街", Location_X: 31.311661, Location_Y: 120.629732 },
];
const HEARS = "语音识别开着：公众号会收到这些字。";
const IS_DEAF = "语音识别没有开：公众号只收到声音，收不到里面的字。";

/** The bytes of a file in Base64. */
const inBase64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

export class Tray {
  /** `onSend(message)`, `onRefuse(sentence)`; `hearsWords()` says whether the account has speech recognition. */
  constructor({ onSend, onRefuse, hearsWords }) {
    this.tray = byId("tray");
    this.plus = byId("plus");
    this.tell = { onSend, onRefuse, hearsWords };
    this.plus.onclick = () => (this.tray.hidden ? this.open() : this.shut({ refocus: true }));
    this.tray.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.back();
    });
    this.plus.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.shut();
    });
    for (const tile of this.tray.querySelectorAll("[data-part]")) tile.onclick = () => this.turn(tile.dataset.part);
    for (const back of this.tray.querySelectorAll(".part-back")) back.onclick = () => this.back();
    byId("words").addEventListener("focus", () => this.shut());
    byId("toggle").addEventListener("click", () => this.shut());
    this.prepareVoice();
    this.preparePicture();
    byId("places").append(...PLACES.map((place) => this.place(place)));
  }

  prepareVoice() {
    const length = byId("voice-length");
    const say = () => { byId("voice-seconds").textContent = `${length.value} 秒`; };
    length.oninput = say;
    say();
    byId("part-voice").onsubmit = (event) => {
      event.preventDefault();
      const words = byId("voice-words");
      this.send({ type: "voice", seconds: Number(length.value), ...(words.value.trim() ? { recognition: words.value.trim() } : {}) });
      words.value = "";
    };
  }

  preparePicture() {
    const file = byId("picture-file");
    byId("picture-drawn").onclick = () => this.send({ type: "image" });
    byId("picture-own").onclick = () => file.click();
    file.onchange = async () => {
      const [chosen] = file.files;
      if (chosen) await this.sendFile(chosen);
      file.value = "";
    };
  }

  async sendFile(chosen) {
    if (chosen.size > LARGEST) {
      this.tell.onRefuse("这张图片超过 10 MB，微信收不下。");
      return;
    }
    try {
      this.send({ type: "image", picture: await inBase64(chosen) });
    } catch {
      this.tell.onRefuse("这张图片读不出来，换一张试试。");
    }
  }

  place(place) {
    const send = () => this.send({ type: "location", Scale: 16, ...place });
    const isFirst = place === PLACES[0];
    return make("li", {}, make("button", { type: "button", "data-first": isFirst, onclick: send }, place.Label));
  }

  send(message) {
    this.shut({ refocus: true });
    this.tell.onSend(message);
  }

  open() {
    this.tray.hidden = false;
    this.plus.setAttribute("aria-expanded", "true");
    this.turn("tiles");
  }

  /** Shows one part of the tray: the tiles, or what one of them leads to. */
  turn(part) {
    for (const each of this.tray.children) each.hidden = each.id !== `part-${part}`;
    const hears = this.tell.hearsWords();
    byId("voice-heard").hidden = !hears;
    byId("voice-note").textContent = hears ? HEARS : IS_DEAF;
    byId(`part-${part}`).querySelector("[data-first]").focus();
  }

  back() {
    if (byId("part-tiles").hidden) this.turn("tiles");
    else this.shut({ refocus: true });
  }

  shut({ refocus = false } = {}) {
    if (this.tray.hidden) return;
    this.tray.hidden = true;
    this.plus.setAttribute("aria-expanded", "false");
    if (refocus) this.plus.focus();
  }
}
