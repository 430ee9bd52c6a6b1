// Which TEE the agent asks: the simulated one behind its socket, or the hardware that is there. Opens devices.
import {
  openDetectedDevice,
  openSimulatedDevice,
  type AnyTeeDevice,
  type DeviceFiles,
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
 * Opens the TEE that was chosen; hardware is never replaced by the simulated platform. Throws TeeError, `tee.not-found` where
 * there is no hardware.
 */
export async function openTee(choice: TeeChoice, source: TeeSource): Promise<AnyTeeDevice> {
  const { socket, ...detection } = source
  if (choice === 'simulated') return openSimulatedDevice(socket, { signal: source.signal })
  return openDetectedDevice(detection)
}

/** Reads a choice; `undefined` for another word. */
export function parseTeeChoice(text: string): TeeChoice | undefined {
  return text === 'simulated' || text === 'auto' ? text : undefined
}
