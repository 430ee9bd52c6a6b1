// Which worker: the cheapest that fits, or one of those that do, with price and record.
import { useQuery } from '@tanstack/react-query'
import type { Manifest } from '@wetee/manifest'
import { nativeAsset, perDay, readCandidates, teeClassNames, unfitReasons } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Failure, Loading } from '../../ui/parts.tsx'

export function WorkerChoice(props: {
  draft: Manifest | undefined
  chosen: bigint | undefined
  choose: (workerId: bigint | undefined) => void
}) {
  const network = useNetwork()
  const { draft, chosen, choose } = props
  const candidates = useQuery({
    queryKey: ['candidates', draft?.termsDigest],
    enabled: draft !== undefined,
    queryFn: async () => {
      if (draft === undefined) return []
      const { number: at } = await network.reader.finalized()
      const found = await readCandidates(
        network.reader,
        { terms: draft.terms, asset: nativeAsset, at },
        undefined,
      )
      return found.map((one) => ({ ...one, reasons: unfitReasons(one, draft.terms) }))
    },
  })
  return (
    <fieldset className="field" style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className="label">Worker</legend>
      <label className="choice">
        <input
          type="radio"
          name="worker"
          checked={chosen === undefined}
          onChange={() => choose(undefined)}
        />
        <span className="what">The cheapest that fits</span>
      </label>
      {draft === undefined && (
        <span className="hint">Prices are shown once the file has no problem.</span>
      )}
      {candidates.isError && <Failure error={candidates.error} />}
      {draft !== undefined && candidates.isPending && (
        <Loading what="workers and prices" lines={2} />
      )}
      {candidates.data?.map(({ worker, quote, reasons }) => (
        <label className="choice" key={String(worker.workerId)}>
          <input
            type="radio"
            name="worker"
            checked={chosen === worker.workerId}
            disabled={reasons.length > 0}
            onChange={() => choose(worker.workerId)}
          />
          <span className="what">
            Worker {String(worker.workerId)}, {worker.region || 'no region'}
            <span className="quiet">
              {' '}
              · {teeClassNames(worker.teeClasses)}, level {worker.level}
              {reasons.length > 0 && ` · ${reasons.join('; ')}`}
            </span>
          </span>
          {quote !== undefined && draft !== undefined && (
            <span>
              <Amount wei={perDay(quote.weiPerSecond * BigInt(draft.terms.replicas))} /> per day
            </span>
          )}
        </label>
      ))}
    </fieldset>
  )
}
