// Templates of what a proposal usually does: their inputs, and the calls that come of them.
import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  dsecretRole,
  memberCall,
  nativeAsset,
  parametersCall,
  parseAmount,
  parseCall,
  parseDot,
  parseTransactions,
  planCommittee,
  planReject,
  planUphold,
  referenceCall,
  spendCall,
  workerRole,
  type Network,
  type RawCall,
  type ReferenceInput,
  type Track,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import {
  AddressField,
  Choice,
  DotField,
  Field,
  NumberField,
  readAddress,
  TextField,
} from '../../ui/field.tsx'
import { Failure } from '../../ui/parts.tsx'

export const templates = [
  ['spend', 'Pay from the treasury'],
  ['member', 'Take in or remove a member'],
  ['reference', 'Set a reference value'],
  ['parameters', 'Change parameters of the Cloud'],
  ['complaint', 'Decide a complaint'],
  ['committee', 'Name the next committee'],
  ['call', 'Another call, by hand'],
  ['file', 'Transactions from a file'],
] as const

export type Template = (typeof templates)[number][0]

export const isTemplate = (text: string | undefined): text is Template =>
  templates.some(([name]) => name === text)

type Props = { track: Track; add: (calls: readonly RawCall[]) => void }

export function TemplateForm({ template, ...props }: Props & { template: Template }) {
  switch (template) {
    case 'spend':
      return <Spend {...props} />
    case 'member':
      return <Member {...props} />
    case 'reference':
      return <Reference {...props} />
    case 'parameters':
      return <Parameters {...props} />
    case 'complaint':
      return <Complaint {...props} />
    case 'committee':
      return <Committee {...props} />
    case 'call':
      return <ByHand {...props} />
    case 'file':
      return <Transactions {...props} />
  }
}

