// Changing what a worker offers: its prices, or its capacity and where it answers.
import { useState } from 'react'
import { planWorkerUpdate, type WorkerChanges, type WorkerDetails } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { attempt, Field } from '../../ui/field.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { SignDialog } from '../transactions/sign-dialog.tsx'
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
  const [changes, setChanges] = useState<WorkerChanges | undefined>()
  if (changes !== undefined) return <Sign worker={worker} changes={changes} close={close} />
  const { value } = attempt(() => readPrices(text, worker.prices))
  const named = Object.values(text).some((one) => one.trim() !== '')
  return (
    <Dialog title={`Prices of worker ${worker.workerId}`} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (value !== undefined && named) setChanges({ prices: value })
        }}
      >
        <p className="quiet">What stays empty stays as it is. They bind new versions only.</p>
        <PriceFields value={text} change={setText} before={worker.prices} />
        <div className="buttons">
          <button type="submit" className="button primary" disabled={value === undefined || !named}>
            Review
          </button>
        </div>
      </form>
    </Dialog>
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
  const [changes, setChanges] = useState<WorkerChanges | undefined>()
  if (changes !== undefined) return <Sign worker={worker} changes={changes} close={close} />
  const { value, problem } = attempt((): WorkerChanges => ({
    capacity: readCapacity(text),
    endpoint: endpoint.trim(),
    region: region.trim(),
    open,
  }))
  return (
    <Dialog title={`Capacity of worker ${worker.workerId}`} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          setChanges(value)
        }}
      >
        <CapacityFields value={text} change={setText} />
        <div className="row">
          <Field
            onValue={setEndpoint}
            input={{ inputMode: 'url' }}
            label="Endpoint"
            value={endpoint}
          />
          <Field onValue={setRegion} label="Region" value={region} />
        </div>
        <label>
          <input type="checkbox" checked={open} onChange={(e) => setOpen(e.target.checked)} /> Takes
          new applications
        </label>
        {problem !== undefined && <p className="quiet">{problem}</p>}
        <div className="buttons">
          <button type="submit" className="button primary" disabled={value === undefined}>
            Review
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Sign({ worker, changes, close }: Props & { changes: WorkerChanges }) {
  return (
    <SignDialog
      plan={(signer) => planWorkerUpdate(signer, worker.workerId, changes)}
      close={close}
    />
  )
}

/** Without a loss, as it is read again. */
function sizeText(mib: number): string {
  return mib % 1024 === 0 ? memoryText(mib).replace(' ', '') : `${mib}MiB`
}
