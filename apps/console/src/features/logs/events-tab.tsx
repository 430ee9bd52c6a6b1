// What has happened to the instances, as their agents have seen it; what their worker told them is marked.
import { useQuery } from '@tanstack/react-query'
import { instanceEvents, type AppDetails, type OwnerSession } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useSessionEnd, WithAgents } from '../owner/sessions.tsx'

export function EventsTab({ app }: { app: AppDetails }) {
  return (
    <WithAgents app={app} what="events">
      {(sessions, signOut) => <Events app={app} sessions={sessions} signOut={signOut} />}
    </WithAgents>
  )
}

function Events(props: {
  app: AppDetails
  sessions: readonly OwnerSession[]
  signOut: () => void
}) {
  const { app, sessions, signOut } = props
  const network = useNetwork()
  const events = useQuery({
    queryKey: ['events', String(app.appId), sessions.map(({ tlsKeyHash }) => tlsKeyHash)],
    queryFn: ({ signal }) => instanceEvents(network, app.appId, { sessions, signal }),
    select: (all) => all.toReversed().slice(0, 300),
  })
  useSessionEnd(events.error, signOut)
  return (
    <Card title="Events" note="since each agent began, the newest first">
      <Queried query={events} what="the events" none="Nothing has happened yet.">
        {(rows) => (
          <Table heads={['When', 'Event', 'Detail', 'Instance']}>
            {rows.map((event) => (
              <tr key={`${event.version}/${event.replica}/${event.number}`}>
                <Cell label="When" className="tight">
                  <Time seconds={BigInt(Math.floor(Date.parse(event.time) / 1_000))} />
                </Cell>
                <Cell label="Event">
                  <code>{event.code}</code>{' '}
                  {event.hostsWord === true && <Badge>its worker’s word</Badge>}
                </Cell>
                <Cell label="Detail">
                  <Detail text={event.detail} />
                </Cell>
                <Cell label="Instance">
                  version {event.version}, replica {event.replica}
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

/** Agents write the end of a lease in seconds since 1970. */
function Detail({ text = '–' }: { text: string | undefined }) {
  const [, until] = /^until (\d{10})$/.exec(text) ?? []
  if (until === undefined) return text
  return (
    <>
      end of the lease <Time seconds={BigInt(until)} />
    </>
  )
}
