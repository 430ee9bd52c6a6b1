// What a worker has earned: bars over time, and the same in a table.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { formatDuration, formatTime, readEarnings, type Earnings } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Choice } from '../../ui/field.tsx'
import { shortAmount } from '../../ui/format.ts'
import { Amount, Card, Empty, Time } from '../../ui/parts.tsx'
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

const width = 720
const height = 140

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
        <figure key={asset.address} className="chart">
          <figcaption className="quiet">
            <span>
              {asset.symbol} from <Time seconds={times[0] ?? 0n} /> to{' '}
              <Time seconds={times.at(-1) ?? 0n} />; at most {shortAmount(highest(amounts), asset)}{' '}
              in one span
            </span>
          </figcaption>
          <Bars {...{ asset, amounts, times }} />
          <Numbers {...{ asset, amounts, times }} />
        </figure>
      ))}
    </>
  )
}

type Shown = Pick<Earnings['assets'][number], 'asset' | 'amounts'> & Pick<Earnings, 'times'>

function Bars({ asset, amounts, times }: Shown) {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Earnings in ${asset.symbol}, ${amounts.length} spans of time`}
      preserveAspectRatio="none"
    >
      <line className="base" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
      {amounts.map((amount, index) => {
        const step = width / amounts.length
        const size = barHeight(amount, highest(amounts), height - 8)
        return (
          <rect
            key={index}
            className="bar"
            x={index * step + step * 0.12}
            width={step * 0.76}
            y={height - size}
            height={size}
          >
            <title>
              {`${shortAmount(amount, asset)}, ${formatTime(times[index] ?? 0n)} to ${formatTime(times[index + 1] ?? 0n)}`}
            </title>
          </rect>
        )
      })}
    </svg>
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

/** Height of a bar in pixels; what is not nothing is seen. */
function barHeight(amount: bigint, most: bigint, room: number): number {
  if (amount <= 0n || most <= 0n) return 0
  return Math.max(2, (Number((amount * 1000n) / most) / 1000) * room)
}
