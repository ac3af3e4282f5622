import { expect, it } from 'vitest';
import { parseDomain } from './parse-domain.js';
import { redactDomain } from './redact-domain.js';

it('shows how the machine is built, and nothing of whose it is', () => {
  const domain = parseDomain(`<domain type='kvm'>
  <!-- of Alice -->
  <name>payroll</name>
  <uuid>6d617070-6564-4d72-8d61-6d2d7261d402</uuid>
  <metadata><owner mail='alice@example.com'>Alice</owner></metadata>
  <memory unit='KiB'>4194304</memory>
  <os><type arch='x86_64' machine='pc-q35-11.1'>hvm</type><boot dev='hd'/></os>
  <cpu mode='custom'><model fallback='forbid'>qemu64</model><feature policy='require' name='vmx'/></cpu>
  <devices>
    <disk type='file' device='disk'><source file='/vms/payroll.qcow2'/></disk>
    <interface type='bridge'><mac address='52:54:00:12:34:56'/><source bridge='finance'/></interface>
    <graphics type='vnc' passwd='secret'/>
  </devices>
</domain>`);
  const text = redactDomain(domain);
  for (const word of ['payroll', '6d617070', 'lice', '/vms', '52:54', 'finance', 'secret']) {
    expect(text).not.toContain(word);
  }
  expect(text).toContain("<memory unit='KiB'>4194304</memory>");
  expect(text).toContain("machine='pc-q35-11.1'");
  expect(text).toContain("<feature policy='require' name='vmx'/>");
  expect(parseDomain(text)).toMatchObject({ name: '...', memoryBytes: 4 * 2 ** 30 });
});
