/** Draws what a bubble holds besides words: a picture, a voice, a position, a link. */
import { draw, make } from "./nodes.js";
import { openable } from "./words.js";

const STARTS_LIKE_ADDRESS = /^(https?:)?\//;

/** The whole address of something the platform keeps, which may be named by its path alone; null for anything else. */
export const addressOf = (address) =>
  (STARTS_LIKE_ADDRESS.test(address ?? "") ? openable(address, location.href) : null);

/** A link that opens over the chat. */
export function opening(address, title, attributes, open, ...inside) {
  const tap = (event) => {
    event.preventDefault();
    open({ url: address, title });
  };
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick: tap, ...attributes }, ...inside);
}

function picture({ text }, open) {
  const address = addressOf(text);
  if (!address) return null;
  const lose = () => link.replaceChildren("[图片没有了]");
  const image = make("img", { src: address, alt: "图片", decoding: "async", referrerpolicy: "no-referrer", onerror: lose });
  const link = opening(address, "图片", { class: "picture" }, open, image);
  return { kind: "picture", nodes: [link] };
}

const waves = () => draw("svg", { viewBox: "0 0 20 20", class: "waves", "aria-hidden": "true" },
  draw("circle", { cx: 5, cy: 10, r: 1.8 }),
  draw("path", { d: "M8.6 6.2a5.4 5.4 0 0 1 0 7.6" }),
  draw("path", { d: "M12 3a10 10 0 0 1 0 14" }));

// The voice is silence: a tap only lets the waves run for as long as it lasts.
function voice({ seconds, note }) {
  const length = seconds > 0 ? `${seconds}″` : "";
  const play = () => {
    const plays = button.classList.toggle("playing");
    clearTimeout(button.ends);
    if (plays) button.ends = setTimeout(() => button.classList.remove("playing"), Math.max(seconds, 1) * 1000);
  };
  const button = make("button", {
    class: "voice", type: "button", onclick: play, title: "模拟的语音，里面没有声音",
    "aria-label": seconds > 0 ? `语音，${seconds} 秒` : "语音",
  }, waves(), make("span", { class: "length" }, length));
  button.style.width = `${64 + Math.min(seconds, 60) * 2}px`;
  return { kind: "voice", nodes: [button, note ? make("p", { class: "heard" }, `听成的字：${note}`) : null] };
}

const map = () => draw("svg", { viewBox: "0 0 220 92", class: "map", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
  draw("rect", { width: 220, height: 92, fill: "#e6ead9" }),
  draw("path", { d: "M0 78c40-8 70 2 110-6s70-16 110-10v30H0z", fill: "#bcd8e3" }),
  draw("path", { d: "M10 8h58v26H10zM82 4h40v30H82zM152 10h58v22h-58zM14 48h40v16H14zM140 44h48v10h-48z", fill: "#d6dcc3" }),
  draw("path", { d: "M0 40h220M74 0v92M132 0v92", stroke: "#fff", "stroke-width": 6 }),
  draw("path", { d: "M110 20a13 13 0 0 1 13 13c0 9-13 22-13 22S97 42 97 33a13 13 0 0 1 13-13z", fill: "#c5382f" }),
  draw("circle", { cx: 110, cy: 33, r: 5, fill: "#fff" }));

function position({ text, note }) {
  const label = make("strong", {}, text || "位置");
  return { kind: "card", nodes: [make("div", { class: "place" }, label, make("small", {}, note), map())] };
}

function link({ text, note, url }, open) {
  const address = addressOf(url);
  const inside = [make("strong", {}, text || "链接"), note ? make("small", {}, note) : null];
  const host = address ? make("small", { class: "host" }, new URL(address).host) : null;
  return {
    kind: "card",
    nodes: [address
      ? opening(address, text, { class: "linked" }, open, ...inside, host)
      : make("div", { class: "linked" }, ...inside)],
  };
}

const WIDGETS = { image: picture, voice, location: position, link };

/** `{kind, nodes}` for an item that is more than words, else null. `open({url, title})` shows a page. */
export const widget = (item, open) => WIDGETS[item.kind]?.(item, open) ?? null;
