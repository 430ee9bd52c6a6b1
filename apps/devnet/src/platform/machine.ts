// One simulated machine: its host socket, and a socket for each guest launched on it. Does socket and file I/O.
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { refusal, serveSocket, type SocketCall } from '@wetee/tee-device'
import { z } from 'zod'
import { measureFiles, measureImage } from './measurement.ts'
import type { Collateral } from '@wetee/tee-device'
import type { Guest, Tee } from './tee.ts'

/** What a machine is made of. */
export type MachineOptions = {
  readonly name: string
  readonly hostSocket: string
  /** Folder for guest sockets, closed to everybody but the host. */
  readonly guestFolder: string
  readonly tee: Tee
  readonly collateral: () => Collateral
  /** After every change of the machine's switches. */
  readonly onStateChanged: () => void
  readonly onError: (error: unknown, call: SocketCall) => void
}

/** A guest and its socket. */
type Running = { close(): Promise<void> }

const MAX_GUESTS = 256

const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])
const launchSchema = z.union([
  z.strictObject({
    image: z.strictObject({
      layout: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    }),
    configuration: hex(32),
  }),
  z.strictObject({ files: z.array(z.string()), configuration: hex(32) }),
])
const stateSchema = z.strictObject({
  tcb: z.enum(['UpToDate', 'OutOfDate', 'Revoked']).optional(),
  debug: z.boolean().optional(),
})
const extendSchema = z.strictObject({ register: z.literal([2, 3]), digest: hex(48) })
const quoteSchema = z.strictObject({ reportData: hex(64) })
const sealingSchema = z.strictObject({ context: z.string().min(1).max(256) })

/** Opens the host socket (mode 0600) and serves until `close`; guests live as long as the machine. */
export async function startMachine(options: MachineOptions): Promise<{ close(): Promise<void> }> {
  mkdirSync(options.guestFolder, { recursive: true, mode: 0o700 })
  const guests = new Map<string, Running>()
  const host = await serveSocket({
    socketPath: options.hostSocket,
    fileMode: 0o600,
    onError: options.onError,
    handle: (call) => handleHost(options, guests, call),
  })
  return {
    async close() {
      await host.close()
      for (const guest of guests.values()) await guest.close()
      guests.clear()
    },
  }
}

async function handleHost(
  options: MachineOptions,
  guests: Map<string, Running>,
  { method, path, body }: SocketCall,
): Promise<unknown> {
  const route = `${method} ${path}`
  if (route === 'POST /v1/launch') return launch(options, guests, parse(launchSchema, body))
  if (route === 'GET /v1/collateral') return options.collateral()
  if (route === 'POST /v1/state') {
    const { tcb, debug } = parse(stateSchema, body)
    if (tcb !== undefined) options.tee.setTcb(tcb)
    if (debug !== undefined) options.tee.setDebug(debug)
    options.onStateChanged()
    return undefined
  }
  const launchId = /^DELETE \/v1\/launch\/([0-9a-f]{16})$/.exec(route)?.[1]
  if (launchId === undefined) throw refusal(404, 'request.unknown', `${route}: no such call`)
  const guest = guests.get(launchId)
  guests.delete(launchId)
  await guest?.close()
  return undefined
}

async function launch(
  options: MachineOptions,
  guests: Map<string, Running>,
  request: z.infer<typeof launchSchema>,
): Promise<{ launchId: string; socket: string }> {
  const measurement =
    'image' in request ? await measureImage(request.image) : await measureFiles(request.files)
  if (guests.size >= MAX_GUESTS)
    throw refusal(429, 'launch.too-many', `this machine runs at most ${MAX_GUESTS} guests`)
  const launchId = randomBytes(8).toString('hex')
  const socket = join(options.guestFolder, `${launchId}.sock`)
  const { tee } = options
  const guest = tee.launch(measurement, request.configuration)
  // The guest's user id is not known here: the folder keeps others out, the socket lets the guest in.
  const server = await serveSocket({
    socketPath: socket,
    fileMode: 0o666,
    onError: options.onError,
    handle: (call) => Promise.resolve(handleGuest(tee, { measurement, guest }, call)),
  })
  guests.set(launchId, {
    async close() {
      await server.close()
      rmSync(socket, { force: true })
    },
  })
  return { launchId, socket }
}

function handleGuest(
  tee: Tee,
  { measurement, guest }: { readonly measurement: `0x${string}`; readonly guest: Guest },
  { method, path, body }: SocketCall,
): unknown {
  switch (`${method} ${path}`) {
    case 'POST /v1/report':
      return guest.report()
    case 'POST /v1/extend': {
      const { register, digest } = parse(extendSchema, body)
      if (guest.extend === undefined)
        throw refusal(400, 'tee.no-registers', `${tee.platform} has no register to extend`)
      guest.extend(register, digest)
      return undefined
    }
    case 'POST /v1/quote': {
      const { reportData } = parse(quoteSchema, body)
      return { quote: Buffer.from(guest.quote(reportData)).toString('base64') }
    }
    case 'POST /v1/sealing-key': {
      const { context } = parse(sealingSchema, body)
      return { key: `0x${Buffer.from(tee.sealingKey(measurement, context)).toString('hex')}` }
    }
    default:
      throw refusal(404, 'request.unknown', `${method} ${path}: no such call`)
  }
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const problem = result.error.issues[0]
  throw refusal(
    400,
    'request.invalid',
    `${problem?.path.join('.') ?? ''}: ${problem?.message ?? 'invalid'}`,
  )
}
