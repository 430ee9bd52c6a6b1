// What an application's browser bundle of the verifier holds, and what it must not.
import { describe, expect, test } from 'vitest'
import { bundleForBrowser } from './bundle.ts'

/** Bytes before minification: grows with platforms, not by accident. */
const MAX_RAW_BYTES = 150_000

describe('@wetee/attestation, bundled for browsers without polyfills', () => {
  test('holds no Node built-in, no global of Node and no code built at run time', async () => {
    const { text, inputs } = await bundleForBrowser('@wetee/attestation')
    expect(inputs.length).toBeGreaterThan(20)
    expect(text).not.toMatch(/['"]node:/)
    expect(text).not.toMatch(/\bBuffer\b|\b__dirname\b|\brequire\s*\(/)
    // A method may be called so; the global may not be used.
    expect(text).not.toMatch(/(?<![.\w$])process\s*(\.|\[|\?\.)|typeof process|globalThis\.process/)
    expect(text).not.toMatch(/\beval\s*\(|\bnew Function\b|\bimport\s*\(/)
  })

  test('holds nothing of the simulated vendors', async () => {
    const { text, inputs } = await bundleForBrowser('@wetee/attestation')
    expect(inputs.filter((path) => /\/(simulated|testing)\//.test(path))).toEqual([])
    // The verifier knows one such word: a root of that name is never taken for genuine.
    expect(text.match(/['"`][^'"`\n]*Simulated[^'"`\n]*/g) ?? []).toEqual(['"Simulated'])
    expect(text).not.toContain('wetee/simulated')
  })

  test(`has at most ${MAX_RAW_BYTES} bytes`, async () => {
    const raw = await bundleForBrowser('@wetee/attestation')
    const minified = await bundleForBrowser('@wetee/attestation', { minify: true })
    console.log(
      `browser bundle: ${raw.size.raw} bytes (gzip ${raw.size.gzip}), ` +
        `minified ${minified.size.raw} (gzip ${minified.size.gzip})`,
    )
    expect(raw.size.raw).toBeLessThanOrEqual(MAX_RAW_BYTES)
  })

  test('cannot be built with a Node built-in in it', async () => {
    await expect(bundleForBrowser('@wetee/attestation/simulated')).rejects.toThrow(
      'Could not resolve "node:crypto"',
    )
  })
})
