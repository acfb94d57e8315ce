// The page's icons as SVG, so that no font needs to contain them.

const PATHS = {
  hash: "M6 3 5 13M11 3l-1 10M3 6h10.5M2.5 10H13",
  lock: "M4 7.5h8V13H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  home: "M2.5 8 8 3l5.5 5M4 7v6h3v-3h2v3h3V7",
  tools: "M3 4h5M11 4h2M3 8h1M7 8h6M3 12h7M13 12h0M8 2.5v3M4 6.5v3M10 10.5v3",
  bolt: "M9 2 4 9h3.5L7 14l5-7H8.5z",
  send: "M2.5 8 13.5 3 10 13.5 7.5 9zM7.5 9l6-6",
  reply: "M3 3.5h10v7H7L4 13v-2.5H3z",
  more: "M8 3.5v.01M8 8v.01M8 12.5v.01",
  close: "M4 4l8 8M12 4l-8 8",
  menu: "M3 4.5h10M3 8h10M3 11.5h10",
  back: "M10 3 5 8l5 5",
  down: "M8 3v10M4 9l4 4 4-4",
  up: "M8 13V3M4 7l4-4 4 4",
  forward: "M2.5 4 8 8l-5.5 4zM8 4l5.5 4L8 12z",
  threads: "M2.5 3h9v6h-5L4 11.5V9H2.5zM13.5 6v6H12v2l-2.5-2H7",
  eye: "M1.5 8S4 4 8 4s6.5 4 6.5 4S12 12 8 12 1.5 8 1.5 8zM8 6.5v3",
  clip: "M13 7.5 8 12.5a3 3 0 0 1-4.2-4.2l5.4-5.4a2 2 0 0 1 2.9 2.9l-5.3 5.3a1 1 0 0 1-1.5-1.4L9.8 5",
  clock: "M8 2.5a5.5 5.5 0 1 0 .01 0zM8 5v3l2 1.5",
};
const SVG = "http://www.w3.org/2000/svg";

/** An icon in the size of the surrounding text. Screen readers skip it, as there is text for them beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
