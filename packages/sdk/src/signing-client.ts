// viem's client that signs and sends; who only reads needs none of it. Network I/O through viem.
import {
  createWalletClient,
  type Account,
  type Chain,
  type Transport,
  type WalletClient,
} from 'viem'

/** A client of `account`, of which nothing is asked yet. */
export const signingClient = (
  account: Account,
  chain: Chain,
  transport: Transport,
): WalletClient<Transport, Chain, Account> => createWalletClient({ account, chain, transport })
