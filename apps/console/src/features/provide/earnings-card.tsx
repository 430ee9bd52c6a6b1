// What a worker has earned: bars over time, and the same in a table.
import { useMemo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { formatDuration, formatTime, readEarnings, type Earnings } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Choice } from '../../ui/field.tsx'
import { shortAmount } from '../../ui/format.ts'
import { Amount, Card, Empty, Time } from '../../ui/parts.tsx'
import { Plot } from '../../ui/plot.tsx'
import { Queried } from '../../ui/queried.tsx'

const spans = [
  ['3600', 'The last hour'],
  ['86400', 'The last day'],
  ['604800', 'The last week'],
  ['2592000', 'The last 30 days'],
] as const
type Span = (typeof spans)[number][0]

export function EarningsCard({ workerId }: { workerId: bigint }) {
  const network = useNetwork()
  const [span, setSpan] = useState<Span>('604800')
  const earnings = useQuery({
    queryKey: ['earnings', String(workerId), span],
    queryFn: () => readEarnings(network, workerId, { seconds: BigInt(span) }),
    refetchInterval: 30_000,
  })
  return (
    <Card title="Earnings" note="what settlements paid its owner, the network's fee taken off">
      <div className="body">
        <div className="span">
          <Choice label="Time" value={span} onValue={setSpan} options={spans} />
        </div>
        <Queried query={earnings} what="its earnings">
          {(data) =>
            data.assets.length === 0 ? (
              <Empty>Nothing was settled in this time.</Empty>
            ) : (
              <Chart earnings={data} />
            )
          }
        </Queried>
      </div>
    </Card>
  )
}

function Chart({ earnings }: { earnings: Earnings }) {
  const { assets, times, settlements, attestedSeconds } = earnings
  return (
    <>
      <p>
        {assets.map(({ asset, total }, index) => (
          <strong key={asset.address}>
            {index > 0 && ' and '}
            <Amount wei={total} asset={asset} />
          </strong>
        ))}{' '}
        <span className="quiet">
          for {formatDuration(Number(attestedSeconds))} of attested time in {settlements}{' '}
          {settlements === 1 ? 'settlement' : 'settlements'}
        </span>
      </p>
      {assets.map(({ asset, amounts }) => (
        <Bars key={asset.address} {...{ asset, amounts, times }} />
      ))}
    </>
  )
}

type Shown = Pick<Earnings['assets'][number], 'asset' | 'amounts'> & Pick<Earnings, 'times'>

function Bars({ asset, amounts, times }: Shown) {
  const [row, setRow] = useState<number | undefined>()
  const [from = 0n, to = 0n] = [times[0], times.at(-1)]
  const data = useMemo(() => barsOf(amounts, times), [amounts, times])
  const amount = row === undefined ? undefined : amounts[row]
  return (
    <figure className="chart">
      <figcaption className="quiet" aria-live={row === undefined ? 'off' : 'polite'}>
        {row === undefined || amount === undefined ? (
          <span>
            {asset.symbol} from <Time seconds={from} /> to <Time seconds={to} />; at most{' '}
            {shortAmount(highest(amounts), asset)} in one span
          </span>
        ) : (
          <span>
            <strong>{shortAmount(amount, asset)}</strong> from {formatTime(times[row] ?? 0n)} to{' '}
            {formatTime(times[row + 1] ?? 0n)}
          </span>
        )}
      </figcaption>
      <Plot
        kind="bars"
        label={`Earnings in ${asset.symbol}, ${amounts.length} spans of time`}
        onRow={setRow}
        {...{ data, from: Number(from), to: Number(to), high: 1 }}
      />
      <Numbers {...{ asset, amounts, times }} />
    </figure>
  )
}

function Numbers({ asset, amounts, times }: Shown) {
  return (
    <details>
      <summary>As numbers</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" className="num">
              Earned
            </th>
          </tr>
        </thead>
        <tbody>
          {amounts.map((amount, index) => (
            <tr key={index}>
              <td>{formatTime(times[index] ?? 0n)}</td>
              <td className="num">
                <Amount wei={amount} asset={asset} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

const highest = (amounts: readonly bigint[]) =>
  amounts.reduce((most, amount) => (amount > most ? amount : most), 0n)

/** Middles of the spans in seconds, and amounts as parts of the highest; what is not nothing is seen. */
function barsOf(amounts: readonly bigint[], times: readonly bigint[]): [number[], number[]] {
  const most = highest(amounts)
  const part = (amount: bigint) => Math.max(0.02, Number((amount * 1000n) / most) / 1000)
  return [
    amounts.map((_, index) => Number((times[index] ?? 0n) + (times[index + 1] ?? 0n)) / 2),
    amounts.map((amount) => (amount > 0n ? part(amount) : 0)),
  ]
}
