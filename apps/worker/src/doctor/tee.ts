// Which TEEs this machine can launch or is, and whether the simulated one answers. Reads device files.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectTee, openPlatformHost } from '@wetee/tee-device'
import { messageOf } from '../worker-error.ts'
import { error, ok, warning, type Row } from './row.ts'

/** What says that this machine can launch guests of a kind, or that this program runs in one. */
const SIGNS = [
  { path: 'sys/module/kvm_intel/parameters/tdx', on: /^Y/, what: 'launches TDX guests' },
  { path: 'sys/module/kvm_amd/parameters/sev_snp', on: /^Y/, what: 'launches SEV-SNP guests' },
  { path: 'dev/sgx_enclave', what: 'runs SGX enclaves' },
  { path: 'dev/tdx_guest', what: 'is a TDX guest' },
  { path: 'dev/sev-guest', what: 'is an SEV-SNP guest' },
] as const

/** `simulatedSocket`: the simulated machine of the configuration; a network that takes it protects nothing. */
export async function teeRows(
  { simulatedSocket }: { readonly simulatedSocket: string },
  root = '/',
): Promise<Row[]> {
  const signs = SIGNS.filter((sign) => isThere(join(root, sign.path), 'on' in sign ? sign.on : /^/))
  const { device, reasons } = await detectTee({
    reportRoot: join(root, 'sys/kernel/config/tsm/report'),
    gramineRoot: join(root, 'dev/attestation'),
    deviceRoot: join(root, 'dev'),
  })
  const found = signs.map(({ path, what }) => `/${path}: this machine ${what}`)
  const rows =
    found.length > 0
      ? found.map((text) => ok('tee.hardware', text))
      : [
          warning(
            'tee.hardware',
            'no TEE hardware: no TDX or SEV-SNP in KVM, no SGX, and this is no guest of one',
            'a genuine network needs it: turn TDX, SEV-SNP or SGX on in the firmware; a simulated one does not',
          ),
        ]
  if (device === undefined && found.some((text) => text.includes('guest') && text.includes('/dev')))
    rows.push(
      error(
        'tee.reports',
        reasons.map(({ text }) => text).join('; '),
        'mount -t configfs none /sys/kernel/config',
      ),
    )
  if (device !== undefined) rows.push(ok('tee.reports', `${device.platform} gives reports`))
  return [...rows, await simulatedRow(simulatedSocket)]
}

async function simulatedRow(socket: string): Promise<Row> {
  try {
    await openPlatformHost(socket).collateral()
    return warning(
      'tee.simulated',
      `SIMULATED TEE at ${socket}: it protects nothing from this machine`,
      'for development and tests only; this release has no driver for genuine machines',
    )
  } catch (cause) {
    return error(
      'tee.unreachable',
      `the simulated TEE at ${socket} does not answer: ${messageOf(cause)}`,
      'start it, or correct platform.simulatedSocket',
    )
  }
}

function isThere(path: string, content: RegExp): boolean {
  if (!existsSync(path)) return false
  if (path.includes('/dev/')) return true
  try {
    return content.test(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}
