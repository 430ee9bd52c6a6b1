// What a builder may ask for, what the page is let do for it, and what is said of a link.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { UserRejectedRequestError } from 'viem'
import { expect, test } from 'vitest'
import { relaySources, securityHeaders } from '../../serve.ts'
import { relaySource, walletConnectConfig } from '../../walletconnect.ts'
import { linkExpiry, pairingFailure } from './walletconnect.tsx'

const projectId = '0123456789abcdef0123456789abcdef'

test.each([
  [undefined, 'wss://relay.walletconnect.org'],
  ['wss://relay.example/path?a=b', 'wss://relay.example'],
  ['ws://127.0.0.1:5000', 'ws://127.0.0.1:5000'],
])('the relay %s is let through as %s', (relayUrl, source) => {
  expect(relaySource({ projectId, relayUrl })).toBe(source)
})

test.each(['', projectId.slice(1), `${projectId}0`, projectId.toUpperCase(), `${projectId}\n`])(
  'the project %j is refused',
  (one) => {
    expect(() => relaySource({ projectId: one })).toThrow('32 hexadecimal digits')
  },
)

test.each(['', 'relay', 'https://relay.example', 'ws://relay.example', 'ws://127.0.0.1.example'])(
  'the relay %j is refused',
  (relayUrl) => {
    expect(() => relaySource({ projectId, relayUrl })).toThrow('expected --walletconnect-relay')
  },
)

test('no relay that is let through says more in a policy than its address', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ validSchemes: ['wss'] }), fc.string()), (relayUrl) => {
      try {
        expect(relaySource({ projectId, relayUrl })).toMatch(/^wss?:\/\/[^\s;,'"]+$/)
      } catch (error) {
        expect((error as Error).message).toContain('expected --walletconnect-relay')
      }
    }),
    { seed: 1 },
  )
})

test('packages that are not there are asked for, with their licence', () => {
  const packages = mkdtempSync(join(tmpdir(), 'wetee-walletconnect-test-'))
  try {
    expect(() => walletConnectConfig({ projectId, packages })).toThrow(
      /npm install --no-save @walletconnect\/ethereum-provider@2\.21\.8.*licence of their own/,
    )
  } finally {
    rmSync(packages, { recursive: true })
  }
})

test('the headers of a site name the relay that its page names, and no other site names one', () => {
  const page = (more: string) => `content="connect-src 'self' https:${more}; base-uri 'none'"`
  expect(relaySources(page(' wss://relay.example'))).toEqual(['wss://relay.example'])
  expect(relaySources(page(''))).toEqual([])
  const { 'content-security-policy': policy } = securityHeaders(['https:', 'wss://relay.example'])
  expect(policy).toContain("connect-src 'self' https: wss://relay.example;")
})

test.each([
  ['wc:ab@2?expiryTimestamp=1795860000&relay-protocol=irn&symKey=cd', 1_795_860_000n],
  ['wc:ab@2?relay-protocol=irn&symKey=cd', undefined],
  ['wc:ab@2?expiryTimestamp=soon', undefined],
  [`wc:ab@2?expiryTimestamp=${'9'.repeat(13)}`, undefined],
])('the link %s ends at %s', (link, seconds) => {
  expect(linkExpiry(link)).toBe(seconds)
})

test.each([
  [new UserRejectedRequestError(new Error('User rejected.')), 'Your wallet declined to connect.'],
  [new Error('Proposal expired'), 'has ended. Ask for a new one.'],
  [new Error('Unsupported chains.'), 'does not know this network'],
  [{ code: 5_100, message: 'Unsupported chains.' }, 'does not know this network'],
  [new Error("Couldn't establish socket connection"), "Couldn't establish socket connection"],
])('%s is said in words', (error, words) => {
  expect(pairingFailure(error).message).toContain(words)
})

test('whatever a wallet answers is an error with words', () => {
  fc.assert(
    fc.property(fc.anything(), (error) => {
      expect(pairingFailure(error)).toBeInstanceOf(Error)
    }),
    { seed: 1 },
  )
})
