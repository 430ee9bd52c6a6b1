// Runs examples/price-oracle: three sources, their median, a contract that takes it by its rules. Network I/O.
import { buildPriceOracleImage } from '@wetee/example-price-oracle/image'
import type { Proof, Step } from '../steps.ts'
import {
  ask,
  deployConsumer,
  deployProgram,
  read,
  type Consumer,
  type Deployed,
  type Stage,
} from './stage.ts'

/** What a price has to be for PriceFeed; ages in seconds, the rest in hundredths of a percent. */
export const priceRules = {
  maxAgeSeconds: 120,
  maxSpreadBps: 200,
  maxMoveBps: 1_000,
  minSources: 3,
}

/** Deploys the oracle beside its stand-ins of exchanges. */
export function deployPriceOracle(stage: Stage, show: (line: string) => void): Promise<Deployed> {
  return deployProgram(
    stage,
    {
      image: 'price-oracle',
      composeUrl: import.meta.resolve('@wetee/example-price-oracle/local.compose.yaml'),
      buildImage: buildPriceOracleImage,
    },
    show,
  )
}

/** A PriceFeed for a symbol. */
export function deployPriceFeed(
  stage: Stage,
  oracle: Deployed,
  symbol: string,
  rules = priceRules,
): Promise<Consumer> {
  return deployConsumer(stage, 'PriceFeed', oracle, [symbol, rules])
}

/** The steps. */
export function priceOracleSteps(stage: Stage): Step[] {
  let oracle: Deployed
  return [
    {
      name: 'deploy',
      title: 'Deploy the oracle',
      run: async (show) => {
        oracle = await deployPriceOracle(stage, show)
        return { appId: String(oracle.appId), apiId: oracle.apiId }
      },
    },
    { name: 'price', title: 'A contract asks for a price', run: () => askPrice(stage, oracle) },
  ]
}

async function askPrice(stage: Stage, oracle: Deployed): Promise<Proof> {
  const feed = await deployPriceFeed(stage, oracle, 'DOT')
  const { callId, state, values } = await ask(stage, feed, 'update')
  const [value, at] = await read<readonly [bigint, bigint]>(stage, feed, 'price')
  return {
    ...{ contract: feed.address, callId: String(callId), state, price: String(value) },
    ...{ at: String(at), spreadBps: String(values?.['spreadBps']) },
    sources: String(values?.['sources']),
  }
}
