import type { Rule } from './rule.js';
import { armRegisterUnknownRule } from './rules/arm-register-unknown/rule.js';
import { armTimerUnexpectedRule } from './rules/arm-timer-unexpected/rule.js';
import { backgroundSnapshotRule } from './rules/background-snapshot/rule.js';
import { bitmapAllSetRule } from './rules/bitmap-all-set/rule.js';
import { bitmapByteOrderRule } from './rules/bitmap-byte-order/rule.js';
import { bitmapOffsetOutsideRule } from './rules/bitmap-offset-outside/rule.js';
import { bitmapOffsetUnusualRule } from './rules/bitmap-offset-unusual/rule.js';
import { bitmapOverlapRule } from './rules/bitmap-overlap/rule.js';
import { bitmapTailBitsRule } from './rules/bitmap-tail-bits/rule.js';
import { bitmapTooLargeRule } from './rules/bitmap-too-large/rule.js';
import { bitmapZeroOverDataRule } from './rules/bitmap-zero-over-data/rule.js';
import { blockDuplicateRule } from './rules/block-duplicate/rule.js';
import { blockNameRule } from './rules/block-name/rule.js';
import { blockOrderRule } from './rules/block-order/rule.js';
import { blockTableRule } from './rules/block-table/rule.js';
import { capabilityUnknownRule } from './rules/capability-unknown/rule.js';
import { capabilityUnusualRule } from './rules/capability-unusual/rule.js';
import { changedSinceSealedRule } from './rules/changed-since-sealed/rule.js';
import { classicPageRecordRule } from './rules/classic-page-record/rule.js';
import { classicPagesMissingRule } from './rules/classic-pages-missing/rule.js';
import { classicPagesUnreadRule } from './rules/classic-pages-unread/rule.js';
import { commandLengthRule } from './rules/command-length/rule.js';
import { commandMisplacedRule } from './rules/command-misplaced/rule.js';
import { commandUnknownRule } from './rules/command-unknown/rule.js';
import { configurationMalformedRule } from './rules/configuration-malformed/rule.js';
import { configurationMissingRule } from './rules/configuration-missing/rule.js';
import { deviceStateMismatchRule } from './rules/device-state-mismatch/rule.js';
import { deviceStateNotCheckedRule } from './rules/device-state-not-checked/rule.js';
import { deviceVersionUnsupportedRule } from './rules/device-version-unsupported/rule.js';
import { devicesNotCheckedRule } from './rules/devices-not-checked/rule.js';
import { diskHasBitmapsRule } from './rules/disk-has-bitmaps/rule.js';
import { footerMismatchRule } from './rules/footer-mismatch/rule.js';
import { footerMissingRule } from './rules/footer-missing/rule.js';
import { footersAbsentRule } from './rules/footers-absent/rule.js';
import { holesLostRule } from './rules/holes-lost/rule.js';
import { ignoreSharedRule } from './rules/ignore-shared/rule.js';
import { ignoredBlockRule } from './rules/ignored-block/rule.js';
import { internalSnapshotRule } from './rules/internal-snapshot/rule.js';
import { libvirtCookieOffsetRule } from './rules/libvirt-cookie-offset/rule.js';
import { libvirtDomainMismatchRule } from './rules/libvirt-domain-mismatch/rule.js';
import { libvirtFormatRule } from './rules/libvirt-format/rule.js';
import { libvirtHeaderRule } from './rules/libvirt-header/rule.js';
import { libvirtIgnoreSharedRule } from './rules/libvirt-ignore-shared/rule.js';
import { libvirtIncompleteRule } from './rules/libvirt-incomplete/rule.js';
import { libvirtMappedMemoryRule } from './rules/libvirt-mapped-memory/rule.js';
import { libvirtVersionRule } from './rules/libvirt-version/rule.js';
import { libvirtXmlRule } from './rules/libvirt-xml/rule.js';
import { limitExceededRule } from './rules/limit-exceeded/rule.js';
import { machineTypeRule } from './rules/machine-type/rule.js';
import { machineTypeMissingRule } from './rules/machine-type-missing/rule.js';
import { mappedRamHeaderVersionRule } from './rules/mapped-ram-header-version/rule.js';
import { notAMigrationStreamRule } from './rules/not-a-migration-stream/rule.js';
import { notMappedRamRule } from './rules/not-mapped-ram/rule.js';
import { pageBitsLostRule } from './rules/page-bits-lost/rule.js';
import { pageSizeMismatchRule } from './rules/page-size-mismatch/rule.js';
import { pageSizeZeroRule } from './rules/page-size-zero/rule.js';
import { pagesOffsetUnalignedRule } from './rules/pages-offset-unaligned/rule.js';
import { pagesOffsetUnusualRule } from './rules/pages-offset-unusual/rule.js';
import { pagesOverlapRule } from './rules/pages-overlap/rule.js';
import { pagesStoredThoughZeroRule } from './rules/pages-stored-though-zero/rule.js';
import { pagesTruncatedRule } from './rules/pages-truncated/rule.js';
import { ramEndMissingRule } from './rules/ram-end-missing/rule.js';
import { ramEosExtraBitsRule } from './rules/ram-eos-extra-bits/rule.js';
import { ramFlagForbiddenRule } from './rules/ram-flag-forbidden/rule.js';
import { ramFlagsUnknownRule } from './rules/ram-flags-unknown/rule.js';
import { ramInstanceRule } from './rules/ram-instance/rule.js';
import { ramPartMissingRule } from './rules/ram-part-missing/rule.js';
import { ramSectionMissingRule } from './rules/ram-section-missing/rule.js';
import { ramSectionOrderRule } from './rules/ram-section-order/rule.js';
import { ramSizeMissingRule } from './rules/ram-size-missing/rule.js';
import { ramSizeRepeatedRule } from './rules/ram-size-repeated/rule.js';
import { ramVersionRule } from './rules/ram-version/rule.js';
import { saveCancelledRule } from './rules/save-cancelled/rule.js';
import { sealedRule } from './rules/sealed/rule.js';
import { sectionIdDuplicateRule } from './rules/section-id-duplicate/rule.js';
import { sectionIdUnknownRule } from './rules/section-id-unknown/rule.js';
import { sectionNameRule } from './rules/section-name/rule.js';
import { sectionTypeUnknownRule } from './rules/section-type-unknown/rule.js';
import { sectionUndescribedRule } from './rules/section-undescribed/rule.js';
import { stalePagesRule } from './rules/stale-pages/rule.js';
import { streamTruncatedRule } from './rules/stream-truncated/rule.js';
import { streamVersionRule } from './rules/stream-version/rule.js';
import { targetPageBitsRule } from './rules/target-page-bits/rule.js';
import { trailingBytesRule } from './rules/trailing-bytes/rule.js';
import { usedLengthUnalignedRule } from './rules/used-length-unaligned/rule.js';
import { valueTooLargeRule } from './rules/value-too-large/rule.js';
import { virtioRingTooLargeRule } from './rules/virtio-ring-too-large/rule.js';
import { vmdescriptionBadRule } from './rules/vmdescription-bad/rule.js';
import { vmdescriptionMismatchRule } from './rules/vmdescription-mismatch/rule.js';
import { vmdescriptionMissingRule } from './rules/vmdescription-missing/rule.js';

