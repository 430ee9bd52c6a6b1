// Fuzz targets of what the worker reads from strangers, and valid inputs to mutate. Nothing may escape a target.
import { ClientHelloReader } from './ingress/client-hello.ts'
import { helloMessage, protocols, records, serverName } from './testing/client-hellos.ts'

const message = helloMessage({
  extensions: [
    [0x0a0a, Buffer.alloc(0)],
    [0, serverName('8080-7.wetee.local')],
    [16, protocols('h2', 'http/1.1')],
    [0xfe0d, Buffer.alloc(64, 1)],
    [43, Buffer.from([2, 3, 4])],
  ],
})

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void> = {
  'client-hello': (input) => {
    const bytes = Buffer.from(input)
    const whole = new ClientHelloReader().push(bytes)
    const parts = new ClientHelloReader()
    // Read alike in any pieces, and kept to the last byte.
    let last = parts.push(bytes.subarray(0, bytes.length % 7))
    last = parts.push(bytes.subarray(bytes.length % 7))
    const same = JSON.stringify(last) === JSON.stringify(whole)
    if (!same && bytes.length > 0) throw new Error(`${JSON.stringify([whole, last])}`)
    if (!parts.bytes().equals(bytes)) throw new Error('bytes are lost')
    if (whole.kind === 'hello' && (whole.hello.serverName?.length ?? 0) > 253)
      throw new Error('a name is too long')
  },
}

/** Valid inputs to mutate, by target. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'client-hello': [records(message), records(message, 17), records(helloMessage())],
}
