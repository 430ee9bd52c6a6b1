// A node that signed a wrong release is slashed by command, from the file that an agent writes, on a chain with the real contracts.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, hexToBytes, keccak256, sha256, toHex, type Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  parseNetworkProfile,
  releaseReplyTypedData,
  sessionMessageTypedData,
  subnetAbi,
  type NetworkProfile,
} from '@wetee/chain'
import { wrongRelease } from '@wetee/agent/misconduct'
import { storeAccount } from '@wetee/cli/keystore'
import { deployContracts } from '@wetee/contracts/deploy'
import { serializeMisconduct, type Misconduct } from '@wetee/secrets'
import {
  confirmationDigest,
  keyBase,
  releaseDerivedShares,
  releaseDigest,
  releaseQuestionDigest,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'
import { oneNodeCommittee, type Committee } from './testing/one-node-committee.ts'

const cli = join(import.meta.dirname, '../../apps/cli/bin/wetee.mjs')
const group = openNativeGroup()
const password = 'a test password'
const random = (size: number) => crypto.getRandomValues(new Uint8Array(size))
/** The one share of a committee of one is the secret. */
const secret = group.randomSecret(random)
const sessionId = toHex(0x77, { size: 32 })
const key = {
  threshold: 1,
  qualified: [1],
  encryptionKey: group.multiplySecret(keyBase(), secret),
  verificationKey: group.multiplyBase(secret),
  publicShares: [group.multiplyBase(secret)],
}

let anvil: LocalAnvil
let profile: NetworkProfile
let committee: Committee
let folder: string
let mining: NodeJS.Timeout

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-report-'))
  anvil = await startAnvil(1)
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: { kind: 'development', simulated: true, trustStoreDigest: sha256('0x') },
  })
  const place = { name: 'report', kind: 'development', simulated: true, chainId: 31_337 }
  const text = JSON.stringify({
    ...{ ...place, rpcUrls: [anvil.rpcUrl], contracts, deployBlock: '0', trustRoots: [] },
    finalityBlocks: 2,
  })
  profile = parseNetworkProfile(text)
  writeFileSync(join(folder, 'network.json'), text)
  writeFileSync(join(folder, 'password'), password)
  const session = { id: hexToBytes(sessionId), epoch: 1n, threshold: 1 } as unknown as Session
  committee = await oneNodeCommittee(anvil, profile, {
    networkKey: [
      bytesToHex(group.encode(key.encryptionKey)),
      bytesToHex(group.encode(key.verificationKey)),
    ],
    session: sessionId,
    transcriptDigest: bytesToHex(confirmationDigest(group, session, key)),
  })
  mining = setInterval(() => void anvil.client.mine({ blocks: 1 }).catch(() => undefined), 200)
  for (const [name, index] of [
    ['owner', 0],
    ['reporter', 4],
  ] as const) {
    const { privateKey } = anvilAccount(index).getHdKey()
    if (privateKey === null) throw new Error('the development accounts have keys')
    storeAccount(join(folder, 'keystore'), name, bytesToHex(privateKey), password, 1_024)
  }
  const keys = join(folder, 'keys.json')
  writeFileSync(keys, committee.nodeKeys)
  const operator = anvilAccount(1).address
  const endpoint = 'https://node.example:1'
  const args = ['--keys', keys, '--endpoint', endpoint, '--operator', operator]
  const registered = await start(['dsecret', 'register', ...args, '--account', 'owner', '--yes'])
  if (registered.code !== 0) throw new Error(JSON.stringify(registered.json))
  await committee.start(1n)
})
afterAll(async () => {
  clearInterval(mining)
  await anvil.close()
  rmSync(folder, { recursive: true, force: true })
})

type Json = { readonly [name: string]: unknown }

/** Runs `wetee ... --json` in a process of its own. */
function start(args: readonly string[]): Promise<{ readonly code: number; readonly json: Json }> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      WETEE_HOME: folder,
      WETEE_NETWORK: join(folder, 'network.json'),
      WETEE_PASSWORD_FILE: join(folder, 'password'),
    }
    const options = { env, timeout: 120_000, maxBuffer: 16_777_216, cwd: folder }
    execFile(process.execPath, [cli, ...args, '--json'], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      try {
        resolve({ code, json: JSON.parse(stdout) as Json })
      } catch {
        reject(new Error(`wetee ${args.join(' ')}: exit ${code}, no JSON: ${stdout}${stderr}`))
      }
    })
  })
}

const report = (file: string, ...more: readonly string[]) =>
  start(['dsecret', 'report', join(folder, file), '--account', 'reporter', ...more])
const errorOf = ({ json }: { json: Json }) => (json['error'] as Json)['code']
const bondedWei = async () => {
  const { bondedWei: wei } = await anvil.client.readContract({
    address: profile.contracts.subnet,
    abi: subnetAbi,
    functionName: 'stake',
    args: [2, 1n],
  })
  return wei
}

