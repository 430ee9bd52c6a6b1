// The EIP-712 types are those of the contracts and of the documentation, character by character.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  encodeAbiParameters,
  hashStruct,
  hashTypedData,
  keccak256,
  stringToHex,
  type Hex,
  type TypedDataDefinition,
} from 'viem'
import { describe, expect, test } from 'vitest'
import { testProfile } from '../testing/memory-chain.ts'
import {
  appFactsTypedData,
  committeeConfirmedTypedData,
  leaseBatchTypedData,
  nodeKeysTypedData,
  nodeProofBatchTypedData,
  operatorStatementTypedData,
  ownerSignatureTypedData,
  readyTypedData,
  revocationBatchTypedData,
} from './typed-data.ts'
import {
  appFactsTypes,
  callResultTypes,
  committeeConfirmedTypes,
  forwardTypes,
  leaseBatchTypes,
  nodeKeysTypes,
  nodeProofBatchTypes,
  openCallsTypes,
  operatorStatementTypes,
  ownerSignatureTypes,
  readyTypes,
  revocationBatchTypes,
  type AttestationLease,
  type NodeProof,
} from './types.ts'

const root = join(import.meta.dirname, '../../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const bindings = read('docs/reference/bindings.md')
type Fields = readonly { readonly type: string; readonly name: string }[]
const typeString = (name: string, fields: Fields) =>
  `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`

const lease = typeString('AttestationLease', leaseBatchTypes.AttestationLease)
const leaseBatch = typeString('LeaseBatch', leaseBatchTypes.LeaseBatch)
const proof = typeString('NodeProof', nodeProofBatchTypes.NodeProof)
const proofBatch = typeString('NodeProofBatch', nodeProofBatchTypes.NodeProofBatch)
const ready = typeString('Ready', readyTypes.Ready)
const operator = typeString('OperatorStatement', operatorStatementTypes.OperatorStatement)
const revocation = typeString('Revocation', revocationBatchTypes.Revocation)
const revocationBatch = typeString('RevocationBatch', revocationBatchTypes.RevocationBatch)
const confirmed = typeString('CommitteeConfirmed', committeeConfirmedTypes.CommitteeConfirmed)
const appFacts = typeString('AppFacts', appFactsTypes.AppFacts)
const ownerSignature = typeString('OwnerSignature', ownerSignatureTypes.OwnerSignature)
const openCall = typeString('OpenCall', openCallsTypes.OpenCall)
const openCalls = typeString('OpenCalls', openCallsTypes.OpenCalls)
const callResult = typeString('Result', callResultTypes.Result)
const forward = typeString('Forward', forwardTypes.Forward)
const nodeKeys = typeString('NodeKeys', nodeKeysTypes.NodeKeys)

test.each([
  ['contracts/src/subnet/ISubnet.sol', nodeKeys],
  ['contracts/src/subnet/ISubnet.sol', revocationBatch],
  ['contracts/src/discipline/IMisconduct.sol', confirmed],
])('%s names the type %s', (path, text) => {
  expect(read(path)).toContain(text)
})

test.each([
  ['contracts/src/cloud/Leases.sol', lease],
  ['contracts/src/cloud/Leases.sol', leaseBatch + lease],
  ['contracts/src/subnet/Machines.sol', proof],
  ['contracts/src/subnet/Machines.sol', proofBatch + proof],
  ['contracts/src/cloud/Applications.sol', ready],
  ['contracts/src/bridge/Calls.sol', callResult],
  ['contracts/src/bridge/Forwarder.sol', forward],
])('%s hashes the type %s', (path, text) => {
  expect(read(path)).toContain(`"${text}"`)
})

test.each([
  lease,
  leaseBatch,
  proof,
  proofBatch,
  revocation,
  revocationBatch,
  confirmed,
  nodeKeys,
  ready,
  operator,
  appFacts,
  ownerSignature,
  openCall,
  openCalls,
  callResult,
  forward,
])('docs/reference/bindings.md says %s', (text) => {
  expect(bindings).toMatch(new RegExp(`^${text.replace(/[()[\]]/g, '\\$&')}( |$)`, 'm'))
})

const digest = (byte: string) => `0x${byte.repeat(32)}` as const
const key = `0x${'0a'.repeat(20)}` as const
const someLease: AttestationLease = {
  appId: 7n,
  version: 2,
  replica: 1,
  workerId: 3n,
  platformId: digest('01'),
  instanceKey: key,
  hpkeKey: digest('02'),
  tlsKeyHash: digest('03'),
  measurementId: digest('04'),
  evidenceBlock: 90n,
  notBefore: 1_000n,
  notAfter: 1_300n,
  evidenceDigest: digest('05'),
}
const someProof: NodeProof = {
  role: 2,
  nodeId: 4n,
  platformId: digest('01'),
  statementKey: key,
  encryptionKey: `0x${'02'.repeat(33)}`,
  tlsKeyHash: digest('03'),
  measurementId: digest('04'),
  evidenceBlock: 90n,
  notBefore: 1_000n,
  notAfter: 4_600n,
  evidenceDigest: digest('05'),
}
const { quorum, cloud, subnet } = testProfile.contracts
const built: [string, TypedDataDefinition, string][] = [
  [
    'a lease batch',
    leaseBatchTypedData(testProfile, { epoch: 1n, expiry: 9n, leases: [someLease] }),
    quorum,
  ],
  [
    'a proof batch',
    nodeProofBatchTypedData(testProfile, { epoch: 1n, expiry: 9n, proofs: [someProof] }),
    quorum,
  ],
  [
    'a revocation batch',
    revocationBatchTypedData(testProfile, {
      epoch: 1n,
      expiry: 9n,
      revocations: [{ subject: 2, id: digest('01'), blockNumber: 90n }],
    }),
    quorum,
  ],
  [
    'what a committee confirms',
    committeeConfirmedTypedData(testProfile, {
      session: digest('01'),
      epoch: 2n,
      threshold: 3,
      membersDigest: digest('02'),
      networkKeyDigest: digest('03'),
      transcriptDigest: digest('04'),
    }),
    quorum,
  ],
  [
    "a node's possession of its keys",
    nodeKeysTypedData(testProfile, {
      owner: key,
      operator: key,
      encryptionKey: `0x${'02'.repeat(33)}`,
      tlsKeyHash: digest('03'),
    }),
    subnet,
  ],
  [
    'what a node says of an application',
    appFactsTypedData(testProfile, {
      ...{ nodeId: 1n, appId: 7n, owner: key, state: 1, currentVersion: 2, pendingVersion: 0 },
      ...{ olderKey: `0x02${'11'.repeat(32)}` as const, blockNumber: 90n, blockTime: 1_000n },
    }),
    cloud,
  ],
  [
    "what a node says of an owner's signature",
    ownerSignatureTypedData(testProfile, {
      ...{ nodeId: 1n, appId: 7n, owner: key, digest: digest('01'), signatureDigest: digest('02') },
      ...{ valid: true, blockNumber: 90n, blockTime: 1_000n },
    }),
    cloud,
  ],
  ['Ready', readyTypedData(testProfile, { appId: 7n, version: 2, replica: 1 }), cloud],
  [
    'an operator statement',
    operatorStatementTypedData(testProfile, {
      platformId: digest('01'),
      appId: 7n,
      version: 2,
      replica: 1,
      instanceKey: key,
      evidenceBlock: 90n,
    }),
    cloud,
  ],
]

describe('domain', () => {
  test.each(built)(
    '%s is signed in the domain of the contract that reads it',
    (_, data, contract) => {
      expect(data.domain).toEqual({
        name: 'WeTEE',
        version: '1',
        chainId: 31_337,
        verifyingContract: contract,
      })
    },
  )

  test.each(built)('%s has another digest on another chain and for another contract', (_, data) => {
    const { domain, ...rest } = data
    const digests = [domain, { ...domain, chainId: 1 }, { ...domain, verifyingContract: key }].map(
      (other) => hashTypedData({ ...rest, domain: other }),
    )
    expect(new Set(digests).size).toBe(3)
  })
})

test('the struct hash of a batch is the one that Leases.sol computes from abi.encode', () => {
  const fields = leaseBatchTypes.AttestationLease
  const leaseHash = keccak256(
    encodeAbiParameters([{ type: 'bytes32' }, ...fields.map(({ type }) => ({ type }))], [
      keccak256(stringToHex(lease)),
      ...fields.map(({ name }) => someLease[name]),
    ] as never),
  )
  const expected = keccak256(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'uint64' }, { type: 'uint64' }, { type: 'bytes32' }],
      [keccak256(stringToHex(leaseBatch + lease)), 1n, 9n, keccak256(leaseHash)],
    ),
  )
  const data = { epoch: 1n, expiry: 9n, leases: [someLease] }
  const hash = hashStruct as (typed: unknown) => Hex
  expect(hash({ data, primaryType: 'LeaseBatch', types: leaseBatchTypes })).toBe(expected)
})

test('every field of a lease counts', () => {
  const digestOf = (changed: Partial<AttestationLease>) =>
    hashTypedData(
      leaseBatchTypedData(testProfile, {
        epoch: 1n,
        expiry: 9n,
        leases: [{ ...someLease, ...changed }],
      }),
    )
  const changed = (value: bigint | number | string) =>
    typeof value === 'bigint'
      ? value + 1n
      : typeof value === 'number'
        ? value + 1
        : `${value.slice(0, -1)}f`
  const digests = Object.entries(someLease).map(([name, value]) =>
    digestOf({ [name]: changed(value) }),
  )
  expect(new Set([digestOf({}), ...digests]).size).toBe(Object.keys(someLease).length + 1)
})
