// Requests and answers that go through somebody who would like to read, change, cut or repeat them.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import {
  AnswerSealer,
  makeReaderKeys,
  openAnswer,
  openRequest,
  sealRequest,
  SealingError,
} from './index.ts'

const text = (value: string) => new TextEncoder().encode(value)
const info = text('test')
const unauthentic: unknown = expect.objectContaining({ code: 'sealed.unauthentic' })
let keys: Awaited<ReturnType<typeof makeReaderKeys>>
beforeAll(async () => {
  keys = await makeReaderKeys()
})

const from = (chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> => Readable.from(chunks)

async function read(answerKey: Uint8Array, chunks: readonly Uint8Array[]): Promise<string[]> {
  const found: string[] = []
  for await (const piece of openAnswer(answerKey, from(chunks)))
    found.push(new TextDecoder().decode(piece))
  return found
}

function answer(answerKey: Uint8Array, pieces: readonly string[]): Uint8Array[] {
  const sealer = new AnswerSealer(answerKey)
  return pieces.map((piece, at) => sealer.seal(text(piece), at === pieces.length - 1))
}

test('a request opens for its reader, and its answer for the asker, however it is split on the way', async () => {
  const asked = await sealRequest(keys.bytes, info, text('GET'))
  const opened = await openRequest(keys, info, asked.bytes)
  expect(new TextDecoder().decode(opened.content)).toBe('GET')
  const whole = Buffer.concat(answer(opened.answerKey, ['one', '', 'three']))
  for (const size of [1, 7, 64, 4_096]) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      whole.subarray(at * size, (at + 1) * size),
    )
    expect(await read(asked.answerKey, chunks), `${size}`).toEqual(['one', '', 'three'])
  }
})

test('a request for something else, to somebody else, or changed, does not open', async () => {
  const { bytes } = await sealRequest(keys.bytes, info, text('GET'))
  const other = await makeReaderKeys()
  await expect(openRequest(other, info, bytes)).rejects.toThrow(unauthentic)
  await expect(openRequest(keys, text('else'), bytes)).rejects.toThrow(unauthentic)
  for (let at = 0; at < bytes.length; at += 1)
    await expect(
      openRequest(
        keys,
        info,
        bytes.map((byte, place) => (place === at ? byte ^ 1 : byte)),
      ),
    ).rejects.toThrow(unauthentic)
})

test('ATTACK an answer that is cut short, changed, reordered, repeated or longer is not taken for whole', async () => {
  const { answerKey } = await sealRequest(keys.bytes, info, text('GET'))
  const [first, second, last] = answer(answerKey, ['one', 'two', 'three'])
  const all = [first!, second!, last!]
  const attempts = [
    [],
    [first!],
    [first!, second!],
    [first!, last!],
    [first!, last!, second!],
    [first!, second!, second!, last!],
    [...all, Uint8Array.of(0)],
    [...all, last!],
    [...all.slice(0, 2), last!.map((byte, at) => (at === 9 ? byte ^ 1 : byte))],
  ]
  for (const attempt of attempts)
    await expect(read(answerKey, attempt), `${attempt.length}`).rejects.toThrow(unauthentic)
  await expect(read(new Uint8Array(32), all)).rejects.toThrow(unauthentic)
})

test('ATTACK a request that is sent again gets an answer under another key: no nonce is used twice', async () => {
  const { answerKey } = await sealRequest(keys.bytes, info, text('GET'))
  const [once] = answer(answerKey, ['the same'])
  const [again] = answer(answerKey, ['the same'])
  expect(once!.subarray(36)).not.toEqual(again!.subarray(36))
  expect(await read(answerKey, [again!])).toEqual(['the same'])
})

test('any bytes are refused with a SealingError alone', async () => {
  const { answerKey } = await sealRequest(keys.bytes, info, text('GET'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
      async (chunks) => {
        await expect(read(answerKey, chunks)).rejects.toBeInstanceOf(SealingError)
        const request = Buffer.concat(chunks)
        await expect(openRequest(keys, info, request)).rejects.toBeInstanceOf(SealingError)
      },
    ),
    { seed: 1, numRuns: 60 },
  )
})
