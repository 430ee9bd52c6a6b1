// The TEE that was chosen is the one that is opened, or none.
import {
  createSimulatedFiles,
  simulatedSnpMachine,
  simulatedTdxMachine,
} from '@wetee/tee-device/testing'
import { expect, test } from 'vitest'
import { openTee, parseTeeChoice } from './open-tee.ts'

const source = { socket: '/run/tee/tee.sock', signal: new AbortController().signal }
const nothing = () => new Uint8Array()
const tdx = simulatedTdxMachine({
  report: () => ({ mrConfigId: '0x', mrtd: '0x', rtmr: ['0x', '0x', '0x', '0x'], debug: false }),
  extend: () => undefined,
  quote: nothing,
})

test('the simulated platform only when it is asked for', async () => {
  // Nothing listens there: the hardware beside it is not taken instead.
  await expect(openTee('simulated', { ...source, files: tdx.files })).rejects.toMatchObject({
    code: 'tee.unreachable',
  })
  expect(await openTee('auto', { ...source, files: tdx.files })).toMatchObject({
    platform: 'tdx',
    simulated: false,
  })
})

test('without hardware there is none, and no simulated one instead', async () => {
  const files = createSimulatedFiles({})
  await expect(openTee('auto', { ...source, files })).rejects.toMatchObject({
    code: 'tee.not-found',
  })
})

test('hardware of any vendor is taken', async () => {
  const { files } = simulatedSnpMachine({ report: nothing })
  expect(await openTee('auto', { ...source, files })).toMatchObject({ platform: 'sev-snp' })
})

test('a choice is one of two words', () => {
  expect(['simulated', 'auto', 'tdx', ''].map(parseTeeChoice)).toEqual([
    'simulated',
    'auto',
    undefined,
    undefined,
  ])
})
