// TDX and SEV-SNP guests through the kernel's own files: configfs-tsm for quotes, sysfs for registers. Does file I/O.
import { randomBytes } from 'node:crypto'
import type { CallOptions, Hex, SnpDevice, TdxDevice } from '../device.ts'
import { TeeError } from '../error.ts'
import { nodeFiles, type DeviceFiles } from '../files.ts'
import {
  bytesEqual,
  checkContext,
  checkRegister,
  givenBytes,
  REGISTER_BYTES,
  REPORT_DATA_BYTES,
} from '../hex.ts'
import { reportDataIn, snpReportFields, tdxQuoteFields } from '../quote-fields.ts'
import { checkAborted, RequestQueue } from '../request-queue.ts'
import { parseCertificateTable } from './certificate-table.ts'
import { Measurements } from './measurements.ts'
import { ReportFolders, type KernelReport, type ReportRequest } from './report-folder.ts'

/** Where the kernel mounts its report folders. */
export const REPORT_ROOT = '/sys/kernel/config/tsm/report'
/** Where it shows the registers of a TDX guest. */
export const MEASUREMENTS_ROOT = '/sys/devices/virtual/misc/tdx_guest/measurements'
/** Names of the drivers, as `provider` gives them. */
const TDX_PROVIDER = 'tdx_guest'
const SNP_PROVIDER = 'sev_guest'

/** Where to look and what to expect. */
export type ConfigfsOptions = {
  /** Default `/sys/kernel/config/tsm/report`. */
  readonly root?: string
  /** Default `/sys/devices/virtual/misc/tdx_guest/measurements`; only TDX. */
  readonly measurementsRoot?: string
  /** Default: the files of the machine. */
  readonly files?: DeviceFiles
  /** The only platform to accept; without it, whichever answers. */
  readonly platform?: 'tdx' | 'sev-snp'
  /** VMPL to ask at, 0 to 3; without it the lowest that the guest may. Only SEV-SNP. */
  readonly privilegeLevel?: number
  /** Label for a kernel that is not one: what stands behind the files is a simulation. */
  readonly simulated?: boolean
  readonly signal?: AbortSignal
}

/**
 * Opens the TEE behind configfs-tsm; removes report folders that an earlier run left. Throws TeeError: `tee.not-found`
 * (no configfs-tsm), `tee.no-provider`, `tee.provider-differs`, `tee.forbidden` and what file calls give.
 */
export async function openConfigfsDevice(
  options: ConfigfsOptions = {},
): Promise<TdxDevice | SnpDevice> {
  const files = options.files ?? nodeFiles
  const folders = new ReportFolders(options.root ?? REPORT_ROOT, files)
  checkAborted(options.signal)
  await folders.clean()
  const provider = await folders.provider(options.signal)
  const expected = { tdx: TDX_PROVIDER, 'sev-snp': SNP_PROVIDER } as const
  if (options.platform !== undefined && provider !== expected[options.platform])
    throw new TeeError(
      'tee.provider-differs',
      `expected ${expected[options.platform]}, the kernel has "${provider}"`,
    )
  const simulated = options.simulated ?? false
  if (provider === TDX_PROVIDER) {
    const root = options.measurementsRoot ?? MEASUREMENTS_ROOT
    return tdxDevice(folders, new Measurements(root, files), simulated)
  }
  if (provider === SNP_PROVIDER)
    return snpDevice(folders, options.privilegeLevel ?? 'floor', simulated)
  throw new TeeError(
    'tee.provider-differs',
    `the kernel has "${provider}"; known are ${TDX_PROVIDER} and ${SNP_PROVIDER}`,
  )
}

