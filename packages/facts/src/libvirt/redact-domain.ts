import type { LibvirtDomain } from './domain.js';
import type { XmlElement } from './xml-element.js';

/** What stands in place of what is not shown. */
const HIDDEN = '...';

/** Attributes that say how the machine is built; any other may name something of the user's. */
const SHOWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['type', 'arch', 'machine', 'unit', 'model', 'placement', 'current', 'id', 'index', 'slots', 'mode'],
  ...[
    'match',
    'check',
    'fallback',
    'policy',
    'migratable',
    'sockets',
    'dies',
    'clusters',
    'cores',
    'threads',
  ],
  ...['bus', 'domain', 'slot', 'function', 'multifunction', 'controller', 'target', 'device', 'cache', 'io'],
  ...[
    'discard',
    'queues',
    'offset',
    'tickpolicy',
    'present',
    'state',
    'enabled',
    'readonly',
    'secure',
    'format',
  ],
  ...[
    'heads',
    'primary',
    'ram',
    'vram',
    'vgamem',
    'cpus',
    'memory',
    'memAccess',
    'autoport',
    'chassis',
    'nodeset',
  ],
  ...[
    'size',
    'order',
    'share',
    'shared',
    'allocation',
    'hotpluggable',
    'iothread',
    'iommu',
    'ats',
    'rombar',
    'snapshot',
  ],
]);

/** The same for elements with such an attribute `name` or `dev`: features of processors, timers; buses of a guest. */
const SHOWN_NAMES: ReadonlySet<string> = new Set(['feature', 'timer', 'driver', 'boot']);

/** Elements whose text says how the machine is built. */
const SHOWN_TEXT: ReadonlySet<string> = new Set([
  ...[
    'memory',
    'currentMemory',
    'maxMemory',
    'vcpu',
    'iothreads',
    'type',
    'model',
    'vendor',
    'size',
    'node',
    'target',
  ],
  ...['on_poweroff', 'on_reboot', 'on_crash', 'emulator'],
]);

/**
 * The domain XML with nothing in it that names something of the user's: names, UUIDs, paths, addresses, passwords, comments, and whatever is
 * not known to be about the machine's build. What is left tells how the machine is built.
 */
export function redactDomain({ root }: LibvirtDomain): string {
  return `${lines(root, '').join('\n')}\n`;
}

function lines(element: XmlElement, indent: string): string[] {
  const { name, children } = element;
  const tag = `${name}${attributesOf(element)}`;
  const text = element.text.trim();
  if (children.length > 0) {
    return [
      `${indent}<${tag}>`,
      ...children.flatMap((child) => lines(child, `${indent}  `)),
      `${indent}</${name}>`,
    ];
  }
  if (text === '') return [`${indent}<${tag}/>`];
  return [`${indent}<${tag}>${SHOWN_TEXT.has(name) ? plain(text) : HIDDEN}</${name}>`];
}

function attributesOf({ name, attributes }: XmlElement): string {
  return Object.entries(attributes)
    .map(([key, value]) => {
      const isShown =
        SHOWN_ATTRIBUTES.has(key) ||
        key.startsWith('xmlns') ||
        (SHOWN_NAMES.has(name) && (key === 'name' || key === 'dev'));
      return ` ${key}='${isShown ? plain(value) : HIDDEN}'`;
    })
    .join('');
}

/** Only what a number, a unit or a name of a model has: nothing that could be more than that. */
function plain(text: string): string {
  return /^[\w.:/ +,-]{1,100}$/.test(text) ? text : HIDDEN;
}
