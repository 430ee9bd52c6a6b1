// An account that signs as polkadot-js does, with an Ed25519 development key: from the payload's fields alone, not by this page's codecs.
import { ed25519 } from '@noble/curves/ed25519.js'
import { AccountId, Blake2256, compact, u32 } from '@polkadot-api/substrate-bindings'
import { bytesToHex, concatBytes, hexToBytes, type Hex } from 'viem'
import type { OpenExtension } from '../extensions.ts'

/** What an extension is given (`SignerPayloadJSON` of polkadot-js), as far as it is read here. */
type Payload = {
  readonly address: string
  readonly method: Hex
  readonly era: Hex
  readonly nonce: Hex
  readonly tip: Hex
  readonly specVersion: Hex
  readonly transactionVersion: Hex
  readonly genesisHash: Hex
  readonly blockHash: Hex
}

/** The account; `payloads` are those that it was asked to sign. */
export function testAccount(seed: number) {
  const secret = new Uint8Array(32).fill(seed)
  const publicKey = ed25519.getPublicKey(secret)
  const address = AccountId().dec(publicKey)
  const payloads: unknown[] = []
  const signPayload: OpenExtension['signPayload'] = (given) => {
    payloads.push(given)
    const payload = given as Payload
    const bytes = concatBytes([
      hexToBytes(payload.method),
      hexToBytes(payload.era),
      compact.enc(Number(payload.nonce)),
      compact.enc(Number(payload.tip)),
      // No asset to pay the fee in, no hash of the metadata.
      Uint8Array.of(0, 0),
      u32.enc(Number(payload.specVersion)),
      u32.enc(Number(payload.transactionVersion)),
      hexToBytes(payload.genesisHash),
      hexToBytes(payload.blockHash),
      Uint8Array.of(0),
    ])
    const signed = bytes.length > 256 ? Blake2256(bytes) : bytes
    const signature = concatBytes([Uint8Array.of(0), ed25519.sign(signed, secret)])
    return Promise.resolve({ id: 1, signature: bytesToHex(signature) })
  }
  return { address, publicKey, payloads, signPayload }
}
