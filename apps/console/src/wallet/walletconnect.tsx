// A wallet on another device, by WalletConnect: the link that it scans or opens, and wagmi's connector. Talks to the relay.
import { useEffect, useState } from 'react'
import encodeQR from 'qr'
import type { CreateConnectorFn } from 'wagmi'
import { walletConnect } from 'wagmi/connectors/walletConnect'
import { Dialog } from '../ui/dialog.tsx'
import { Failure, Loading, Time } from '../ui/parts.tsx'
import { walletCode } from './wallet-code.ts'
import { useWallet } from './wallet.tsx'
import type { Wallet } from './ethereum.ts'

/** Names of the build: the project that it is for, and another relay than the company's. */
declare const WALLETCONNECT_PROJECT: string
declare const WALLETCONNECT_RELAY: string | undefined

/** What is used of the provider, whose types are not here. */
type Provider = {
  readonly session?: unknown
  readonly signer: {
    readonly client: { readonly core: { readonly verify: { register: () => Promise<undefined> } } }
    cleanupPendingPairings(options: { deletePairings: boolean }): Promise<void>
  }
}

/** wagmi's connector without the dialog and the services that come with the provider. */
export function connector(config: Parameters<CreateConnectorFn>[0]): ReturnType<CreateConnectorFn> {
  const page = new URL('.', document.baseURI).href
  const made = walletConnect({
    projectId: WALLETCONNECT_PROJECT,
    ...(WALLETCONNECT_RELAY !== undefined && { relayUrl: WALLETCONNECT_RELAY }),
    metadata: {
      name: 'WeTEE',
      description: 'Deploy, watch and verify confidential applications.',
      url: page,
      icons: [new URL('icon.svg', page).href],
    },
    showQrModal: false,
    telemetryEnabled: false,
    // It would write links, which are keys, to the browser's console.
    logger: 'silent',
  })(config)
  const getProvider = made.getProvider.bind(made) as (asked?: object) => Promise<Provider>
  made.getProvider = async (asked) => {
    const provider = await getProvider(asked)
    // Their service for known addresses is a frame, which this page's policy refuses: each request would wait five seconds for it.
    provider.signer.client.core.verify.register = () => Promise.resolve(undefined)
    return provider as never
  }
  return made
}

/** Waits for a wallet on another device, until this is closed. */
export function PairingDialog({ wallet, close }: { wallet: Wallet; close: () => void }) {
  const { connect } = useWallet()
  const [attempt, setAttempt] = useState(0)
  const [link, setLink] = useState<string | undefined>()
  const [failure, setFailure] = useState<Error | undefined>()
  useEffect(() => {
    let isOpen = true
    const hear = ({ type, data }: { type: string; data?: unknown }) => {
      if (type === 'display_uri') setLink(String(data))
    }
    wallet.emitter.on('message', hear)
    connect(wallet).then(
      () => isOpen && close(),
      (error: unknown) => isOpen && setFailure(pairingFailure(error)),
    )
    return () => {
      isOpen = false
      wallet.emitter.off('message', hear)
      void abandon(wallet).catch(() => undefined)
    }
  }, [wallet, connect, close, attempt])
  const again = () => {
    setLink(undefined)
    setFailure(undefined)
    setAttempt(attempt + 1)
  }
  return (
    <Dialog title={wallet.name} close={close}>
      <p className="quiet">
        Scan this with a wallet on your phone. It shows every transaction before it signs. A relay
        carries what the two say to each other. It cannot read that, but it sees that they talk and
        when, and is told which contract is called and by which transaction.
      </p>
      {failure !== undefined ? (
        <Failure error={failure} retry={again} />
      ) : link === undefined ? (
        <Loading what="the link" />
      ) : (
        <Link link={link} />
      )}
    </Dialog>
  )
}

function Link({ link }: { link: string }) {
  const [isCopied, setCopied] = useState(false)
  const seconds = linkExpiry(link)
  return (
    <>
      <QrCode text={link} />
      <p role="status">
        {isCopied ? 'The link is copied: paste it in your wallet.' : 'Waiting for your wallet.'}
      </p>
      {seconds !== undefined && (
        <p className="quiet">
          The link ends <Time seconds={seconds} />.
        </p>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button"
          onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          Copy link
        </button>
        <a className="button" href={link}>
          Open a wallet on this device
        </a>
      </div>
    </>
  )
}

/** Dark on white in all colours of the page, with the four modules of white around it that readers need. */
function QrCode({ text }: { text: string }) {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const path = rows.flatMap((row, y) =>
    row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')),
  )
  return (
    <svg
      role="img"
      aria-label="QR code of the link"
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      style={{ display: 'block', width: '100%', maxWidth: '300px', margin: '0 auto' }}
      shapeRendering="crispEdges"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path.join('')} fill="#000" />
    </svg>
  )
}

/** Nobody can take up a link that is not shown any more. */
async function abandon(wallet: Wallet): Promise<void> {
  const provider = (await wallet.getProvider()) as Provider
  if (provider.session === undefined)
    await provider.signer.cleanupPendingPairings({ deletePairings: true })
}

/** When a link ends, in seconds since 1970; absent where it does not say. */
export function linkExpiry(link: string): bigint | undefined {
  const [, digits] = /[?&]expiryTimestamp=(\d{1,12})(?:&|$)/.exec(link) ?? []
  return digits === undefined ? undefined : BigInt(digits)
}

/** Why no wallet was connected, in words where they are known. */
export function pairingFailure(error: unknown): Error {
  const said = error instanceof Error ? error.message : String((error as Partial<Error>)?.message)
  if (walletCode(error) === 4001) return new Error('Your wallet declined to connect.')
  if (/expired/i.test(said))
    return new Error('No wallet took up the link in time, and it has ended. Ask for a new one.')
  if (/unsupported chains|namespaces/i.test(said))
    return new Error('Your wallet does not know this network: add it there first.')
  return error instanceof Error ? error : new Error(said)
}
