// The list of applications as it is asked for: by its view, and while the view is still on its way. Network I/O.
import { queryOptions } from '@tanstack/react-query'
import { listAppRows, type Network } from '@wetee/sdk'

/** All applications of a network, or those of an owner. */
export const appsQuery = (network: Network, owner?: `0x${string}`) =>
  queryOptions({
    queryKey: ['apps', owner ?? 'all'],
    queryFn: () => listAppRows(network, owner),
  })
