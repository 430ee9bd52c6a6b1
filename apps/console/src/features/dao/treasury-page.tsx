// What the DAO holds, and what the contracts owe it.
import { useQuery } from '@tanstack/react-query'
import { readTreasury } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Card, Facts, Failure, Hash, Loading } from '../../ui/parts.tsx'
import { DaoFrame } from './dao-frame.tsx'
import { votesText } from './proposal-page.tsx'

export function TreasuryPage() {
  const network = useNetwork()
  const treasury = useQuery({ queryKey: ['treasury'], queryFn: () => readTreasury(network) })
  const { data } = treasury
  return (
    <DaoFrame
      view="treasury"
      actions={
        <a className="button" href="#/dao/propose/spend">
          Propose to spend
        </a>
      }
    >
      {treasury.isError && <Failure error={treasury.error} retry={() => void treasury.refetch()} />}
      <div className="columns">
        <Card title="Holds">
          <div className="body">
            {data === undefined ? (
              <Loading what="the treasury" lines={3} />
            ) : (
              <Facts
                rows={[
                  ['DOT', <Amount key="b" wei={data.balanceWei} />],
                  ['Own votes', votesText(data.ownTokens)],
                  [
                    'Address',
                    <Hash key="a" hex={data.address} what="the treasury's address" whole />,
                  ],
                ]}
              />
            )}
          </div>
        </Card>
        <Card title="Is owed" note="paid out by a proposal that withdraws it">
          <div className="body">
            {data === undefined ? (
              <Loading what="what it is owed" lines={3} />
            ) : (
              <Facts
                rows={[
                  ...data.credits.cloud.map(
                    ({ asset, amount }) =>
                      [
                        `Fees in ${asset.symbol}`,
                        <Amount key={asset.address} wei={amount} asset={asset} />,
                      ] as const,
                  ),
                  ['From slashing', <Amount key="s" wei={data.credits.subnetWei} />],
                  ['From complaints', <Amount key="c" wei={data.credits.complaintsWei} />],
                  ['From calls', <Amount key="g" wei={data.credits.bridgeWei} />],
                ]}
              />
            )}
          </div>
        </Card>
      </div>
    </DaoFrame>
  )
}
