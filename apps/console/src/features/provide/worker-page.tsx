// One worker, for anybody: health, offer, stake, room, earnings, applications with their leases, complaints; for its provider what can be done.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isAddressEqual } from 'viem'
import {
  perDay,
  planDrain,
  planNotice,
  planShutdown,
  showWorker,
  teeClassNames,
  workerFindings,
  workerRole,
  type WorkerDetails,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { Meter } from '../../ui/meter.tsx'
import { Amount, Card, Facts, Failure, Hash, Page } from '../../ui/parts.tsx'
import { Unread } from '../../ui/queried.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Proven, WorkerBadge } from '../explore/states.tsx'
import { HealthCard } from '../health/findings.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { Complaints } from './complaints.tsx'
import { EarningsCard } from './earnings-card.tsx'
import { OfferDialog, PricesDialog } from './offer-dialogs.tsx'
import { StakeCard } from './stake-card.tsx'
import { WorkerApps } from './worker-apps.tsx'

export function WorkerPage() {
  const { id: workerId } = useParams({ from: '/worker/$id' })
  const network = useNetwork()
  const { account } = useWallet()
  const worker = useQuery({
    queryKey: ['worker', String(workerId)],
    queryFn: () => showWorker(network, workerId),
  })
  const { data } = worker
  const health = useQuery({
    queryKey: ['worker-health', String(workerId)],
    enabled: data !== undefined,
    queryFn: ({ signal }) => (data === undefined ? [] : workerFindings(network, data, signal)),
  })
  if (data === undefined)
    return (
      <Page title={`Worker ${workerId}`}>
        <Unread query={worker} what="the worker" lines={8} />
      </Page>
    )
  const isOwner = account !== undefined && isAddressEqual(account, data.owner)
  const isOperator = account !== undefined && isAddressEqual(account, data.operator)
  return (
    <Page
      title={`Worker ${workerId}`}
      heading={
        <>
          <h1>Worker {String(workerId)}</h1>
          <WorkerBadge worker={data} />
        </>
      }
      sub={`${data.region || 'no region'}, ${data.endpoint}`}
      actions={<Actions worker={data} isOwner={isOwner} mayChange={isOwner || isOperator} />}
    >
      {worker.isError && <Failure error={worker.error} retry={() => void worker.refetch()} />}
      <HealthCard
        findings={health.data}
        error={health.error}
        retry={() => void health.refetch()}
        note="as your browser sees it"
      />
      <div className="columns">
        <Offer worker={data} mayChange={isOwner || isOperator} />
        <StakeCard holder={{ role: workerRole, id: workerId }} stake={data.stake} own={isOwner} />
      </div>
      <Room worker={data} />
      <EarningsCard workerId={workerId} />
      <WorkerApps workerId={workerId} />
      <Complaints workerId={workerId} mayAnswer={isOwner || isOperator} />
    </Page>
  )
}

function Actions(props: { worker: WorkerDetails; isOwner: boolean; mayChange: boolean }) {
  const { worker, isOwner, mayChange } = props
  const { workerId, status, apps } = worker
  const draining = status === 'draining'
  const shown = mayChange && status !== 'shutdown'
  return (
    <>
      <Act shown={shown} plan={(signer) => planDrain(signer, workerId, !draining)}>
        {draining ? 'Take applications again' : 'Drain'}
      </Act>
      <Act shown={shown && apps.length > 0} plan={(signer) => planNotice(signer, workerId)}>
        Give notice
      </Act>
      <Act
        kind="danger"
        danger="Shut down for good"
        shown={shown && isOwner}
        plan={(signer) => planShutdown(signer, workerId)}
      >
        Terminate
      </Act>
    </>
  )
}

function Offer({ worker, mayChange }: { worker: WorkerDetails; mayChange: boolean }) {
  const { cpuMilli, memoryMiB, diskMiB, gpu } = worker.prices
  const prices = [
    ['CPU', cpuMilli * 1000n],
    ['GiB memory', memoryMiB * 1024n],
    ['GiB disk', diskMiB * 1024n],
    ['GPU', gpu],
  ] as const
  return (
    <Card title="Offer" note="prices of new versions; what runs keeps its own">
      <div className="body">
        <Facts
          rows={[
            ['Hardware', `${teeClassNames(worker.teeClasses)}, security level ${worker.level}`],
            ['Machine proof', <Proven key="m" until={worker.provenUntil} />],
            ...prices.map(
              ([label, wei]) =>
                [
                  label,
                  <span key={label}>
                    <Amount wei={perDay(wei)} /> per day
                  </span>,
                ] as const,
            ),
            ['Owner', <Hash key="o" hex={worker.owner} what="the owner's address" />],
            ['Operator', <Hash key="p" hex={worker.operator} what="the operator's address" />],
          ]}
        />
        {mayChange && worker.status !== 'shutdown' && (
          <div className="buttons">
            <WalletAction dialog={(close) => <PricesDialog worker={worker} close={close} />}>
              Change prices
            </WalletAction>
            <WalletAction dialog={(close) => <OfferDialog worker={worker} close={close} />}>
              Change capacity
            </WalletAction>
          </div>
        )}
      </div>
    </Card>
  )
}

function Room({ worker: { capacity, reserved } }: { worker: WorkerDetails }) {
  const rows = [
    ['CPU', reserved.cpuMilli, capacity.cpuMilli, cpuText],
    ['Memory', reserved.memoryMiB, capacity.memoryMiB, memoryText],
    ['Disk', reserved.diskMiB, capacity.diskMiB, memoryText],
    ['GPU', reserved.gpu, capacity.gpu, String],
  ] as const
  return (
    <Card title="Room" note="reserved by applications, of what is offered">
      <div className="meters body">
        {rows
          .filter(([label, , whole]) => whole > 0 || label !== 'GPU')
          .map(([label, part, whole, text]) => (
            <Meter
              key={label}
              label={label}
              part={part}
              whole={whole}
              text={`${text(part)} of ${text(whole)}`}
            />
          ))}
      </div>
    </Card>
  )
}
