// A wallet on another device: WalletConnect's own client for wallets, with a development key. Talks to the relay and the chain.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Refusal, type WalletPolicy, type testWallet } from '../end-to-end/testing/console-page.ts'

type Proposal = {
  readonly id: number
  readonly params: {
    readonly proposer: { readonly metadata: { readonly name: string; readonly url: string } }
    readonly optionalNamespaces: {
      readonly eip155: {
        readonly chains: readonly string[]
        readonly methods: readonly string[]
        readonly events: readonly string[]
      }
    }
  }
}
type Asked = {
  readonly id: number
  readonly topic: string
  readonly params: { readonly request: Parameters<ReturnType<typeof testWallet>>[0] }
}
type Session = { readonly topic: string }
type Reason = { readonly code: number; readonly message: string }

/** What is used of the client, whose types are not here. */
type SignClient = {
  readonly session: { getAll(): readonly Session[] }
  readonly core: {
    readonly heartbeat: { stop(): void }
    readonly relayer: { transportClose(): Promise<void> }
  }
  on(event: 'session_proposal', hear: (proposal: Proposal) => void): void
  on(event: 'session_request', hear: (asked: Asked) => void): void
  on(event: 'session_delete', hear: () => void): void
  pair(link: { uri: string }): Promise<unknown>
  approve(answer: unknown): Promise<{ acknowledged(): Promise<unknown> }>
  reject(answer: { id: number; reason: Reason }): Promise<void>
  respond(answer: unknown): Promise<void>
  disconnect(session: Session & { reason: Reason }): Promise<void>
}

/** A wallet that runs. */
export type Phone = {
  /** Methods that it was asked for. */
  readonly asked: readonly string[]
  /** Name and address that pages gave of themselves. */
  readonly pages: readonly { readonly name: string; readonly url: string }[]
  sessions(): number
  scan(link: string): Promise<void>
  /** Resolves when a page has ended a session. */
  ended(): Promise<void>
  /** Ends all sessions. */
  end(): Promise<void>
  close(): Promise<void>
}

const declined: Reason = { code: 5_000, message: 'User rejected.' }

/** Starts a wallet; `answer` signs, `policy` says what it does when it is asked. */
export async function startPhone(options: {
  readonly packages: string
  readonly relayUrl: string
  readonly projectId: string
  readonly address: string
  readonly answer: ReturnType<typeof testWallet>
  readonly policy: WalletPolicy
}): Promise<Phone> {
  const { packages, relayUrl, projectId, address, answer, policy } = options
  const load = createRequire(join(packages, 'package.json'))
  const { SignClient } = load('@walletconnect/sign-client') as {
    SignClient: { init(options: unknown): Promise<SignClient> }
  }
  const client = await SignClient.init({
    ...{ projectId, relayUrl, logger: 'silent', telemetryEnabled: false },
    storageOptions: { database: ':memory:' },
    metadata: { name: 'Phone', description: 'of a test', url: 'https://phone.test', icons: [] },
  })
  const [asked, pages]: [string[], { name: string; url: string }[]] = [[], []]
  client.on('session_proposal', ({ id, params }) => {
    pages.push(params.proposer.metadata)
    if (!policy.connects) return void client.reject({ id, reason: declined })
    const { chains, methods, events } = params.optionalNamespaces.eip155
    const accounts = chains.map((chain) => `${chain}:${address}`)
    void client.approve({ id, namespaces: { eip155: { chains, methods, events, accounts } } })
  })
  client.on('session_request', ({ id, topic, params: { request } }) => {
    asked.push(request.method)
    const respond = (said: object) =>
      client.respond({ topic, response: { id, jsonrpc: '2.0', ...said } })
    void answer(request).then(
      (result) => respond({ result }),
      (error: unknown) =>
        respond({
          error: error instanceof Refusal ? declined : { code: -1, message: String(error) },
        }),
    )
  })
  return {
    ...{ asked, pages },
    sessions: () => client.session.getAll().length,
    scan: async (uri) => void (await client.pair({ uri })),
    ended: () => new Promise((resolve) => client.on('session_delete', resolve)),
    end: async () => {
      const reason = { code: 6_000, message: 'User disconnected.' }
      for (const { topic } of client.session.getAll()) await client.disconnect({ topic, reason })
    },
    close: async () => {
      client.core.heartbeat.stop()
      await client.core.relayer.transportClose()
    },
  }
}
