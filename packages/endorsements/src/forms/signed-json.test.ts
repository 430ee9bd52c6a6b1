// The signed text is cut out byte by byte, or the answer is refused.
import { expect, test } from 'vitest'
import { cutSignedJson } from './signed-json.ts'

const SIGNATURE = 'Ab'.repeat(64)
const DATES = '"issueDate":"2026-06-01T00:00:00Z","nextUpdate":"2026-07-01T00:00:00Z"'
const cut = (body: string) => cutSignedJson(Buffer.from(body), 'tcbInfo')

test.each([
  `{${DATES}}`,
  `{ ${DATES} , "spaced" : [ 1, 2 ] }`,
  `{${DATES},"tricky":"\\"},{ \\\\","signature":{"a":"]"}}`,
  `{${DATES},"number":1e3,"null":null,"true":true,"nested":[[{"a":[]}]]}`,
])('the text stays as it was sent: %s', (text) => {
  const wanted = { text, signature: SIGNATURE, issuedAtMs: Date.UTC(2026, 5, 1) }
  expect(cut(`{"tcbInfo":${text},"signature":"${SIGNATURE}"}`)).toMatchObject(wanted)
  const spaced = `\n{ "signature" : "${SIGNATURE}" ,\r\n\t"tcbInfo" : ${text} } \n`
  expect(cut(spaced)).toMatchObject(wanted)
})

test.each([
  ['not JSON', 'no'],
  ['empty', ''],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['another member', `{"enclaveIdentity":{${DATES}},"signature":"${SIGNATURE}"}`],
  ['no signature', `{"tcbInfo":{${DATES}}}`],
  ['a third member', `{"tcbInfo":{${DATES}},"signature":"${SIGNATURE}","x":1}`],
  ['the member twice', `{"tcbInfo":{${DATES}},"tcbInfo":{${DATES}},"signature":"${SIGNATURE}"}`],
  [
    'the member twice, once escaped',
    `{"tcbInfo":{${DATES}},"tcb\\u0049nfo":{${DATES}},"signature":"${SIGNATURE}"}`,
  ],
  ['a short signature', `{"tcbInfo":{${DATES}},"signature":"ab"}`],
  ['a signature that is a number', `{"tcbInfo":{${DATES}},"signature":12}`],
  ['a value that is text', `{"tcbInfo":"{}","signature":"${SIGNATURE}"}`],
  ['a value that is a list', `{"tcbInfo":[],"signature":"${SIGNATURE}"}`],
  ['no dates', `{"tcbInfo":{},"signature":"${SIGNATURE}"}`],
  [
    'dates in the wrong order',
    `{"tcbInfo":{"issueDate":"2026-07-01T00:00:00Z","nextUpdate":"2026-06-01T00:00:00Z"},"signature":"${SIGNATURE}"}`,
  ],
  [
    'a date without a zone',
    `{"tcbInfo":{"issueDate":"2026-06-01T00:00:00","nextUpdate":"2026-07-01T00:00:00Z"},"signature":"${SIGNATURE}"}`,
  ],
  ['other than ASCII', `{"tcbInfo":{${DATES},"a":"é"},"signature":"${SIGNATURE}"}`],
  ['text after it', `{"tcbInfo":{${DATES}},"signature":"${SIGNATURE}"}x`],
  [
    'too deep',
    `{"tcbInfo":{${DATES},"a":${'['.repeat(40)}${']'.repeat(40)}},"signature":"${SIGNATURE}"}`,
  ],
])('%s is refused', (_, body) => {
  expect(() => cut(body)).toThrow(expect.objectContaining({ code: 'answer.malformed' }))
})
