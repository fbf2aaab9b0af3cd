/** The few signs that the page shows beside words, as SVG nodes; they never stand alone. */

const paths = {
  check: "M3 8.5 6.5 12 13 4.5",
  clock: "M8 4.5V8l2.5 2M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  cross: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 3.5 10.5 8 6 12.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  warning: "M8 6v3.5M8 11.9v.1M8 2 14.5 13.5h-13Z",
} as const;

export type Icon = keyof typeof paths;

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
