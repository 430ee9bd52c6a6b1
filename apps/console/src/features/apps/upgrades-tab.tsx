// What binds new code: delay, veto, freeze; and every version that there has been.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { isAddressEqual, zeroAddress } from 'viem'
import {
  foreverSeconds,
  formatDuration,
  formatTime,
  nativeAsset,
  perDay,
  planDrop,
  planFreeze,
  planGuardian,
  readAppHistory,
  reasonOf,
  type AppDetails,
  type HistoryEntry,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { shortAmount } from '../../ui/format.ts'
import { AddressField, Choice, readAddress, reading } from '../../ui/field.tsx'
import { Badge, Card, Facts, Hash, Time } from '../../ui/parts.tsx'
import { Queried, Unread } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { useIsOwner } from './owner.tsx'

type Rules = {
  readonly guardian: `0x${string}`
  readonly frozenUntil: bigint
  readonly deadline: bigint
}

export function UpgradesTab({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const rules = useQuery({
    queryKey: ['upgrade-rules', String(app.appId)],
    queryFn: async (): Promise<Rules> => {
      const { number: at } = await network.reader.finalized()
      const [found, record] = await Promise.all([
        network.reader.view('cloud', 'rules', [app.appId], at),
        network.reader.app(app.appId, at),
      ])
      return { ...found, deadline: record?.pendingDeadline ?? 0n }
    },
  })
  if (rules.isError || rules.isPending)
    return <Unread query={rules} title="Upgrades" what="the rules" />
  return (
    <>
      {app.pending !== undefined && <Pending app={app} rules={rules.data} />}
      <Binding app={app} rules={rules.data} />
      <History app={app} />
    </>
  )
}

function Pending({ app, rules }: { app: AppDetails; rules: Rules }) {
  const { account } = useWallet()
  const own = useIsOwner(app)
  const guards = account !== undefined && isAddressEqual(account, rules.guardian)
  const { pending } = app
  if (pending === undefined) return null
  return (
    <Card
      title={`Version ${pending.version} is pending`}
      note={pending.security ? 'a security update' : 'an update'}
      end={
        (own || guards) && (
          <Act kind="danger" danger="Drop it" plan={(signer) => planDrop(signer, app.appId)}>
            {guards ? 'Veto' : 'Drop it'}
          </Act>
        )
      }
    >
      <div className="body">
        <Facts
          rows={[
            ['Written', <Time key="c" seconds={pending.createdAt} />],
            ['Until', <Time key="u" seconds={rules.deadline} />],
            [
              'Then',
              pending.security
                ? 'it takes over even if it is not ready: its host cannot hold the fix back'
                : `it is dropped, and version ${app.currentVersion} stays`,
            ],
            [
              'Manifest',
              <Hash key="m" hex={pending.manifestDigest} what="the pending manifest's digest" />,
            ],
          ]}
        />
      </div>
    </Card>
  )
}

function Binding({ app, rules }: { app: AppDetails; rules: Rules }) {
  const own = useIsOwner(app)
  const { account } = useWallet()
  const { guardian, frozenUntil } = rules
  const isGuarded = guardian !== zeroAddress
  const guards = account !== undefined && isAddressEqual(account, guardian)
  const isFrozen = frozenUntil > app.block.timestamp
  const maySet = app.state !== 'ended' && (isGuarded ? guards : own)
  return (
    <Card title="Rules of new code" note="the contract holds everybody to them, its owner too">
      <div className="body">
        <Facts
          rows={[
            [
              'Delay',
              app.version.terms.upgradeDelaySeconds === 0
                ? 'none: a new version starts at once'
                : `${formatDuration(app.version.terms.upgradeDelaySeconds)} between writing and taking over; a new version may change it for those after`,
            ],
            [
              'Veto',
              isGuarded ? (
                <span key="g">
                  <Hash hex={guardian} what="the guardian's address" /> may drop a pending version
                </span>
              ) : (
                'nobody but its owner may drop a pending version'
              ),
            ],
            [
              'Freeze',
              isFrozen ? (
                <Badge tone="warn">
                  {frozenUntil >= foreverSeconds ? 'for ever' : `until ${formatTime(frozenUntil)}`}
                </Badge>
              ) : (
                'not frozen'
              ),
            ],
          ]}
        />
        {maySet && <Guardian app={app} isGuarded={isGuarded} />}
        {own && app.state !== 'ended' && <Freeze app={app} />}
      </div>
    </Card>
  )
}

function Guardian({ app, isGuarded }: { app: AppDetails; isGuarded: boolean }) {
  const [text, setText] = useState('')
  const { value } = reading(text, (given) => readAddress(given, 'the guardian'))
  return (
    <div className="row">
      <AddressField
        label="Guardian"
        value={text}
        onValue={setText}
        what="the guardian"
        hint="May drop pending versions, nothing else. From then on it alone can change this."
      />
      <span className="buttons">
        <Act
          disabled={value === undefined}
          plan={(signer) => planGuardian(signer, app.appId, value ?? text)}
        >
          Set the guardian
        </Act>
        {isGuarded && (
          <Act plan={(signer) => planGuardian(signer, app.appId, undefined)}>
            Without a guardian
          </Act>
        )}
      </span>
    </div>
  )
}

const spans = [
  ['604800', '7 days'],
  ['2592000', '30 days'],
  ['7776000', '90 days'],
  ['31536000', 'a year'],
  ['forever', 'for ever'],
] as const

function Freeze({ app }: { app: AppDetails }) {
  const [span, setSpan] = useState<(typeof spans)[number][0]>('604800')
  return (
    <div className="row">
      <Choice
        label="Freeze its code"
        value={span}
        onValue={setSpan}
        options={spans}
        hint="No new code before then. It can only be put off, by nobody taken back."
      />
      <span className="buttons">
        <Act
          kind="danger"
          danger="Freeze: nobody can take it back"
          plan={(signer) =>
            planFreeze(
              signer,
              app.appId,
              span === 'forever' ? foreverSeconds : app.block.timestamp + BigInt(span),
            )
          }
        >
          Freeze
        </Act>
      </span>
    </div>
  )
}

function History({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const history = useQuery({
    queryKey: ['history', String(app.appId), 'code'],
    queryFn: () => readAppHistory(network, app.appId, 'code'),
    refetchInterval: 15_000,
  })
  return (
    <Card title="History" note="the newest 100 records of the chain">
      <Queried query={history} what="the history" none="The chain has recorded nothing.">
        {(found) => (
          <Table heads={['When', 'What', 'Transaction']}>
            {found.map((entry, index) => (
              <tr key={`${entry.txHash}/${index}`}>
                <Cell label="When" className="tight">
                  <Time seconds={entry.at} />
                </Cell>
                <Cell label="What">{codeText(entry)}</Cell>
                <Cell label="Transaction">
                  <Hash hex={entry.txHash} what="the transaction's hash" />
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

/** A record in one sentence. */
function codeText(entry: HistoryEntry): string {
  const { event, args } = entry
  const text = (name: string) => String(args[name])
  const because = reasonOf(entry) === '' ? '' : `: ${reasonOf(entry)}`
  switch (event) {
    case 'AppCreated':
      return `Created on worker ${text('workerId')}`
    case 'VersionCreated':
      return `Version ${text('version')} written on worker ${text('workerId')}${because}`
    case 'VersionActivated':
      return `Version ${text('version')} took over${because}`
    case 'VersionDropped':
      return `Version ${text('version')} dropped${because}`
    case 'ReplicasChanged':
      return `${text('replicas')} replicas`
    case 'Configured':
      return `Settings, revision ${text('revision')}`
    case 'GuardianSet':
      return args['guardian'] === zeroAddress ? 'Guardian removed' : `Guardian ${text('guardian')}`
    case 'Frozen':
      return `Frozen until ${formatTime(args['until'] as bigint)}`
    case 'SpendingCapSet':
      return args['maxWeiPerSecond'] === 0n
        ? 'Budget cap removed'
        : `Budget cap ${shortAmount(perDay(args['maxWeiPerSecond'] as bigint), nativeAsset)} per day`
    case 'OwnershipOffered':
      return args['to'] === zeroAddress ? 'Offer taken back' : `Offered to ${text('to')}`
    case 'OwnershipTaken':
      return `Taken over by ${text('owner')}`
    case 'NoticeGiven':
      return `Worker ${text('workerId')} gave notice until ${formatTime(args['until'] as bigint)}`
    case 'AppPaused':
      return `Paused${because}`
    case 'AppResumed':
      return `Resumed${because}`
    case 'AppEnded':
      return `Ended${because}`
    default:
      return event
  }
}
