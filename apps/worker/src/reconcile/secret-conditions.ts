// What is said while an agent waits for the secrets of its services. Pure.
import type { Condition } from '@wetee/daemon'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { ObservedInstance } from './model.ts'

/** A release takes a few seconds; only then is it worth a word. */
const FIRST_RELEASE_MS = 10_000
/** A guest may say anything. */
const CODE = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+$/
const MAX_CODE_LENGTH = 64

const askAgain = 'the agent asks again every few seconds; its log has what each node said'
const engine =
  'check the container engine and the log of the agent: it needs memory volumes (tmpfs)'

/** By the agent's own codes; those of nodes that refuse are not listed. */
const meanings: Readonly<Record<string, { readonly text: string; readonly remedy: string }>> = {
  'secrets.pending': { text: 'they are not released yet', remedy: askAgain },
  'secrets.too-few': {
    text: 'fewer dsecret nodes than the threshold have released them',
    remedy:
      'wait until enough nodes answer: see the conditions of the worker and the log of the agent',
  },
  'secrets.not-set': {
    text: 'one that the manifest names is not set, or was removed',
    remedy: 'its owner sets it: wetee secret set',
  },
  'secrets.not-text': {
    text: 'one that a variable shall hold has a zero byte, which no variable can',
    remedy: 'deliver it as a file, or set another value',
  },
  'secrets.unauthentic': {
    text: 'one was not sealed as its label says and does not open',
    remedy: 'its owner sets it anew: wetee secret set',
  },
  'secrets.folder-missing': { text: 'there is no place to put them', remedy: engine },
  'secrets.not-memory': { text: 'their place is not in memory', remedy: engine },
  'secrets.not-written': { text: 'they could not be written', remedy: engine },
}

/** Why an instance has not got its secrets; `undefined` when it does not wait for any. */
export function secretsCondition(
  { version, replica, agent, agentCode, containers }: ObservedInstance,
  nowMs: number,
): Condition | undefined {
  if (agent !== 'measuring' || agentCode === undefined) return undefined
  const isCode = agentCode.length <= MAX_CODE_LENGTH && CODE.test(agentCode)
  const code = isCode ? agentCode : 'secrets.pending'
  const started = containers.get(AGENT_CONTAINER)
  const runsMs = started?.state === 'running' ? nowMs - started.startedAtMs : 0
  if (code === 'secrets.pending' && runsMs < FIRST_RELEASE_MS) return undefined
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined
  const { text, remedy } = meaning ?? {
    text: `the dsecret nodes refuse (${code})`,
    remedy: askAgain,
  }
  return {
    code,
    severity: code === 'secrets.pending' ? 'warning' : 'error',
    text: `version ${version}, replica ${replica} waits for its secrets, its services are not started: ${text}`,
    remedy,
  }
}
