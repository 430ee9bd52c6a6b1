// The script of the page that times appraisals beside the reference library's browser path. Runs in a browser.
import { Buffer } from 'buffer'
import { QuoteVerifier } from '@phala/dcap-qvl'
import { appraise, AppraisalCache, type IntelEndorsements } from '@wetee/attestation'
import { interleave } from './measure.ts'

/** TDX evidence as JSON; bytes as lists of numbers. */
export type TimedEvidence = {
  readonly quote: readonly number[]
  readonly rootDer: readonly number[]
  readonly endorsements: IntelEndorsements
  readonly atMs: number
  readonly rounds: { readonly rounds: number; readonly warmUp: number }
}

/** Median milliseconds of one appraisal. */
export type Timed = { readonly plain: number; readonly cached: number; readonly reference: number }

async function measure(given: TimedEvidence): Promise<Timed> {
  const { endorsements, atMs } = given
  const quote = Uint8Array.from(given.quote)
  const rootDer = Uint8Array.from(given.rootDer)
  const trustStore = { roots: [{ name: 'simulated', der: rootDer, simulated: true }] }
  const cache = new AppraisalCache()
  const ours = async (options: { cache?: AppraisalCache }) => {
    const { tcbStatus } = await appraise(
      { platform: 'tdx', quote },
      endorsements,
      trustStore,
      atMs,
      options,
    )
    if (tcbStatus !== 'UpToDate') throw new Error(`appraised as ${tcbStatus}`)
  }
  // Its browser path takes the `buffer` package's bytes.
  const verifier = QuoteVerifier.newWithRootCa(Buffer.from(rootDer))
  return interleave(
    {
      plain: () => ours({}),
      cached: () => ours({ cache }),
      reference: () => {
        const { status } = verifier.verify(quote, endorsements, atMs / 1000)
        if (status !== 'UpToDate') throw new Error(`the reference library says ${status}`)
      },
    },
    given.rounds,
  )
}

Object.assign(globalThis, { wetee: { measure } })
