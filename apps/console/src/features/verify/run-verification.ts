// One verification with the document that it judged. Network I/O through the sdk.
import { sha256, toBytes } from 'viem'
import { verify, type Network, type VerifyReport } from '@wetee/sdk'

/** What came of it; `checkedAt` in seconds. */
export type Verification = {
  readonly report: VerifyReport
  readonly evidence: { readonly text: string; readonly sha256: string }
  readonly checkedAt: bigint
  readonly tookMs: number
}

/** Judges an application's evidence of now, or a saved document. Throws as `verify` of the sdk. */
export async function runVerification(
  network: Network,
  of: { readonly appId: bigint } | { readonly evidence: string },
  signal: AbortSignal,
): Promise<Verification> {
  const startedAt = performance.now()
  let text = 'evidence' in of ? of.evidence : ''
  const report = await verify(network, {
    ...of,
    relayed: true,
    signal,
    onEvidence: (fetched) => {
      text = fetched.text
    },
  })
  return {
    report,
    evidence: { text, sha256: sha256(toBytes(text)) },
    checkedAt: BigInt(Math.floor(Date.now() / 1000)),
    tookMs: Math.round(performance.now() - startedAt),
  }
}