function tdxDevice(
  folders: ReportFolders,
  measurements: Measurements,
  simulated: boolean,
): TdxDevice {
  const queue = new RequestQueue()
  const ask = async (reportData: Uint8Array, signal?: AbortSignal) => {
    const request = tdxRequest(reportData)
    const { outblob } = await queue.run(() => folders.request(request, signal), signal)
    return outblob
  }
  /** Attributes are fixed at launch, so one quote tells them. */
  let debug: boolean | undefined
  return {
    platform: 'tdx',
    simulated,
    async report({ signal } = {}) {
      const registers = await queue.run(() => measurements.read(), signal)
      if (debug === undefined) {
        const quote = tdxQuoteFields(await ask(randomBytes(REPORT_DATA_BYTES), signal))
        const own = (value: Hex) => givenBytes(value, REGISTER_BYTES, 'register')
        if (
          !bytesEqual(quote.mrtd, own(registers.mrtd)) ||
          !bytesEqual(quote.mrConfigId, own(registers.mrConfigId))
        )
          throw new TeeError('tee.answer-invalid', 'the host gave the quote of another guest')
        debug = quote.debug
      }
      return { ...registers, debug }
    },
    async extend(register, digest, { signal } = {}) {
      checkRegister(register)
      const bytes = givenBytes(digest, REGISTER_BYTES, 'digest')
      checkAborted(signal)
      // Without the signal: whoever has begun to extend must learn how it ended.
      await queue.run(async () => {
        checkAborted(signal)
        await measurements.extend(register, bytes)
      })
    },
    async quote(reportData, { signal } = {}) {
      return ask(givenBytes(reportData, REPORT_DATA_BYTES, 'reportData'), signal)
    },
    async sealingKey(context) {
      checkContext(context)
      return Promise.reject(
        new TeeError('tee.no-sealing-key', 'TDX has no sealing key; keep secrets elsewhere'),
      )
    },
  }
}

function snpDevice(
  folders: ReportFolders,
  privilegeLevel: number | 'floor',
  simulated: boolean,
): SnpDevice {
  const queue = new RequestQueue()
  const ask = (reportData: Uint8Array, auxiliary: boolean, signal?: AbortSignal) => {
    const request = snpRequest(reportData, privilegeLevel, auxiliary)
    return queue.run<KernelReport>(() => folders.request(request, signal), signal)
  }
  const bytesOf = (reportData: Hex) => givenBytes(reportData, REPORT_DATA_BYTES, 'reportData')
  return {
    platform: 'sev-snp',
    simulated,
    async report({ signal } = {}) {
      const { outblob } = await ask(randomBytes(REPORT_DATA_BYTES), false, signal)
      return snpReportFields(outblob)
    },
    async extend(register, digest) {
      checkRegister(register)
      givenBytes(digest, REGISTER_BYTES, 'digest')
      return Promise.reject(new TeeError('tee.no-registers', 'SEV-SNP has no run-time registers'))
    },
    async quote(reportData, { signal } = {}) {
      return (await ask(bytesOf(reportData), false, signal)).outblob
    },
    async quoteWithCertificates(reportData: Hex, { signal }: CallOptions = {}) {
      const { outblob, auxblob } = await ask(bytesOf(reportData), true, signal)
      return { quote: outblob, certificates: parseCertificateTable(auxblob) }
    },
    async sealingKey(context) {
      checkContext(context)
      return Promise.reject(
        new TeeError(
          'tee.no-sealing-key',
          'SEV-SNP derives keys only through an ioctl of /dev/sev-guest, which this program cannot make',
        ),
      )
    },
  }
}

function tdxRequest(reportData: Uint8Array): ReportRequest {
  return {
    reportData,
    privilegeLevel: 'none',
    auxiliary: false,
    provider: TDX_PROVIDER,
    reportDataIn: (quote) => reportDataIn('tdx', quote),
  }
}

function snpRequest(
  reportData: Uint8Array,
  privilegeLevel: number | 'floor',
  auxiliary: boolean,
): ReportRequest {
  return {
    reportData,
    privilegeLevel,
    auxiliary,
    provider: SNP_PROVIDER,
    reportDataIn: (report) => reportDataIn('sev-snp', report),
  }
}