/** A reply to an instance that asked for two derived keys, signed by the node; of this share, whatever it is. */
async function replyOf(share: SecretScalar) {
  const { account } = committee
  const statementKey = account.address.toLowerCase() as Hex
  const holder = { nodeId: 1n, statementKey: hexToBytes(statementKey) }
  const request = { epoch: 1n, requestId: random(32), readerKey: random(32) }
  const cloud = hexToBytes(profile.contracts.cloud)
  const names = ['disk', 'tls'].map((path) => ({ chainId: 31_337n, cloud, appId: 1n, path }))
  const publicShare = key.verificationKey
  const member = { index: 1, share, publicShare, holder }
  const keys = releaseDerivedShares(group, member, { request, names }, random)
  const answer = { statementKey, secrets: undefined, keys, ciphertexts: new Map() }
  const asked = { request, ciphertexts: [], names }
  const signature = await account.signTypedData(
    releaseReplyTypedData(profile, {
      ...{ epoch: 1n, nodeId: 1n },
      requestDigest: bytesToHex(releaseQuestionDigest(group, asked)),
      releaseDigest: bytesToHex(releaseDigest(answer)),
    }),
  )
  const quorum = profile.contracts.quorum.toLowerCase() as Hex
  const shares = key.publicShares.map((point) => bytesToHex(group.encode(point)))
  const epoch = { epoch: 1n, threshold: 1, qualified: [1], publicShares: shares }
  const reply = { nodeId: 1n, epoch: 1n, index: 1, signature, answer }
  return { chainId: 31_337n, quorum, epoch, ...asked, reply }
}

/** What the node says in session 9, once this and once that. */
async function messages(second: string, sender = 1): Promise<Misconduct> {
  const say = async (text: string, by: number) => {
    const bodyDigest = keccak256(toHex(text))
    const message = { session: 9n, kind: 2, sender: by, subject: 0, bodyDigest }
    const signature = await committee.account.signTypedData(
      sessionMessageTypedData(profile, message),
    )
    return { message: { ...message, session: '9' }, signature }
  }
  const quorum = profile.contracts.quorum.toLowerCase() as Hex
  return {
    ...{ format: 'wetee/misconduct/v1', chainId: '31337', quorum, kind: 'messages' },
    first: await say('this', 1),
    second: await say(second, sender),
  }
}

const save = (name: string, misconduct: Misconduct) =>
  writeFileSync(join(folder, name), serializeMisconduct(misconduct))

test('a right release makes no file, and one that is passed off as wrong convicts nobody', async () => {
  const right = await replyOf(secret)
  expect(wrongRelease(group, right)).toBeUndefined()
  const wrong = wrongRelease(group, await replyOf(group.randomSecret(random)))!
  // The bytes of a right release under the hints of a wrong one.
  const forged = { ...wrong.signed, release: bytesToHex(right.reply.answer.keys) }
  save('forged.json', { ...wrong, signed: forged })
  expect(errorOf(await report('forged.json', '--dry-run'))).toMatch(/^contract\./)
})

test('two messages that do not contradict each other are refused before anything is sent', async () => {
  save('same.json', await messages('this'))
  expect(errorOf(await report('same.json', '--dry-run'))).toBe('misconduct.not-conflicting')
  save('other.json', await messages('that', 2))
  expect(errorOf(await report('other.json', '--dry-run'))).toBe('misconduct.not-conflicting')
  writeFileSync(join(folder, 'none.json'), '{"format":"wetee/misconduct/v1"}')
  expect(errorOf(await report('none.json', '--dry-run'))).toBe('misconduct.file-invalid')
})

test('two messages that differ can be written out for another signer', async () => {
  save('two.json', await messages('that'))
  const { code, json } = await report('two.json', '--dry-run')
  expect(code, JSON.stringify(json)).toBe(0)
  const target = join(folder, 'unsigned.json')
  const reporter = anvilAccount(4).address
  const args = ['--unsigned', target, '--from', reporter]
  await start(['dsecret', 'report', join(folder, 'two.json'), ...args])
  const written = JSON.parse(readFileSync(target, 'utf8')) as unknown
  expect(JSON.stringify(written)).toContain(profile.contracts.misconduct)
})

test('a wrong release costs the node its stake, pays the reporter and convicts once', async () => {
  const wrong = wrongRelease(group, await replyOf(group.randomSecret(random)))
  save('wrong.json', wrong!)
  const before = await bondedWei()
  expect(before).toBeGreaterThan(0n)
  const dry = await report('wrong.json', '--dry-run')
  expect(dry.code).toBe(0)
  expect(await bondedWei()).toBe(before)
  const { code, json } = await report('wrong.json', '--yes')
  expect(code, JSON.stringify(json)).toBe(0)
  expect(json['outcome']).toMatchObject({ nodeId: '1', slashedWei: String(before) })
  expect(await bondedWei()).toBe(0n)
  await anvil.client.mine({ blocks: 4 })
  expect(errorOf(await report('wrong.json', '--yes'))).toBe('misconduct.convicted')
})
