import { MappedRamError } from '@mapped-ram/format';
import { describeDevice, type SnapshotFile } from '@mapped-ram/inspect';
import type { Vmdescription } from '@mapped-ram/reader';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { printableJson } from '../../shared/printable.js';
import { textColumns } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';
import { deviceTable } from '../device-text/device-table.js';
import { aboutFile, FileError } from '../file-error.js';
import { forceOption, formatOption } from '../file-options.js';
import { writeOutputFile } from '../output-file.js';
import { paintFor } from '../paint.js';
import { type ReadingOptions, readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { chooseDevices } from './choose-devices.js';
import { devicesJson } from './devices-json.js';
import { type DevicesRequest, requestOf } from './request.js';
import { isUnexplained, readShownDevice, type ShownDevice } from './shown-device.js';
import { deviceText } from './state-text.js';

/** `mr devices` */
export const devicesCommand: Command = {
  arguments: '[options] FILE [NAME]',
  description:
    'Tells the state of the devices, or of those with the given name, field by field as QEMU describes it, and the registers ' +
    'of the CPUs. Every byte is accounted for: where a description does not fit the bytes to the last one, nothing is told.',
  optionGroups: [
    {
      title: 'What to look at',
      options: [
        { name: 'list', help: 'Only names, versions and sizes.' },
        { name: 'registers', help: 'Only the registers of the CPUs.' },
        { name: 'instance', value: 'N', help: 'Of several devices of one name the one with this number.' },
        { name: 'field', value: 'PATH', help: 'Only this field or struct, such as env.segs[0].base.' },
        {
          name: 'described-by',
          value: 'FILE',
          help: 'Another snapshot of the same machine and QEMU, whose description is to be used: for a file that has none.',
        },
      ],
    },
    readingGroup,
    {
      title: 'What to print',
      options: [
        formatOption,
        { name: 'full', help: 'Whole buffers, and every element though it is like the one before.' },
        {
          name: 'dump',
          value: 'OUT',
          help: 'Write the bytes of the device, or of --field, to a file instead.',
        },
        { ...forceOption, help: 'With --dump, replace OUT if it exists.' },
      ],
    },
  ],
  exitStatus: [
    ['0', 'all that was asked for was told'],
    ['1', 'nothing describes the state of a device'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr devices guest.mr cpu', 'the CPUs'],
    ['mr devices --registers guest.mr', 'only their registers'],
    ['mr devices guest.mr cpu --field env.cr[3]', 'one field'],
    ['mr devices guest.mr fw_cfg --dump fw_cfg.bin', 'its bytes, into a file'],
    ['mr devices --format json guest.mr', 'all, for programs'],
  ],

  async run(line, { terminal, signal }) {
    const request = requestOf(line);
    const describedBy = lastValue(line, 'described-by');
    const description =
      describedBy === undefined
        ? undefined
        : await descriptionIn(describedBy, { ...readingOptions(line), signal });
    return withSnapshotFile(request.path, { ...readingOptions(line), signal }, async (file) => {
      const sections = chooseDevices(file, request);
      const shown: ShownDevice[] = [];
      for (const section of request.view === 'list' ? [] : sections) {
        shown.push(await aboutFile(request.path, readShownDevice(file, section, request, description)));
      }
      if (request.dump !== undefined) {
        await dump(file, shown, request, request.dump);
        return ExitStatus.ok;
      }
      const style = { paint: paintFor(terminal), columns: textColumns(terminal.stdout), full: request.full };
      if (request.isJson) terminal.stdout.write(printableJson(devicesJson(request, sections, shown)));
      else if (request.view === 'list')
        terminal.stdout.write(`${deviceTable(sections.map(describeDevice)).join('\n')}\n`);
      else terminal.stdout.write(shown.map((device) => deviceText(device, style)).join('\n'));
      return shown.some(isUnexplained) ? ExitStatus.errorsFound : ExitStatus.ok;
    });
  },
};

/** The vmdescription of another snapshot. */
async function descriptionIn(path: string, options: ReadingOptions): Promise<Vmdescription> {
  const frame = await withSnapshotFile(
    path,
    { ...options, tolerant: true },
    async ({ snapshot }) => snapshot.vmdescription,
  );
  if (frame?.json !== undefined) return frame.json;
  throw new FileError(
    path,
    frame?.fault ?? new MappedRamError('bad-vmdescription', { what: 'it has no vmdescription' }),
  );
}

/** Writes the bytes of one device, or of one part of it. */
async function dump(
  { source }: SnapshotFile,
  shown: readonly ShownDevice[],
  { path, overwrite }: DevicesRequest,
  outputPath: string,
): Promise<void> {
  const [device] = shown;
  if (device === undefined || shown.length > 1) {
    throw new UsageError(`--dump takes one device, and there are ${shown.length}: choose with --instance`);
  }
  const { byteOffset, lengthBytes } = device.state ?? device;
  const bytes = new Uint8Array(lengthBytes);
  await aboutFile(path, source.read(bytes, byteOffset));
  await writeOutputFile(outputPath, bytes, overwrite);
}
