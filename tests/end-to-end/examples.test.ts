// The examples on one devnet of real processes: contracts are answered by attested applications, and take only what they should.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ask,
  deployAdmission,
  deployConsumer,
  deployExistingProgram,
  deployPriceFeed,
  deployPriceOracle,
  deployPrivateScoring,
  deployRaffle,
  deployRandomDraw,
  existingProgramSteps,
  openStage,
  priceRules,
  read,
  sealInput,
  send,
  type Stage,
} from '@wetee/devnet/examples'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'
import { runTutorial } from './testing/tutorial.ts'

const patienceMs = 600_000
const silent = () => undefined
let devnet: RunningDevnet
let stage: Stage

beforeAll(async () => {
  devnet = await startDevnet('sandbox', { nodes: 1, leaseSeconds: 300n })
  stage = await openStage(devnet.network.state, devnet.network.signal)
}, patienceMs)
afterAll(() => devnet.close())

describe('price oracle', () => {
  type Oracle = Awaited<ReturnType<typeof deployPriceOracle>>
  let oracle: Oracle
  beforeAll(async () => {
    oracle = await deployPriceOracle(stage, silent)
  }, patienceMs)

  test(
    'a contract has the median of three sources, and gives it out while it is young',
    async () => {
      const rules = { ...priceRules, maxAgeSeconds: 40 }
      const feed = await deployPriceFeed(stage, oracle, 'DOT', rules)
      const call = await ask(stage, feed, 'update')
      expect(call).toMatchObject({ state: 'answered', status: 200, values: { sources: 3 } })
      const [value, at] = await read<readonly [bigint, bigint]>(stage, feed, 'price')
      expect(value).toBe(651_000_000n)
      await eventually('a stale price', async () =>
        read(stage, feed, 'price').then(
          () => false,
          (error: Error) => error.message.includes('PriceStale'),
        ),
      )
      expect(await read(stage, feed, 'lastPrice')).toEqual({ value, at })
    },
    patienceMs,
  )

  test(
    'sources that are too far apart, and a price that moves too far, do not count',
    async () => {
      const wide = await deployPriceFeed(stage, oracle, 'WIDE')
      const jump = await deployPriceFeed(stage, oracle, 'JUMP')
      expect(await ask(stage, wide, 'update')).toMatchObject({ state: 'answered', status: 200 })
      expect(await read(stage, wide, 'lastPrice')).toEqual({ value: 0n, at: 0n })
      await ask(stage, jump, 'update')
      const moved = await ask(stage, jump, 'update')
      expect(moved.values).toMatchObject({ price: 1_500_000_000n })
      expect(await read(stage, jump, 'lastPrice')).toMatchObject({ value: 500_000_000n })
    },
    patienceMs,
  )

  test(
    'a symbol that no source has is an answer that says so, and no price',
    async () => {
      const feed = await deployPriceFeed(stage, oracle, 'NONE')
      expect(await ask(stage, feed, 'update')).toMatchObject({ state: 'answered', status: 503 })
      expect(await read(stage, feed, 'lastPrice')).toEqual({ value: 0n, at: 0n })
    },
    patienceMs,
  )
})

test(
  'a private model judges a sealed input, which nobody else can hand in',
  async () => {
    const program = await deployPrivateScoring(stage, silent)
    const [mine, other] = [
      await deployAdmission(stage, program),
      await deployAdmission(stage, program),
    ]
    const applicant = stage.account.address
    const good = { income: 4_800, debts: 900, years: 3 }
    const seal = (contract: Hex, of: Hex, input: Readonly<Record<string, number>>) =>
      sealInput(stage, program, { contract, applicant: of }, input)
    const verdict = (contract: typeof mine) =>
      read<number>(stage, contract, 'verdictOf', [applicant])
    const ofSomebody = await seal(mine.address, other.address, good)
    const stolen = await ask(stage, mine, 'request', [ofSomebody])
    expect(stolen).toMatchObject({ status: 422 })
    const forElsewhere = await ask(stage, other, 'request', [
      await seal(mine.address, applicant, good),
    ])
    expect(forElsewhere).toMatchObject({ status: 422 })
    expect([await verdict(mine), await verdict(other)]).toEqual([0, 0])
    await ask(stage, mine, 'request', [await seal(mine.address, applicant, good)])
    await ask(stage, other, 'request', [
      await seal(other.address, applicant, { ...good, income: 4_000 }),
    ])
    expect([await verdict(mine), await verdict(other)]).toEqual([1, 2])
  },
  patienceMs,
)

test(
  'a raffle draws one of its entrants; the number is one for its input, and proven',
  async () => {
    const program = await deployRandomDraw(stage, silent)
    const raffle = await deployRaffle(stage, program)
    await send(stage, raffle, 'enter')
    const call = await ask(stage, raffle, 'draw')
    expect(call).toMatchObject({ state: 'answered', status: 200 })
    expect(await read(stage, raffle, 'winner')).toBe(stage.account.address)
    // The same input to another contract's address is another number.
    const second = await deployRaffle(stage, program)
    await send(stage, second, 'enter')
    const other = await ask(stage, second, 'draw')
    expect(sha256(other.payload ?? '0x')).not.toBe(sha256(call.payload ?? '0x'))
  },
  patienceMs,
)

test(
  'an existing program is asked by a contract; what it does not have changes nothing',
  async () => {
    const [deploying, asking] = existingProgramSteps(stage)
    await deploying?.run(silent)
    expect(await asking?.run(silent)).toMatchObject({
      state: 'answered',
      name: 'Espresso, 1 kg',
      stock: 42,
      priceCents: '1890',
    })
    // Deployed once: the second time finds it.
    const program = await deployExistingProgram(stage, silent)
    expect(program).toMatchObject({ apiVersion: 1 })
    const reader = await deployConsumer(stage, 'StockReader', program)
    expect(await ask(stage, reader, 'read', ['nothing'])).toMatchObject({ status: 404 })
    expect(await read(stage, reader, 'item', ['nothing'])).toMatchObject({ at: 0n })
  },
  patienceMs,
)

test(
  'the commands of the tutorial do what it says',
  async () => {
    const { output, commands } = await runTutorial('contract-callback.md', devnet)
    expect(commands).toBeGreaterThan(7)
    expect(output).toContain('Hello, Ada')
    const client = readFileSync(join(devnet.folder, 'GreeterClient.sol'), 'utf8')
    expect(client).toContain('contract GreeterClient')
  },
  patienceMs,
)
