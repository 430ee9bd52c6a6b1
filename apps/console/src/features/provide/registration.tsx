// What both registrations share: how much stake they take, and what comes after them.
import { useQuery } from '@tanstack/react-query'
import { useNetwork } from '../../network/network.tsx'
import { Card, Page } from '../../ui/parts.tsx'

/** The least stakes, wei. */
export function useStakeRules() {
  const { reader } = useNetwork()
  return useQuery({
    queryKey: ['stake-rules'],
    queryFn: async () => reader.view('subnet', 'stakeRules', [], (await reader.finalized()).number),
    refetchInterval: false,
  })
}

const next = {
  worker:
    'Start its daemon: it proves the machine to the committee, and applications come once that proof is live.',
  'dsecret node':
    'Start it: it proves its machine to the committee. The DAO names who sits in the next one.',
}

export function Registered({ what }: { what: keyof typeof next }) {
  return (
    <Page title={`The ${what} is registered`}>
      <Card title="Next">
        <div className="body">
          <p>{next[what]}</p>
          <p>
            <a className="button primary" href="#/provide">
              What you provide
            </a>
          </p>
        </div>
      </Card>
    </Page>
  )
}
