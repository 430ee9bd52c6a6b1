// Runs examples/private-scoring: a secret model, a sealed input, a verdict on chain. Network I/O.
import { concat, hexToBytes, type Hex } from 'viem'
import { buildPrivateScoringImage } from '@wetee/example-private-scoring/image'
import { carryOut, listSecrets, planSecret, publishSecret, sealSecret } from '@wetee/sdk'
import { sealBulkTo } from '@wetee/sealing'
import type { Proof, Step } from '../steps.ts'
import {
  ask,
  deployConsumer,
  deployProgram,
  getJson,
  read,
  type Consumer,
  type Deployed,
  type Stage,
} from './stage.ts'

/** `Admission.Verdict`. */
const verdicts = ['none', 'approved', 'refused'] as const
const secretName = 'model'
/** The development model: its owner would keep it to itself. */
const model = { weights: { income: 2, debts: -3, years: 150 }, threshold: 7_000 }
const info = new TextEncoder().encode('wetee/example/private-scoring/v1')
/** As scoring.mjs expects it. */
const inputBytes = 256

/** Deploys the scoring program and gives it its model. */
export function deployPrivateScoring(
  stage: Stage,
  show: (line: string) => void,
): Promise<Deployed> {
  return deployProgram(
    stage,
    {
      image: 'private-scoring',
      composeUrl: import.meta.resolve('@wetee/example-private-scoring/compose.yaml'),
      buildImage: buildPrivateScoringImage,
      prepare: (appId) => setModel(stage, appId, show),
    },
    show,
  )
}

async function setModel(
  { sdk, signal }: Stage,
  appId: bigint,
  show: (line: string) => void,
): Promise<void> {
  if ((await listSecrets(sdk, appId)).some(({ name }) => name === secretName)) return
  show('its model, as a secret')
  const value = new TextEncoder().encode(JSON.stringify(model))
  const sealed = await sealSecret(sdk, { appId, name: secretName, value })
  await carryOut(sdk, await planSecret(sdk, sealed), { signal })
  await publishSecret(sdk, sealed.bytes, { signal })
}

/** Seals an input for one contract and one applicant: beside any other address it does not open. */
export async function sealInput(
  stage: Stage,
  program: Deployed,
  { contract, applicant }: { readonly contract: Hex; readonly applicant: Hex },
  input: Readonly<Record<string, number>>,
): Promise<Hex> {
  const { key } = await getJson<{ key: Hex }>(stage, program, '/key')
  const plain = new TextEncoder().encode(JSON.stringify(input).padEnd(inputBytes))
  const aad = hexToBytes(concat([contract, applicant]))
  const { enc, sealed } = await sealBulkTo(hexToBytes(key), info, aad, plain)
  return `0x${Buffer.concat([enc, sealed]).toString('hex')}`
}

/** A contract that admits whom the model approves. */
export const deployAdmission = (stage: Stage, program: Deployed): Promise<Consumer> =>
  deployConsumer(stage, 'Admission', program)

/** The steps. */
export function privateScoringSteps(stage: Stage): Step[] {
  let program: Deployed
  return [
    {
      name: 'deploy',
      title: 'Deploy the scoring program, with a secret model',
      run: async (show) => {
        program = await deployPrivateScoring(stage, show)
        return { appId: String(program.appId), apiId: program.apiId }
      },
    },
    { name: 'judge', title: 'A contract has sealed data judged', run: () => judge(stage, program) },
  ]
}

async function judge(stage: Stage, program: Deployed): Promise<Proof> {
  const admission = await deployAdmission(stage, program)
  const applicant = stage.account.address
  const at = { contract: admission.address, applicant }
  const sealed = await sealInput(stage, program, at, { income: 4_800, debts: 900, years: 3 })
  const { callId, state } = await ask(stage, admission, 'request', [sealed])
  const verdict = await read<number>(stage, admission, 'verdictOf', [applicant])
  return {
    ...{ contract: admission.address, callId: String(callId), state, applicant },
    verdict: verdicts[verdict] ?? 'unknown',
  }
}
