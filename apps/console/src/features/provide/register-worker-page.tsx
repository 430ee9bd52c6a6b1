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
} from './offer-fields.tsx'
import { Registered, useStakeRules } from './registration.tsx'

const emptyCapacity: CapacityText = { cpus: '', memory: '', disk: '', gpus: '0' }

export function RegisterWorkerPage() {
  const rules = useStakeRules()
  const [operator, setOperator] = useState('')
  const [endpoint, setEndpoint] = useState('')
  const [region, setRegion] = useState('')
  const [tees, setTees] = useState(1)
  const [level, setLevel] = useState('1')
  const [capacity, setCapacity] = useState(emptyCapacity)
  const [prices, setPrices] = useState(noPriceText)
  const [stake, setStake] = useState('')
  const [done, setDone] = useState(false)
  const { value, problem } = attempt(() => {
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
  })
  const minimum =
    rules.data === undefined
      ? undefined
      : rules.data.workerBaseWei + rules.data.workerPerLevelWei * BigInt(Number(level) || 0)
  const touched = operator !== '' || capacity.cpus !== ''
  if (done) return <Registered what="worker" />
  return (
    <Page
      title="Register a worker"
      sub="A machine with a TEE that runs other people's applications, is paid by the attested second, and answers for it with its stake."
    >
      <Card title="Machine" note="set up its daemon first: the operators' guide says how">
        <div className="body form">
          <AddressField
            label="Operator"
            value={operator}
            onValue={setOperator}
            what="the operator"
            hint="The hot account of the worker's daemon, which pays gas. The connected account becomes the owner, with the stake."
          />
          <div className="row">
            <Field
              label="Endpoint"
              value={endpoint}
              onValue={setEndpoint}
              input={{ inputMode: 'url', placeholder: 'https://worker.example' }}
              hint="Where the daemon answers."
            />
            <Field
              label="Region"
              value={region}
              onValue={setRegion}
              input={{ placeholder: 'eu-1' }}
              hint="A short name of where it stands."
            />
          </div>
          <TeeFields value={tees} change={setTees} />
        </div>
      </Card>
      <Card title="Offer" note="prices bind new versions of applications only">
        <div className="body form">
          <CapacityFields value={capacity} change={setCapacity} />
          <PriceFields value={prices} change={setPrices} />
        </div>
      </Card>
      <Card title="Stake">
        <div className="body form">
          <div className="row">
            <NumberField
              label="Security level"
              value={level}
              onValue={setLevel}
              hint="A higher one takes more stake and attracts more."
            />
            <DotField
              label="Stake in DOT"
              value={stake}
              onValue={setStake}
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
