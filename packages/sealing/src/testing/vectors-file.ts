// Vectors of RFC 9180 outside the project, found and read for tests. Node only: reads files and the environment.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const BESIDE_THE_PROJECT = join(import.meta.dirname, '../../../../../shared/vectors')
const FILE = 'crypto/hpke-rfc9180/x25519-hkdf-sha256-base-psk.json'

/** A vector of appendix A; bytes are hex without `0x`. */
export type HpkeVector = {
  readonly mode: number
  readonly kem_id: number
  readonly kdf_id: number
  readonly aead_id: number
  readonly info: string
  readonly skRm: string
  readonly pkRm: string
  readonly enc: string
  readonly encryptions: readonly {
    readonly aad: string
    readonly plaintext: string
    readonly ciphertext: string
  }[]
}

/** The vectors below the folder that `WETEE_VECTORS` names, else beside the project; or the file that is not there. */
export function readHpkeVectors(): readonly HpkeVector[] | string {
  const file = join(process.env['WETEE_VECTORS'] ?? BESIDE_THE_PROJECT, FILE)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HpkeVector[]) : file
}
