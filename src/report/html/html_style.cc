// Tests: tests/report/html/html_test.cc
// The page's style sheet.
#include "report/html/html.h"

namespace thaw {

const MarkupView kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f8fb; --ink: #1a2230; --muted: #566172; --rule: #dfe4eb;
  --better: #11705f; --worse: #a8263f; --heat: 37 99 168; --link: #1f5a9c;
  --good: 22 128 111; --bad: 184 51 79;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --panel: #191f27; --ink: #e6eaf0; --muted: #a3aebd; --rule: #2b343f;
    --better: #4fc3ad; --worse: #f28a9b; --heat: 74 143 220; --link: #8dbcf0;
    --good: 47 160 140; --bad: 210 80 106;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
body::before {
  content: ""; display: block; height: 4px;
  background: linear-gradient(90deg, #2563a8, #6ca8ec 45%, #e2a950 75%, #b5721a);
}
main { max-width: 74rem; margin: 0 auto; padding: 1.1rem 1.5rem 3rem; }
header { max-width: 68rem; margin-bottom: 1rem; }
.over { margin: 0 0 .35rem; color: var(--muted); font-size: .875rem; letter-spacing: .02em; }
h1 {
  margin: 0 0 .5rem; font-size: clamp(1.3rem, 1.15rem + .55vw, 1.6rem); line-height: 1.25;
  font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; text-wrap: pretty;
}
.basis { margin: 0 0 .35rem; font-size: .9375rem; line-height: 1.45; overflow-wrap: anywhere; }
.standfirst, .small { margin: 0; color: var(--muted); font-size: .875rem; overflow-wrap: anywhere; }
.first { display: grid; gap: .75rem 2.5rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
.first > div { min-width: 0; }
.first .scroll { margin-bottom: .4rem; }
.first .scroll + .small { margin-top: 0; }
.summary tbody th > div { display: flex; gap: .5rem; }
.summary th, .summary td { padding-top: .3rem; padding-bottom: .3rem; }
.summary .mark { display: inline; }
.summary .icon { margin-top: .25rem; }
.taken > * { background: rgb(var(--heat) / .1); }
.reference > * { color: var(--muted); }
.first + section { margin-top: 1.75rem; }
@media (min-width: 60rem) { .first { grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); } }
section { margin-top: 3rem; }
h2 { margin: 0 0 1rem; font-size: 1.3rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 650; }
section p, h2, h3, summary, caption { overflow-wrap: anywhere; }
section > p, details > p { max-width: 46rem; margin: 0 0 1rem; color: var(--muted); }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

.scroll { overflow-x: auto; margin: 0 0 1rem; container-type: inline-size; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
caption { caption-side: top; position: sticky; left: 0; width: fit-content; max-width: calc(100vw - 2rem); max-width: 100cqw; text-align: left; padding: 0 0 .5rem; color: var(--muted); font-size: .875rem; }
.grid caption { color: var(--ink); font-weight: 650; font-size: 1rem; }
th, td { padding: .45rem .65rem; text-align: right; vertical-align: top; white-space: nowrap; unicode-bidi: isolate; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th, thead td { color: var(--muted); font-weight: 500; font-size: .8125rem; vertical-align: bottom; border-bottom: 1px solid var(--ink); }
tbody th { font-weight: 500; white-space: normal; min-width: 5rem; max-width: 20rem; overflow-wrap: break-word; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tfoot { color: var(--muted); }
tfoot th { font-weight: 500; }
tfoot tr:first-child > * { border-top: 1px solid var(--ink); }
.best { font-weight: 650; }
.share { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }

thead th { white-space: normal; max-width: 14rem; overflow-wrap: break-word; }
.comparison thead th { min-width: 5.2rem; }
.comparison tbody th { min-width: 11rem; white-space: normal; font-weight: 650; }
.comparison tbody th > div { display: flex; gap: .5rem; }
.icon { flex: none; width: 14px; height: 14px; margin-top: .3rem; }
.mark { display: block; color: var(--worse); font-size: .8125rem; font-weight: 600; }
.kind, .change { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
.interval, .sd { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
.decides { color: var(--ink) !important; font-weight: 650 !important; }
.failure { text-align: left !important; color: var(--worse); white-space: normal; overflow-wrap: anywhere; }
.better { color: var(--better); }
.worse { color: var(--worse); }

.conclusion { max-width: 54rem; padding: 1.1rem 1.35rem; background: var(--panel); border-left: 4px solid var(--link); border-radius: 0 6px 6px 0; }
.conclusion h3 { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.conclusion ul { max-width: 50rem; }
.words { display: grid; gap: 1.5rem 2.5rem; margin-top: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.words h3 { color: var(--muted); }
.words ul, .conclusion ul { margin: 0; padding: 0; list-style: none; }
.words li, .conclusion li { margin: 0 0 .6rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
.conclusion li:last-child { margin: 0; }
section:first-of-type { margin-top: 0; }
section:first-of-type > h2 { font-size: 1.05rem; margin-bottom: .75rem; color: var(--muted); }

nav { margin: 2rem 0 0; padding: .6rem 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
nav ul { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: 0; padding: 0; list-style: none; font-size: .875rem; }
nav a { display: inline-block; padding: .2rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }

details { margin: 1rem 0 0; }
.words details, .conclusion details { margin: 0; }
.words li:last-child { margin-bottom: 0; }
.words ul + details > ul, .conclusion ul + details > ul { margin-top: .3rem; }
summary { width: fit-content; max-width: 100%; padding: .3rem 0; color: var(--link); font-size: .9375rem; cursor: pointer; }
details[open] > summary { margin-bottom: .75rem; }

.grid { display: grid; gap: 1.75rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.grid + .grid, .grid + .scroll, .grid + p, .grid + h3, .scroll + h3, .scroll + p, details + h3, details + p, details + .scroll, details + .grid, .scroll + .grid { margin-top: 1.75rem; }
.grid.large { grid-template-columns: minmax(0, 1fr); }
.grid.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); align-items: start; }
.grid > * { min-width: 0; margin: 0; }
.grid table { font-size: .875rem; }
.grid th, .grid td { padding-left: .3rem; padding-right: .3rem; }
.grid th { white-space: normal; }
.grid th:first-child, .grid td:first-child { padding-left: 0; }
.grid th:last-child, .grid td:last-child { padding-right: 0; }
figure { margin: 0; max-width: 28rem; }
.plot { display: block; width: 100%; height: auto; }
.plot.icon { width: 14px; height: 14px; }
.plot.slice { display: inline-block; width: 8rem; height: 14px; }

.heat-table { width: auto; border-collapse: separate; border-spacing: 2px; }
.heat-table th, .heat-table td { border: 0 !important; text-align: center; padding: .5rem .6rem; }
.heat-table th { min-width: 4.4rem; max-width: 8rem; white-space: normal; overflow-wrap: break-word; }
.large .heat-table thead th { min-width: 0; max-width: none; writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; white-space: nowrap; padding: .6rem .2rem; }
.large .heat-table tbody th { max-width: 14rem; white-space: nowrap; }
.large .heat-table tbody td { min-width: 3.2rem; padding: .3rem .35rem; }
.heat-table tbody th { text-align: right; padding-left: 0; vertical-align: middle; color: var(--muted); font-weight: 500; font-size: .875rem; }
.heat-table .corner { padding-left: 0; text-align: left; font-size: .75rem; }
.heat-table tbody td {
  min-width: 4.4rem; font-weight: 500; border-radius: 3px;
  background: rgb(var(--heat) / calc(.05 + var(--share) * .55));
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
.heat-table tbody td .share { color: inherit; }
.heat-table .diagonal { font-weight: 650; }

.heat-table tbody td.good { background: rgb(var(--good) / calc(.06 + var(--share) * .4)); box-shadow: inset 0 0 0 1.5px rgb(var(--good)); }
.heat-table tbody td.bad { background: rgb(var(--bad) / calc(.06 + var(--share) * .4)); border: 1.5px dashed rgb(var(--bad)) !important; }
.heat-table tbody td.same { background: none; color: var(--muted); }
.key { display: inline-block; padding: 0 .45rem; border-radius: 3px; color: var(--ink); font-size: .875rem; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.key.good { background: rgb(var(--good) / .22); border: 1.5px solid rgb(var(--good)); }
.key.bad { background: rgb(var(--bad) / .22); border: 1.5px dashed rgb(var(--bad)); }

.bar { min-width: 8rem; background: linear-gradient(rgb(var(--heat) / .55), rgb(var(--heat) / .55)) left .65rem bottom .2rem / calc((100% - 1.3rem) * var(--share)) 3px no-repeat; padding-bottom: .65rem;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.bar .share { display: inline-block; min-width: 4rem; }
.data tbody th { max-width: 16rem; }
.data, .settings, .confusions, .pairs, .calibration { width: auto; min-width: min(100%, 32rem); }
.pairs tbody th { min-width: 9rem; }
.texts { min-width: 34rem; margin-bottom: 1rem; }
.texts td, .texts thead th { text-align: left; white-space: normal; max-width: 14rem; overflow-wrap: break-word; }
.rest summary { display: inline; color: inherit; list-style: none; cursor: pointer; }
.rest[open] summary { display: none; }
.rest { display: inline; }
.place { color: var(--muted); font-size: .8125rem; }
.hash { font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.texts th:first-child { width: 60%; max-width: none; white-space: normal; overflow-wrap: anywhere; font-weight: 400; }
dl { margin: 0; font-size: .9375rem; }
dl > div { display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--rule); }
dl > div:first-child { border-top: 1px solid var(--ink); }
dt { color: var(--muted); overflow-wrap: anywhere; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
pre { margin: 0; padding: .75rem 1rem; width: max-content; min-width: 100%; background: var(--panel); font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
#run ~ .grid, #run ~ h3 { margin-top: 1.5rem; }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .875rem; }
footer p { margin: 0; }

@media (max-width: 34rem) {
  main { padding: 1.5rem 1rem 2rem; }
  section { margin-top: 2.25rem; }
  .summary .wide { display: none; }
  .summary th, .summary td { padding-left: .3rem; padding-right: .3rem; }
  th, td { padding: .45rem .5rem; }
  .comparison tbody th { min-width: 8.5rem; }
  .comparison th:first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; }
  .heat-table th, .heat-table td { padding: .45rem .4rem; }
  .heat-table th { min-width: 3.4rem; max-width: 6rem; }
  .bar { min-width: 4.5rem; }
  .bar .share { display: block; }
  .data tbody th { max-width: 8rem; }
  .texts { min-width: 0; }
  .texts, .texts caption, .texts tbody, .texts tr, .texts th, .texts td { display: block; width: auto; }
  .texts thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .texts tr { padding: .5rem 0; border-top: 1px solid var(--rule); }
  .texts tr > * { border: 0 !important; padding: .1rem 0 !important; }
  .texts th:first-child { width: auto; }
  .texts td { max-width: none; font-size: .875rem; }
  tbody th { max-width: 11rem; }
  thead th { max-width: 9rem; }
  .texts tbody th { max-width: none; }
  .texts td::before { content: attr(data-label) ": "; color: var(--muted); }
  .texts td .share { display: inline; }
  .heat-table tbody td { min-width: 3.9rem; }
  .conclusion { padding: .9rem 1rem; }
}
@page { margin: 15mm 14mm; }
@media print {
  html { font-size: 9.5pt; }
  body { font-size: 1rem; }
  main { max-width: none; padding: 0; }
  header { margin: 1rem 0 1.6rem; }
  section { margin-top: 1.6rem; }
  h2, h3, caption, thead, section > p { break-after: avoid; }
  section > p, caption { break-inside: avoid; }
  .first { grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr); gap: 1rem 1.25rem; }
  figure, tr, li, dl > div, .grid > .scroll, .grid > div { break-inside: avoid; }
  p + .scroll, p + .grid, h3 + .scroll { break-before: avoid; }
  .scroll { overflow: visible; }
  nav, summary { display: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .conclusion { padding: .6rem .9rem; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .words, .grid { grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem 1.25rem; }
  .grid.tables { grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
  .grid.wide { grid-template-columns: 1fr 1fr; }
  table, .grid table { font-size: .84rem; }
  thead th, thead td, .kind, .change, .share { font-size: .76rem; }
  th, td { padding: .25rem .4rem; }
  .heat-table tbody td { min-width: 3rem; }
  .grid.large { grid-template-columns: minmax(0, 1fr); }
  .large .heat-table { font-size: .62rem; border-spacing: 1px; }
  .large .heat-table tbody td { min-width: 0; padding: .1rem .15rem; }
  .large .heat-table tbody th { font-size: .62rem; padding: .1rem .25rem .1rem 0; }
  .large .heat-table thead th { font-size: .62rem; padding: .2rem .1rem; }
  .large .heat-table .share { display: none; }
  .comparison thead th { min-width: 0; }
  .settings th, .settings td, .pairs th, .pairs td { white-space: normal; min-width: 0; overflow-wrap: break-word; }
  .settings { font-size: .74rem; }
  .comparison tbody th { min-width: 6.5rem; }
  .comparison th, .comparison td { padding: .25rem .22rem; }
  .comparison td span { font-size: .7rem; }
  .texts { min-width: 0; }
  a { color: inherit; text-decoration: none; }
}
)css";

}  // namespace thaw
