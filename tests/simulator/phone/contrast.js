/** Names each visible text that stands out less than 4.5 : 1 (WCAG) from the nearest opaque ground below it. */
() => {
  const DESK = [229, 230, 223];
  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const channel = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) > 0.9) return colour;
    }
    return DESK;
  };
  const ratio = (element) => {
    const lights = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  };
  const words = (element) => [...element.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join("");
  return [...document.querySelectorAll("body *")]
    .filter((element) => words(element) && element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => ratio(element) < 4.5)
    .map((element) => `${words(element)} ${ratio(element).toFixed(2)}`);
}
