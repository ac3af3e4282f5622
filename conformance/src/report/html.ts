import type { Vector } from '../vector/vector.js';
import { escapeMarkup as esc } from './escape.js';
import type { BytesWindow, FaultBytes } from './fault-bytes.js';
import {
  type FiguresFile,
  figuresHead,
  figuresIntroduction,
  figuresReasons,
  figuresRows,
} from './figures.js';
import { htmlScript, htmlStyle } from './html-style.js';
import { statusSigns } from './markdown.js';
import { countStatuses, type ReportCell, type ReportModel, type ReportRow } from './report-model.js';

/** Where a clause of the specification is, seen from conformance/report in a checkout. */
function clauseUrl(clause: string): string {
  return `../../spec/mapped-ram.md#${esc(clause.replace(/-\d+$/, '').toLowerCase())}`;
}

/** The report as one page of HTML that needs nothing else. */
export function htmlReport(model: ReportModel, figures?: FiguresFile): string {
  const areas = [...new Set(model.rows.map(({ area }) => area))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mapped-ram conformance</title>
<style>${htmlStyle}</style>
</head>
<body>
<h1>mapped-ram conformance</h1>
<p class="soft">${model.rows.length} files with one fault each, or none: what each implementation makes of them, and what real QEMU did.</p>
${summary(model)}
${figures === undefined ? '' : fuzzing(figures)}
<h2>Vectors</h2>
<form hidden>
<input type="search" name="text" placeholder="Filter by words" aria-label="Filter by words">
${choice('area', 'every area', areas)}
${choice('outcome', 'every outcome', ['accepted', 'rejected', 'hazard', 'written'])}
${choice('state', 'every answer', Object.keys(statusSigns))}
<span class="soft" id="shown"></span>
</form>
<div class="wide"><table>
<thead><tr><th>vector</th><th class="what">fault</th><th>expected</th><th>QEMU 10.0</th><th>QEMU 11.1</th>${model.testees.map((testee) => `<th class="testee"><span>${esc(testee)}</span></th>`).join('')}</tr></thead>
<tbody>
${model.rows.map(rowOf).join('\n')}
</tbody>
</table></div>
<h2>What is in them</h2>
${model.rows.map((row) => articleOf(row, model.testees)).join('\n')}
<script>${htmlScript}</script>
</body>
</html>
`;
}

function fuzzing(figures: FiguresFile): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${esc(cell)}</${tag}>`).join('')}</tr>`;
  return `<h2>Fuzzing</h2>
<p class="soft">${esc(figuresIntroduction(figures))}</p>
<div class="wide"><table><thead>${row(figuresHead, 'th')}</thead><tbody>${figuresRows(figures)
    .map((cells) => row(cells, 'td'))
    .join('')}</tbody></table></div>
