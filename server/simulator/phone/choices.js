/** The numbers that an account offers: lines that count up from 1 can be tapped, and the number is said. */
import { make } from "./nodes.js";

const LINE = /^(\d{1,2})[ \u3000]+\S/;

/** For each line of a text the number it offers, or null; a single line, such as a date, offers nothing. */
export function offers(text) {
  let next = 1;
  const numbers = text.split("\n").map((line) => {
    const number = line.match(LINE)?.[1];
    if (Number(number) === next) next += 1;
    else if (number !== "0" || next === 1) return null;
    return number;
  });
  return next > 2 ? numbers : numbers.map(() => null);
}

// A line that holds something to tap of its own lends only its number.
function choice(line, number, words, say) {
  const nodes = words(line);
  const isPlain = nodes.every((node) => typeof node === "string");
  const button = (label) => make("button", { class: "choice", type: "button", onclick: () => say(number) }, label);
  return isPlain ? [button(line)] : [button(number), ...words(line.slice(number.length))];
}

/** The text as nodes: `words(text)` makes what is not offered, `say(number)` hears a tap. */
export function withChoices(text, words, say) {
  const numbers = offers(text);
  const nodes = [];
  let between = "";
  text.split("\n").forEach((line, at) => {
    const before = at > 0 ? "\n" : "";
    if (numbers[at] === null) {
      between += before + line;
      return;
    }
    nodes.push(...words(between + before), ...choice(line, numbers[at], words, say));
    between = "";
  });
  return [...nodes, ...words(between)];
}
