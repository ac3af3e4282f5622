import { printable } from './printable.js';
import { formatBytes } from './quantities.js';
import { cutTo } from './text-width.js';

/** The terminal that a progress line is drawn on. */
export interface ProgressTerminal {
  readonly columns?: number;
  write(text: string): unknown;
}

/** What is known of a work beside its bytes. */
export interface ProgressDetails {
  /** The rate of this moment; by default that since the start. */
  readonly bytesPerSecond?: number | undefined;
  /** Stands behind the time that is left. */
  readonly remark?: string | undefined;
}

const SHOW_AFTER_MS = 500;
const BAR_CELLS = 24;
const DEFAULT_COLUMNS = 80;
const ERASE_LINE = '\r\u001b[K';

/** A bar with rate and time left, redrawn in place. Work that is over soon is never shown. */
export class ProgressLine {
  readonly #terminal: ProgressTerminal;
  readonly #now: () => number;
  readonly #label: string;
  readonly #startedAt: number;
  #drawn = false;

  /**
   * @param now Clock in milliseconds.
   */
  constructor(terminal: ProgressTerminal, label: string, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#label = printable(label);
    this.#now = now;
    this.#startedAt = now();
  }

  /** Draws the line anew, unless it is early. */
  update(doneBytes: number, totalBytes: number, details: ProgressDetails = {}): void {
    const elapsedMs = this.#now() - this.#startedAt;
    if (elapsedMs < SHOW_AFTER_MS || totalBytes === 0) return;
    const { bytesPerSecond = (doneBytes / elapsedMs) * 1000, remark } = details;
    const line = describeProgress({ doneBytes, totalBytes, bytesPerSecond, remark, label: this.#label });
    // A full last column would wrap, and the next redraw would leave this line behind.
    this.#terminal.write(ERASE_LINE + cutTo(line, (this.#terminal.columns || DEFAULT_COLUMNS) - 1));
    this.#drawn = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn) this.#terminal.write(ERASE_LINE);
    this.#drawn = false;
  }
}

interface ProgressState {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  readonly remark: string | undefined;
  readonly label: string;
}

function describeProgress({ doneBytes, totalBytes, bytesPerSecond, remark, label }: ProgressState): string {
  const share = Math.min(doneBytes / totalBytes, 1);
  const filled = Math.round(share * BAR_CELLS);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_CELLS - filled);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const rate = `${formatBytes(Math.round(bytesPerSecond))}/s`;
  const left =
    bytesPerSecond > 0 ? `, ${formatDuration((totalBytes - doneBytes) / bytesPerSecond)} left` : '';
  const remarkText = remark === undefined ? '' : `, ${remark}`;
  return `[${bar}] ${percent}% of ${formatBytes(totalBytes)}, ${rate}${left}${remarkText}  ${label}`;
}

/** `8 s`, `2 min 05 s`, `1 h 02 min` */
function formatDuration(seconds: number): string {
  const whole = Math.ceil(Math.max(seconds, 0));
  if (whole < 60) return `${whole} s`;
  const [large, small, largeUnit, smallUnit] =
    whole < 3600
      ? [Math.floor(whole / 60), whole % 60, 'min', 's']
      : [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), 'h', 'min'];
  return `${large} ${largeUnit} ${String(small).padStart(2, '0')} ${smallUnit}`;
}
