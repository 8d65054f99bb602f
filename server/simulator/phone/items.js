/** Draws one item of the inbox: bubble, article card, notice or grey system line. */
import { accountFace, followerFace } from "./avatars.js";
import { withChoices } from "./choices.js";
import { make } from "./nodes.js";
import { addressOf, opening, widget } from "./widgets.js";
import { accountWords, followerWords } from "./words.js";

const NAMES = { image: "图片", voice: "语音", video: "视频", location: "位置", link: "链接" };

/** Whether an item is seen in the chat; taps on the menu are heard by the account only. */
export const isShown = (item) => item.kind !== "event";

// The frame keeps its place while the picture comes, and when it never does.
function cover(article) {
  const address = addressOf(article.picture);
  const frame = make("span", { class: "cover" });
  if (!address) return frame;
  const lose = () => picture.remove();
  const picture = make("img", { src: address, alt: "", decoding: "async", referrerpolicy: "no-referrer", onerror: lose });
  frame.append(picture);
  return frame;
}

function articleLink(article, place, open, ...inside) {
  const address = addressOf(article.url);
  return address
    ? opening(address, article.title, { class: place }, open, ...inside)
    : make("div", { class: place }, ...inside);
}

function card(item, open) {
  const [first, ...more] = item.articles;
  const digest = more.length === 0 && first.description ? make("span", { class: "digest" }, first.description) : null;
  const title = make("span", { class: "headline" }, first.title);
  const lead = more.length === 0
    ? articleLink(first, "lead", open, title, first.picture ? cover(first) : null, digest)
    : articleLink(first, "lead lead--over", open, cover(first), title);
  const rows = more.map((article) =>
    articleLink(article, "row", open, make("span", { class: "headline" }, article.title), cover(article)));
  return make("article", { class: "card" }, lead, ...rows);
}

function notice(item, open) {
  const [heading, ...lines] = item.text.split("\n");
  return make("article", { class: "card card--notice" },
    make("strong", { class: "headline" }, heading),
    lines.length ? make("p", { class: "lines" }, ...accountWords(lines.join("\n").trim(), open)) : null);
}

function wordsOf(item, scene) {
  const text = item.text || `[${NAMES[item.kind] ?? "消息"}]`;
  if (item.side !== "account") return followerWords(text);
  return withChoices(text, (words) => accountWords(words, scene.open), scene.say);
}

/** A speech bubble with its face; `who` is read aloud before the words, `kind` is set for what is more than words. */
export function bubble(side, face, who, words, kind = "") {
  return make("div", { class: `said said--${side}` },
    face,
    make("div", { class: kind ? `bubble bubble--${kind}` : "bubble" }, make("span", { class: "unseen" }, `${who}：`), ...words));
}

/** The item as a node. `scene` is {follower, accountName, open, say}. */
export function drawItem(item, scene) {
  if (item.side === "system" || item.kind === "system") return make("p", { class: "system" }, item.text);
  if (item.articles?.length) return card(item, scene.open);
  if (item.kind === "notice") return notice(item, scene.open);
  const { kind, nodes } = widget(item, scene.open) ?? { nodes: wordsOf(item, scene) };
  return item.side === "account"
    ? bubble("account", accountFace(), scene.accountName, nodes, kind)
    : bubble("follower", followerFace(scene.follower), "我", nodes, kind);
}
