import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Family } from './destinations.js';
import { judge, type SavedFamily, saveFamily } from './matrix.js';

/**
 * Holds what is said of every destination of every family against what real QEMU does there.
 *
 * @param across What is changed where the file was saved by another release than the destination's.
 * @param each Whether each change is tried with each release; with one in turn otherwise.
 */
export function testMatrix(families: readonly Family[], across: ReadonlySet<string>, each: boolean): void {
  describe.each(families)('$name', (family) => {
    describe.each(QEMU_VERSIONS)('saved by QEMU %s', (from) => {
      const inTurn = QEMU_VERSIONS.indexOf(from);
      const missing = QEMU_VERSIONS.map((version) => findQemu(version, family.machine.target)).find(
        (program) => program.kind === 'missing',
      );
      let saved: SavedFamily | undefined;
      beforeAll(async () => {
        if (missing === undefined) saved = await saveFamily(family, from);
      });
      afterAll(() => saved?.remove());

      const cases = QEMU_VERSIONS.flatMap((to) =>
        family.variations
          .filter(({ what }, index) =>
            from === to ? each || index % QEMU_VERSIONS.length === inTurn : across.has(what),
          )
          .map((variation) => ({ to, variation, what: variation.what })),
      );
      const skipped = missing?.kind === 'missing' ? `, missing tool: ${missing.reason}` : '';
      test.skipIf(missing !== undefined).each(cases)(
        `in QEMU $to, $what: does what is said${skipped}`,
        async ({ to, variation }) => {
          const { fit, seen, text } = await judge(saved as SavedFamily, family.machine, variation, to);
          const said = fit.findings
            .filter(({ outcome }) => outcome !== 'restores')
            .map(({ message }) => message);
          expect(fit.verdict === 'restores', `${text} | ${said.join('; ')}`).toBe(seen === 'restores');
        },
      );
    });
  });
}
