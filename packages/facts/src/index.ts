export { type Architecture, architectureOf } from './architecture.js';
export { bitmapIsInside } from './blocks/bitmap-inside.js';
export { isGuestMemory, storedBlocks } from './blocks/guest-memory.js';
export {
  findMainRam,
  findMemoryBackends,
  hasObjectPath,
  isKnownMachine,
  objectIdOf,
} from './blocks/memory-backends.js';
export { destinationPageSize } from './blocks/page-size.js';
export { separateBlocks } from './blocks/separate-blocks.js';
export { derivePhysicalMap, findMaxRamBelow4g } from './derive-map.js';
export { armRegisterKey, identifiesArmProcessor } from './devices/arm-register-key.js';
export { findStruct } from './devices/find-struct.js';
export { savedMemorySlots } from './devices/hotplug-devices.js';
export { hotplugProcessors, type SavedProcessors, savedProcessors } from './devices/processors.js';
export {
  firstOversizedRing,
  hasRingOfUnknownLimit,
  shorterRing,
  type VirtioDevice,
} from './devices/ring-limit.js';
export { stateNameOf } from './devices/state-name.js';
export { type SavedVirtioDevice, virtioDevices } from './devices/virtio-devices.js';
export { globalSwitchOf, type LibvirtDomain, privateFileBackends } from './libvirt/domain.js';
export { memorySizeOf } from './libvirt/domain-values.js';
export {
  addQemuArguments,
  changeAttributes,
  type DomainIdentity,
  dropElements,
  renameDomain,
} from './libvirt/edit-domain.js';
export { parseDomain } from './libvirt/parse-domain.js';
export { type DomainReading, readLibvirtCookie, readLibvirtDomain } from './libvirt/read-domain.js';
export { redactDomain } from './libvirt/redact-domain.js';
export { childOf, type XmlElement, XmlError } from './libvirt/xml-element.js';
export { findMachineMemory, type MachineMemory } from './main-memory.js';
export { type BitmapFacts, gatherBitmapFacts } from './pages/bitmap-facts.js';
export { type CompareOptions, comparePages, type PageFacts } from './pages/compare-pages.js';
export { type DataWindow, dataWindows, type FindExtents } from './pages/data-windows.js';
export { type FindDataOptions, findData } from './pages/find-data.js';
export type { NonzeroPageFinder, PagesToScan, ScannedPages } from './pages/nonzero-page-finder.js';
export type { DifferingPages, PageComparer, PagesToCompare } from './pages/page-comparer.js';
export { type ComparedPages, isScannable, type PageSelection, scanBlock } from './pages/scan-block.js';
export { SourcePageFinder } from './pages/source-page-finder.js';
export {
  clipRange,
  endOf,
  type PhysicalMap,
  type PhysicalRange,
  partOf,
  stackLayers,
} from './physical-map.js';
export { checkNothingLost } from './save/check-nothing-lost.js';
export { hasRamEnd, isRamEnded, isSaveComplete } from './save/completion.js';
export {
  type FindUnmarkedOptions,
  findUnmarkedPages,
  type UnmarkedPages,
  type UnmarkedReport,
} from './save/find-unmarked-pages.js';
export { findSaveManner, type GuestDuringSave, type SaveManner } from './save/save-manner.js';
export { meaningOfUnmarked, type UnmarkedEvidence, type UnmarkedMeaning } from './save/unmarked-pages.js';
export { readDevices, StateFields } from './state-fields.js';
