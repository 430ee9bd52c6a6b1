// Fuzz targets of event logs and Nitro documents, and valid inputs to mutate. Only
// AttestationError may escape a target. No I/O.
import { sha384 } from '@noble/hashes/sha2.js'
import { encode } from 'cborg'
import { platformCrypto } from '#crypto'
import { appraiseNitro } from '../appraisal/nitro/appraise.ts'
import { AppraisalCache, appraiseWith } from '../appraisal/cache.ts'
import { bareHex, equalBytes, utf8 } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import type { Rtmrs } from '../evidence/event-log/boot-event.ts'
import { readCcel, replayCcel } from '../evidence/event-log/ccel.ts'
import {
  DSTACK_EVENT_TYPE,
  dstackEventDigest,
  readDstackLog,
  replayDstackLog,
} from '../evidence/event-log/dstack-log.ts'
import { decodeCbor } from '../evidence/nitro/cbor.ts'
import { parseNitroDocument } from '../evidence/nitro/document.ts'
import { writeCcel } from '../simulated/ccel-writer.ts'
import { createSimulatedNitro } from '../simulated/nitro.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const EV_SEPARATOR = 4
const EV_IPL = 13
const EV_EFI_ACTION = 0x8000_0007

const ccel = writeCcel(
  [
    { index: 1, type: EV_SEPARATOR, data: new Uint8Array(4) },
    { index: 2, type: EV_EFI_ACTION, data: utf8('Exit Boot Services Invocation') },
    { index: 3, type: EV_IPL, data: utf8('kernel_cmdline: root=/dev/dm-0') },
  ],
  { padding: 16 },
)
const ccelWithMore = writeCcel(
  [
    {
      index: 4,
      type: EV_IPL,
      data: utf8('application'),
      digests: [
        [0x0b, new Uint8Array(32)],
        [0x0c, sha384(utf8('application'))],
      ],
    },
    { index: 1, type: 3, data: utf8('extends nothing') },
  ],
  {
    header: {
      algorithms: [
        [0x0c, 48],
        [0x0b, 32],
      ],
      vendorInfo: utf8('firmware'),
    },
  },
)

const ownEvent = (event: string, payload: Uint8Array) => ({
  imr: 3,
  event_type: DSTACK_EVENT_TYPE,
  digest: dstackEventDigest(event, payload).slice(2),
  event,
  event_payload: bareHex(payload),
})
const dstackLog = JSON.stringify([
  {
    imr: 0,
    event_type: EV_SEPARATOR,
    digest: bareHex(sha384(new Uint8Array(4))),
    event: '',
    event_payload: '00000000',
  },
  ownEvent('compose-hash', utf8('hash')),
  { ...ownEvent('system-ready', new Uint8Array()), digest: '' },
])

const nitro = createSimulatedNitro({ seed: new Uint8Array(32).fill(5), atMs: AT_MS })
const measured = { 0: new Uint8Array(48).fill(1), 1: new Uint8Array(48).fill(2) }
const document = nitro.document({ pcrs: measured, timestampMs: AT_MS, nonce: utf8('nonce') })
const nitroStore = { roots: [{ name: 'simulated', der: nitro.rootDer, simulated: true }] }
const how = { atMs: AT_MS, crypto: platformCrypto, cache: new AppraisalCache() }
const { signed } = parseNitroDocument(document)

const text = (input: Uint8Array) => new TextDecoder().decode(input)

/**
 * Reads a log against its own registers, where it may only lie about data; and against those of
 * valid logs, where it must have the same digests to be read.
 */
function checkLog(
  own: Rtmrs,
  known: readonly { readonly rtmr: Rtmrs; readonly digests: string }[],
  read: (rtmr: Rtmrs) => readonly { readonly register: number; readonly digest: string }[],
): void {
  for (const { rtmr, digests } of known) {
    try {
      if (digestsOf(read(rtmr)) !== digests) throw new Error('a log with other digests was read')
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error
    }
  }
  read(own)
}

/** Digests by register: logs may order events of different registers as they like. */
function digestsOf(
  events: readonly { readonly register: number; readonly digest: string }[],
): string {
  return [0, 1, 2, 3]
    .map((at) => events.flatMap(({ register, digest }) => (register === at ? [digest] : [])))
    .join('|')
}

const knownCcel = [ccel, ccelWithMore].map((log) => {
  const rtmr = replayCcel(log)
  return { rtmr, digests: digestsOf(readCcel(log, rtmr)) }
})
const knownDstack = [replayDstackLog(dstackLog)].map((rtmr) => ({
  rtmr,
  digests: digestsOf(readDstackLog(dstackLog, rtmr)),
}))

/** Targets by name. */
export const eventLogTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  ccel(input) {
    checkLog(replayCcel(input), knownCcel, (rtmr) => readCcel(input, rtmr))
  },
  'dstack-log'(input) {
    const given = text(input)
    checkLog(replayDstackLog(given), knownDstack, (rtmr) => readDstackLog(given, rtmr))
  },
  /** CBOR alone, which must survive being written and read again. */
  cbor(input) {
    const written = encode(decodeCbor(input))
    if (!equalBytes(encode(decodeCbor(written)), written))
      throw new Error('a value that was read differs once written and read again')
  },
  /** The whole verifier; claims for anything but what the original says are a finding. */
  async nitro(input) {
    await appraiseWith(how, (context) => appraiseNitro(input, nitroStore, context))
    if (!equalBytes(parseNitroDocument(input).signed, signed))
      throw new Error('a changed document was accepted')
  },
}

/** Valid inputs by target, for mutation. */
export const eventLogSeeds: Record<string, readonly Uint8Array[]> = {
  ccel: [ccel, ccelWithMore],
  'dstack-log': [utf8(dstackLog)],
  cbor: [document, signed, Uint8Array.from([0xbf, 0x61, 0x61, 0x9f, 1, 0x20, 0xf6, 0xff, 0xff])],
  nitro: [document],
}
