// The accounts of an extension: which one, how contracts see it, and its mapping where there is none yet.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { SubstrateRpc } from '@wetee/chain'
import { Amount, Facts, Failure, Hash, Loading } from '../ui/parts.tsx'
import { useWallet } from '../wallet/wallet.tsx'
import { weiOf } from './account.ts'
import { connectionOf } from './connect.ts'
import type { Extension, OpenExtension } from './extensions.ts'
import { feePlanck, readAccount, type Hub } from './hub.ts'
import { hubOf } from './open-hub.ts'
import { signAndSend, type Signatory } from './sign.ts'

type Props = {
  readonly extension: Extension
  readonly substrate: SubstrateRpc
  readonly close: () => void
}

export function SubstrateAccounts({ extension, substrate, close }: Props) {
  const [address, choose] = useState<string | undefined>()
  const opened = useQuery({
    queryKey: ['extension', extension.id],
    queryFn: async () => {
      // Before the extension is asked for anything: a network that cannot be used needs no account.
      const hub = await hubOf(substrate)
      return { hub, extension: await extension.open() }
    },
    refetchInterval: false,
    gcTime: 0,
  })
  if (opened.error !== null)
    return <Failure error={opened.error} retry={() => void opened.refetch()} />
  if (opened.data === undefined) return <Loading what={extension.name} />
  const { accounts, signPayload } = opened.data.extension
  if (accounts.length === 0)
    return <p className="notice">{extension.name} shows no Substrate account to this page.</p>
  if (address !== undefined) {
    const by = { address, wallet: extension.name, signPayload }
    return <Chosen id={extension.id} hub={opened.data.hub} by={by} close={close} />
  }
  return <Accounts accounts={accounts} choose={choose} />
}

function Accounts({
  accounts,
  choose,
}: {
  accounts: OpenExtension['accounts']
  choose: (address: string) => void
}) {
  return (
    <div className="menu">
      {accounts.map(({ address, name }) => (
        <button
          key={address}
          type="button"
          className="button"
          onClick={() => choose(address)}
          title={address}
        >
          {name === '' ? 'Account' : name}{' '}
          <code>
            {address.slice(0, 6)}…{address.slice(-6)}
          </code>
        </button>
      ))}
    </div>
  )
}

function Chosen(props: { id: string; hub: Hub; by: Signatory; close: () => void }) {
  const { id, hub, by, close } = props
  const { connectSubstrate } = useWallet()
  const account = useQuery({
    queryKey: ['substrate-account', by.address],
    queryFn: () => readAccount(hub, by.address),
  })
  if (account.error !== null)
    return <Failure error={account.error} retry={() => void account.refetch()} />
  if (account.data === undefined) return <Loading what="the account" />
  const { evmAddress, isMapped, freePlanck } = account.data
  const connect = () => {
    connectSubstrate(connectionOf(hub, id, by, evmAddress))
    close()
  }
  return (
    <>
      <Facts
        rows={[
          ['Account', <Hash key="a" hex={by.address} what="the account" />],
          ['Contracts see', <Hash key="e" hex={evmAddress} what="its address for contracts" />],
          ['Can be spent', <Amount key="f" wei={weiOf(freePlanck, hub.runtime.weiPerPlanck)} />],
          ['Mapped', isMapped ? 'yes' : 'no: contracts cannot be called yet'],
        ]}
      />
      {isMapped ? (
        <div className="buttons">
          <button type="button" className="button primary" onClick={connect}>
            Connect this account
          </button>
        </div>
      ) : (
        <Mapping hub={hub} by={by} freePlanck={freePlanck} done={() => void account.refetch()} />
      )}
    </>
  )
}

type Phase =
  | { readonly name: 'ready' | 'wallet' | 'chain' }
  | { readonly name: 'failed'; readonly error: unknown }

function Mapping(props: { hub: Hub; by: Signatory; freePlanck: bigint; done: () => void }) {
  const { hub, by, freePlanck, done } = props
  const [phase, setPhase] = useState<Phase>({ name: 'ready' })
  const call = hub.runtime.mapAccount()
  const fee = useQuery({
    queryKey: ['substrate-mapping-fee'],
    queryFn: async () => (await feePlanck(hub, call)) + hub.runtime.mappingDepositPlanck,
  })
  if (fee.error !== null) return <Failure error={fee.error} retry={() => void fee.refetch()} />
  if (fee.data === undefined) return <Loading what="the fee" lines={1} />
  const costWei = weiOf(fee.data, hub.runtime.weiPerPlanck)
  const map = () => {
    setPhase({ name: 'wallet' })
    const onSent = () => setPhase({ name: 'chain' })
    signAndSend(hub, by, call, 'map the account', { onSent }).then(done, (error: unknown) =>
      setPhase({ name: 'failed', error }),
    )
  }
  return (
    <>
      <p>
        Mapping writes once on chain which account is behind that address (Revive.map_account). It
        costs about <Amount wei={costWei} />, most of it a deposit that comes back when the mapping
        is removed.
      </p>
      {freePlanck < fee.data && (
        <div className="notice warn">
          <span>This account has too little for that.</span>
        </div>
      )}
      {phase.name === 'failed' && <Failure error={phase.error} />}
      {phase.name === 'wallet' && <p role="status">Look at your wallet: it asks you to sign.</p>}
      {phase.name === 'chain' && <p role="status">Sent. Waiting until it is final …</p>}
      {(phase.name === 'ready' || phase.name === 'failed') && (
        <div className="buttons">
          <button
            type="button"
            className="button primary"
            disabled={freePlanck < fee.data}
            onClick={map}
          >
            Map this account
          </button>
        </div>
      )}
    </>
  )
}
