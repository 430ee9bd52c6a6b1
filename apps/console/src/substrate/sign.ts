// Has an extension sign one call, hands it over and waits until it is final. Network I/O, and the extension's own window.
import { getPolkadotSignerFromPjs } from '@polkadot-api/pjs-signer'
import { bytesToHex, type Hex } from 'viem'
import { SdkError } from '@wetee/sdk'
import { saidBy, type OpenExtension } from './extensions.ts'
import { untilFinal, type ExtrinsicState, type SentExtrinsic } from './follow.ts'
import { extrinsicHash, readFrame, type Hub } from './hub.ts'

/** Who signs. */
export type Signatory = {
  readonly address: string
  readonly wallet: string
  readonly signPayload: OpenExtension['signPayload']
}

/** What is known of it once it is final and done. */
export type DoneExtrinsic = Extract<ExtrinsicState, { name: 'final' }> & { readonly hash: Hex }

/** Longest extrinsic that is taken from a wallet, bytes; the Hub's blocks hold less. */
const maxExtrinsicBytes = 4_000_000

/**
 * Signs `call`, sends it and waits. Throws SdkError `wallet.declined` (nothing was sent), `wallet.changed`, `account.funds`,
 * `substrate.refused`, `substrate.expired`, `substrate.failed`, `substrate.unreachable`.
 */
export async function signAndSend(
  hub: Hub,
  by: Signatory,
  call: Uint8Array,
  doing: string,
  options: { onSent?: (sent: SentExtrinsic) => void; signal?: AbortSignal } = {},
): Promise<DoneExtrinsic> {
  const frame = await readFrame(hub, by.address)
  const extrinsic = await sign(hub, by, call, doing, frame)
  const hash = await submit(hub, extrinsic, doing)
  const sent = { hash, fromBlock: frame.fromBlock }
  options.onSent?.(sent)
  const state = await untilFinal(hub, sent, doing, options.signal)
  if (state.name === 'expired')
    throw new SdkError(
      'substrate.expired',
      `could not ${doing}: no block took the transaction before it expired. Nothing has happened: try again`,
      { retryable: true, details: { txHash: hash } },
    )
  if (state.failure !== undefined)
    throw new SdkError(
      'substrate.failed',
      `could not ${doing}: transaction ${hash} was refused when it was executed (${state.failure}). The state changed since it was checked: look and try again`,
      { retryable: true, details: { txHash: hash } },
    )
  return { ...state, hash }
}

async function sign(
  hub: Hub,
  { address, wallet, signPayload }: Signatory,
  call: Uint8Array,
  doing: string,
  frame: Awaited<ReturnType<typeof readFrame>>,
): Promise<Uint8Array> {
  let refused: unknown
  const ask = async (payload: unknown) => {
    try {
      return (await signPayload(payload)) as { signature: string }
    } catch (cause) {
      refused = cause ?? 'it gave no reason'
      throw cause
    }
  }
  const signer = getPolkadotSignerFromPjs(address, ask, () =>
    Promise.reject(new Error('only transactions are signed here')),
  )
  const extensions = Object.fromEntries(frame.extensions.map((one) => [one.identifier, one]))
  let extrinsic: Uint8Array
  try {
    extrinsic = await signer.signTx(call, extensions, hub.runtime.metadata, frame.fromBlock)
  } catch (cause) {
    if (refused !== undefined)
      throw new SdkError(
        'wallet.declined',
        `could not ${doing}: ${wallet} did not sign (${saidBy(refused)}). Nothing was sent, and nothing has changed`,
        { cause },
      )
    throw new SdkError(
      'substrate.unsupported',
      `could not ${doing}: ${wallet} and this runtime do not fit together (${saidBy(cause)})`,
      { cause },
    )
  }
  if (!isOf(extrinsic, call))
    throw new SdkError(
      'wallet.changed',
      `could not ${doing}: ${wallet} signed another transaction than it was given. Nothing was sent`,
    )
  return extrinsic
}

/** In extrinsics of version 4 the call is what comes last. */
function isOf(extrinsic: Uint8Array, call: Uint8Array): boolean {
  if (extrinsic.length > maxExtrinsicBytes || extrinsic.length <= call.length) return false
  const end = extrinsic.subarray(extrinsic.length - call.length)
  return end.every((byte, index) => byte === call[index])
}

async function submit(hub: Hub, extrinsic: Uint8Array, doing: string): Promise<Hex> {
  try {
    await hub.rpc('author_submitExtrinsic', [bytesToHex(extrinsic)])
  } catch (cause) {
    if (!(cause instanceof SdkError)) throw cause
    if (/pay some fees|balance too low/i.test(cause.message))
      throw new SdkError(
        'account.funds',
        `could not ${doing}: the account has too little DOT for the fee. Send DOT to it`,
        { cause },
      )
    throw new SdkError(cause.code, `could not ${doing}: ${cause.message}`, {
      retryable: cause.retryable,
      cause,
    })
  }
  return extrinsicHash(extrinsic)
}
