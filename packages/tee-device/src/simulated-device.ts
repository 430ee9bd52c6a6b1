// The guest's client of the simulated platform. Does socket I/O.
import type {
  AnyTeeDevice,
  CallOptions,
  SnpDevice,
  SnpReport,
  TdxDevice,
  TdxReport,
} from './device.ts'
import { TeeError } from './error.ts'
import { isHex } from './hex.ts'
import { isRecord, requestSocket } from './socket.ts'

/**
 * Opens the simulated TEE behind a guest socket (`/run/tee/tee.sock`), TDX or SEV-SNP as its report says. Throws TeeError when
 * nothing answers there.
 */
export async function openSimulatedDevice(
  socketPath: string,
  { signal }: CallOptions = {},
): Promise<AnyTeeDevice> {
  const report = await callerOf(socketPath)('/v1/report', {}, signal)
  return isRecord(report) && 'hostData' in report ? openSnp(socketPath) : openTeeDevice(socketPath)
}

/**
 * Opens the simulated TDX guest behind a socket; connects anew for every call. The platform itself judges what it is given, and
 * refuses with `request.invalid`.
 */
export function openTeeDevice(socketPath: string): TdxDevice {
  const call = callerOf(socketPath)
  return {
    platform: 'tdx',
    simulated: true,
    async report({ signal } = {}) {
      return parseTdxReport(await call('/v1/report', {}, signal))
    },
    extend: extendBy(call),
    quote: quoteBy(call),
    sealingKey: sealingKeyBy(call),
  }
}

/** The simulated platform hands out no certificate table: collateral comes by the host. */
function openSnp(socketPath: string): SnpDevice {
  const call = callerOf(socketPath)
  const quote = quoteBy(call)
  return {
    platform: 'sev-snp',
    simulated: true,
    async report({ signal } = {}) {
      return parseSnpReport(await call('/v1/report', {}, signal))
    },
    extend: extendBy(call),
    quote,
    async quoteWithCertificates(reportData, options) {
      return { quote: await quote(reportData, options), certificates: {} }
    },
    sealingKey: sealingKeyBy(call),
  }
}

type Call = (path: string, body: unknown, signal: AbortSignal | undefined) => Promise<unknown>

function callerOf(socketPath: string): Call {
  return (path, body, signal) =>
    requestSocket({
      socketPath,
      method: 'POST',
      path,
      body,
      ...(signal === undefined ? {} : { signal }),
    })
}

function extendBy(call: Call): TdxDevice['extend'] {
  return async (register, digest, { signal } = {}) => {
    await call('/v1/extend', { register, digest }, signal)
  }
}

function quoteBy(call: Call): TdxDevice['quote'] {
  return async (reportData, { signal } = {}) => {
    const answer = await call('/v1/quote', { reportData }, signal)
    if (!isRecord(answer) || typeof answer['quote'] !== 'string') throw invalid('/v1/quote')
    return new Uint8Array(Buffer.from(answer['quote'], 'base64'))
  }
}

function sealingKeyBy(call: Call): TdxDevice['sealingKey'] {
  return async (context, { signal } = {}) => {
    const answer = await call('/v1/sealing-key', { context }, signal)
    const key = isRecord(answer) ? answer['key'] : undefined
    if (!isHex(key, 32)) throw invalid('/v1/sealing-key')
    return new Uint8Array(Buffer.from(key.slice(2), 'hex'))
  }
}

function parseTdxReport(value: unknown): TdxReport {
  if (!isRecord(value)) throw invalid('/v1/report')
  const { mrConfigId, mrtd, rtmr, debug } = value
  if (
    !isHex(mrConfigId, 48) ||
    !isHex(mrtd, 48) ||
    !isRegisters(rtmr) ||
    typeof debug !== 'boolean'
  )
    throw invalid('/v1/report')
  return { mrConfigId, mrtd, rtmr, debug }
}

function parseSnpReport(value: unknown): SnpReport {
  if (!isRecord(value)) throw invalid('/v1/report')
  const { hostData, measurement, chipId, vmpl, debug } = value
  if (
    !isHex(hostData, 32) ||
    !isHex(measurement, 48) ||
    !isHex(chipId, 64) ||
    typeof vmpl !== 'number' ||
    ![0, 1, 2, 3].includes(vmpl) ||
    typeof debug !== 'boolean'
  )
    throw invalid('/v1/report')
  return { hostData, measurement, chipId, vmpl, debug }
}

function isRegisters(value: unknown): value is TdxReport['rtmr'] {
  return Array.isArray(value) && value.length === 4 && value.every((entry) => isHex(entry, 48))
}

function invalid(path: string): TeeError {
  return new TeeError('tee.answer-invalid', `${path}: not the answer of a simulated TEE`)
}
