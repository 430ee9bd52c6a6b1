// How Node runs a provider's worker. Pure.

/**
 * What is allocated for a moment is most of what a worker allocates, and V8 would keep 134 MB for it: here half spaces of 8 MB. What lives longer is
 * collected when it has grown by half, not to four times. Neither is a limit: a worker with more leases takes more.
 * A worker of a few applications, as the devnet's, has nothing of them but the collector's time.
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'] as const
