// The script of the page that times appraisals beside the reference library's browser path. Runs in a browser.
import { Buffer } from 'buffer'
import { QuoteVerifier } from '@phala/dcap-qvl'
import { appraise, AppraisalCache, type IntelEndorsements } from '@wetee/attestation'
import { interleave } from './measure.ts'

/** Evidence as JSON; bytes are hex without prefix. */
export type TimedEvidence = {
  readonly tee: 'tdx' | 'sgx'
  /** Quotes of machines, each another one; one more than there are rounds. */
  readonly quotes: readonly string[]
  readonly rootDer: string
  readonly endorsements: IntelEndorsements
  readonly atMs: number
  readonly rounds: { readonly rounds: number; readonly warmUp: number }
}

/** Median milliseconds of one appraisal. */
export type Timed = {
  readonly nothing: number
  readonly collateral: number
  readonly platform: number
  readonly reference: number
}

async function measure(given: TimedEvidence): Promise<Timed> {
  const { tee, endorsements, atMs } = given
  const [known = new Uint8Array(), ...machines] = given.quotes.map(bytesOf)
  const newest = machines.values()
  const rootDer = bytesOf(given.rootDer)
  const trustStore = { roots: [{ name: 'simulated', der: rootDer, simulated: true }] }
  const cache = new AppraisalCache()
  const ours = async (quote: Uint8Array, options: { cache?: AppraisalCache }) => {
    const claims = await appraise({ platform: tee, quote }, endorsements, trustStore, atMs, options)
    if (claims.tcbStatus !== 'UpToDate') throw new Error(`appraised as ${claims.tcbStatus}`)
  }
  await ours(known, { cache })
  // Its browser path takes the `buffer` package's bytes.
  const verifier = QuoteVerifier.newWithRootCa(Buffer.from(rootDer))
  return interleave(
    {
      nothing: () => ours(known, {}),
      collateral: () => ours(newest.next().value ?? known, { cache }),
      platform: () => ours(known, { cache }),
      reference: () => {
        const { status } = verifier.verify(known, endorsements, atMs / 1000)
        if (status !== 'UpToDate') throw new Error(`the reference library says ${status}`)
      },
    },
    given.rounds,
  )
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16))
}

Object.assign(globalThis, { wetee: { measure } })
