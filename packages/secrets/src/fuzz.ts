// Fuzz targets of every parser here, and valid inputs to mutate. Only SecretsError may escape a target. No I/O.
import {
  encodeAnswer,
  encodeSealedSecret,
  parseAnswer,
  parseMisconduct,
  parsePolicy,
  parseReceipt,
  parseReleaseItems,
  parseSealedSecret,
  releaseItemsDigest,
  SecretsError,
  serializeMisconduct,
  serializePolicy,
  serializeReceipt,
} from './index.ts'

const text = (input: Uint8Array) => new TextDecoder().decode(input)
const encode = (value: string) => new TextEncoder().encode(value)
const policyText = serializePolicy({
  measurements: [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`],
  minLevel: 1,
  teeClasses: 3,
})
const sealed = encodeSealedSecret({ policyText, ciphertext: new Uint8Array(200).fill(9) })
const item = { appId: '7', name: 'token', version: 1, digest: 'ab'.repeat(32) }
const receipt = serializeReceipt({
  number: '1',
  at: 1_780_000_000,
  block: '100',
  epoch: '4',
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: `0x${'aa'.repeat(20)}`,
  requestId: `0x${'bb'.repeat(32)}`,
  items: [
    { kind: 'secret', ...item },
    { kind: 'key', path: 'disk/data' },
  ],
})

const signed = {
  message: {
    session: '9',
    kind: 1,
    sender: 2,
    subject: 0,
    bodyDigest: `0x${'ab'.repeat(32)}` as const,
  },
  signature: `0x${'cd'.repeat(65)}` as const,
}
const misconduct = serializeMisconduct({
  ...{ format: 'wetee/misconduct/v1', chainId: '31337', kind: 'messages' },
  ...{ quorum: `0x${'aa'.repeat(20)}`, first: signed, second: signed },
})

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void> = {
  'secrets-policy': (input) => same(text(input), serializePolicy(parsePolicy(text(input)))),
  'secrets-sealed': (input) => {
    const again = encodeSealedSecret(parseSealedSecret(input))
    same(again.join(), input.join())
  },
  'secrets-items': (input) => {
    const items = parseReleaseItems(readJson(text(input)))
    same(releaseItemsDigest(items), releaseItemsDigest(parseReleaseItems(items)))
  },
  'secrets-answer': (input) => {
    const answer = parseAnswer(input)
    const again = encodeAnswer(answer)
    same(encodeAnswer(parseAnswer(again)).join(), again.join())
  },
  'secrets-receipt': (input) => same(text(input), serializeReceipt(parseReceipt(text(input)))),
  'secrets-misconduct': (input) => {
    const again = serializeMisconduct(parseMisconduct(text(input)))
    same(serializeMisconduct(parseMisconduct(again)), again)
  },
}

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'secrets-policy': [encode(policyText)],
  'secrets-sealed': [sealed],
  'secrets-items': [encode(JSON.stringify({ secrets: [item], keys: ['disk/data'] }))],
  'secrets-answer': [
    encodeAnswer({
      statementKey: `0x${'aa'.repeat(20)}`,
      secrets: new Uint8Array(120).fill(1),
      keys: undefined,
      ciphertexts: new Map([[item.digest, sealed]]),
    }),
  ],
  'secrets-receipt': [encode(receipt)],
  'secrets-misconduct': [encode(misconduct)],
}

function same(one: string, other: string): void {
  if (one !== other) throw new Error('what was read is not written as it came')
}

function readJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch (cause) {
    throw new SecretsError('release.items-invalid', 'items: expected one JSON document', { cause })
  }
}
