// Runs examples/existing-program: json-server as npm publishes it, and a contract that asks it. Network I/O.
import { buildExistingProgramImage } from '@wetee/example-existing-program/image'
import type { Proof, Step } from '../steps.ts'
import { ask, deployConsumer, deployProgram, read, type Deployed, type Stage } from './stage.ts'

/** An item as StockReader has it. */
type StockItem = {
  readonly name: string
  readonly stock: number
  readonly priceCents: bigint
  readonly at: bigint
}
const id = 'espresso-1kg'

/** Deploys json-server with its file of goods. */
export function deployExistingProgram(
  stage: Stage,
  show: (line: string) => void,
): Promise<Deployed> {
  return deployProgram(
    stage,
    {
      image: 'existing-program',
      composeUrl: import.meta.resolve('@wetee/example-existing-program/compose.yaml'),
      buildImage: buildExistingProgramImage,
    },
    show,
  )
}

/** The steps. */
export function existingProgramSteps(stage: Stage): Step[] {
  let program: Deployed
  return [
    {
      name: 'deploy',
      title: 'Deploy json-server',
      run: async (show) => {
        program = await deployExistingProgram(stage, show)
        return { appId: String(program.appId), apiId: program.apiId }
      },
    },
    { name: 'item', title: 'A contract reads an item', run: () => askItem(stage, program) },
  ]
}

async function askItem(stage: Stage, program: Deployed): Promise<Proof> {
  const reader = await deployConsumer(stage, 'StockReader', program)
  const { callId, state } = await ask(stage, reader, 'read', [id])
  const { name, stock, priceCents } = await read<StockItem>(stage, reader, 'item', [id])
  return {
    ...{ contract: reader.address, callId: String(callId), state },
    ...{ name, stock, priceCents: String(priceCents) },
  }
}
