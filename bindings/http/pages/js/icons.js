// The icons of the pages, stroked in the colour of the text. The text next to an icon always has the same meaning.

const PATHS = {
  met: "M5 12.5l4.5 4.5L19 7.5",
  unmet: "M7 7l10 10M17 7L7 17",
  open: "M12 12h.01",
  later: "M7 12h.01M12 12h.01M17 12h.01",
  alert: "M12 7v6M12 17h.01",
  refresh: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  slide: "M5 12h13M13 7l5 5-5 5",
  reveal: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
  conceal: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4 20L20 4",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function drawIcons() {
  for (const place of document.querySelectorAll("[data-icon]")) place.prepend(icon(place.dataset.icon));
}
