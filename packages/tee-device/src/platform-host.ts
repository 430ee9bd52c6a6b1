// The host's client of the simulated platform: launches guests, fetches collateral. Does socket I/O.
import type { CallOptions, Hex } from './device.ts'
import { TeeError } from './error.ts'
import { isRecord, requestSocket } from './socket.ts'

/**
 * What a verifier needs beside evidence of this machine, as texts by field; which fields those are depends on the platform:
 * `parseEndorsements` of @wetee/attestation reads them.
 */
export type Collateral = Readonly<Record<string, string>>

const MAX_COLLATERAL_FIELDS = 16

/** What a guest is measured by: an OCI image that the platform hashes itself, or plain files. */
export type LaunchSource =
  | { readonly image: { readonly layout: string; readonly digest: string } }
  | { readonly files: readonly string[] }

/** A running guest; `socket` is to be mounted into it as `/run/tee/tee.sock`. */
export type Launch = { readonly launchId: string; readonly socket: string }

/** What tests may switch on a simulated machine. */
export type PlatformState = {
  readonly tcb?: 'UpToDate' | 'OutOfDate' | 'Revoked'
  readonly debug?: boolean
}

/** A machine as its host sees it. Every call throws TeeError. */
export type PlatformHost = {
  /** `configuration`: the digest (32 bytes) that the hardware shows in its launch field. */
  launch(
    guest: LaunchSource & { readonly configuration: Hex },
    options?: CallOptions,
  ): Promise<Launch>
  /** Removes a guest and its socket; does nothing when it is gone. */
  remove(launchId: string, options?: CallOptions): Promise<void>
  collateral(options?: CallOptions): Promise<Collateral>
  /** Development only. */
  setState(state: PlatformState, options?: CallOptions): Promise<void>
}

/** Hashing a large image takes the platform a while. */
const LAUNCH_TIMEOUT_MS = 60_000

/** Opens a simulated machine behind its host socket; connects anew for every call. */
export function openPlatformHost(socketPath: string): PlatformHost {
  const given = ({ signal }: CallOptions = {}) => (signal === undefined ? {} : { signal })
  return {
    async launch(guest, options) {
      const answer = await requestSocket({
        socketPath,
        method: 'POST',
        path: '/v1/launch',
        body: guest,
        timeoutMs: LAUNCH_TIMEOUT_MS,
        ...given(options),
      })
      if (isRecord(answer)) {
        const { launchId, socket } = answer
        if (typeof launchId === 'string' && typeof socket === 'string') return { launchId, socket }
      }
      throw new TeeError('tee.answer-invalid', '/v1/launch: not the answer of a platform')
    },
    async remove(launchId, options) {
      await requestSocket({
        socketPath,
        method: 'DELETE',
        path: `/v1/launch/${encodeURIComponent(launchId)}`,
        ...given(options),
      })
    },
    async collateral(options) {
      const answer = await requestSocket({
        socketPath,
        method: 'GET',
        path: '/v1/collateral',
        ...given(options),
      })
      return parseCollateral(answer)
    },
    async setState(state, options) {
      await requestSocket({
        socketPath,
        method: 'POST',
        path: '/v1/state',
        body: state,
        ...given(options),
      })
    },
  }
}

/** Checks that a value consists of a few fields of text. Throws TeeError `tee.answer-invalid`. */
export function parseCollateral(value: unknown): Collateral {
  if (!isRecord(value) || Object.keys(value).length > MAX_COLLATERAL_FIELDS)
    throw new TeeError('tee.answer-invalid', 'collateral: expected a few fields of text')
  for (const [field, text] of Object.entries(value))
    if (typeof text !== 'string')
      throw new TeeError('tee.answer-invalid', `collateral: expected text in ${field.slice(0, 64)}`)
  return value as Collateral
}
