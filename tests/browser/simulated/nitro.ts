// Simulated AWS Nitro documents, sound and not, as requests. Computes only.
import { createSimulatedNitro, type SimulatedNitroDocument } from '@wetee/attestation/simulated'
import type { AppraisalRequest } from '../page/wire.ts'
import { AT_MS, flipped, hex, seed, type NamedRequest } from './request.ts'

const vendor = createSimulatedNitro({ seed: seed(1), atMs: AT_MS })
const other = createSimulatedNitro({ seed: seed(3), atMs: AT_MS })

/** All of them, the sound one first. */
export function nitroRequests(): NamedRequest[] {
  const sound = requestOf()
  const document = Buffer.from(sound.quote.slice(2), 'hex')
  const refused = (name: string, request: AppraisalRequest): NamedRequest => ({
    name: `Nitro: ${name}`,
    request,
    authentic: false,
  })
  return [
    { name: 'Nitro', request: sound, authentic: true },
    { name: 'Nitro: debug', request: requestOf({ debug: true }), authentic: true },
    refused('a changed byte', { ...sound, quote: hex(flipped(document, 200)) }),
    refused('nothing', { ...sound, quote: '0x' }),
    refused('half of it', { ...sound, quote: hex(document.subarray(0, document.length / 2)) }),
    refused('a day later', { ...sound, atMs: AT_MS + 86_400_000 }),
    refused('an expired leaf', requestOf({ expired: true })),
    refused('another signer', requestOf({ wrongSigner: true })),
    refused(
      'a changed signature',
      requestOf({ bend: { signature: (bytes) => flipped(bytes, 5) } }),
    ),
    refused('under another root', { ...sound, roots: [rootOf(other)] }),
  ]
}

function requestOf(changes: Partial<SimulatedNitroDocument> = {}): AppraisalRequest {
  const register = (byte: number) => new Uint8Array(48).fill(byte)
  const document = vendor.document({
    pcrs: { 0: register(1), 1: register(2), 2: register(3) },
    userData: Uint8Array.of(1, 2, 3),
    timestampMs: AT_MS,
    ...changes,
  })
  return {
    platform: 'nitro',
    quote: hex(document),
    endorsements: {},
    roots: [rootOf(vendor)],
    atMs: AT_MS,
  }
}

function rootOf({ rootDer }: typeof vendor) {
  return { name: 'simulated', der: hex(rootDer), simulated: true }
}
