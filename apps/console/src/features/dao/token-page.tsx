// The votes: what the connected account has and to whom they are delegated, the supply, and the rules of both tracks.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { zeroAddress } from 'viem'
import { formatDuration, formatTime, planDelegate, readToken, readVoter } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { AddressField, readAddress, reading } from '../../ui/field.tsx'
import { Card, Empty, Facts, Failure, Hash, Loading } from '../../ui/parts.tsx'
import { ConnectButton } from '../../wallet/wallet-button.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'
import { DaoFrame } from './dao-frame.tsx'
import { votesText } from './proposal-page.tsx'

export function TokenPage() {
  const network = useNetwork()
  const token = useQuery({ queryKey: ['token'], queryFn: () => readToken(network) })
  const { data } = token
  return (
    <DaoFrame view="token">
      {token.isError && <Failure error={token.error} retry={() => void token.refetch()} />}
      <Yours />
      <div className="columns">
        <Card title="Supply">
          <div className="body">
            {data === undefined ? (
              <Loading what="the supply" lines={2} />
            ) : (
              <Facts
                rows={[
                  ['Tokens', votesText(data.supply)],
                  ['May be issued now', votesText(data.issuable)],
                  ['In a year at most', `${data.maxYearlyIssueBps / 100} % of the supply`],
                ]}
              />
            )}
          </div>
        </Card>
        {data?.tracks.map((rules) => (
          <Card
            key={rules.track}
            title={rules.track === 'fast' ? 'Fast track' : 'Normal track'}
            note={rules.track === 'fast' ? 'pauses new leases, revokes measurements' : 'may do all'}
          >
            <div className="body">
              <Facts
                rows={[
                  ['Voting begins after', formatDuration(Number(rules.votingDelay))],
                  ['Voting lasts', formatDuration(Number(rules.votingPeriod))],
                  ['Quorum', `${rules.quorumPercent} % of the supply`],
                  ['Executed after', formatDuration(Number(rules.timelockSeconds))],
                  ['Proposing takes', `membership, or ${votesText(rules.proposalThreshold)} votes`],
                  [
                    'Guardian',
                    rules.guardian === zeroAddress ? (
                      'none'
                    ) : (
                      <span key="g">
                        <Hash hex={rules.guardian} what="the guardian's address" />
                        until {formatTime(rules.guardianUntil)}
                      </span>
                    ),
                  ],
                ]}
              />
            </div>
          </Card>
        ))}
      </div>
    </DaoFrame>
  )
}

function Yours() {
  const network = useNetwork()
  const { account } = useWallet()
  const voter = useQuery({
    queryKey: ['voter', account ?? ''],
    enabled: account !== undefined,
    queryFn: () => (account === undefined ? undefined : readVoter(network, account)),
  })
  const { data } = voter
  return (
    <Card title="Your votes">
      {account === undefined ? (
        <Empty>
          <p>Connect a wallet to see its votes.</p>
          <ConnectButton />
        </Empty>
      ) : (
        <div className="body">
          {voter.isError && <Failure error={voter.error} retry={() => void voter.refetch()} />}
          {data === undefined && !voter.isError && <Loading what="your votes" lines={3} />}
          {data !== undefined && data !== null && (
            <>
              <Facts
                rows={[
                  ['Tokens', votesText(data.tokens)],
                  ['Votes', votesText(data.votes)],
                  [
                    'Delegated to',
                    data.delegate === zeroAddress ? (
                      'nobody: they do not count'
                    ) : data.delegate === account ? (
                      'yourself'
                    ) : (
                      <Hash key="d" hex={data.delegate} what="the delegate's address" />
                    ),
                  ],
                  ['Member', data.isMember ? 'yes' : 'no'],
                ]}
              />
              <div className="buttons">
                <Act
                  kind="primary"
                  shown={data.delegate !== account && data.tokens > 0n}
                  plan={(signer) => planDelegate(signer)}
                >
                  Vote with your own tokens
                </Act>
                <WalletAction
                  shown={data.tokens > 0n}
                  dialog={(close) => <DelegateDialog close={close} />}
                >
                  Delegate to somebody
                </WalletAction>
              </div>
            </>
          )}
        </div>
      )}
    </Card>
  )
}

function DelegateDialog({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const what = 'the delegate'
  const { value } = reading(text, (given) => readAddress(given, what))
  return (
    <AskDialog
      title="Delegate your votes"
      close={close}
      plan={value && ((signer) => planDelegate(signer, value))}
    >
      <AddressField
        label="Delegate"
        value={text}
        onValue={setText}
        what={what}
        hint="The tokens stay yours. It counts for proposals whose voting begins later."
      />
    </AskDialog>
  )
}
