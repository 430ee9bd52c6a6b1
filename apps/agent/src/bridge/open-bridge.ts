// Everything of an instance that is about calls of contracts, put together. I/O by its parts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentContext } from '../agent-context.ts'
import type { MembersRoad } from '../committee/ask-members.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { CallRunner } from './call-runner.ts'
import { CallStatements } from './call-statements.ts'
import { collectCalls } from './collect-calls.ts'
import { callApplication } from './http-call.ts'

/** Opens it. */
export function openBridge(
  { clock, log, signal, state }: Pick<AgentContext, 'clock' | 'log' | 'signal' | 'state'>,
  { road, keys }: { readonly road: MembersRoad; readonly keys: Pick<InstanceKeys, 'account'> },
): CallRunner {
  const statements = new CallStatements({
    collect: (calls, onStated) => collectCalls(road, calls, onStated),
    sleep: (ms) => sleep(ms, undefined, { signal }),
    log,
  })
  return new CallRunner({
    chainId: road.launch.chainId,
    account: keys.account,
    refusal: () => state.refusal(),
    stated: (call) => statements.stated(call),
    call: callApplication,
    nowSeconds: () => clock.nowSeconds(),
    log,
  })
}
