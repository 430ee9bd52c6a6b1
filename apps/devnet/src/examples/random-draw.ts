// Runs examples/random-draw: a raffle on chain whose winner is drawn by a key that the network derives. Network I/O.
import { buildRandomDrawImage } from '@wetee/example-random-draw/image'
import type { Proof, Step } from '../steps.ts'
import {
  ask,
  deployConsumer,
  deployProgram,
  getJson,
  read,
  send,
  type Consumer,
  type Deployed,
  type Stage,
} from './stage.ts'

/** Deploys the drawing program. */
export function deployRandomDraw(stage: Stage, show: (line: string) => void): Promise<Deployed> {
  return deployProgram(
    stage,
    {
      image: 'random-draw',
      composeUrl: import.meta.resolve('@wetee/example-random-draw/compose.yaml'),
      buildImage: buildRandomDrawImage,
    },
    show,
  )
}

/** A raffle that takes proofs of the application's key, which it says itself over the TLS key of its lease. */
export async function deployRaffle(stage: Stage, program: Deployed): Promise<Consumer> {
  const { key } = await getJson<{ key: string }>(stage, program, '/key')
  if (!/^0x[0-9a-f]{128}$/.test(key)) throw new Error('expected a point of 64 bytes')
  const [x, y] = [BigInt(key.slice(0, 66)), BigInt(`0x${key.slice(66)}`)]
  return deployConsumer(stage, 'Raffle', program, [{ x, y }])
}

/** The steps. */
export function randomDrawSteps(stage: Stage): Step[] {
  let program: Deployed
  return [
    {
      name: 'deploy',
      title: 'Deploy the drawing program',
      run: async (show) => {
        program = await deployRandomDraw(stage, show)
        return { appId: String(program.appId), apiId: program.apiId }
      },
    },
    { name: 'draw', title: 'A raffle draws its winner', run: () => drawWinner(stage, program) },
  ]
}

async function drawWinner(stage: Stage, program: Deployed): Promise<Proof> {
  const raffle = await deployRaffle(stage, program)
  await send(stage, raffle, 'enter')
  const { callId, state } = await ask(stage, raffle, 'draw')
  const winner = await read<string>(stage, raffle, 'winner')
  return { contract: raffle.address, callId: String(callId), state, winner }
}
