/** The look of the page, light and dark. */
export const htmlStyle = `
:root { color-scheme: light dark; --ink: #1c1f23; --soft: #626b75; --line: #d9dee3; --paper: #ffffff; --wash: #f4f6f8; --good: #1a7f37; --bad: #c62828; --odd: #9a6700; --mark: #ffe08a; --accent: #0b5cad }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --soft: #98a2ad; --line: #30363d; --paper: #14171a; --wash: #1d2125; --good: #56d364; --bad: #ff7b72; --odd: #e3b341; --mark: #6b5300; --accent: #6cb6ff } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 6rem; max-width: 90rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { margin: 0 0 .25rem; font-size: 1.6rem } h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem } h3 { margin: 0; font: 600 1rem ui-monospace, monospace }
p { margin: .4rem 0; max-width: 60rem } a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
.soft { color: var(--soft) } code, pre { font: .86em/1.5 ui-monospace, monospace }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .28rem .6rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap }
th { font-weight: 600; color: var(--soft); font-size: .85rem } .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px }
.wide table { width: 100% } .wide thead th { position: sticky; top: 0; background: var(--wash) } .wide tr:last-child td { border-bottom: 0 }
th { vertical-align: bottom } th.testee { padding: .5rem .2rem; text-align: center } th.testee span { writing-mode: vertical-rl; transform: rotate(180deg) } td.cell { padding: .28rem .2rem; text-align: center } td.cell a { display: block } tbody tr:hover { background: var(--wash) } td.what { white-space: normal; min-width: 16rem; color: var(--soft); font-size: .9rem }
.passed { color: var(--good) } .failed, .crashed, .errored, .malformed, .timed-out, .over-memory, .unexpected-pass { color: var(--bad); font-weight: 700 } .skipped { color: var(--soft) } .known-failing { color: var(--odd) }
.restores { color: var(--good) } .refused { color: var(--accent) } .crashes, .wrong-memory { color: var(--bad) }
form { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; align-items: center } input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .35rem .6rem } input[type=search] { flex: 1 1 16rem }
article td { white-space: normal; overflow-wrap: anywhere } article td:first-child { white-space: nowrap } article { border-top: 1px solid var(--line); padding: 1.1rem 0; scroll-margin-top: 1rem } article:target { background: var(--wash); box-shadow: 0 0 0 .75rem var(--wash); border-radius: 4px }
.pair { display: flex; flex-wrap: wrap; gap: 1rem } pre { margin: .4rem 0; padding: .6rem .8rem; background: var(--wash); border-radius: 6px; overflow-x: auto } article:target pre { background: var(--paper) } mark { background: var(--mark); color: inherit; border-radius: 2px }
.tag { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 99px; font-size: .82rem; margin-right: .3rem }
@media (max-width: 40rem) { body { padding: 1rem .75rem 4rem } td.what { display: none } th.what { display: none } }
`;

/** Filters the rows; without it, all of them are shown. */
export const htmlScript = `
const form = document.querySelector('form');
const rows = [...document.querySelectorAll('tr[data-id]')];
const shown = document.querySelector('#shown');
form.hidden = false;
const filter = () => {
  const { text, area, outcome, state } = form.elements;
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const fits = (!area.value || row.dataset.area === area.value) && (!outcome.value || row.dataset.outcome === outcome.value) &&
      (!state.value || row.dataset.states.split(' ').includes(state.value)) && words.every((word) => row.dataset.text.includes(word));
    row.hidden = !fits;
    if (fits) count++;
  }
  shown.textContent = count + ' of ' + rows.length;
};
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
filter();
`;
