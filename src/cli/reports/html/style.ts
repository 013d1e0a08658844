/** How a report looks: on a screen, light and dark, on a phone, and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #fff; --ink: #1d2733; --soft: #55606e; --line: #dcdfe3;
  --one: #1f66c7; --two: #b4540a; --right: #9cc4f2; --wrong: #f3ab94;
  --shade: #1d273340;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --card: #1b2128; --ink: #e8ebee; --soft: #a5b0bc; --line: #37404a;
    --one: #7cb4ff; --two: #f2a65a; --right: #24548c; --wrong: #84331f;
    --shade: #000;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 68rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
header { margin-bottom: 2rem; }
h1 { margin: 0; font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.15; letter-spacing: -0.02em; }
h3 { margin: 1.25rem 0 0.5rem; font-size: 1rem; }
h2 { margin: 0 0 0.75rem; font-size: 1.25rem; letter-spacing: -0.01em; }
p { margin: 0 0 1rem; max-width: 44rem; }
header p { color: var(--soft); margin: 0.4rem 0 0; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.75rem; margin: 1.5rem 0 0; padding: 0; }
.figures div { min-width: 6rem; }
.figures dt { color: var(--soft); font-size: 0.875rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; letter-spacing: -0.01em; }
section {
  margin: 0 0 1.25rem; padding: 1.4rem 1.5rem; border: 1px solid var(--line); border-radius: 0.75rem;
  background: var(--card);
}
.charts, .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem 2rem; align-items: start; }
figure { margin: 0; max-width: 36rem; }
figcaption, caption { color: var(--soft); font-size: 0.875rem; text-align: left; margin-bottom: 0.35rem; padding-bottom: 0.35rem; }
.chart { display: block; width: 100%; height: auto; font-size: 13px; overflow: visible; }
.chart line { stroke: var(--line); }
.chart text { fill: var(--soft); }
.chart .level line { stroke: var(--soft); stroke-dasharray: 2 3; }
.curve { fill: none; stroke-width: 2.25; stroke-linejoin: round; }
.dots { stroke-width: 6; stroke-linecap: round; stroke-opacity: 0.65; }
path.curve-1 { stroke: var(--one); } path.curve-2 { stroke: var(--two); }
circle.curve-1 { fill: var(--one); } circle.curve-2 { fill: var(--two); }
.legend { display: flex; gap: 1.25rem; font-size: 0.875rem; margin-bottom: 0.5rem; }
.swatch { display: inline-block; width: 1.1rem; height: 0.22rem; margin-right: 0.45rem; vertical-align: middle; border-radius: 1px; }
.swatch-1 { background: var(--one); } .swatch-2 { background: var(--two); }
.scroll {
  overflow-x: auto;
  /* A shadow at the side where there is more: what moves with the table covers it at the table's end. */
  background:
    linear-gradient(to right, var(--card) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--card) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 0.8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 0.8rem 100% no-repeat scroll;
}
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.28rem 0.6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; } tbody th, thead th:first-child, td:only-of-type { text-align: left; }
thead th { color: var(--soft); font-weight: 500; }
.words { text-align: left; }
.pair > table { width: 100%; } .pair > table td { white-space: normal; overflow-wrap: anywhere; text-align: left; }
.bars th + td { min-width: 6rem; width: 40%; }
.bars { width: 100%; }
.scroll + .charts { margin-top: 1.25rem; }
.bars i { display: block; height: 0.7rem; background: var(--one); border-radius: 2px; }
.matrix th, .matrix td { padding: 0.3rem 0.4rem; text-align: center; border: 0; min-width: 2.3rem; }
.matrix caption { white-space: nowrap; }
.matrix .right { background: color-mix(in srgb, var(--right) var(--heat), transparent); }
.matrix .wrong { background: color-mix(in srgb, var(--wrong) var(--heat), transparent); }
.matrix .none { color: var(--soft); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.6rem, 1fr)); gap: 0.6rem; }
img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 3px; }
.pictures img { border: 1px solid var(--line); }
.for { color: var(--one); font-weight: 600; } .against { color: var(--two); font-weight: 600; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; font-size: 0.85rem; line-height: 1.35; }
.mistakes span { display: block; margin-top: 0.3rem; overflow-wrap: anywhere; }
.mistakes .thought { color: var(--soft); margin-top: 0.1rem; }
pre { margin: 0 0 1rem; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 0.5rem; background: var(--paper); border: 1px solid var(--line); }
code { font: 0.875rem/1.5 ui-monospace, monospace; }
.hash span { color: var(--soft); } .hash code { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--one); outline-offset: 2px; }
footer { color: var(--soft); font-size: 0.875rem; margin-top: 2rem; }
@media (max-width: 40rem) { body { padding: 1.5rem 0.75rem 3rem; } section { padding: 1.1rem 0.9rem; } }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid; } .scroll { overflow: visible; } }
`;
