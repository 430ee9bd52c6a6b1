// What an operator can do about a TCB that is short. Pure.
import type { ComponentName } from '../../endorsement/intel/component-names.ts'
import type { MissingSvn } from './tcb-status.ts'

/** What to do, by code; the texts are for people. */
export const TCB_REMEDIES = {
  relaunch: 'restart the guest: the host has been updated since it was launched',
  bios: 'install the newest BIOS (UEFI firmware) of the machine’s vendor and restart the host',
  'bios-microcode': 'install a BIOS that carries newer microcode and restart the host',
  'os-microcode': 'install the newest microcode package on the host and restart it',
  'sinit-module': 'install the newest SINIT module (TXT) of the machine’s vendor or Intel',
  'seam-loader': 'install the newest SEAM loader, which comes with the BIOS or the TDX module',
  'tdx-module': 'install the newest TDX module on the host and restart it',
  'host-software': 'update the operating system and hypervisor of the host',
  firmware: 'ask the machine’s vendor for newer firmware: TCB info does not name this component',
  pce: 'update the provisioning certification enclave (SGX and TDX platform software)',
  'quoting-enclave': 'update the quoting enclave (SGX and TDX platform software)',
  'pck-certificate': 'after the update have the host fetch the PCK certificate of its new TCB',
  'bios-setting': 'change the BIOS settings that the advisories name, hyper-threading among them',
  'software-hardening':
    'no update raises this: build what runs inside with the mitigations of the advisories',
} as const

/** Code of a remedy. */
export type TcbRemedy = keyof typeof TCB_REMEDIES

const BY_TYPE: Readonly<Record<string, TcbRemedy>> = {
  'Early Microcode Update': 'bios-microcode',
  'SGX Late Microcode Update': 'os-microcode',
  'TDX Late Microcode Update': 'os-microcode',
  'TXT SINIT': 'sinit-module',
  'SEAMLDR ACM': 'seam-loader',
  'TDX Module': 'tdx-module',
}
const BY_CATEGORY: Readonly<Record<string, TcbRemedy>> = { BIOS: 'bios', 'OS/VMM': 'host-software' }

/** What raises an SVN; `setting`: it stands for what is set, not for what is installed. */
export function remedyFor(
  { of }: MissingSvn,
  { category, type }: ComponentName,
  setting: boolean,
): TcbRemedy {
  if (of === 'pce') return 'pce'
  const byType = type !== null && Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined
  if (byType !== undefined) return byType
  if (category !== null && Object.hasOwn(BY_CATEGORY, category))
    return BY_CATEGORY[category] ?? 'firmware'
  return setting ? 'bios-setting' : 'firmware'
}
