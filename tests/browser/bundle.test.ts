// What an application's browser bundle of the verifier holds, and what it must not.
import { describe, expect, test } from 'vitest'
import { bundleForBrowser } from './bundle.ts'

/** Minified, as it is served: grows with platforms, not by accident. */
const MAX_BYTES = { raw: 150_000, gzip: 55_000 }

describe('@wetee/attestation, bundled for browsers without polyfills', () => {
  test('holds no Node built-in, no global of Node and no code built at run time', async () => {
    const { text, inputs } = await bundleForBrowser('@wetee/attestation')
    expect(inputs.length).toBeGreaterThan(20)
    const found = (pattern: RegExp) => text.match(pattern) ?? []
    expect(found(/['"]node:[a-z]+/g)).toEqual([])
    expect(found(/\bBuffer\b|\b__dirname\b|\brequire\s*\(/g)).toEqual([])
    // A method may be called so; the global may not be used.
    const processUses = /(?<![.\w$])process\s*(\.|\[|\?\.)|typeof process|globalThis\.process/g
    expect(found(processUses)).toEqual([])
    expect(found(/\beval\s*\(|\bnew Function\b|\bimport\s*\(/g)).toEqual([])
  })

  test('holds nothing of the simulated vendors', async () => {
    const { text, inputs } = await bundleForBrowser('@wetee/attestation')
    expect(inputs.filter((path) => /\/(simulated|testing)\//.test(path))).toEqual([])
    // The verifier knows one such word: a root of that name is never taken for genuine.
    expect(text.match(/['"`][^'"`\n]*Simulated[^'"`\n]*/g) ?? []).toEqual(['"Simulated'])
    expect(text).not.toContain('wetee/simulated')
  })

  test(`is at most ${MAX_BYTES.raw} bytes, ${MAX_BYTES.gzip} of gzip`, async () => {
    const readable = await bundleForBrowser('@wetee/attestation')
    const { size } = await bundleForBrowser('@wetee/attestation', { minify: true })
    console.log(
      `browser bundle: ${size.raw} bytes, ${size.gzip} of gzip; before minification ${readable.size.raw}`,
    )
    expect(size.raw).toBeLessThanOrEqual(MAX_BYTES.raw)
    expect(size.gzip).toBeLessThanOrEqual(MAX_BYTES.gzip)
  })

  test('cannot be built with a Node built-in in it', async () => {
    await expect(bundleForBrowser('@wetee/attestation/simulated')).rejects.toThrow(
      'Could not resolve "node:crypto"',
    )
  })
})
