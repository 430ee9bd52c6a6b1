// The wallet's place in the header: connect, which account, the wrong chain, and out.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Amount, Failure, Hash } from '../ui/parts.tsx'
import { shortHex } from '../ui/format.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useDialog } from '../ui/dialog-host.tsx'
import { useNetwork } from '../network/network.tsx'
import { walletCode } from './wallet-code.ts'
import { useWallet } from './wallet.tsx'
import type { Wallet } from './ethereum.ts'
import { SubstrateWallets } from './substrate-wallets.tsx'
import { walletConnect } from './walletconnect-later.ts'

export function WalletButton() {
  const { account, onChain, switchChain } = useWallet()
  const open = useDialog()
  if (account !== undefined && !onChain)
    return (
      <button
        type="button"
        className="button danger"
        onClick={() => void switchChain().catch(() => undefined)}
      >
        Wrong network: switch
      </button>
    )
  return (
    <button
      type="button"
      className="button"
      onClick={() => open((close) => <WalletDialog close={close} />)}
    >
      {account === undefined ? 'Connect wallet' : <code>{shortHex(account)}</code>}
    </button>
  )
}

/** For a place that has nothing to show without an account. */
export function ConnectButton() {
  const open = useDialog()
  return (
    <button
      type="button"
      className="button primary"
      onClick={() => open((close) => <WalletDialog close={close} />)}
    >
      Connect wallet
    </button>
  )
}

/** Which wallet, or what is connected. */
export function WalletDialog({ close }: { close: () => void }) {
  const { account, wallet, disconnect } = useWallet()
  if (account === undefined || wallet === undefined) return <ConnectDialog close={close} />
  return (
    <Dialog title={wallet.name} close={close}>
      <p>
        <Hash hex={account} what="your address" whole />
      </p>
      <p>
        <Balance account={account} /> <span className="quiet">in your account</span>
      </p>
      <div className="buttons">
        <a className="button" href="#/mine" onClick={close}>
          My applications
        </a>
        <button
          type="button"
          className="button"
          onClick={() => {
            disconnect()
            close()
          }}
        >
          Disconnect
        </button>
      </div>
    </Dialog>
  )
}

function Balance({ account }: { account: `0x${string}` }) {
  const network = useNetwork()
  const balance = useQuery({
    queryKey: ['balance', account],
    queryFn: () => network.reader.balanceWei(account),
  })
  return balance.data === undefined ? (
    <span className="quiet">…</span>
  ) : (
    <Amount wei={balance.data} />
  )
}

function ConnectDialog({ close }: { close: () => void }) {
  const { wallets, connect } = useWallet()
  const open = useDialog()
  const [failure, setFailure] = useState<unknown>()
  const choose = (wallet: Wallet) => {
    const Pairing = walletConnect?.Dialog
    if (Pairing !== undefined && wallet.type === 'walletConnect')
      return open((end) => <Pairing wallet={wallet} close={end} />)
    setFailure(undefined)
    connect(wallet).then(close, (error: unknown) =>
      setFailure(
        walletCode(error) === 4001 ? new Error(`${wallet.name}: you declined to connect.`) : error,
      ),
    )
  }
  return (
    <Dialog title="Connect a wallet" close={close}>
      <p className="quiet">
        It keeps your key and shows every transaction before it signs. This page has no account of
        its own and no server behind it.
      </p>
      {!wallets.some(({ type }) => type === 'injected') && (
        <div className="notice">
          <span>No wallet has announced itself in this browser.</span>
          <span className="quiet">
            Install MetaMask, Talisman, SubWallet or another one that speaks EIP-6963, and load this
            page again.
          </span>
        </div>
      )}
      <div className="menu">
        {wallets.map((wallet) => (
          <button key={wallet.id} type="button" className="button" onClick={() => choose(wallet)}>
            {wallet.name}
          </button>
        ))}
      </div>
      <SubstrateWallets close={close} />
      {failure !== undefined && <Failure error={failure} />}
    </Dialog>
  )
}
