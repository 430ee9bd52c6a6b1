// Calls of contracts, as the agent carries them out (docs/concepts/threat-model.md, "Calls of contracts"): what the host, a caller and the
// application may try.
import type { Defence } from './defence.ts'

const agent = 'apps/agent/src/bridge'
const bridge = 'packages/bridge/src'
const runner = `${agent}/call-runner.ts`
const collecting = `${agent}/collect-calls.ts`
const http = `${agent}/http-call.ts`
const members = 'apps/agent/src/committee/ask-members.ts'
const definition = `${bridge}/definition.ts`
const request = `${bridge}/request.ts`
const runs = `${agent}/call-runner.test.ts`
const collects = `${agent}/collect-calls.test.ts`
const definitions = `${bridge}/definition.test.ts`
const requests = `${bridge}/request.test.ts`
const answers = `${bridge}/answer.test.ts`

const host: readonly Defence[] = [
  {
    name: 'what no quorum states is not carried out',
    file: runner,
    remove: 'const call = await this.#parts.stated(asked.call)',
    by: "const call = { ...asked.call, ...(await this.#parts.stated(asked.call).catch(() => ({ bridge: `0x${'b1'.repeat(20)}` }))) }",
    tests: [{ file: runs, name: 'ATTACK what no quorum states is not carried out' }],
  },
  {
    name: 'a call is stated by as many members as the threshold',
    file: members,
    remove: 'if (distinct.length >= threshold) return distinct.slice(0, threshold)',
    by: 'if (distinct.length >= 2) return distinct.slice(0, threshold)',
    tests: [
      { file: collects, name: 'ATTACK fewer members than the threshold cannot make a call up' },
      { file: collects, name: 'cannot state another definition' },
    ],
  },
  {
    name: 'a member has one voice, for however many nodes it answers',
    file: members,
    remove: 'if (distinct.length >= threshold) return distinct.slice(0, threshold)',
    by: 'if (distinct.length > 0 && group.length >= threshold) return group.slice(0, threshold)',
    tests: [{ file: collects, name: 'ATTACK one member that answers for all nodes has one voice' }],
  },
  {
    name: 'a statement is signed by a member',
    file: members,
    remove:
      '  if (member !== undefined) return { index: member.index, key: member.statementKey }\n',
    by: '  if (member !== undefined) return { index: member.index, key: member.statementKey }\n  if (signature) return { index: parseInt(signature.slice(2, 8), 16), key: signature }\n',
    tests: [
      { file: collects, name: 'ATTACK a host that answers by keys of its own states nothing' },
    ],
  },
  {
    name: 'a statement answers one question',
    file: collecting,
    remove: "const nonce = `0x${randomBytes(32).toString('hex')}` as const",
    by: "const nonce = `0x${randomBytes(1) && '01'.repeat(32)}` as const",
    tests: [{ file: collects, name: 'ATTACK statements of another question, played again' }],
  },
  {
    name: 'everything of a call is stated alike',
    file: collecting,
    remove: 'text: Object.values(value).join(), value',
    by: 'text: String(call.callId), value',
    tests: [
      { file: collects, name: 'cannot state another arguments' },
      { file: collects, name: 'cannot state another caller' },
      { file: collects, name: 'cannot state another deadline' },
      { file: collects, name: 'ATTACK members name another Bridge than the others' },
    ],
  },
  {
    name: 'a statement is of this chain, application and node',
    file: collecting,
    remove: 'if (chainId !== launch.chainId || appId !== launch.appId || nodeId !== node.nodeId)',
    by: 'if (nodeId !== node.nodeId)',
    tests: [
      { file: collects, name: 'ATTACK calls of another chain are not taken' },
      { file: collects, name: 'ATTACK calls of another application are not taken' },
    ],
  },
  {
    name: 'the host brings the definition that a call was made of',
    file: runner,
    remove: 'if (definitionDigest(asked.definition) !== call.definitionDigest)',
    by: "if (definitionDigest(asked.definition) === '0x')",
    tests: [{ file: runs, name: 'ATTACK a host that brings another definition' }],
  },
  {
    name: 'the host brings the arguments that a call was made with',
    file: runner,
    remove: 'if (keccak256(asked.args) !== call.argsDigest)',
    by: "if (keccak256(asked.args) === '0x')",
    tests: [
      { file: runs, name: 'ATTACK a host that brings another definition or other arguments' },
    ],
  },
  {
    name: 'a call that is asked for again is not carried out again',
    file: runner,
    remove: '    if (kept !== undefined) return kept.result\n',
    by: '',
    tests: [
      { file: runs, name: 'gives the same result of one request' },
      { file: runs, name: 'says again what came of a call' },
    ],
  },
  {
    name: 'a call that is asked for twice at once is carried out once',
    file: runner,
    remove: '    if (working !== undefined) return working\n',
    by: '',
    tests: [{ file: runs, name: 'gives the same result of one request' }],
  },
  {
    name: 'an instance that is not attested carries nothing out',
    file: runner,
    remove: 'if (this.#parts.refusal() !== undefined)',
    by: "if (this.#parts.refusal() === '')",
    tests: [{ file: runs, name: 'an instance that is not attested carries nothing out' }],
  },
]