/** Every rule, in the order in which a stream is read. */
export const rules: readonly Rule[] = [
  libvirtHeaderRule,
  libvirtIncompleteRule,
  libvirtVersionRule,
  libvirtFormatRule,
  libvirtCookieOffsetRule,
  libvirtXmlRule,
  libvirtDomainMismatchRule,
  notAMigrationStreamRule,
  streamVersionRule,
  streamTruncatedRule,
  limitExceededRule,
  valueTooLargeRule,
  notMappedRamRule,
  internalSnapshotRule,
  diskHasBitmapsRule,
  configurationMissingRule,
  configurationMalformedRule,
  machineTypeRule,
  machineTypeMissingRule,
  targetPageBitsRule,
  capabilityUnknownRule,
  capabilityUnusualRule,
  ignoreSharedRule,
  libvirtIgnoreSharedRule,
  sectionTypeUnknownRule,
  sectionNameRule,
  sectionUndescribedRule,
  deviceVersionUnsupportedRule,
  sectionIdUnknownRule,
  sectionIdDuplicateRule,
  footerMissingRule,
  footerMismatchRule,
  footersAbsentRule,
  commandUnknownRule,
  commandLengthRule,
  commandMisplacedRule,
  ramVersionRule,
  ramInstanceRule,
  ramSectionMissingRule,
  ramSectionOrderRule,
  ramPartMissingRule,
  ramEndMissingRule,
  ramFlagForbiddenRule,
  ramFlagsUnknownRule,
  ramEosExtraBitsRule,
  ramSizeMissingRule,
  ramSizeRepeatedRule,
  classicPageRecordRule,
  classicPagesMissingRule,
  classicPagesUnreadRule,
  blockTableRule,
  blockNameRule,
  blockDuplicateRule,
  blockOrderRule,
  usedLengthUnalignedRule,
  bitmapTooLargeRule,
  ignoredBlockRule,
  mappedRamHeaderVersionRule,
  pageSizeZeroRule,
  pageSizeMismatchRule,
  bitmapOffsetOutsideRule,
  bitmapOverlapRule,
  bitmapOffsetUnusualRule,
  pagesOffsetUnalignedRule,
  pagesOffsetUnusualRule,
  pagesOverlapRule,
  pagesTruncatedRule,
  saveCancelledRule,
  backgroundSnapshotRule,
  bitmapZeroOverDataRule,
  libvirtMappedMemoryRule,
  bitmapTailBitsRule,
  bitmapByteOrderRule,
  bitmapAllSetRule,
  pagesStoredThoughZeroRule,
  pageBitsLostRule,
  stalePagesRule,
  holesLostRule,
  deviceStateMismatchRule,
  armRegisterUnknownRule,
  armTimerUnexpectedRule,
  virtioRingTooLargeRule,
  deviceStateNotCheckedRule,
  devicesNotCheckedRule,
  vmdescriptionMissingRule,
  vmdescriptionBadRule,
  vmdescriptionMismatchRule,
  trailingBytesRule,
  sealedRule,
  changedSinceSealedRule,
];

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
