// The script of the page that runs the attestation vectors: fetches them and judges every case. Runs in a browser.
import {
  judgeVector,
  vectorPaths,
  type VectorCase,
  type VectorJudgement,
} from '@wetee/attestation/testing/vectors-judge'

async function bytesOf(path: string): Promise<Uint8Array> {
  const answer = await fetch(`/files/${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

/** Judges every case of the manifest, in its order. */
async function judgeVectors(): Promise<VectorJudgement[]> {
  const text = new TextDecoder().decode(await bytesOf('manifest.json'))
  const { cases } = JSON.parse(text) as { cases: VectorCase[] }
  const files = new Map<string, Uint8Array>()
  const judgements: VectorJudgement[] = []
  for (const vector of cases) {
    for (const path of vectorPaths(vector))
      if (!files.has(path)) files.set(path, await bytesOf(path))
    judgements.push(await judgeVector(vector, files))
  }
  return judgements
}

Object.assign(globalThis, { wetee: { judgeVectors } })
