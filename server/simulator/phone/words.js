/** Turns a text into nodes: links and telephone numbers can be tapped, everything else stays as it was written. */
import { make } from "./nodes.js";

const ANCHOR = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a>/gi;
const ADDRESS = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;
const LINES = String.raw`123\d{2}|110|119|120`;
const NUMBERS = String.raw`400-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8}|1[3-9]\d{9}`;
// 120 分钟 and 110 元 are amounts, 2026.120 and 12:110 parts of something longer: none of them is a telephone.
const AMOUNT = "分|秒|元|块|天|次|人|位|名|个|字|小时|页|岁|年|里|米|斤|公|平|步|[%％]";
const TELEPHONE = new RegExp(
  String.raw`(?<![\w.:-])(?:${NUMBERS}|${LINES})(?![\w]|[.:-]\d|\s?(?:${AMOUNT}))`,
  "g",
);
const OPENS = new Set(["http:", "https:"]);

/** The whole address if a page may be opened from it, else null. With `base` it may also be a path of the simulator's. */
export function openable(address, base) {
  try {
    const url = new URL(address, base);
    return OPENS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const isCall = (address) => /^tel:[+\d-]+$/.test(address);

/** A link that opens over the chat; a middle click still gets a tab of its own. */
function pageLink(address, label, open) {
  const tap = (event) => {
    event.preventDefault();
    open({ url: address, title: label });
  };
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick: tap }, label);
}

const call = (number, label = number) => make("a", { href: `tel:${number.replaceAll("-", "")}`, class: "call" }, label);

/** Cuts a text by a pattern: what matches is made into a node, what lies between goes on to `rest`. */
function cut(text, pattern, onMatch, rest) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(...rest(text.slice(from, match.index)), onMatch(match));
    from = match.index + match[0].length;
  }
  return [...nodes, ...rest(text.slice(from))];
}

const plain = (text) => (text ? [text] : []);
const telephones = (text) => cut(text, TELEPHONE, ([number]) => call(number), plain);
const addresses = (text, open) =>
  cut(text, ADDRESS, ([address]) => pageLink(address, address, open), telephones);

function anchor([, doubled, single, label], open) {
  const address = (doubled ?? single).trim();
  if (isCall(address)) return call(address.slice(4), label);
  const page = openable(address);
  return page ? pageLink(page, label, open) : label;
}

/** What the account says. `open({url, title})` shows a page; an address of any other kind keeps only its label. */
export const accountWords = (text, open) => cut(text, ANCHOR, (match) => anchor(match, open), (rest) => addresses(rest, open));

/** What the follower says: markup is only text, as in WeChat, but a number can be rung. */
export const followerWords = (text) => telephones(text);
