// Entry points for fuzzing: whatever a server sends or a disk holds, only EndorsementError may come
// out. No I/O.
import { parseEntry, parseFields, serializeEntry } from './cache/entry.ts'
import { certificateDates, revocationListDates, type Dates } from './forms/der-dates.ts'
import { readIssuerChain, readRevocationListBody } from './forms/encodings.ts'
import { cutSignedJson } from './forms/signed-json.ts'
import { backoffMs, MAX_RETRY_AFTER_MS, retryAfterMs } from './http/backoff.ts'
import { redirectTarget } from './http/server-url.ts'
import { readEvaluationNumbers } from './intel/evaluation-numbers.ts'
import { makeCertificate, makeRevocationList, toPem } from './testing/der-fixtures.ts'

const FROM_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
const UNTIL_MS = Date.UTC(2055, 1, 3)
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const textOf = (input: Uint8Array) => Buffer.from(input).toString('latin1')

/** Targets by name; each throws when a promise of this package does not hold for the input. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void> = {
  'endorsement-json': (input) => {
    const { text, signature, value, issuedAtMs, nextUpdateMs } = cutSignedJson(input, 'tcbInfo')
    insist(textOf(input).includes(text), 'the text is not the answer’s')
    insist(
      JSON.stringify(JSON.parse(text)) === JSON.stringify(value),
      'the value is not the text’s',
    )
    insist(issuedAtMs <= nextUpdateMs, 'dates are in the wrong order')
    const again = cutSignedJson(bytes(`{"tcbInfo":${text},"signature":"${signature}"}`), 'tcbInfo')
    insist(again.text === text, 'cutting again gives another text')
  },
  'endorsement-crl': (input) => inOrder(revocationListDates(readRevocationListBody(input))),
  'endorsement-certificate': (input) => inOrder(certificateDates(input)),
  'endorsement-issuer-chain': (input) => {
    const chain = readIssuerChain(textOf(input))
    insist(readIssuerChain(encodeURIComponent(chain)) === chain, 'encoding again changes the chain')
  },
  'endorsement-cache': (input) => {
    const text = Buffer.from(input).toString('utf8')
    const entry = parseEntry(text)
    if (entry !== undefined)
      insist(JSON.stringify(parseEntry(serializeEntry(entry))) === JSON.stringify(entry), 'entry')
    const fields = parseFields(text)
    const texts = fields === undefined || Object.values(fields).every((f) => typeof f === 'string')
    insist(texts, 'a field that is no text')
  },
  'endorsement-numbers': (input) => {
    const { text } = cutSignedJson(input, 'tcbEvaluationDataNumbers')
    for (const { number } of readEvaluationNumbers({ text }).numbers)
      insist(Number.isSafeInteger(number), 'a number that is none')
  },
  'endorsement-headers': (input) => {
    const text = textOf(input)
    const waitMs = retryAfterMs(text, FROM_MS) ?? 0
    insist(waitMs >= 0 && waitMs <= MAX_RETRY_AFTER_MS, `waits ${waitMs} ms`)
    const from = new URL('https://a.example:8443/path')
    const to = redirectTarget(from, text)
    insist(to === undefined || to.origin === from.origin, 'redirects elsewhere')
    insist(backoffMs({ baseMs: 1, capMs: 9 }, input.length, () => 0.5) < 9, 'waits past its cap')
  },
}

const DATES = '"issueDate":"2026-06-01T00:00:00Z","nextUpdate":"2026-07-01T00:00:00Z"'
const SIGNATURE = 'ab'.repeat(64)
const list = new Uint8Array(makeRevocationList('issuer', FROM_MS, UNTIL_MS))
const certificate = makeCertificate('subject', FROM_MS, UNTIL_MS, 'ab'.repeat(64))
const entry = {
  kind: 'pck-crl',
  key: 'platform',
  source: 'pcs.test',
  preference: 0,
  fetchedAtMs: 1,
  issuedAtMs: 2,
  nextUpdateMs: 3,
  digest: 'f'.repeat(64),
  bytes: 4,
} as const

/** Inputs that are valid, to mutate. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'endorsement-json': [
    bytes(`{"tcbInfo":{"id":"TDX",${DATES},"a":[{"b":"\\"}"}]},"signature":"${SIGNATURE}"}`),
    bytes(` { "signature" : "${SIGNATURE}" , "tcbInfo" : { ${DATES} } } `),
  ],
  'endorsement-crl': [
    list,
    bytes(Buffer.from(list).toString('hex')),
    bytes(toPem(list).replaceAll('CERTIFICATE', 'X509 CRL')),
  ],
  'endorsement-certificate': [new Uint8Array(certificate)],
  'endorsement-issuer-chain': [bytes(encodeURIComponent(toPem(certificate).repeat(2)))],
  'endorsement-cache': [bytes(serializeEntry(entry)), bytes('{"crl":"30"}')],
  'endorsement-numbers': [
    bytes(
      `{"tcbEvaluationDataNumbers":{${DATES},"tcbEvalNumbers":[{"tcbEvaluationDataNumber":19,` +
        `"tcbRecoveryEventDate":"2026","tcbDate":"2026"}]},"signature":"${SIGNATURE}"}`,
    ),
  ],
  'endorsement-headers': [
    bytes('120'),
    bytes('Mon, 01 Jun 2026 00:00:30 GMT'),
    bytes('https://a.example:8443/other?q=1'),
    bytes('//a.example:8443/other'),
  ],
}

function inOrder({ fromMs, untilMs }: Dates): void {
  insist(Number.isSafeInteger(fromMs) && fromMs <= untilMs, 'dates in the wrong order')
}

function insist(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}
