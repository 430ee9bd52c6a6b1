// Metadata of a real Hub for tests: Kusama Asset Hub, runtime 1,009,003, version 15, from @polkadot/types-support 16.5.6 (Apache-2.0).
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

const packed = new URL('asset-hub-kusama-1009003.scale.br', import.meta.url)

/** As the runtime gave it, without its wrapping. */
export const hubMetadata: Uint8Array = new Uint8Array(brotliDecompressSync(readFileSync(packed)))

/** The same with the names that later runtimes have for what is encoded alike: weight in place of gas. */
export function withLaterNames(metadata: Uint8Array): Uint8Array {
  let text = Buffer.from(metadata).toString('latin1')
  // SCALE texts of less than 64 bytes begin with four times their length.
  const written = (name: string) => String.fromCharCode(name.length << 2) + name
  for (const name of ['gas_limit', 'gas_required', 'gas_consumed'])
    text = text.replaceAll(written(name), written(name.replace('gas', 'weight')))
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