/** Inputs and the button that adds what `make` makes of them. */
function Fields(props: {
  add: Props['add']
  make: (network: Network) => Promise<readonly RawCall[]> | readonly RawCall[]
  children: ReactNode
}) {
  const network = useNetwork()
  const [failure, setFailure] = useState<unknown>()
  const make = async () => {
    setFailure(undefined)
    try {
      props.add(await props.make(network))
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      {props.children}
      {failure !== undefined && <Failure error={failure} />}
      <div className="buttons">
        <button type="submit" className="button">
          Add to the proposal
        </button>
      </div>
    </form>
  )
}

function Spend({ add }: Props) {
  const [amount, setAmount] = useState('')
  const [to, setTo] = useState('')
  const [asset, setAsset] = useState('')
  return (
    <Fields
      add={add}
      make={async ({ reader }) => {
        const spent =
          asset.trim() === '' ? nativeAsset : await reader.asset(readAddress(asset, 'the token'))
        return [spendCall(to.trim(), parseAmount(amount, spent), spent)]
      }}
    >
      <Field label="Amount" value={amount} onValue={setAmount} input={{ inputMode: 'decimal' }} />
      <AddressField label="To" value={to} onValue={setTo} what="the recipient" />
      <AddressField
        label="Token"
        value={asset}
        onValue={setAsset}
        what="the token"
        hint="The address of an ERC20; empty for DOT."
      />
    </Fields>
  )
}

const memberActions = [
  ['add', 'Take in'],
  ['remove', 'Remove'],
] as const

function Member({ add }: Props) {
  const [action, setAction] = useState<'add' | 'remove'>('add')
  const [account, setAccount] = useState('')
  return (
    <Fields add={add} make={({ profile }) => [memberCall(profile, action, account.trim())]}>
      <Choice label="Action" value={action} onValue={setAction} options={memberActions} />
      <AddressField label="Account" value={account} onValue={setAccount} what="the account" />
    </Fields>
  )
}

const roles = [
  ['worker', 'Workers and what runs on them'],
  ['dsecret', 'dsecret nodes'],
] as const
const statuses = [
  ['accepted', 'Accepted'],
  ['deprecated', 'Deprecated: counts until a time'],
  ['revoked', 'Revoked'],
] as const
/** In the order of their bits. */
const hardware = [
  ['tdx', 'Intel TDX'],
  ['sev-snp', 'AMD SEV-SNP'],
  ['sgx', 'Intel SGX'],
  ['nitro', 'AWS Nitro'],
] as const

function Reference({ add, track }: Props) {
  const [role, setRole] = useState<'worker' | 'dsecret'>('worker')
  const [measurement, setMeasurement] = useState('')
  const [tee, setTee] = useState<(typeof hardware)[number][0]>('tdx')
  const [status, setStatus] = useState<ReferenceInput['status']>(
    track === 'fast' ? 'revoked' : 'accepted',
  )
  const [until, setUntil] = useState('')
  return (
    <Fields
      add={add}
      make={({ profile }) => [
        referenceCall(
          profile,
          {
            role: role === 'worker' ? workerRole : dsecretRole,
            measurementId: measurement.trim(),
            teeClass: 1 << hardware.findIndex(([name]) => name === tee),
            status,
            ...(status === 'deprecated' ? { until: readDay(until) } : {}),
          },
          track,
        ),
      ]}
    >
      <Field
        label="Measurement"
        value={measurement}
        onValue={setMeasurement}
        input={{ placeholder: '0x…' }}
        hint="0x and 64 hex digits, as `wetee evidence references` prints it."
      />
      <div className="row">
        <Choice label="Of" value={role} onValue={setRole} options={roles} />
        <Choice label="Hardware" value={tee} onValue={setTee} options={hardware} />
        <Choice label="State" value={status} onValue={setStatus} options={statuses} />
      </div>
      {status === 'deprecated' && (
        <Field
          label="Counts until"
          value={until}
          onValue={setUntil}
          input={{ placeholder: '2027-01-31' }}
          hint="A day, in UTC."
        />
      )}
    </Fields>
  )
}

/** The first second of a day, seconds; throws one sentence. */
function readDay(text: string): bigint {
  const at = /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? Date.parse(text.trim()) : NaN
  if (!(at > 0)) throw new Error('Write the day until which it counts, such as 2027-01-31.')
  return BigInt(at / 1000)
}

function Parameters({ add }: Props) {
  const network = useNetwork()
  const now = useQuery({
    queryKey: ['parameters'],
    queryFn: async () =>
      network.reader.view('cloud', 'parameters', [], (await network.reader.finalized()).number),
    refetchInterval: false,
  })
  const names = Object.keys(now.data ?? {}) as (keyof NonNullable<typeof now.data>)[]
  const [text, setText] = useState<Partial<Record<string, string>>>({})
  return (
    <Fields
      add={add}
      make={async (opened) => {
        const changed = Object.entries(text).filter(([, value]) => (value ?? '').trim() !== '')
        const read = changed.map(([name, value]) => [name, Number(value)])
        return [await parametersCall(opened, JSON.stringify(Object.fromEntries(read)))]
      }}
    >
      {now.isError && <Failure error={now.error} />}
      <p className="quiet">What stays empty stays as it is. Times are in seconds.</p>
      <div className="row">
        {names.map((name) => (
          <NumberField
            key={name}
            label={name}
            value={text[name] ?? ''}
            onValue={(value) => setText({ ...text, [name]: value })}
            hint={`now ${now.data?.[name]}`}
          />
        ))}
      </div>
    </Fields>
  )
}

const decisions = [
  ['uphold', 'Uphold: slash and compensate'],
  ['reject', 'Reject as frivolous: the bond goes to the worker'],
] as const

function Complaint({ add }: Props) {
  const [id, setId] = useState('')
  const [decision, setDecision] = useState<'uphold' | 'reject'>('uphold')
  const [slash, setSlash] = useState('')
  const [loss, setLoss] = useState('')
  return (
    <Fields
      add={add}
      make={async (network) => {
        const complaintId = readNumber(id, 'the complaint')
        const intent =
          decision === 'uphold'
            ? await planUphold(network, complaintId, parseDot(slash), parseDot(loss))
            : await planReject(network, complaintId)
        return intent.calls
      }}
    >
      <NumberField label="Number of the complaint" value={id} onValue={setId} />
      <Choice label="Decision" value={decision} onValue={setDecision} options={decisions} />
      {decision === 'uphold' && (
        <div className="row">
          <DotField
            label="Slashed, in DOT"
            value={slash}
            onValue={setSlash}
            hint="At most what the complaint locks."
          />
          <DotField
            label="To the complainant, in DOT"
            value={loss}
            onValue={setLoss}
            hint="Of what is slashed; the rest goes to the treasury."
          />
        </div>
      )}
    </Fields>
  )
}

function readNumber(text: string, what: string): bigint {
  if (/^[1-9]\d{0,18}$/.test(text.trim())) return BigInt(text.trim())
  throw new Error(`Write the number of ${what}, 1 or more.`)
}

function Committee({ add }: Props) {
  const [members, setMembers] = useState('')
  const [threshold, setThreshold] = useState('')
  return (
    <Fields
      add={add}
      make={async (network) => {
        const ids = members.split(',').map((one) => readNumber(one, 'each node'))
        const enough =
          threshold.trim() === '' ? undefined : Number(readNumber(threshold, 'members'))
        return (await planCommittee(network, ids, enough)).calls
      }}
    >
      <Field
        label="Members"
        value={members}
        onValue={setMembers}
        input={{ placeholder: '1, 2, 4' }}
        hint="Numbers of dsecret nodes, with commas."
      />
      <NumberField
        label="How many are enough"
        value={threshold}
        onValue={setThreshold}
        hint="Empty: a majority."
      />
    </Fields>
  )
}

function ByHand({ add }: Props) {
  const [text, setText] = useState('')
  return (
    <Fields add={add} make={({ profile }) => [parseCall(profile, text.trim())]}>
      <TextField
        onValue={setText}
        rows={3}
        label="Call"
        value={text}
        hint="Contract or address, function, and arguments as a JSON array, with colons between them."
      />
    </Fields>
  )
}

function Transactions({ add }: Props) {
  const [text, setText] = useState('')
  return (
    <Fields add={add} make={({ profile }) => parseTransactions(profile, text)}>
      <TextField
        onValue={setText}
        rows={8}
        label="Unsigned transactions"
        value={text}
        hint="What any command writes with --unsigned: paste it here."
      />
    </Fields>
  )
}
