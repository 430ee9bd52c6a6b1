// An application with a secret, a volume and derived keys, for tests of a new network key; and the order of one. Network I/O.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transact } from '@wetee/devnet/transactions'
import { filesLayer, writeNodeImage } from '@wetee/image'
import {
  carryOut,
  deploy,
  planRollBack,
  planSecret,
  publishSecret,
  sealSecret,
  waitForApp,
  type DeployResult,
  type Network,
} from '@wetee/sdk'
import { resolveImageFromRegistry } from '@wetee/sdk/node'
import { eventually, type RunningDevnet } from './running-devnet.ts'

/** What it says of itself: digests of values, S of keys of the network. */
export type Told = {
  readonly word: string
  readonly note: string
  readonly networkKey: string
  readonly derived: string
  readonly older: string | null
  readonly olderDerived: string | null
}

const name = 'word'
const program = join(import.meta.dirname, 'moving-application.mjs')
const composeFile = join(import.meta.dirname, 'moving-application.compose.yaml')

/** Deployed on a running devnet; answers once it has its secret. */
export class MovingApplication {
  readonly #sdk: Network
  readonly #signal: AbortSignal
  readonly #composeText: string
  #deployed!: DeployResult
  #url = ''

  private constructor({ network, application }: RunningDevnet) {
    this.#sdk = application.sdk
    this.#signal = network.signal
    const registry = `127.0.0.1:${network.ports.registry}`
    this.#composeText = readFileSync(composeFile, 'utf8').replaceAll('127.0.0.1:5780', registry)
  }

  static async deploy(devnet: RunningDevnet): Promise<MovingApplication> {
    await writeNodeImage({
      ...{ layout: devnet.network.state.path('images', 'hello'), tag: 'moving' },
      ...{ program: ['/app/moving.mjs'] },
      layers: [filesLayer({ '/app/moving.mjs': { source: program } })],
    })
    const application = new MovingApplication(devnet)
    await application.deployAnew()
    return application
  }

  /** The same manifest each time. */
  async deployAnew(): Promise<DeployResult> {
    this.#deployed = await deploy(this.#sdk, {
      ...{ composeText: this.#composeText, file: composeFile, signal: this.#signal },
      resolveImage: resolveImageFromRegistry,
    })
    return this.#deployed
  }

  async setWord(text: string): Promise<void> {
    const value = new TextEncoder().encode(text)
    const sealed = await sealSecret(this.#sdk, { appId: this.#deployed.appId, name, value })
    const options = { signal: this.#signal }
    await carryOut(this.#sdk, await planSecret(this.#sdk, sealed), options)
    await publishSecret(this.#sdk, sealed.bytes, options)
  }

  async rollBack(version: number): Promise<void> {
    const intent = await planRollBack(this.#sdk, this.#deployed.appId, name, version)
    await carryOut(this.#sdk, intent, { signal: this.#signal })
  }

  async untilReady(): Promise<void> {
    const { appId, version } = this.#deployed
    const ready = await waitForApp(this.#sdk, appId, {
      ...{ version, timeoutMs: 120_000, signal: this.#signal },
    })
    this.#url = ready.urls.at(-1)?.url ?? ''
  }

  /** Asks it once it answers; for its key under `older`, or under the one that it knows. */
  async told(older?: string): Promise<Told> {
    const url = `${this.#url}/${older === undefined ? '' : `?older=${older}`}`
    const options = { maxBytes: 65_536, timeoutMs: 10_000 }
    let last = ''
    const ask = async (): Promise<Told | undefined> => {
      const answer = await this.#sdk.transport.get(url, options).catch((error: unknown) => {
        last = String(error)
      })
      if (answer === undefined) return undefined
      const text = new TextDecoder().decode(answer.body)
      if (answer.status === 200) return JSON.parse(text) as Told
      last = `${answer.status} ${text}`
      if (answer.status === 500) throw new Error(last)
      return undefined
    }
    return eventually('an answer of the application', ask, 180_000).catch((cause: unknown) => {
      throw new Error(`${url}: ${last}`, { cause })
    })
  }

  digestOf(text: string): string {
    return createHash('sha256').update(text).digest('hex')
  }
}

/** Orders a new key as the DAO does, and waits until its committee is active; the key of before lives for an hour. */
export async function orderNewKey({ network, application }: RunningDevnet): Promise<void> {
  const { reader } = application.sdk
  const { epoch } = await reader.committee((await reader.finalized()).number)
  await transact(network, {
    ...{ from: 'admin', contract: 'keys', functionName: 'rotate', args: [3_600n] },
  })
  await eventually('the new key', async () => {
    const { number } = await reader.finalized()
    const keys = await reader.liveKeys(number)
    return keys.length === 2 && (await reader.committee(number)).epoch > epoch
  })
}
