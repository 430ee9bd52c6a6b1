// The guest's client of the simulated platform. Does socket I/O.
import type { TdxDevice, TdxReport } from './device.ts'
import { TeeError } from './error.ts'
import { isHex } from './hex.ts'
import { isRecord, requestSocket } from './socket.ts'

/**
 * Opens the simulated TEE behind a guest socket (`/run/tee/tee.sock`); connects anew for every call. The platform itself
 * judges what it is given, and refuses with `request.invalid`.
 */
export function openTeeDevice(socketPath: string): TdxDevice {
  const call = (path: string, body: unknown, signal: AbortSignal | undefined) =>
    requestSocket({
      socketPath,
      method: 'POST',
      path,
      body,
      ...(signal === undefined ? {} : { signal }),
    })
  return {
    platform: 'tdx',
    simulated: true,
    async report({ signal } = {}) {
      return parseReport(await call('/v1/report', {}, signal))
    },
    async extend(register, digest, { signal } = {}) {
      await call('/v1/extend', { register, digest }, signal)
    },
    async quote(reportData, { signal } = {}) {
      const answer = await call('/v1/quote', { reportData }, signal)
      if (!isRecord(answer) || typeof answer['quote'] !== 'string') throw invalid('/v1/quote')
      return new Uint8Array(Buffer.from(answer['quote'], 'base64'))
    },
    async sealingKey(context, { signal } = {}) {
      const answer = await call('/v1/sealing-key', { context }, signal)
      const key = isRecord(answer) ? answer['key'] : undefined
      if (!isHex(key, 32)) throw invalid('/v1/sealing-key')
      return new Uint8Array(Buffer.from(key.slice(2), 'hex'))
    },
  }
}

function parseReport(value: unknown): TdxReport {
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

function isRegisters(value: unknown): value is TdxReport['rtmr'] {
  return Array.isArray(value) && value.length === 4 && value.every((entry) => isHex(entry, 48))
}

function invalid(path: string): TeeError {
  return new TeeError('tee.answer-invalid', `${path}: not the answer of a simulated TEE`)
}
