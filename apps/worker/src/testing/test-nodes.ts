// For tests: dsecret nodes with real TLS identities and statement keys that sign what they are asked. Serves loopback TCP.
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  leaseBatchTypedData,
  nodeProofBatchTypedData,
  leaseSchema,
  proofSchema,
  toWire,
} from '@wetee/chain'
import { createTlsIdentity } from '@wetee/certificates'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import type { Committee, Hex, Member, NodeProof } from '../chain/records.ts'
import { expiryOf } from '../lease/batches.ts'
import { testNetwork } from './memory-chain.ts'

/** A node; its behaviour may be changed while it runs. */
export type TestNode = {
  readonly member: Member
  readonly account: PrivateKeyAccount
  /** `undefined`: it does not answer at all. */
  refuse:
    | ((path: string, body: unknown) => { status: number; code: string } | undefined)
    | undefined
  silent: boolean
  /** Changes what it answers to signing calls. */
  twist: (answer: { epoch: string; expiry: string; member: number; signature: Hex }) => unknown
  /** What it makes of a machine's evidence. */
  proof: NodeProof | undefined
  readonly calls: string[]
}

/** Starts `count` nodes and their committee, epoch 1. */
export async function startNodes(
  count: number,
  threshold: number,
): Promise<{ nodes: TestNode[]; committee: Committee; close: () => void }> {
  const started = await Promise.all(Array.from({ length: count }, (_, index) => startNode(index)))
  return {
    nodes: started.map(({ node }) => node),
    committee: { epoch: 1n, threshold, members: started.map(({ node }) => node.member) },
    close: () => started.forEach(({ close }) => close()),
  }
}

async function startNode(index: number): Promise<{ node: TestNode; close: () => void }> {
  const identity = await createTlsIdentity({ commonName: `node-${index}` })
  const account = privateKeyToAccount(
    `0x${String(index + 1)
      .padStart(2, '0')
      .repeat(32)}`,
  )
  const server = createServer(
    { key: identity.keyPem, cert: identity.certPem, minVersion: 'TLSv1.3' },
    (request, response) => {
      void text(request).then(async (body) => {
        const path = request.url ?? ''
        node.calls.push(path)
        if (node.silent) return
        const value = JSON.parse(body) as Record<string, unknown>
        const refusal = node.refuse?.(path, value)
        response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' })
        const answer =
          refusal === undefined
            ? await answerTo(node, path, value)
            : { error: { code: refusal.code, message: 'refused by the test' } }
        response.end(JSON.stringify(answer))
      })
    },
  )
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const node: TestNode = {
    account,
    refuse: undefined,
    silent: false,
    twist: (answer) => answer,
    proof: undefined,
    calls: [],
    member: {
      nodeId: BigInt(index + 1),
      index,
      statementKey: account.address,
      tlsKeyHash: identity.tlsKeyHash,
      endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  }
  return {
    node,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function answerTo(
  { account, twist, proof, member }: TestNode,
  path: string,
  body: Record<string, unknown>,
): Promise<unknown> {
  if (path === '/v1/appraise-node') return { proof: proof === undefined ? {} : toWire(proof) }
  const leases = path === '/v1/sign-leases' ? leaseSchema.array().parse(body['leases']) : []
  const proofs = path === '/v1/sign-proofs' ? proofSchema.array().parse(body['proofs']) : []
  const expiry = expiryOf(leases.length > 0 ? leases : proofs)
  const typedData =
    leases.length > 0
      ? leaseBatchTypedData(testNetwork, { epoch: 1n, expiry, leases })
      : nodeProofBatchTypedData(testNetwork, { epoch: 1n, expiry, proofs })
  const signature = await account.signTypedData(typedData)
  return twist({ epoch: '1', expiry: String(expiry), member: member.index, signature })
}
