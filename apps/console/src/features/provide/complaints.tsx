// Complaints about a worker: what is claimed, until when, and what can be done about it.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  evidenceDigest,
  listComplaints,
  planAnswer,
  planDismiss,
  type ComplaintRecord,
} from '@wetee/sdk'
import { useNetwork, useOverview } from '../../network/network.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Amount, Badge, Card, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'

const tones = { open: 'warn', upheld: 'bad', frivolous: 'good', dismissed: undefined } as const

export function Complaints({ workerId, mayAnswer }: { workerId: bigint; mayAnswer: boolean }) {
  const network = useNetwork()
  const complaints = useQuery({
    queryKey: ['complaints'],
    queryFn: () => listComplaints(network),
    select: (all) => all.filter((one) => one.workerId === workerId).reverse(),
    enabled: network.profile.contracts.complaints !== undefined,
  })
  if (network.profile.contracts.complaints === undefined) return null
  return (
    <Card title="Complaints" note="filed by owners of applications, decided by the DAO">
      <Queried query={complaints} what="complaints" none="Nobody has complained about this worker.">
        {(about) => (
          <Table
            heads={[
              'Complaint',
              'State',
              'Application',
              { num: 'Claimed' },
              { num: 'Locked' },
              'Evidence',
              'Answer',
              'Decided by',
            ]}
          >
            {about.map((one) => (
              <Line key={String(one.complaintId)} complaint={one} mayAnswer={mayAnswer} />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function Line({ complaint, mayAnswer }: { complaint: ComplaintRecord; mayAnswer: boolean }) {
  const now = useOverview().data?.block.timestamp ?? 0n
  const { complaintId, status, appId, version, answeredAt, answerBy, decideBy } = complaint
  const open = status === 'open'
  return (
    <tr>
      <Cell label="Complaint">
        {String(complaintId)}{' '}
        <span className="under">
          filed <Time seconds={complaint.filedAt} />
        </span>
      </Cell>
      <Cell label="State">
        <Badge {...(tones[status] === undefined ? {} : { tone: tones[status] })}>{status}</Badge>
      </Cell>
      <Cell label="Application">
        <a href={`#/app/${appId}`}>{String(appId)}</a>{' '}
        <span className="under">version {version}</span>
      </Cell>
      <Cell label="Claimed" className="num">
        <Amount wei={complaint.claimedWei} />
      </Cell>
      <Cell label="Locked" className="num">
        <Amount wei={complaint.lockedWei} />
      </Cell>
      <Cell label="Evidence">
        <Hash hex={complaint.evidenceDigest} what="SHA-256 of the evidence" />
      </Cell>
      <Cell label="Answer">
        {answeredAt !== 0n ? (
          <Hash hex={complaint.answerDigest} what="SHA-256 of the answer" />
        ) : !open ? (
          'none'
        ) : mayAnswer ? null : (
          <span>
            due <Time seconds={answerBy} />
          </span>
        )}
        <WalletAction
          kind="small"
          shown={open && mayAnswer && answeredAt === 0n}
          dialog={(close) => <AnswerDialog complaintId={complaintId} close={close} />}
        >
          Answer
        </WalletAction>
      </Cell>
      <Cell label="Decided by">
        {!open ? '–' : now <= decideBy && <Time seconds={decideBy} />}
        <Act
          kind="small"
          shown={open && now > decideBy}
          plan={(signer) => planDismiss(signer, complaintId)}
        >
          Dismiss
        </Act>
      </Cell>
    </tr>
  )
}

/** The digest alone goes on chain; what was read stays in the browser. */
function AnswerDialog({ complaintId, close }: { complaintId: bigint; close: () => void }) {
  const [text, setText] = useState('')
  const [uri, setUri] = useState('')
  const digest = evidenceDigest(new TextEncoder().encode(text))
  return (
    <AskDialog
      title={`Answer complaint ${complaintId}`}
      close={close}
      plan={
        text.trim() === ''
          ? undefined
          : (signer) => planAnswer(signer, complaintId, digest, uri.trim())
      }
    >
      <TextField
        label="Answer"
        value={text}
        onValue={setText}
        rows={6}
        hint="Your evidence, word for word. Its SHA-256 goes on chain; publish the text yourself at the address below."
      />
      <Field
        label="Where it is published"
        value={uri}
        onValue={setUri}
        input={{ inputMode: 'url', placeholder: 'https://…' }}
      />
      <p className="quiet">
        SHA-256 <Hash hex={digest} what="SHA-256 of the answer" />
      </p>
    </AskDialog>
  )
}
