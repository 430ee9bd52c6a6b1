// Changing what a worker offers: its prices, or its capacity and where it answers.
import { useState } from 'react'
import { planWorkerUpdate, type Network, type WorkerChanges, type WorkerDetails } from '@wetee/sdk'
import { attempt, Field } from '../../ui/field.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { AskDialog } from '../transactions/ask-dialog.tsx'
import {
  CapacityFields,
  noPriceText,
  PriceFields,
  readCapacity,
  readPrices,
} from './offer-fields.tsx'

type Props = { worker: WorkerDetails; close: () => void }

export function PricesDialog({ worker, close }: Props) {
  const [text, setText] = useState(noPriceText)
  const { value } = attempt(() => readPrices(text, worker.prices))
  const named = Object.values(text).some((one) => one.trim() !== '')
  return (
    <AskDialog
      title={`Prices of worker ${worker.workerId}`}
      close={close}
      plan={planOf(worker, value === undefined || !named ? undefined : { prices: value })}
    >
      <p className="quiet">What stays empty stays as it is. They bind new versions only.</p>
      <PriceFields value={text} change={setText} before={worker.prices} />
    </AskDialog>
  )
}

export function OfferDialog({ worker, close }: Props) {
  const { capacity } = worker
  const [text, setText] = useState({
    cpus: cpuText(capacity.cpuMilli).replace(' CPU', ''),
    memory: sizeText(capacity.memoryMiB),
    disk: sizeText(capacity.diskMiB),
    gpus: String(capacity.gpu),
  })
  const [endpoint, setEndpoint] = useState(worker.endpoint)
  const [region, setRegion] = useState(worker.region)
  const [open, setOpen] = useState(worker.open)
  const { value, problem } = attempt((): WorkerChanges => ({
    capacity: readCapacity(text),
    endpoint: endpoint.trim(),
    region: region.trim(),
    open,
  }))
  return (
    <AskDialog
      title={`Capacity of worker ${worker.workerId}`}
      close={close}
      plan={planOf(worker, value)}
    >
      <CapacityFields value={text} change={setText} />
      <div className="row">
        <Field
          label="Endpoint"
          value={endpoint}
          onValue={setEndpoint}
          input={{ inputMode: 'url' }}
        />
        <Field label="Region" value={region} onValue={setRegion} />
      </div>
      <label>
        <input type="checkbox" checked={open} onChange={(e) => setOpen(e.target.checked)} /> Takes
        new applications
      </label>
      {problem !== undefined && <p className="quiet">{problem}</p>}
    </AskDialog>
  )
}

const planOf = ({ workerId }: WorkerDetails, changes: WorkerChanges | undefined) =>
  changes && ((signer: Network) => planWorkerUpdate(signer, workerId, changes))

/** Without a loss, as it is read again. */
function sizeText(mib: number): string {
  return mib % 1024 === 0 ? memoryText(mib).replace(' ', '') : `${mib}MiB`
}
