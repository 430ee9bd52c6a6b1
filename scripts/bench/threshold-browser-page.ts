// The script of the page that times encryption beside the reference library in WebAssembly. Runs in a browser.
import { encrypt, nobleGroup } from '@wetee/threshold'
import { interleave } from './measure.ts'

/** What a page measures; bytes are hex without prefix. */
export type TimedEncryption = {
  /** The network's encryption key, compressed. */
  readonly networkKey: string
  /** Address of the reference's script and its program; absent where it was not fetched. */
  readonly reference?: { readonly script: string; readonly wasm: string }
  readonly rounds: { readonly rounds: number; readonly warmUp: number }
}

/** Median milliseconds of one encryption. */
export type EncryptionTimes = { readonly ours: number; readonly reference: number }

/** What is used of the reference's own script. */
type Glue = {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  readonly SecretKey: { random(): { publicKey(): object } }
  encrypt(key: object, plaintext: Uint8Array): unknown
}

/** The clock of a browser is coarser than that of Node. */
const AT_ONCE = 10

async function measure({
  networkKey,
  reference,
  rounds,
}: TimedEncryption): Promise<EncryptionTimes> {
  const plaintext = new Uint8Array(64).fill(7)
  const sealing = {
    networkKey: nobleGroup.decode(bytesOf(networkKey)),
    label: new TextEncoder().encode('label'),
    plaintext,
  }
  const random = (size: number) => crypto.getRandomValues(new Uint8Array(size))
  const theirs = reference && (await open(reference))
  const medians = await interleave(
    {
      ours: () => encrypt(nobleGroup, sealing, random),
      reference: () => {
        for (let i = 0; i < AT_ONCE; i++) theirs?.(plaintext)
      },
    },
    rounds,
  )
  return { ours: medians.ours, reference: medians.reference / AT_ONCE }
}

async function open({ script, wasm }: { script: string; wasm: string }) {
  const glue = (await import(script)) as Glue
  const imports = { './umbral_pre_wasm_bg.js': glue as unknown as WebAssembly.ModuleImports }
  const { instance } = await WebAssembly.instantiate(bytesOf(wasm) as BufferSource, imports)
  glue.__wbg_set_wasm(instance.exports)
  const key = glue.SecretKey.random().publicKey()
  return (plaintext: Uint8Array) => glue.encrypt(key, plaintext)
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16))
}

Object.assign(globalThis, { wetee: { measure } })
