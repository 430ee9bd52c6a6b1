// Which TEE this program runs in, and why it thinks so. Does file I/O.
import { join } from 'node:path'
import type { AnyTeeDevice } from './device.ts'
import { TeeError } from './error.ts'
import { nodeFiles, type DeviceFiles } from './files.ts'
import { GRAMINE_ROOT, openGramineDevice } from './gramine/gramine-device.ts'
import { MEASUREMENTS_ROOT, openConfigfsDevice, REPORT_ROOT } from './kernel/configfs-device.ts'
import { teeErrorOf } from './system-error.ts'

/** What was tried, and what came of it. */
export type DetectionReason = {
  /** The file or folder that was looked at. */
  readonly path: string
  /** `found`, or the code of the TeeError. */
  readonly code: 'found' | (string & {})
  readonly text: string
}

/** A TEE, opened; or none, with the reasons. */
export type Detection =
  | { readonly device: AnyTeeDevice; readonly reasons: readonly DetectionReason[] }
  | { readonly device: undefined; readonly reasons: readonly DetectionReason[] }

/** Where to look; the defaults are those of Linux and Gramine. */
export type DetectOptions = {
  readonly files?: DeviceFiles
  readonly reportRoot?: string
  readonly measurementsRoot?: string
  readonly gramineRoot?: string
  readonly deviceRoot?: string
  /** Label of what is found, for files that are a simulation. */
  readonly simulated?: boolean
  readonly signal?: AbortSignal
}

const MAX_DEVICES = 4_096
/** Device nodes that say a guest runs in a TEE although configfs-tsm does not. */
const DEVICE_NODES: Readonly<Record<string, string>> = {
  tdx_guest: 'this is a TDX guest',
  'sev-guest': 'this is an SEV-SNP guest',
}

/**
 * Looks for SGX under Gramine, then for TDX or SEV-SNP behind configfs-tsm. Only hardware is found: a simulated TEE must
 * be asked for by name. Throws TeeError only when `signal` is raised.
 */
export async function detectTee(options: DetectOptions = {}): Promise<Detection> {
  const files = options.files ?? nodeFiles
  const shared = {
    files,
    ...(options.simulated === undefined ? {} : { simulated: options.simulated }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const reasons: DetectionReason[] = []
  const attempt = async (path: string, open: () => Promise<AnyTeeDevice>) => {
    try {
      const device = await open()
      reasons.push({ path, code: 'found', text: `${device.platform} answers here` })
      return device
    } catch (error) {
      const { code, message } = teeErrorOf(error, path)
      if (code === 'tee.aborted') throw error
      reasons.push({ path, code, text: message })
      return undefined
    }
  }
  const gramineRoot = options.gramineRoot ?? GRAMINE_ROOT
  const reportRoot = options.reportRoot ?? REPORT_ROOT
  const measurementsRoot = options.measurementsRoot ?? MEASUREMENTS_ROOT
  const device =
    (await attempt(gramineRoot, () => openGramineDevice({ ...shared, root: gramineRoot }))) ??
    (await attempt(reportRoot, () =>
      openConfigfsDevice({ ...shared, root: reportRoot, measurementsRoot }),
    ))
  if (device === undefined)
    reasons.push(...(await deviceNodes(files, options.deviceRoot ?? '/dev')))
  return { device, reasons }
}

/** The TEE that is there. Throws TeeError `tee.not-found` with every reason; never takes a simulated one instead. */
export async function openDetectedDevice(options: DetectOptions = {}): Promise<AnyTeeDevice> {
  const { device, reasons } = await detectTee(options)
  if (device !== undefined) return device
  throw new TeeError(
    'tee.not-found',
    `no TEE was found: ${reasons.map(({ text }) => text).join('; ')}`,
  )
}

async function deviceNodes(files: DeviceFiles, root: string): Promise<DetectionReason[]> {
  const names = await files.readdir(root, MAX_DEVICES).catch(() => [])
  return names.flatMap((name) => {
    const meaning = DEVICE_NODES[name]
    if (meaning === undefined) return []
    const text = `${meaning}, but configfs-tsm does not answer: Linux 6.7 or newer, "mount -t configfs none /sys/kernel/config", root`
    return [{ path: join(root, name), code: 'tee.no-provider', text }]
  })
}
