/** Builds elements from plain values; foreign text only ever becomes a text node. */

const SVG = "http://www.w3.org/2000/svg";

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element: `make("p", { class: "line", onclick }, "text", other)`. */
export const make = (tag, attributes = {}, ...children) =>
  dress(document.createElement(tag), attributes, children);

/** An SVG element, in the same manner. */
export const draw = (tag, attributes = {}, ...children) =>
  dress(document.createElementNS(SVG, tag), attributes, children);

/** The element with this id; the page always has it. */
export const byId = (id) => document.getElementById(id);
