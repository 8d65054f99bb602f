/** Draws the faces on the phone: the account's lamp-lit house, and a follower's own face from the openid. */
import { draw } from "./nodes.js";

const GROUNDS = ["#f3d9b1", "#cfe3dc", "#d9d7ee", "#f2cfc7", "#cddff0", "#e3e2c3", "#ead3e0", "#d3e6c9"];
const CLOTHES = ["#4a6a8a", "#8a5a44", "#3f7d6b", "#6b5a8e", "#a8623c", "#56606b", "#7b3f4f", "#2f6f8f"];
const HAIR = ["#2b2320", "#3b302a", "#191919", "#5b4636", "#77706a"];
const SKIN = ["#f1cfae", "#e8bf98", "#d9a982", "#f5d9bd"];
const SHORT = [
  "M19 25c-1-11 5-15 13-15s14 4 13 15c-2-6-5-8-9-8-5 1-11 1-13 0-2 2-3 4-4 8z",
  "M19 24c0-9 5-13 13-13s13 4 13 13c-3-3-3-5-4-6-6 2-14 2-18 0-1 2-2 4-4 6z",
  "M18 29c-2-13 4-19 14-19 9 0 16 5 14 19-2-1-3-6-5-9-6 0-13-1-17-4-1 6-4 9-6 13z",
];
const LONG = [
  "M18 36c-3-17 2-26 14-26s17 9 14 26c-2 0-3-1-4-3 1-7 0-12-4-15-4 3-9 4-13 3-3 3-4 7-3 12-1 2-2 3-4 3z",
  "M27 9a5 5 0 1 1 10 0 5 5 0 1 1-10 0zM18 30c-2-12 3-19 14-19s16 7 14 19c-2-6-5-10-9-12-4 3-8 4-12 4-3 2-5 5-7 8z",
];
const SISTERS = /[姐妹姨嫂婶妈娘芳]/;

// A small stable number from an openid: the same follower always has the same face.
function seed(openid) {
  let sum = 2166136261;
  for (const character of openid) sum = Math.imul(sum ^ character.codePointAt(0), 16777619);
  sum = Math.imul(sum ^ (sum >>> 16), 0x45d9f3b);
  return (sum ^ (sum >>> 16)) >>> 0;
}

const picture = (...parts) => draw("svg", { viewBox: "0 0 64 64", class: "avatar", "aria-hidden": "true" }, ...parts);

/** A follower's face; a nickname that speaks of a sister or an aunt is given longer hair. */
export function followerFace({ openid, name }) {
  const number = seed(openid);
  const pick = (choices, step) => choices[Math.floor(number / step) % choices.length];
  const skin = pick(SKIN, 3);
  return picture(
    draw("rect", { width: 64, height: 64, fill: pick(GROUNDS, 1) }),
    draw("path", { d: "M8 64c2-13 11-19 24-19s22 6 24 19z", fill: pick(CLOTHES, 11) }),
    draw("path", { d: "M27 38h10v8c0 3-10 3-10 0z", fill: skin }),
    draw("ellipse", { cx: 32, cy: 28, rx: 12, ry: 14, fill: skin }),
    draw("path", { d: pick(SISTERS.test(name) ? LONG : SHORT, 5), fill: pick(HAIR, 17) }),
    draw("path", { d: "M27 29v1.5M37 29v1.5", stroke: "#2b2320", "stroke-width": 2.4, "stroke-linecap": "round" }),
    draw("path", { d: "M28.5 35c2 2 5 2 7 0", stroke: "#9a5a44", "stroke-width": 1.6, fill: "none", "stroke-linecap": "round" }),
  );
}

/** The account's mark: a house at dusk with a light on. */
export const accountFace = () => picture(
  draw("rect", { width: 64, height: 64, fill: "#20656b" }),
  draw("circle", { cx: 47, cy: 16, r: 6, fill: "#f4dca6", opacity: 0.9 }),
  draw("path", { d: "M0 50c10-7 20-9 32-7s22 1 32-5v26H0z", fill: "#184e54" }),
  draw("path", { d: "M13 33 32 17l19 16", stroke: "#fff8ea", "stroke-width": 4, fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" }),
  draw("path", { d: "M18 32v18h28V32L32 20z", fill: "#fff8ea" }),
  draw("path", { d: "M32 46c-7-5-9-8-7-11 2-3 6-2 7 1 1-3 5-4 7-1 2 3 0 6-7 11z", fill: "#e58a4e" }),
);
