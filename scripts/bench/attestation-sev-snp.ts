// How much an appraisal of SEV-SNP evidence costs beside the signatures that it has to check.
// Computes only.
import { constants, createPublicKey, verify } from 'node:crypto'
import { appraise, type CryptoBackend, type PublicKey } from '@wetee/attestation'
import { createSimulatedAmdVendor } from '@wetee/attestation/simulated'
import { compare, interleave, type Measured } from './measure.ts'

/** At least 0.9 appraisals in the time of their bare signatures. */
const TARGET = 1 / 0.9
/** Long enough for the compiler of hot code, as in a verifier that runs for days. */
const ROUNDS = { rounds: 300, warmUp: 1_500 }
const atMs = Date.UTC(2026, 0, 1)

type Check = () => boolean

/** Appraises one simulated report again and again, nothing cached. */
export async function benchSevSnp(): Promise<Measured[]> {
  const seed = new Uint8Array(32).fill(1)
  const vendor = createSimulatedAmdVendor({ seed, atMs })
  const chip = vendor.createChip({ seed })
  const trustStore = { roots: [{ name: 'simulated', der: vendor.rootDer, simulated: true }] }
  const quote = chip
    .launch({ measurement: `0x${'11'.repeat(48)}`, hostData: `0x${'22'.repeat(32)}` })
    .report(`0x${'33'.repeat(64)}`)
  const endorsements = vendor.endorsements(chip, atMs)
  const run = (crypto?: CryptoBackend) =>
    appraise(
      { platform: 'sev-snp', quote },
      endorsements,
      trustStore,
      atMs,
      crypto === undefined ? {} : { crypto },
    )
  const checks = await checksOf(run)
  const medians = await interleave(
    {
      appraisal: () => run(),
      bare: () => {
        if (!checks.every((check) => check())) throw new Error('a signature does not hold')
      },
    },
    ROUNDS,
  )
  const reference = {
    name: `${checks.length} bare signature checks by node:crypto from the bytes of keys`,
    value: medians.bare,
  }
  return [compare('sev-snp.nothing-cached', medians.appraisal, 'ms', reference, TARGET)]
}

/** Every signature that an appraisal asks for; keys come as bytes, as they do with evidence. */
async function checksOf(run: (crypto: CryptoBackend) => Promise<unknown>): Promise<Check[]> {
  const checks: Check[] = []
  await run({
    verify(key, message, signature) {
      checks.push(checkOf(key, message, signature))
      return true
    },
    sha256: () => new Uint8Array(32),
  })
  return checks
}

function checkOf({ kind, bytes }: PublicKey, message: Uint8Array, signature: Uint8Array): Check {
  const half = bytes.length / 2
  const coordinate = (start: number, end?: number) =>
    Buffer.from(bytes.subarray(start, end)).toString('base64url')
  const spki = (
    kind === 'rsa'
      ? createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' })
      : createPublicKey({
          key: {
            kty: 'EC',
            crv: kind === 'p256' ? 'P-256' : 'P-384',
            x: coordinate(0, half),
            y: coordinate(half),
          },
          format: 'jwk',
        })
  ).export({ format: 'der', type: 'spki' })
  const key = { key: spki, format: 'der', type: 'spki' } as const
  const options =
    kind === 'rsa'
      ? { ...key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
      : { ...key, dsaEncoding: 'ieee-p1363' as const }
  const hash = kind === 'p256' ? 'sha256' : 'sha384'
  return () => verify(hash, message, options, signature)
}
