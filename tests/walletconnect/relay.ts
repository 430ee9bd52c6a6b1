// A relay of WalletConnect on the loopback address: keeps messages under their topics and passes them to whoever subscribes. Listens.
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** What a client of the relay sent, which is all that a relay can see. */
export type Seen = { readonly method: string; readonly params: Record<string, unknown> }

/** A relay that runs. */
export type Relay = {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Resolves when it is asked for a method, from now on. */
  next(method: string): Promise<void>
  close(): Promise<void>
}

type Message = { readonly topic: string; readonly message: string; readonly known: Set<string> }
type Client = {
  readonly id: string
  readonly topics: Set<string>
  readonly send: (value: unknown) => void
}

/** Starts a relay. The methods are those of https://specs.walletconnect.com/2.0/specs/servers/relay/relay-server-rpc. */
export async function startRelay(): Promise<Relay> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1_000_000 })
  await once(server, 'listening')
  const seen: Seen[] = []
  const messages: Message[] = []
  const clients = new Set<Client>()
  const asked = new EventEmitter()
  server.on('connection', (socket, { url = '' }) => {
    const client = { id: clientOf(url), topics: new Set<string>(), send: sender(socket) }
    clients.add(client)
    socket.on('close', () => clients.delete(client))
    socket.on('message', (data: Buffer) => {
      const { id, method, params } = JSON.parse(data.toString()) as Partial<Seen> & { id: number }
      // Else it is the receipt of a message.
      if (method === undefined) return
      seen.push({ method, params: params ?? {} })
      client.send({ id, jsonrpc: '2.0', result: answer(client, method, params ?? {}) })
      deliver()
      asked.emit(method)
    })
  })
  const publish = ({ id }: Client, topic: unknown, message: unknown) =>
    messages.push({ topic: String(topic), message: String(message), known: new Set([id]) })
  const subscribe = ({ id, topics }: Client, topic: unknown) => {
    topics.add(String(topic))
    return createHash('sha256')
      .update(`${String(topic)}${id}`)
      .digest('hex')
  }
  /** Everybody gets what others have said under a topic, once. */
  const deliver = () => {
    for (const { topic, message, known } of messages)
      for (const { id, topics, send } of clients) {
        if (known.has(id) || !topics.has(topic)) continue
        known.add(id)
        const data = { topic, message, publishedAt: Date.now(), tag: 0 }
        const subscription = createHash('sha256').update(`${topic}${id}`).digest('hex')
        const params = { id: subscription, data }
        send({ id: Date.now() * 1_000, jsonrpc: '2.0', method: 'irn_subscription', params })
      }
  }
  const answer = (client: Client, method: string, params: Record<string, unknown>): unknown => {
    switch (method) {
      case 'irn_subscribe':
        return subscribe(client, params['topic'])
      case 'irn_batchSubscribe':
        return (params['topics'] as string[]).map((topic) => subscribe(client, topic))
      case 'irn_unsubscribe':
        return client.topics.delete(String(params['topic']))
      case 'irn_publish':
        publish(client, params['topic'], params['message'])
        return true
      case 'irn_fetchMessages':
      case 'irn_batchFetchMessages':
        // What there is has been delivered.
        return { messages: [], hasMore: false }
      case 'wc_proposeSession':
        subscribe(client, params['pairingTopic'])
        publish(client, params['pairingTopic'], params['sessionProposal'])
        return true
      case 'wc_approveSession':
        subscribe(client, params['sessionTopic'])
        publish(client, params['pairingTopic'], params['sessionProposalResponse'])
        publish(client, params['sessionTopic'], params['sessionSettlementRequest'])
        return true
      default:
        throw new Error(`the relay was asked for ${method}`)
    }
  }
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    next: async (method) => void (await once(asked, method)),
    close: async () => {
      for (const socket of server.clients) socket.terminate()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** The key that a client signs its connection with: the same after a reload. */
function clientOf(url: string): string {
  const [, payload = ''] = (new URL(url, 'ws://relay').searchParams.get('auth') ?? '').split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string }).iss
}

const sender = (socket: WebSocket) => (value: unknown) => socket.send(JSON.stringify(value))