const caller: readonly Defence[] = [
  {
    name: 'a value cannot end its segment of the path',
    file: request,
    remove: '  return escaped(text)\n}\n\nfunction headerOf',
    by: '  return text\n}\n\nfunction headerOf',
    tests: [
      { file: requests, name: 'ATTACK a value can neither end its segment nor climb out of it' },
      { file: runs, name: 'a call becomes one request of the application' },
    ],
  },
  {
    name: 'a value cannot climb out of its path',
    file: request,
    remove: "if (text === '' || text === '.' || text === '..')",
    by: "if (text === '')",
    tests: [{ file: requests, name: 'nor climb out of it' }],
  },
  {
    name: 'no line begins in the value of a header',
    file: request,
    remove: 'if (!HEADER_VALUE.test(text)) throw',
    by: "if (text === '' && !HEADER_VALUE.test(text)) throw",
    tests: [{ file: requests, name: 'nor begin a line of the header' }],
  },
  {
    name: 'a placeholder in a value is text',
    file: request,
    remove: '() => segmentOf(parameter.name, value))',
    by: 'decodeURIComponent(segmentOf(parameter.name, value)))',
    tests: [{ file: requests, name: 'ATTACK a value can neither end its segment' }],
  },
  {
    name: 'arguments have one encoding',
    file: request,
    remove: 'if (again !== args.toLowerCase()) throw',
    by: 'if (again.length === 1) throw',
    tests: [{ file: requests, name: 'ATTACK only the one encoding of its values is taken' }],
  },
  {
    name: 'a path leads nowhere but down',
    file: definition,
    remove: String.raw`!/[?#\\]|\/\/|\/\.{1,2}(\/|$)/.test(text)`,
    by: 'text.length > 0',
    tests: [{ file: definitions, name: 'ATTACK a path leads nowhere but down' }],
  },
  {
    name: 'no parameter is a header of the connection or of the caller',
    file: definition,
    remove: "if (one.in === 'header' && FORBIDDEN_HEADERS.test(one.name))",
    by: "if (one.in === 'header' && one.name === '' && FORBIDDEN_HEADERS.test(one.name))",
    tests: [{ file: definitions, name: 'ATTACK no parameter is a header' }],
  },
]

const bad = (what: string) => ({ file: runs, name: `ATTACK ${what} is an answer with a status` })
const application: readonly Defence[] = [
  {
    name: 'the size of an answer is bounded',
    file: http,
    remove: 'if (size > MAX_ANSWER_BYTES) {',
    by: 'if (size > 100 * MAX_ANSWER_BYTES) {',
    tests: [bad('a huge answer')],
  },
  {
    name: 'the head of an answer is bounded',
    file: http,
    remove: '      maxHeaderSize: MAX_HEADER_BYTES,\n',
    by: '      maxHeaderSize: 100 * MAX_HEADER_BYTES,\n',
    tests: [bad('a head that is too long')],
  },
  {
    name: 'an answer is complete within its time',
    file: http,
    remove: 'const timeout = AbortSignal.timeout(timeoutMs)',
    by: 'const timeout = AbortSignal.timeout(timeoutMs + 2 ** 30)',
    tests: [{ file: runs, name: 'ATTACK an application that does not come to an end is given up' }],
  },
  {
    name: 'an answer is not unpacked',
    file: http,
    remove: "if (coding.toLowerCase() !== 'identity') {",
    by: "if (coding.toLowerCase() === '') {",
    tests: [bad('a body that is compressed')],
  },
  {
    name: 'an application cannot say what only the agent says',
    file: http,
    remove: 'if (status < 200 || status > 599) {',
    by: 'if (status < 200) {',
    tests: [bad('a status of the agent')],
  },
  {
    name: 'an error or a redirect of the application is not taken for an answer',
    file: runner,
    remove: 'if (status < 200 || status > 299) return failed',
    by: 'if (status < 200) return failed',
    tests: [bad('an error of the application'), bad('a redirect, which is not followed')],
  },
  {
    name: 'a payload is no larger than what was paid for',
    file: `${bridge}/answer.ts`,
    remove: 'if (size(payload) > maxPayloadBytes)',
    by: 'if (size(payload) > 1e9)',
    tests: [
      { file: runs, name: 'ATTACK a payload beyond what the call pays for' },
      { file: answers, name: 'too deep or too long is said so' },
    ],
  },
  {
    name: 'a text that says why is no larger either',
    file: `${bridge}/answer.ts`,
    remove: '.subarray(0, room - (room % WORD_BYTES))',
    by: '.subarray(0, room + 1e6)',
    tests: [{ file: answers, name: 'a text fits whatever room there is' }],
  },
  {
    name: 'the nesting of an answer is bounded',
    file: `${bridge}/json.ts`,
    remove: 'if (depthOf(text) > MAX_DEPTH) throw',
    by: 'if (depthOf(text) > 1e9) throw',
    tests: [{ file: answers, name: 'too deep or too long is said so' }],
  },
  {
    name: 'a number that does not fit its type is none',
    file: `${bridge}/answer.ts`,
    remove: 'if (number < range.min || number > range.max)',
    by: 'if (number < range.min && number > range.max)',
    tests: [bad('a number that does not fit'), { file: answers, name: 'uint8' }],
  },
  {
    name: 'a pointer finds what the answer says itself, nothing of its language',
    file: `${bridge}/json.ts`,
    remove: 'isObject(value) && Object.hasOwn(value, name)',
    by: 'isObject(value) && name in value',
    tests: [{ file: answers, name: 'what is not there' }],
  },
  {
    name: 'few requests at a time reach the application',
    file: runner,
    remove: 'if (this.#running >= MAX_RUNNING) await',
    by: 'if (this.#running >= 1e9) await',
    tests: [{ file: runs, name: 'at most 32 requests are open' }],
  },
]

export const bridgeCalls = [...host, ...caller, ...application]
