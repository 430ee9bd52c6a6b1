// Making a proposal: calls from templates, put together and read in words, with a title and why; then signing.
import { useState } from 'react'
import { useParams } from '@tanstack/react-router'
import { planProposal, type RawCall, type Track } from '@wetee/sdk'
import { Choice, Field, TextField } from '../../ui/field.tsx'
import { Card, Empty, Page } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'
import { CallList } from './call-list.tsx'
import { isTemplate, TemplateForm, templates, type Template } from './templates.tsx'

const tracks = [
  ['normal', 'Normal: may do everything'],
  ['fast', 'Fast: only pauses new leases and revokes measurements'],
] as const

export function ProposePage() {
  const { template } = useParams({ from: '/dao/propose/{-$template}' })
  const [chosen, choose] = useState<Template>(isTemplate(template) ? template : 'spend')
  const [track, setTrack] = useState<Track>('normal')
  const [title, setTitle] = useState('')
  const [why, setWhy] = useState('')
  const [calls, setCalls] = useState<readonly RawCall[]>([])
  const [done, setDone] = useState(false)
  if (done) return <Proposed />
  return (
    <Page
      title="Propose"
      sub="Say what shall be done, read it in words, and sign. Members may propose, and whoever holds enough votes."
    >
      <div className="columns">
        <Card title="Add what shall be done" note="one after the other; all of it or nothing">
          <div className="body form">
            <Choice
              label="What"
              value={chosen}
              onValue={choose}
              options={templates}
              {...(track === 'fast'
                ? { hint: 'The fast track takes revocations and pauses alone.' }
                : {})}
            />
            <TemplateForm
              key={`${chosen} ${track} ${calls.length}`}
              template={chosen}
              track={track}
              add={(more) => setCalls([...calls, ...more])}
            />
          </div>
        </Card>
        <WhatItDoes calls={calls} change={setCalls} />
      </div>
      <Card title="The proposal" note="public for ever">
        <div className="body form">
          <Choice
            label="Track"
            value={track}
            onValue={(next) => {
              setTrack(next)
              setCalls([])
            }}
            options={tracks}
            hint="Changing it clears what was added."
          />
          <Field onValue={setTitle} label="Title" value={title} hint="One line." />
          <TextField onValue={setWhy} rows={5} label="Why" value={why} hint="May be left out." />
          <div className="buttons">
            <Act
              kind="primary"
              disabled={title.trim() === '' || calls.length === 0}
              plan={(signer) =>
                planProposal(signer, {
                  ...{ track, title, calls },
                  ...(why.trim() === '' ? {} : { description: why }),
                })
              }
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

function WhatItDoes(props: {
  calls: readonly RawCall[]
  change: (calls: readonly RawCall[]) => void
}) {
  const { calls, change } = props
  return (
    <Card
      title="What it does"
      note={calls.length === 0 ? 'nothing yet' : `${calls.length} in this order`}
    >
      {calls.length === 0 ? (
        <Empty>Nothing was added yet.</Empty>
      ) : (
        <CallList
          calls={calls}
          remove={(index) => change(calls.filter((_, place) => place !== index))}
        />
      )}
    </Card>
  )
}

function Proposed() {
  return (
    <Page title="It is proposed">
      <div className="card">
        <Empty>
          <p>Voting begins after the voting delay. Votes count as they are delegated then.</p>
          <a className="button primary" href="#/dao">
            All proposals
          </a>
        </Empty>
      </div>
    </Page>
  )
}
