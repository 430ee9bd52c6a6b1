// Another owner: offered by the owner, taken by whom it is offered to, and an offer that can be taken back.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { planTake, planTransfer, type AppDetails, type Network } from '@wetee/sdk'
import { isAddressEqual, zeroAddress, type Address } from 'viem'
import { useNetwork } from '../../network/network.tsx'
import { AddressField, readAddress, reading } from '../../ui/field.tsx'
import { Card, Hash } from '../../ui/parts.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'

/** For its owner: offers it, or takes back what is offered. */
export function Transfer({ app }: { app: AppDetails }) {
  const [text, setText] = useState('')
  const { value } = reading(text, (given) => readAddress(given, 'the new owner'))
  const offeredTo = useOffer(app).data
  return (
    <Card title="Another owner" note="who has to take it">
      <div className="body">
        {offeredTo !== undefined && offeredTo !== zeroAddress && (
          <div className="notice" role="status">
            <span>
              Offered to <Hash hex={offeredTo} what="the address that it is offered to" />, who has
              not taken it yet.
            </span>
            <span>
              <Act kind="small" plan={(signer) => planTransfer(signer, app.appId, undefined)}>
                Take the offer back
              </Act>
            </span>
          </div>
        )}
        <AddressField
          label="Address of the new owner"
          value={text}
          onValue={setText}
          what="the new owner"
          hint="An account or a contract, a DAO for example. Escrow and deposit go with it."
        />
        <div className="buttons">
          <Act
            disabled={value === undefined}
            plan={(signer) => planTransfer(signer, app.appId, value ?? text)}
          >
            Offer it
          </Act>
        </div>
      </div>
    </Card>
  )
}

/** For the account that it was offered to. */
export function Offered({ app }: { app: AppDetails }) {
  const { account } = useWallet()
  const to = useOffer(app).data ?? zeroAddress
  if (account === undefined || to === zeroAddress || !isAddressEqual(to, account)) return null
  return (
    <div className="notice good">
      <strong>This application is offered to your account.</strong>
      <span>
        <Act kind="small" plan={(signer) => planTake(signer, app.appId)}>
          Take it over
        </Act>
      </span>
    </div>
  )
}

function useOffer({ appId }: AppDetails) {
  const network = useNetwork()
  return useQuery({
    queryKey: ['offered', String(appId)],
    queryFn: () => readOffer(network, appId),
  })
}

/** To whom it is offered; the zero address for nobody. */
async function readOffer({ reader }: Network, appId: bigint): Promise<Address> {
  const { number: at } = await reader.finalized()
  const [offered, taken] = await Promise.all([
    reader.events('cloud', 'OwnershipOffered', { appId }, at),
    reader.events('cloud', 'OwnershipTaken', { appId }, at),
  ])
  const last = offered.at(-1)
  if (last === undefined || (taken.at(-1)?.blockNumber ?? -1n) >= last.blockNumber)
    return zeroAddress
  return last.args['to'] as Address
}
