// Configfs-tsm as Linux has it (drivers/virt/coco/guest/report.c, fs/configfs/file.c), in memory. No I/O.
import { systemError } from '../files.ts'
import type { SimulatedTree } from './simulated-files.ts'

/** What stands behind the folders: a platform that makes reports. */
export type SimulatedProvider = {
  /** `tdx_guest` or `sev_guest`. */
  readonly name: string
  /** Privilege levels exist, with this one as the lowest allowed. */
  readonly privilegeFloor?: number
  /** Makes a report; may throw what the driver would (`systemError('EBUSY', ...)`). */
  report(
    inblob: Uint8Array,
    privilegeLevel: number,
  ): { readonly outblob: Uint8Array; readonly auxblob?: Uint8Array }
}

/** The tree below `/sys/kernel/config/tsm/report`, with what a test may ask of it. */
export type SimulatedTsm = SimulatedTree & {
  /** Names of the report folders that exist. */
  folders(): string[]
  /** Loads another driver, or none. */
  setProvider(provider: SimulatedProvider | undefined): void
}

type Item = {
  privilegeLevel: number
  inblob: Uint8Array
  answer: { readonly outblob: Uint8Array; readonly auxblob: Uint8Array } | undefined
  writeGeneration: bigint
  readGeneration: bigint
}

const INBLOB_MAX = 64
const OUTBLOB_MAX = 32_768
const PRIVILEGE_LEVEL_MAX = 3
/** Both drivers want it whole. */
const REPORT_DATA_BYTES = 64

/** An empty tree with a driver loaded. */
export function createSimulatedTsm(loaded: SimulatedProvider | undefined): SimulatedTsm {
  let provider = loaded
  const items = new Map<string, Item>()

  const itemOf = (name: string): Item => {
    const item = items.get(name)
    if (item === undefined) throw systemError('ENOENT', name)
    return item
  }
  const loadedProvider = (): SimulatedProvider => {
    if (provider === undefined) throw systemError('ENXIO', 'no provider')
    return provider
  }
  return {
    folders: () => [...items.keys()],
    setProvider: (other) => void (provider = other),
    list: ([name, ...rest]) => {
      if (name === undefined) return [...items.keys()]
      itemOf(name)
      if (rest.length > 0) throw systemError('ENOTDIR', name)
      return attributes(loadedProvider())
    },
    mkdir([name, ...rest]) {
      if (name === undefined || items.has(name)) throw systemError('EEXIST', String(name))
      if (rest.length > 0) throw systemError('EPERM', 'attributes are not made by hand')
      loadedProvider()
      items.set(name, {
        privilegeLevel: 0,
        inblob: new Uint8Array(),
        answer: undefined,
        writeGeneration: 0n,
        readGeneration: 0n,
      })
    },
    rmdir([name, ...rest]) {
      if (name === undefined) throw systemError('EBUSY', 'the root')
      itemOf(name)
      if (rest.length > 0) throw systemError('ENOTDIR', name)
      items.delete(name)
    },
    read([name = '', attribute = '']) {
      const item = itemOf(name)
      if (!attributes(provider).includes(attribute)) throw systemError('ENOENT', attribute)
      return readAttribute(item, attribute, loadedProvider)
    },
    write([name = '', attribute = ''], bytes) {
      const item = itemOf(name)
      if (!attributes(provider).includes(attribute)) throw systemError('ENOENT', attribute)
      writeAttribute(item, attribute, bytes, loadedProvider)
    },
  }
}

function attributes(provider: SimulatedProvider | undefined): string[] {
  const always = ['generation', 'provider', 'inblob', 'outblob']
  return provider?.privilegeFloor === undefined
    ? always
    : [...always, 'auxblob', 'privlevel', 'privlevel_floor']
}

function readAttribute(item: Item, name: string, loaded: () => SimulatedProvider): Uint8Array {
  switch (name) {
    case 'generation':
      return text(`${item.writeGeneration}`)
    case 'provider':
      return text(loaded().name)
    case 'privlevel_floor':
      return text(`${loaded().privilegeFloor}`)
    case 'outblob':
      return bounded(answerOf(item, loaded).outblob)
    case 'auxblob':
      return bounded(answerOf(item, loaded).auxblob)
    default:
      throw systemError('EACCES', `${name} is only for writing`)
  }
}

function writeAttribute(
  item: Item,
  name: string,
  bytes: Uint8Array,
  loaded: () => SimulatedProvider,
): void {
  if (name === 'inblob') {
    if (bytes.length > INBLOB_MAX) throw systemError('EFBIG', name)
    // A binary attribute is stored at close(), and what that answers is dropped.
    if (advance(item)) item.inblob = bytes.slice()
  } else if (name === 'privlevel') {
    const level = Buffer.from(bytes).toString('latin1')
    const { privilegeFloor = 0 } = loaded()
    if (!/^[0-9]+\n?$/.test(level)) throw systemError('EINVAL', name)
    if (Number(level) < privilegeFloor || Number(level) > PRIVILEGE_LEVEL_MAX)
      throw systemError('EINVAL', name)
    if (!advance(item)) throw systemError('EBUSY', name)
    item.privilegeLevel = Number(level)
  } else {
    throw systemError('EACCES', `${name} is only for reading`)
  }
}

/** Counts a write; refuses the one that would make an old report look new. */
function advance(item: Item): boolean {
  if (item.writeGeneration === BigInt.asUintN(64, item.readGeneration - 1n)) return false
  item.writeGeneration = BigInt.asUintN(64, item.writeGeneration + 1n)
  return true
}

function answerOf(item: Item, loaded: () => SimulatedProvider) {
  if (item.inblob.length === 0) throw systemError('EINVAL', 'nothing in inblob yet')
  if (item.answer !== undefined && item.readGeneration === item.writeGeneration) return item.answer
  const provider = loaded()
  item.answer = undefined
  if (item.inblob.length !== REPORT_DATA_BYTES) throw systemError('EINVAL', 'inblob')
  const { outblob, auxblob = new Uint8Array() } = provider.report(item.inblob, item.privilegeLevel)
  item.readGeneration = item.writeGeneration
  item.answer = { outblob, auxblob }
  return item.answer
}

function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.length > OUTBLOB_MAX) throw systemError('EFBIG', `${bytes.length} bytes`)
  return bytes
}

function text(value: string): Uint8Array {
  return Buffer.from(`${value}\n`)
}
