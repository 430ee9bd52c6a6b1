// The programs of the examples by themselves: what a proof is, and which inputs open. No network.
import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { sealBulkTo } from '@wetee/sealing'

const digest = (text: string) => createHash('sha256').update(text).digest()
type Draw = {
  prove(secret: Buffer, input: Buffer): Buffer
  publicKeyOf(secret: Buffer): Buffer
}
type Keys = { readonly publicKey: Buffer }
type Scoring = {
  readKeys(secret: Buffer): Promise<Keys>
  openInput(keys: Keys, sealed: Buffer, contract: Buffer, applicant: Buffer): Promise<unknown>
  parseModel(text: string): object
  approves(model: object, input: object): boolean
}
// By variables: the programs are plain JavaScript, without types.
const drawFile: string = '../../examples/random-draw/draw.mjs'
const scoringFile: string = '../../examples/private-scoring/scoring.mjs'
const draw = (await import(drawFile)) as Draw
const scoring = (await import(scoringFile)) as Scoring

test('a proof is the one that the contract is tested with, whenever it is made', () => {
  const secret = digest('secret of the test')
  const key = draw.publicKeyOf(secret).toString('hex')
  const proof = draw.prove(secret, digest('input of the test')).toString('hex')
  // contracts/test/bridge/Examples.t.sol
  expect([key.slice(0, 16), proof.slice(0, 16), proof.slice(-16)]).toEqual([
    '20d5d567adb25d46',
    '4ea3926585790727',
    'c7e692c26ecac868',
  ])
  expect(proof).toHaveLength(9 * 64)
  expect(draw.prove(secret, digest('another input')).toString('hex')).not.toBe(proof)
})

const [contract, applicant] = [randomBytes(20), randomBytes(20)]
const info = new TextEncoder().encode('wetee/example/private-scoring/v1')
async function seal(publicKey: Uint8Array, aad: Uint8Array, text: string): Promise<Buffer> {
  const { enc, sealed } = await sealBulkTo(publicKey, info, aad, new TextEncoder().encode(text))
  return Buffer.concat([enc, sealed])
}

test('an input opens for its contract and applicant alone', async () => {
  const keys = await scoring.readKeys(randomBytes(32))
  const text = JSON.stringify({ income: 5 }).padEnd(256)
  const sealed = await seal(keys.publicKey, Buffer.concat([contract, applicant]), text)
  expect(await scoring.openInput(keys, sealed, contract, applicant)).toEqual({ income: 5 })
  const refused = expect.any(Error) as unknown
  const other = randomBytes(20)
  for (const [to, of] of [
    [other, applicant],
    [contract, other],
    [applicant, contract],
  ] as const)
    await expect(scoring.openInput(keys, sealed, to, of)).rejects.toEqual(refused)
  const others = await scoring.readKeys(randomBytes(32))
  await expect(scoring.openInput(others, sealed, contract, applicant)).rejects.toEqual(refused)
  const shorter = sealed.subarray(0, -1)
  await expect(scoring.openInput(keys, shorter, contract, applicant)).rejects.toEqual(refused)
})

test('a score reaches the threshold or does not, and an input that lacks a number has none', () => {
  const model = scoring.parseModel('{"weights":{"a":2,"b":-1},"threshold":10}')
  expect(scoring.approves(model, { a: 6, b: 2 })).toBe(true)
  expect(scoring.approves(model, { a: 6, b: 3 })).toBe(false)
  expect(() => scoring.approves(model, { a: 6 })).toThrow('input')
  expect(() => scoring.parseModel('{"weights":{},"threshold":1}')).toThrow('1 to 32')
  expect(() => scoring.parseModel('{"weights":{"a":"x"},"threshold":1}')).toThrow('1 to 32')
})
