// The inputs of what a worker offers: machine, capacity, prices; and how they are read.
import {
  cpuMilliOf,
  describePrices,
  memoryMiBOf,
  noPrices,
  pricesPerSecond,
  teeClassBits,
  type Prices,
  type Resources,
} from '@wetee/sdk'
import { attempt, Field } from '../../ui/field.tsx'

/** Text of the inputs of a capacity. */
export type CapacityText = {
  readonly cpus: string
  readonly memory: string
  readonly disk: string
  readonly gpus: string
}

/** Amounts in DOT per day; what is empty stays as it is. */
export type PriceText = {
  readonly cpu: string
  readonly memory: string
  readonly disk: string
  readonly gpu: string
}

export const noPriceText: PriceText = { cpu: '', memory: '', disk: '', gpu: '' }

/** What the inputs say; throws one sentence. */
export function readCapacity({ cpus, memory, disk, gpus }: CapacityText): Resources {
  const gpu = /^\d{1,5}$/.test(gpus.trim()) ? Number(gpus) : undefined
  return {
    cpuMilli: required(cpuMilliOf(cpus), 'CPUs', 'a number such as 16 or 0.5'),
    memoryMiB: required(memoryMiBOf(memory), 'memory', 'a size such as 64GiB'),
    diskMiB: required(memoryMiBOf(disk), 'disk', 'a size such as 500GiB'),
    gpu: required(gpu !== undefined && gpu <= 65_535 ? gpu : undefined, 'GPUs', 'a whole number'),
  }
}

function required<T>(value: T | undefined, what: string, expected: string): T {
  if (value === undefined) throw new Error(`For ${what} write ${expected}.`)
  return value
}

/** Prices per second; throws one sentence. */
export function readPrices({ cpu, memory, disk, gpu }: PriceText, before: Prices): Prices {
  const given = (text: string) => (text.trim() === '' ? undefined : text)
  return pricesPerSecond(
    {
      cpuMilli: given(cpu),
      memoryMiB: given(memory),
      diskMiB: given(disk),
      gpu: given(gpu),
    },
    before,
  )
}

export function CapacityFields(props: {
  value: CapacityText
  change: (value: CapacityText) => void
}) {
  const { value, change } = props
  const set = (name: keyof CapacityText) => (text: string) => change({ ...value, [name]: text })
  return (
    <div className="row">
      <Field label="CPUs" value={value.cpus} onValue={set('cpus')} input={{ placeholder: '16' }} />
      <Field
        label="Memory"
        value={value.memory}
        onValue={set('memory')}
        input={{ placeholder: '64GiB' }}
      />
      <Field
        label="Disk"
        value={value.disk}
        onValue={set('disk')}
        input={{ placeholder: '500GiB' }}
      />
      <Field label="GPUs" value={value.gpus} onValue={set('gpus')} input={{ placeholder: '0' }} />
    </div>
  )
}

const priceNames = [
  ['cpu', 'Per CPU'],
  ['memory', 'Per GiB memory'],
  ['disk', 'Per GiB disk'],
  ['gpu', 'Per GPU'],
] as const

export function PriceFields(props: {
  value: PriceText
  change: (value: PriceText) => void
  /** Of today; absent for a worker that is new. */
  before?: Prices
}) {
  const { value, change, before } = props
  const now = before === undefined ? undefined : describePrices(before)
  return (
    <div className="row">
      {priceNames.map(([name, label], index) => (
        <Field
          key={name}
          label={`${label}, DOT per day`}
          value={value[name]}
          onValue={(text) => change({ ...value, [name]: text })}
          input={{ inputMode: 'decimal' }}
          hint={
            now === undefined ? 'Empty: free' : `Now ${now[index]?.[1].replace(' per day', '')}`
          }
          problem={
            attempt(() => readPrices({ ...noPriceText, [name]: value[name] }, before ?? noPrices))
              .problem
          }
        />
      ))}
    </div>
  )
}

/** Hardware that workers may have, by name and bit. */
const workerTees = [
  ['TDX', teeClassBits.tdx],
  ['SEV-SNP', teeClassBits['sev-snp']],
  ['SGX', teeClassBits.sgx],
] as const

export function TeeFields(props: { value: number; change: (value: number) => void }) {
  const { value, change } = props
  return (
    <fieldset className="field plain">
      <legend className="label">Hardware</legend>
      <div className="buttons">
        {workerTees.map(([name, bit]) => (
          <label key={name} className="choice">
            <input
              type="checkbox"
              checked={(value & bit) !== 0}
              onChange={({ target }) => change(target.checked ? value | bit : value & ~bit)}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