<details><summary>What only the destination knows, and in how many files at most</summary><ul>${figuresReasons(
    figures,
  )
    .map((reason) => `<li>${esc(reason)}</li>`)
    .join('')}</ul></details>`;
}

function choice(name: string, all: string, values: readonly string[]): string {
  const options = values.map((value) => `<option>${esc(value)}</option>`).join('');
  return `<select name="${name}" aria-label="${name}"><option value="">${all}</option>${options}</select>`;
}

function summary(model: ReportModel): string {
  const rows = [...countStatuses(model)].map(([testee, counts]) => {
    const parts = [...counts].map(
      ([status, count]) => `<span class="${status}">${count} ${esc(status)}</span>`,
    );
    return `<tr><td><code>${esc(testee)}</code></td><td>${parts.join(', ')}</td></tr>`;
  });
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

function rowOf({ id, area, vector, task, cells }: ReportRow): string {
  const outcome = task === undefined ? (vector?.expected.outcome ?? 'accepted') : 'written';
  const { what = 'A good file, as QEMU wrote it.', clauses = [] } = vector ?? task ?? {};
  const states = [...new Set(cells.flatMap((cell) => cell?.status ?? []))].join(' ');
  const text = `${id} ${what} ${clauses.join(' ')}`.toLowerCase();
  const link = (inner: string) => `<a href="#${esc(id)}">${inner}</a>`;
  return `<tr data-id="${esc(id)}" data-area="${esc(area)}" data-outcome="${outcome}" data-states="${states}" data-text="${esc(text)}"><td><code>${link(esc(id))}</code></td><td class="what">${esc(what)}</td><td>${outcome}</td>${verdictCell(vector, '10.0')}${verdictCell(vector, '11.1')}${cells
    .map((cell) =>
      cell === undefined
        ? '<td></td>'
        : `<td class="cell"><a class="${cell.status}" href="#${esc(id)}" title="${esc(cell.status)}">${statusSigns[cell.status]}</a></td>`,
    )
    .join('')}</tr>`;
}

function verdictCell(vector: Vector | undefined, version: '10.0' | '11.1'): string {
  const verdict = vector?.qemu?.[version]?.plain?.verdict;
  return verdict === undefined ? '<td></td>' : `<td class="${verdict}">${verdict}</td>`;
}

function articleOf({ id, vector, task, bytes, cells }: ReportRow, testees: readonly string[]): string {
  const parts = [`<h3>${esc(id)}</h3>`];
  const subject = vector ?? task;
  const clauses = (subject?.clauses ?? [])
    .map((clause) => `<a class="tag" href="${clauseUrl(clause)}">${esc(clause)}</a>`)
    .join('');
  if (subject !== undefined) {
    parts.push(`<p>${esc(subject.what)} <span class="soft">${esc(subject.why)}</span></p>`);
  }
  if (task !== undefined) {
    const blocks = task.blocks.map(
      ({ id: idstr, usedLength, pageSize }) =>
        `${esc(idstr)} (${usedLength / 1024} KiB, pages of ${pageSize})`,
    );
    parts.push(
      `<p>To be <b>written</b>, then read by two others and restored by QEMU ${task.restoredBy.join(' and ')}. ${clauses}</p>`,
      `<p class="soft">${blocks.join(', ')}; device states of the capture <code>${esc(task.base)}</code>.</p>`,
    );
  }
  if (vector !== undefined) {
    const rules = vector.expected.rules.map((rule) => `<span class="tag">${esc(rule)}</span>`).join('');
    parts.push(
      `<p>Expected: <b>${vector.expected.outcome}</b>, met at ${vector.expected.stage}. ${clauses}${rules}</p>`,
      `<p class="soft">Made from the capture <code>${esc(vector.base)}</code>, ${vector.file.sizeBytes.toLocaleString('en')} bytes.${
        vector.needsDestination === undefined
          ? ''
          : ` Only the destination can know what becomes of it: ${esc(vector.needsDestination)}.`
      }</p>`,
    );
    if (bytes !== undefined) parts.push(bytesOf(bytes));
    parts.push(verdictsOf(vector));
  }
  const answers = cells.flatMap((cell, index) =>
    cell === undefined ? [] : [answerOf(testees[index] ?? '', cell)],
  );
  parts.push(`<table><tbody>${answers.join('')}</tbody></table>`);
  return `<article id="${esc(id)}">${parts.join('\n')}</article>`;
}

function verdictsOf({ qemu = {} }: Vector): string {
  const rows = Object.entries(qemu).flatMap(([version, record]) =>
    (['plain', 'multifd'] as const).flatMap((mode) => {
      const said = record?.[mode];
      if (said === undefined) return [];
      return `<tr><td>QEMU ${esc(version)} ${mode}</td><td class="${said.verdict}">${said.verdict}</td><td class="soft">${esc(said.says)}</td></tr>`;
    }),
  );
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

function answerOf(testee: string, { status, results }: ReportCell): string {
  const questions = new Map<string, string[]>();
  for (const { question, detail, status: asked } of results) {
    if (detail !== '' && asked !== 'passed') {
      questions.set(detail, [...(questions.get(detail) ?? []), question]);
    }
  }
  const details = [...questions].map(([detail, asked]) => `${asked.join(', ')}: ${detail}`);
  const shown = details.slice(0, 4).join('; ');
  return `<tr><td><code>${esc(testee)}</code></td><td class="${status}">${statusSigns[status]} ${status}</td><td class="soft">${esc(shown.slice(0, 400))}</td></tr>`;
}

function bytesOf({ edit, moreEdits, before, after }: FaultBytes): string {
  const more = moreEdits === 0 ? '' : `, the first of ${moreEdits + 1} edits`;
  return `<div class="pair"><div><span class="soft">before</span><pre>${dump(before)}</pre></div><div><span class="soft">after: <code>${edit.op}</code>${more}</span><pre>${dump(after)}</pre></div></div>`;
}

function dump({ byteOffset, bytes, marked: [from, to] }: BytesWindow): string {
  const lines: string[] = [];
  for (let row = 0; row < bytes.length; row += 16) {
    const cells = [...bytes.subarray(row, row + 16)].map((byte, index) => {
      const text = byte.toString(16).padStart(2, '0');
      return row + index >= from && row + index < to ? `<mark>${text}</mark>` : text;
    });
    const text = [...bytes.subarray(row, row + 16)]
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? esc(String.fromCharCode(byte)) : '.'))
      .join('');
    const offset = (byteOffset + row).toString(16).padStart(8, '0');
    const space = '   '.repeat(16 - cells.length);
    lines.push(
      `<span class="soft">${offset}</span>  ${cells.join(' ')}${space}  <span class="soft">${text}</span>`,
    );
  }
  return lines.length === 0 ? '<span class="soft">the end of the file</span>' : lines.join('\n');
}
