// Registering a worker: who runs it, what the machine is, what it offers, the stake; then signing.
import { useState } from 'react'
import { noPrices, parseDot, planWorkerRegistration, type WorkerOffer } from '@wetee/sdk'
import {
  AddressField,
  attempt,
  DotField,
  Field,
  NumberField,
  readAddress,
} from '../../ui/field.tsx'
import { Amount, Card, Page } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'
import {
  CapacityFields,
  noPriceText,
  PriceFields,
  readCapacity,
  readPrices,
  TeeFields,
  type CapacityText,
  type PriceText,
} from './offer-fields.tsx'
import { Registered, useStakeRules } from './registration.tsx'

/** The form as it is filled in. */
type Written = {
  readonly operator: string
  readonly endpoint: string
  readonly region: string
  readonly tees: number
  readonly level: string
  readonly capacity: CapacityText
  readonly prices: PriceText
  readonly stake: string
}

const noWritten: Written = {
  ...{ operator: '', endpoint: '', region: '', tees: 1, level: '1', stake: '' },
  capacity: { cpus: '', memory: '', disk: '', gpus: '0' },
  prices: noPriceText,
}

/** Throws what is missing. */
function readWritten(written: Written) {
  const { operator, endpoint, region, tees, level, capacity, prices, stake } = written
  if (!/^\d{1,3}$/.test(level) || Number(level) > 255)
    throw new Error('For the level write a number from 0 to 255.')
  if (tees === 0) throw new Error('Choose the hardware.')
  const offer: WorkerOffer = {
    operator: readAddress(operator, 'the operator'),
    endpoint: endpoint.trim(),
    region: region.trim(),
    teeClasses: tees,
    level: Number(level),
    capacity: readCapacity(capacity),
    prices: readPrices(prices, noPrices),
  }
  return { offer, stakeWei: stake.trim() === '' ? undefined : parseDot(stake) }
}

export function RegisterWorkerPage() {
  const [written, setWritten] = useState(noWritten)
  const [done, setDone] = useState(false)
  const change = (more: Partial<Written>) => setWritten({ ...written, ...more })
  const { operator, capacity, prices } = written
  const { value, problem } = attempt(() => readWritten(written))
  const touched = operator !== '' || capacity.cpus !== ''
  if (done) return <Registered what="worker" />
  return (
    <Page
      title="Register a worker"
      sub="A machine with a TEE that runs other people's applications, is paid by the attested second, and answers for it with its stake."
    >
      <Machine written={written} change={change} />
      <Card title="Offer" note="prices bind new versions of applications only">
        <div className="body form">
          <CapacityFields value={capacity} change={(next) => change({ capacity: next })} />
          <PriceFields value={prices} change={(next) => change({ prices: next })} />
        </div>
      </Card>
      <Card title="Stake">
        <div className="body form">
          <StakeFields written={written} change={change} />
          {touched && problem !== undefined && <p className="quiet">{problem}</p>}
          <div className="buttons">
            <Act
              kind="primary"
              disabled={value === undefined}
              plan={(signer) => {
                if (value === undefined) throw new Error(problem)
                return planWorkerRegistration(signer, value.offer, value.stakeWei)
              }}
              onDone={() => setDone(true)}
            >
              Review and sign
            </Act>
          </div>
        </div>
      </Card>
    </Page>
  )
}

type Part = { readonly written: Written; readonly change: (more: Partial<Written>) => void }

function Machine({ written, change }: Part) {
  const { operator, endpoint, region, tees } = written
  return (
    <Card title="Machine" note="set up its daemon first: the operators' guide says how">
      <div className="body form">
        <AddressField
          label="Operator"
          value={operator}
          onValue={(operator) => change({ operator })}
          what="the operator"
          hint="The hot account of the worker's daemon, which pays gas. The connected account becomes the owner, with the stake."
        />
        <div className="row">
          <Field
            label="Endpoint"
            value={endpoint}
            onValue={(endpoint) => change({ endpoint })}
            input={{ inputMode: 'url', placeholder: 'https://worker.example' }}
            hint="Where the daemon answers."
          />
          <Field
            label="Region"
            value={region}
            onValue={(region) => change({ region })}
            input={{ placeholder: 'eu-1' }}
            hint="A short name of where it stands."
          />
        </div>
        <TeeFields value={tees} change={(next) => change({ tees: next })} />
      </div>
    </Card>
  )
}

function StakeFields({ written, change }: Part) {
  const { level, stake } = written
  const rules = useStakeRules()
  const minimum =
    rules.data === undefined
      ? undefined
      : rules.data.workerBaseWei + rules.data.workerPerLevelWei * BigInt(Number(level) || 0)
  return (
    <div className="row">
      <NumberField
        label="Security level"
        value={level}
        onValue={(level) => change({ level })}
        hint="A higher one takes more stake and attracts more."
      />
      <DotField
        label="Stake in DOT"
        value={stake}
        onValue={(stake) => change({ stake })}
        hint={
          minimum === undefined ? undefined : (
            <>
              Empty: the minimum of this level, <Amount wei={minimum} />. More is needed once
              applications reserve resources.
            </>
          )
        }
      />
    </div>
  )
}
