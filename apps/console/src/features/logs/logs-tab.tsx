// Logs of all instances, from inside their TEEs: followed as they come, searched, downloaded.
import { useEffect, useMemo, useRef, useState } from 'react'
import { logs, type AppDetails, type LogLine, type OwnerSession } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Card, Empty, Failure } from '../../ui/parts.tsx'
import { saveText } from '../../ui/save.ts'
import { useReturn } from '../apps/worker-away.tsx'
import { useSessionEnd, WithAgents } from '../owner/sessions.tsx'
import { appendLines, keyOfLine, linesText, splitAt } from './log-buffer.ts'

export function LogsTab({ app }: { app: AppDetails }) {
  return (
    <WithAgents app={app} what="logs">
      {(sessions, signOut) => <Logs app={app} sessions={sessions} signOut={signOut} />}
    </WithAgents>
  )
}

/** How often lines that have come are drawn, milliseconds. */
const drawMs = 200
/** Lines from before now. */
const tail = 500

/** Lines as they come while `isFollowed`; those that came before stay. */
function useLines(app: AppDetails, sessions: readonly OwnerSession[], isFollowed: boolean) {
  const network = useNetwork()
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [error, setError] = useState<unknown>()
  const [round, setRound] = useState(0)
  const { appId } = app
  useEffect(() => {
    if (!isFollowed) return
    const stopped = new AbortController()
    const { signal } = stopped
    let waiting: LogLine[] = []
    const draw = setInterval(() => {
      if (waiting.length === 0) return
      const fresh = waiting
      waiting = []
      setLines((before) => appendLines(before, fresh))
    }, drawMs)
    const follow = async () => {
      const options = { sessions, signal, tail, follow: true }
      for await (const line of logs(network, appId, options)) waiting.push(line)
    }
    follow().catch((cause: unknown) => {
      if (!signal.aborted) setError(cause)
    })
    return () => {
      stopped.abort()
      clearInterval(draw)
    }
  }, [network, appId, sessions, isFollowed, round])
  const again = () => {
    setError(undefined)
    setRound((before) => before + 1)
  }
  return { lines, error, again, clear: () => setLines([]) }
}

function Logs(props: { app: AppDetails; sessions: readonly OwnerSession[]; signOut: () => void }) {
  const { app, sessions, signOut } = props
  const [isFollowed, setFollowed] = useState(true)
  const [search, setSearch] = useState('')
  const [service, setService] = useState('')
  const { lines, error, again, clear } = useLines(app, sessions, isFollowed)
  useReturn(app, again)
  useSessionEnd(error, signOut)
  const services = useMemo(() => [...new Set(lines.map((line) => line.service))].sort(), [lines])
  const wanted = search.toLowerCase()
  const shown = useMemo(
    () =>
      lines.filter(
        (line) =>
          (service === '' || line.service === service) &&
          (wanted === '' || line.text.toLowerCase().includes(wanted)),
      ),
    [lines, service, wanted],
  )
  return (
    <Card
      title="Logs"
      note={`${sessions.length} ${sessions.length === 1 ? 'instance' : 'instances'}, sealed on the way here`}
      end={
        <span className="buttons">
          <button
            type="button"
            className="button small"
            aria-pressed={isFollowed}
            onClick={() => setFollowed(!isFollowed)}
          >
            {isFollowed ? 'Following' : 'Follow'}
          </button>
          <ServiceChoice services={services} value={service} change={setService} />
          <input
            className="input small"
            type="search"
            aria-label="Search the logs"
            placeholder="Search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <button
            type="button"
            className="button small"
            disabled={shown.length === 0}
            onClick={() => saveText(`application-${app.appId}.log`, linesText(shown))}
          >
            Download
          </button>
          <button type="button" className="button small" onClick={clear}>
            Clear
          </button>
          <button type="button" className="button small" onClick={signOut}>
            Sign out
          </button>
        </span>
      }
    >
      {error !== undefined && <Failure error={error} retry={again} />}
      {shown.length === 0 ? (
        <NoLines count={lines.length} search={search} isFollowed={isFollowed} />
      ) : (
        <Lines lines={shown} wanted={search} isFollowed={isFollowed} />
      )}
    </Card>
  )
}

function ServiceChoice(props: {
  services: readonly string[]
  value: string
  change: (service: string) => void
}) {
  const { services, value, change } = props
  if (services.length < 2) return null
  return (
    <select
      className="input small"
      aria-label="Service"
      value={value}
      onChange={(event) => change(event.target.value)}
    >
      <option value="">all services</option>
      {services.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  )
}

/** Why no line is shown. */
function NoLines(props: { count: number; search: string; isFollowed: boolean }) {
  const { count, search, isFollowed } = props
  if (count > 0) return <Empty>{`None of ${count} lines contains “${search}”.`}</Empty>
  return (
    <Empty>
      {isFollowed
        ? 'Nothing has been written yet. Lines appear here as they are.'
        : 'Nothing is followed.'}
    </Empty>
  )
}

/** Stays at the newest line while it is in sight. */
function Lines(props: { lines: readonly LogLine[]; wanted: string; isFollowed: boolean }) {
  const { lines, wanted, isFollowed } = props
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = box.current
    if (element !== null && isAtEnd.current && isFollowed) element.scrollTop = element.scrollHeight
  }, [lines, isFollowed])
  return (
    <div
      ref={box}
      className="log"
      role="log"
      aria-label="Lines of the logs"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 40
      }}
    >
      {lines.map((line) => (
        <div key={keyOfLine(line)} className={`entry ${line.stream}`}>
          <time className="quiet" dateTime={line.time} title={line.time}>
            {line.time.slice(11, 23)}
          </time>
          <span className="quiet" title={`version ${line.version}, replica ${line.replica}`}>
            {line.service}/{line.replica}
          </span>
          <span className="text">
            {splitAt(line.text, wanted).map((part, at) =>
              at % 2 === 1 ? <mark key={at}>{part}</mark> : part,
            )}
          </span>
        </div>
      ))}
    </div>
  )
}
