// The checks that ask the chain about what the hardware has signed: block, machine, lease. Pure but for reads of the port they are given.
import { hardwareId, platformId } from '@wetee/attestation'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex, hexToBytes, type Address, type Hex } from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import { SdkError } from '../error.ts'
import { formatDuration } from '../money.ts'
import { workerRole } from '../reader.ts'
import { instanceOf, noApp, noDocument, noQuote, noSubject, sameHex, type Found } from './checks.ts'
import { compared, failed, held, skipped, type Outcome } from './report.ts'

/** `freshness`: the block named in the evidence is known, final and not too old. */
export async function checkFreshness(found: Found): Promise<Outcome> {
  const subject = instanceOf(found)
  if (subject === undefined) return skipped(noDocument)
  if (!found.subjectSigned) return skipped(found.claims === undefined ? noQuote : noSubject)
  if (found.head === undefined) return skipped('the chain cannot be read')
  const { head } = found
  const at = `block ${subject.blockNumber}`
  if (subject.blockNumber > head.number)
    return failed(
      `${at} is not finalized yet`,
      compared(`<= ${head.number}`, String(subject.blockNumber)),
    )
  const block = await found.reader.block(subject.blockNumber)
  if (block === undefined) return failed(`${at} is not known on this chain`)
  if (!sameHex(block.hash, subject.blockHash))
    return failed(`${at} has another hash on this chain`, compared(block.hash, subject.blockHash))
  const age = head.timestamp - block.timestamp
  const limit = found.maxAgeSeconds ?? (await found.reader.parameters(head.number)).maxLeaseSeconds
  const proof = { block: String(block.number), blockHash: block.hash, ageSeconds: String(age) }
  return age <= limit
    ? held(
        `${formatDuration(Number(age))} old (${at}), at most ${formatDuration(Number(limit))}`,
        proof,
      )
    : failed(
        `the evidence is ${formatDuration(Number(age))} old, at most ${formatDuration(Number(limit))}`,
        proof,
      )
}

/** `platform`: the machine that signed is registered to the worker the chain assigned, and live. */
export async function checkPlatform(found: Found): Promise<Outcome> {
  const subject = instanceOf(found)
  if (subject === undefined) return skipped(noDocument)
  if (found.claims === undefined) return skipped(noQuote)
  if (!found.subjectSigned) return skipped(noSubject)
  if (found.version === undefined || found.head === undefined) return skipped(noApp)
  const { workerId } = found.version
  if (subject.workerId !== workerId)
    return failed(
      'the evidence names another worker than the one the chain assigned',
      compared(String(workerId), String(subject.workerId)),
    )
  const machine = hardwareId(found.claims)
  if (machine === undefined) return failed('the report does not say which machine made it')
  const id = platformId({
    ...machine,
    chainId: BigInt(found.profile.chainId),
    subnet: found.profile.contracts.subnet,
  })
  const proof = { platformId: id, workerId: String(workerId) }
  return (await found.reader.isPlatformLive(workerRole, workerId, id, found.head.number))
    ? held(`machine of worker ${workerId}`, proof)
    : failed(`this machine is not registered to worker ${workerId}, or its proof has lapsed`, proof)
}

/** `lease`: the quorum's lease for exactly this instance key and TLS key is live on chain. */
export async function checkLease(found: Found): Promise<Outcome> {
  const subject = instanceOf(found)
  if (subject === undefined) return skipped(noDocument)
  if (!found.subjectSigned) return skipped(found.claims === undefined ? noQuote : noSubject)
  if (found.app === undefined || found.head === undefined) return skipped(noApp)
  const { appId } = found.app
  const instanceKey = instanceAddress(subject.signingKey)
  const { head, reader } = found
  const slots = await Promise.all(
    ([0, 1] as const).map((slot) => reader.lease(appId, subject.replica, slot, head.number)),
  )
  const named = slots.find(
    (lease) => lease?.instanceKey.toLowerCase() === instanceKey.toLowerCase(),
  )
  if (named === undefined)
    return failed('the chain has no lease for this instance', {
      expected: instanceKey,
      got: slots.map((lease) => lease?.instanceKey ?? 'none').join(', '),
    })
  if (named.version !== subject.version || !sameHex(named.tlsKeyHash, subject.tlsKeyHash))
    return failed(
      'the lease of this instance is for another version or TLS key',
      compared(`${subject.version} ${subject.tlsKeyHash}`, `${named.version} ${named.tlsKeyHash}`),
    )
  const until = new Date(Number(named.notAfter) * 1000).toISOString()
  const proof = { instanceKey, notAfter: until, evidenceDigest: named.evidenceDigest }
  if (named.notAfter <= head.timestamp) return failed(`the lease lapsed at ${until}`, proof)
  // An application that is not active has failed its own step; its leases are not live either.
  if (found.app.state === 'active' && !(await reader.isLeaseLive(appId, instanceKey, head.number)))
    return failed(
      'the lease was revoked: its key, machine, measurement or worker counts no more',
      proof,
    )
  return held(`until ${until}`, proof)
}

/** Address of a compressed secp256k1 key: how the chain names an instance. Throws `evidence.key-invalid`. */
export function instanceAddress(compressed: Hex): Address {
  try {
    const point = secp256k1.Point.fromBytes(hexToBytes(compressed))
    return publicKeyToAddress(bytesToHex(point.toBytes(false)))
  } catch (cause) {
    throw new SdkError(
      'evidence.key-invalid',
      'the signing key in the evidence is not a point of secp256k1',
      { cause },
    )
  }
}
