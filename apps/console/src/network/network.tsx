// The network that this console shows: its profile lies beside the page. Network I/O.
import { createContext, useContext } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  listNodeRows,
  listWorkerRows,
  openNetwork,
  readOverview,
  SdkError,
  type Network,
  type NodeRow,
  type WorkerRow,
} from '@wetee/sdk'
import { askAgain } from '../ui/ask-again.ts'

/** Reads `network.json` beside the page, again where the network loses it, and opens the network of it. Throws SdkError `network.profile-invalid`, `network.profile-unreadable`, `transport.failed`. */
export function loadNetwork(): Promise<Network> {
  const url = new URL('network.json', document.baseURI)
  url.hash = ''
  return askAgain(
    () => openNetwork(url.href),
    (failure) => failure instanceof SdkError && failure.retryable,
  )
}

const NetworkContext = createContext<Network | undefined>(undefined)
export const NetworkProvider = NetworkContext.Provider

/** The opened network, without an account. */
export function useNetwork(): Network {
  const network = useContext(NetworkContext)
  if (network === undefined) throw new Error('there is no network above this component')
  return network
}

/** The network in numbers, anew every few seconds; not asked for where it is not wanted. */
export function useOverview(enabled = true) {
  const network = useNetwork()
  return useQuery({ queryKey: ['overview'], queryFn: () => readOverview(network), enabled })
}

/** All workers, or those of a kind. */
export function useWorkers(isWanted: (worker: WorkerRow) => boolean = () => true) {
  const network = useNetwork()
  return useQuery({
    queryKey: ['workers'],
    queryFn: () => listWorkerRows(network),
    select: (all) => all.filter(isWanted),
  })
}

/** All dsecret nodes, or those of a kind. */
export function useNodes(isWanted: (node: NodeRow) => boolean = () => true) {
  const network = useNetwork()
  return useQuery({
    queryKey: ['nodes'],
    queryFn: () => listNodeRows(network),
    select: (all) => all.filter(isWanted),
  })
}
