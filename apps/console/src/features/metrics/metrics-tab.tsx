// What an application has used over time, as its worker saw it; and its chain of usage, checked against signatures and chain.
import { useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import {
  appMetrics,
  formatDuration,
  verifyUsage,
  type AppDetails,
  type AppMetrics,
  type WorkerSession,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Chart } from '../../ui/chart.tsx'
import { Card, Empty, Facts, Failure, Loading } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Toggles } from '../../ui/toggles.tsx'
import { useSessionEnd, WithWorker } from '../owner/sessions.tsx'
import { seriesText, seriesTitle } from './series.ts'

export function MetricsTab({ app }: { app: AppDetails }) {
  return (
    <WithWorker app={app} what="what it has used">
      {(session, signOut) => (
        <>
          <Metrics app={app} session={session} signOut={signOut} />
          <Usage app={app} session={session} />
        </>
      )}
    </WithWorker>
  )
}

type Props = { app: AppDetails; session: WorkerSession }

/** Seconds shown, and seconds of one point. */
const spans = {
  '30 min': [1_800, 30],
  '6 h': [21_600, 300],
  '24 h': [86_400, 1_200],
  '7 days': [604_800, 10_800],
  '30 days': [2_592_000, 43_200],
} as const
type Span = keyof typeof spans
const spanOptions = (Object.keys(spans) as Span[]).map((span) => [span, span] as const)

function Metrics({ app, session, signOut }: Props & { signOut: () => void }) {
  const network = useNetwork()
  const [span, setSpan] = useState<Span>('30 min')
  const [seconds, step] = spans[span]
  const metrics = useQuery({
    queryKey: ['metrics', String(app.appId), span],
    queryFn: ({ signal }) => {
      const to = Math.ceil(Date.now() / 1_000)
      return appMetrics(network, app.appId, { from: to - seconds, to, step, session, signal })
    },
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
  useSessionEnd(metrics.error, signOut)
  return (
    <Card
      title="Metrics"
      note="its worker's word"
      end={<Toggles label="Time shown" value={span} onValue={setSpan} options={spanOptions} />}
    >
      <Queried query={metrics} what="the metrics" lines={6}>
        {(found) => <Charts metrics={found} />}
      </Queried>
    </Card>
  )
}

function Charts({ metrics }: { metrics: AppMetrics }) {
  const { from, to, step, series } = metrics
  // A limit that stays the same is no line of its own.
  const shown = Object.entries(series).filter(
    ([name, rows]) => rows.length > 0 && !name.endsWith('LimitBytes'),
  )
  if (shown.length === 0) return <Empty>Nothing was measured in this time.</Empty>
  return (
    <div className="charts">
      {shown.map(([name, rows]) => (
        <Chart
          key={name}
          title={limitTitle(name, series)}
          points={rows.map(([at, low, mean, high]) => ({ at, low, mean, high }))}
          format={(value) => seriesText(name, value)}
          {...{ from, to }}
          gapSeconds={step * 2.5}
        />
      ))}
    </div>
  )
}

function limitTitle(name: string, series: AppMetrics['series']): string {
  const limit = series[name.replace('Bytes', 'LimitBytes')]?.at(-1)?.[2]
  const title = seriesTitle(name)
  return limit === undefined || !name.endsWith('Bytes')
    ? title
    : `${title}, of ${seriesText(name, limit)}`
}

function Usage({ app, session }: Props) {
  const network = useNetwork()
  const [isWanted, setWanted] = useState(false)
  const usage = useQuery({
    queryKey: ['usage', String(app.appId)],
    enabled: isWanted,
    queryFn: ({ signal }) => verifyUsage(network, app.appId, { session, signal }),
    refetchInterval: false,
    staleTime: Infinity,
  })
  return (
    <Card
      title="Metered usage"
      note="a chain of samples that its worker has signed; checked here"
      end={
        <button
          type="button"
          className="button small"
          disabled={usage.isFetching}
          onClick={() => {
            if (isWanted) void usage.refetch()
            else setWanted(true)
          }}
        >
          {isWanted || usage.data !== undefined ? 'Check again' : 'Check it'}
        </button>
      }
    >
      {!isWanted && usage.data === undefined && (
        <Empty>What a complaint about metering rests on.</Empty>
      )}
      {usage.isFetching && <Loading what="the samples" />}
      {usage.isError && !usage.isFetching && <Failure error={usage.error} />}
      {usage.data !== undefined && !usage.isFetching && (
        <div className="body">
          <div className={`notice ${usage.data.ok ? 'good' : 'bad'}`} role="status">
            {usage.data.checks.map(({ name, ok, text }) => (
              <span key={name}>
                {ok ? '✓' : '✕'} {text}
              </span>
            ))}
          </div>
          <Facts
            rows={[
              ['Over', formatDuration(Math.round(usage.data.totals.seconds))],
              ['CPU', `${Math.round(usage.data.totals.cpuSeconds)} s`],
              [
                'Memory, on average',
                seriesText(
                  'memoryBytes',
                  usage.data.totals.memoryByteSeconds / Math.max(1, usage.data.totals.seconds),
                ),
              ],
              ['Received', seriesText('memoryBytes', usage.data.totals.receivedBytes)],
              ['Sent', seriesText('memoryBytes', usage.data.totals.sentBytes)],
            ]}
          />
        </div>
      )}
    </Card>
  )
}
