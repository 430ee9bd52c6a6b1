// Mode `platform`: evidence of a worker's own machine, from which its NodeProof is made. Does I/O.
import { aborted, type AgentContext } from './agent-context.ts'
import { EvidenceMaker } from './evidence/evidence-maker.ts'
import { checkPlatformLaunch } from './launch/configuration.ts'
import type { PlatformLaunch } from './launch/launch-config.ts'

/** A worker's machine has neither of these keys: its operator's address stands for it. */
const NO_ENCRYPTION_KEY = `0x${'00'.repeat(33)}` as const
const NO_TLS_KEY = `0x${'00'.repeat(32)}` as const

/** Proves the launch and answers `GET /v1/evidence` until the signal. Throws AgentError. */
export async function runPlatform(context: AgentContext, launch: PlatformLaunch): Promise<void> {
  const { device, log, signal, state } = context
  checkPlatformLaunch(launch, await device.report({ signal }))
  const { chainId, subnet, role, nodeId, statementKey } = launch
  const maker = new EvidenceMaker(
    {
      ...context,
      events: () => Promise.resolve([]),
      subject: (head) => ({
        kind: 'node',
        chainId,
        subnet,
        role,
        nodeId,
        statementKey,
        encryptionKey: NO_ENCRYPTION_KEY,
        tlsKeyHash: NO_TLS_KEY,
        blockNumber: head.number,
        blockHash: head.hash,
      }),
    },
    context.monotonicMs,
  )
  state.verified(statementKey)
  context.actions({ evidence: async () => (await maker.shown())?.text })
  log.info({ nodeId: String(nodeId) }, 'platform launch verified')
  await aborted(signal)
}
