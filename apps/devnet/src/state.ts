// What a devnet keeps between starts: one folder, its ports, a lock. Reads and writes files.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { PortClaims } from './ports.ts'

const portsSchema = z.strictObject({
  chain: z.int(),
  /** Of every node, and of the one that is in no committee at first. */
  dsecret: z.array(z.int()).min(2).max(16),
  workers: z.tuple([z.int(), z.int()]),
  /** The first of each worker's ports for published applications. */
  ingress: z.tuple([z.int(), z.int()]),
  registry: z.int(),
  console: z.int(),
})
/** Loopback ports, chosen at the first start: dsecret endpoints are written on chain. */
export type Ports = z.infer<typeof portsSchema>

/** Port that the example's compose file names for the registry of its image; another is taken when it is not free. */
export const registryPort = 5780

const defaultNodes = 3
/** Between the first ports for published applications of two workers: each has so many, the last for host names. */
export const ingressPorts = 100

/** The folder of a devnet. */
export class DevnetState {
  readonly folder: string
  readonly #claims = new PortClaims()

  constructor(folder: string) {
    this.folder = resolve(folder)
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  /** Takes the folder; throws when another devnet runs there. */
  lock(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o711 })
    const lock = this.path('devnet.pid')
    if (existsSync(lock)) {
      const pid = Number(readFileSync(lock, 'utf8'))
      if (pid !== process.pid && isDevnet(pid))
        throw new Error(
          `another devnet (process ${pid}) runs in ${this.folder}: stop it, or give --state another folder`,
        )
    }
    writeFileSync(lock, String(process.pid))
  }

  /** Whether `npm start` runs there, as another process. */
  isRunning(): boolean {
    const lock = this.path('devnet.pid')
    return existsSync(lock) && isDevnet(Number(readFileSync(lock, 'utf8')))
  }

  /** Of a devnet that was started; throws where none was. */
  registryPort(): number {
    const known = this.#knownPorts()
    if (known === undefined) throw new Error(`no devnet was started in ${this.folder}`)
    return known.registry
  }

  /** Forgets the chain, the keys and the application; what was built stays. Nothing of them may be running. */
  reset(): void {
    const folders = ['keys', 'dsecret', 'worker', 'worker-2', 'platform', 'logs']
    const files = ['chain.json', 'chain-genesis', 'ports.json', 'network.json', 'account.json']
    const runs = ['run-worker.json', 'run-worker-2.json']
    for (const name of [...folders, ...files, ...runs])
      rmSync(this.path(name), { recursive: true, force: true })
  }

  /** Makes the folders of a start. */
  prepare(): void {
    for (const name of ['logs', 'images', 'bin', 'dsecret', 'worker', 'worker-2', 'platform'])
      mkdirSync(this.path(name), { recursive: true, mode: 0o711 })
  }

  /** Gives folder and ports free. */
  close(): void {
    this.#claims.close()
    rmSync(this.path('devnet.pid'), { force: true })
  }

  /** Nodes of the first committee: as asked for, else those of earlier starts, else 3. Throws `devnet.nodes-differ`. */
  nodes(asked: number | undefined): number {
    const made = this.#knownPorts()?.dsecret.length
    const known = made === undefined ? undefined : made - 1
    if (asked !== undefined && known !== undefined && asked !== known)
      throw Object.assign(
        new Error(
          `the network in ${this.folder} has ${known} dsecret nodes, not ${asked}: start over with --reset, or give --state another folder`,
        ),
        { code: 'devnet.nodes-differ' },
      )
    return asked ?? known ?? defaultNodes
  }

  #knownPorts(): Ports | undefined {
    const file = this.path('ports.json')
    if (!existsSync(file)) return undefined
    const known = portsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (known.success) return known.data
    throw outdated(this.folder)
  }

  /** The ports of earlier starts, else free ones for so many nodes and one more. */
  async ports(nodes: number): Promise<Ports> {
    const claims = this.#claims
    const known = this.#knownPorts()
    if (known !== undefined) {
      await Promise.all(
        Object.values(known)
          .flat()
          .map((port) => claims.claim(port)),
      )
      return known
    }
    const chain = await claims.find(8545)
    const dsecret: number[] = []
    for (let index = 0; index <= nodes; index++) dsecret.push(await claims.find(7701 + index))
    const ports: Ports = {
      chain,
      dsecret,
      workers: [await claims.find(7780), await claims.find(7781)],
      ingress: [await claims.find(7800, ingressPorts), await claims.find(7900, ingressPorts)],
      registry: await claims.find(registryPort),
      console: await claims.find(7700),
    }
    writeFileSync(this.path('ports.json'), JSON.stringify(ports))
    return ports
  }

  read<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const file = this.path(name)
    return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
  }

  write(name: string, value: unknown): string {
    const file = this.path(name)
    writeFileSync(file, JSON.stringify(value, null, 2) + '\n', { mode: 0o600 })
    return file
  }
}

/** What is there was made by another version, whose contracts are others. */
export function outdated(folder: string): Error {
  return Object.assign(
    new Error(
      `the network in ${folder} was made by another version of this program: start over with --reset, or give --state another folder`,
    ),
    { code: 'devnet.state-outdated' },
  )
}

/** True when that process is a running devnet. */
function isDevnet(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('devnet/src/main.ts')
  } catch {
    return false
  }
}
