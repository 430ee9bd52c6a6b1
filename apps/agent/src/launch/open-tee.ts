// Which TEE the agent asks: the simulated one behind its socket, or the hardware that is there. Opens devices.
import {
  openDetectedDevice,
  openTeeDevice,
  TeeError,
  type DeviceFiles,
  type TeeDevice,
} from '@wetee/tee-device'

/** `simulated`: the socket of the simulated platform. `auto`: whatever hardware is found, and nothing else. */
export type TeeChoice = 'simulated' | 'auto'

/** What a choice is opened with. */
export type TeeSource = {
  readonly socket: string
  readonly signal: AbortSignal
  /** Default: the files of the machine. */
  readonly files?: DeviceFiles
}

/**
 * Opens the TEE that was chosen; hardware is never replaced by the simulated platform. Throws TeeError `tee.not-found`,
 * `tee.provider-differs` for a platform whose launch this agent cannot check.
 */
export async function openTee(choice: TeeChoice, source: TeeSource): Promise<TeeDevice> {
  const { socket, ...detection } = source
  if (choice === 'simulated') return openTeeDevice(socket)
  const device = await openDetectedDevice(detection)
  if (device.platform === 'tdx') return device
  throw new TeeError(
    'tee.provider-differs',
    `this agent checks launches of TDX, and runs on ${device.platform}`,
  )
}

/** Reads a choice; `undefined` for another word. */
export function parseTeeChoice(text: string): TeeChoice | undefined {
  return text === 'simulated' || text === 'auto' ? text : undefined
}
