// Who is given a share (docs/concepts/threat-model.md, "Asking for a secret"): what a node appraises, and what it releases on that.
import type { Defence } from './defence.ts'

const instance = 'apps/dsecret/src/appraise/instance.ts'
const rules = 'apps/dsecret/src/appraise/rules.ts'
const freshness = 'apps/dsecret/src/appraise/freshness.ts'
const authentic = 'apps/dsecret/src/appraise/authentic.ts'
const authorise = 'apps/dsecret/src/release/authorise.ts'
const releaser = 'apps/dsecret/src/release/releaser.ts'
const sealed = 'apps/dsecret/src/ciphertexts/verify.ts'
const appraised = (name: string) => ({ file: 'apps/dsecret/src/appraise/instance.test.ts', name })
const released = (name: string) => ({ file: 'apps/dsecret/src/release/releaser.test.ts', name })
const attacked = (name: string) => ({
  file: 'apps/dsecret/src/release/ciphertext-attacks.test.ts',
  name,
})

const evidence: readonly Defence[] = [
  {
    name: 'the hardware has signed this subject',
    file: authentic,
    remove: 'if (claims.reportData !== expected)',
    by: "if (expected === '0x')",
    tests: [
      appraised('evidence of one replica cannot be replayed for another'),
      released('a reader key that is not in the appraised evidence'),
    ],
  },
  {
    name: 'the policy is asked',
    file: authentic,
    remove: 'if (!verdict.accepted) throw',
    by: 'if (!verdict.accepted && verdict.code === undefined) throw',
    tests: [
      appraised('a guest in debug mode is refused'),
      appraised('a platform that is out of date or revoked by its vendor'),
    ],
  },
  {
    name: 'evidence is for this chain and Cloud',
    file: instance,
    remove: 'subject.chainId !== BigInt(chainId) || subject.cloud !== contracts.cloud',
    by: 'subject.chainId < 0n',
    tests: [appraised('evidence for another chain or another Cloud is refused')],
  },
  {
    name: 'evidence of a machine is none of an instance',
    file: instance,
    remove: "subject.kind !== 'instance' || manifest === undefined",
    by: 'subject.kind === undefined',
    tests: [appraised('evidence of a machine is not evidence of an instance')],
  },
  {
    name: 'evidence is of a block of this chain',
    file: freshness,
    remove: 'if (block.hash !== blockHash)',
    by: "if (block.hash === '0x')",
    tests: [appraised('a block that this chain does not have under that number')],
  },
  {
    name: 'evidence is at most five minutes old',
    file: freshness,
    remove: 'if (age > MAX_EVIDENCE_AGE_SECONDS)',
    by: 'if (age > 10n ** 9n)',
    tests: [
      appraised('evidence counts for five minutes of chain time'),
      released('evidence of a block that is too old'),
    ],
  },
  {
    name: 'a node whose view is old appraises and releases nothing',
    file: freshness,
    remove: 'if (ageMs > MAX_VIEW_AGE_MS)',
    by: 'if (ageMs > 1e12)',
    tests: [
      appraised('a node whose view of the chain is more than 5 minutes old'),
      released('a view that is more than 5 minutes old'),
    ],
  },
  {
    name: 'evidence is not older than the version',
    file: instance,
    remove: 'if (subject.blockNumber < version.createdBlock)',
    by: 'if (subject.blockNumber < 0n)',
    tests: [appraised('evidence older than the version is refused')],
  },
  {
    name: 'a lease is not given that has run out',
    file: instance,
    remove: 'if (notAfter <= head.timestamp)',
    by: 'if (notAfter < 0n)',
    tests: [appraised('a lease that would already have run out is not given')],
  },
]

const onChain: readonly Defence[] = [
  {
    name: 'only an active application has instances',
    file: instance,
    remove: "if (app.state !== 'active')",
    by: 'if (app.state === undefined)',
    tests: [appraised('only an active application gets leases')],
  },
  {
    name: 'only the current and the pending version count',
    file: instance,
    remove: 'const wanted = named !== 0 && [app.currentVersion, pendingVersion].includes(named)',
    by: 'const wanted = true',
    tests: [
      appraised('the current version counts, the pending one until its deadline, no other'),
      released('a version that is neither current nor pending'),
    ],
  },
  {
    name: 'a version runs on its worker alone',
    file: instance,
    remove: 'if (version.workerId !== workerId)',
    by: 'if (version.workerId < 0n)',
    tests: [appraised('a version belongs on one worker')],
  },
  {
    name: 'there are as many replicas as the chain says',
    file: instance,
    remove: 'if (replica >= replicas)',
    by: 'if (replica >= 1e9)',
    tests: [appraised('replicas are counted from 0')],
  },
  {
    name: 'an application runs on the hardware that it allows',
    file: instance,
    remove: 'if ((version.terms.teeClasses & teeClassBits[platform]) === 0)',
    by: 'if (teeClassBits[platform] === 0)',
    tests: [appraised('an application that does not allow TDX gets no lease on it')],
  },
  {
    name: 'the manifest is the one on chain',
    file: instance,
    remove: 'if (digest !== version.manifestDigest)',
    by: "if (digest === '0x')",
    tests: [appraised('another manifest under the right digest is refused')],
  },
  {
    name: 'the TEE was launched for this application, version and network key',
    file: instance,
    remove: 'if (launched !== value)',
    by: "if (launched === '')",
    tests: [
      appraised("a guest launched with another application's digest is refused"),
      appraised('a guest that was launched with another network key, or with none'),
      released('an instance that was launched without the network key'),
    ],
  },
  {
    name: 'the terms are those on chain',
    file: instance,
    remove: 'if (!same) throw',
    by: 'if (same === undefined) throw',
    tests: [appraised('a manifest that repeats other terms than the chain gets no lease')],
  },
  {
    name: 'the event log is what the hardware has measured',
    file: instance,
    remove: 'if (!eventLogHolds(claims, eventLog))',
    by: 'if (eventLogHolds.length < 0)',
    tests: [appraised('an event log that does not replay to the register is refused')],
  },
  {
    name: 'every image of the manifest was measured',
    file: instance,
    remove: 'if (differs >= 0)',
    by: 'if (differs >= 1e9)',
    tests: [appraised('an image that is missing'), appraised('an image that was never measured')],
  },
  {
    name: 'no other image was measured',
    file: instance,
    remove: 'if (measured.length > expected.length)',
    by: 'if (measured.length > 1e9)',
    tests: [appraised('an image that is one too many')],
  },
  {
    name: 'a machine that is denied counts for nobody',
    file: instance,
    remove: 'if (facts.denied)',
    by: 'if (facts.denied === undefined)',
    tests: [appraised('a machine whose proof has run out, or that is denied, is refused')],
  },
  {
    name: 'a machine is registered to the worker',
    file: instance,
    remove: 'if (facts.role !== ROLE_WORKER || facts.nodeId !== workerId)',
    by: 'if (facts.nodeId < 0n)',
    tests: [appraised('a machine that is registered to another worker, or to a dsecret node')],
  },
  {
    name: 'the proof of a machine is live',
    file: instance,
    remove: 'if (!live)',
    by: 'if (live === undefined)',
    tests: [
      appraised('a machine whose proof has run out, or that is denied, is refused'),
      released("a worker's platform that is not live"),
    ],
  },
  {
    name: 'the operator has signed for the instance',
    file: instance,
    remove: 'if (signer !== operator.toLowerCase())',
    by: "if (signer === '0x')",
    tests: [appraised('nobody but the operator of the worker can speak for an instance on it')],
  },
  {
    name: 'the program is among the reference values',
    file: rules,
    remove: "if (status === 'none') throw",
    by: "if (status === 'none' && teeClass > 1e6) throw",
    tests: [appraised('a program that is not among the reference values is refused')],
  },
  {
    name: 'a revoked program gets nothing',
    file: rules,
    remove: "if (status === 'revoked') throw",
    by: "if (status === 'revoked' && teeClass > 1e6) throw",
    tests: [appraised('a revoked one never'), released('or whose measurement is revoked')],
  },
  {
    name: 'a reference value is one of its hardware',
    file: rules,
    remove: 'if (teeClass !== teeClassBits[platform])',
    by: 'if (teeClassBits[platform] === 0)',
    tests: [appraised('a measurement that stands for other hardware is refused')],
  },
  {
    name: 'a reference value counts from its time',
    file: rules,
    remove: 'if (timestamp < validFrom) throw',
    by: 'if (timestamp < 0n) throw',
    tests: [appraised('a measurement counts from its first second')],
  },
  {
    name: 'a deprecated reference value counts until its time',
    file: rules,
    remove: "if (status === 'deprecated' && timestamp >= until)",
    by: "if (status === 'deprecated' && timestamp < 0n)",
    tests: [appraised('a deprecated one until its last')],
  },
  {
    name: 'evidence from before a revocation does not count',
    file: rules,
    remove: 'if (evidenceBlock <= floor)',
    by: 'if (evidenceBlock < 0n)',
    tests: [appraised('evidence of a block up to a revocation floor does not count')],
  },
]

const requests: readonly Defence[] = [
  {
    name: 'the instance of the evidence has signed the request',
    file: releaser,
    remove: 'if (signer !== instanceKey)',
    by: "if (signer === '0x')",
    tests: [
      released('evidence of another instance, signed with a key of one own'),
      released('other items than the instance has signed for'),
      released('a node passes a request on to another one'),
    ],
  },
  {
    name: 'a request is answered once',
    file: releaser,
    remove: 'if (this.#parts.receipts.has(requestId)) throw replayed(requestId)',
    by: '',
    tests: [released('a request that was answered, played again, does not use up the rate')],
  },
  {
    name: 'a node without a live proof releases nothing',
    file: releaser,
    remove: 'await this.#ownProof.require(await freshHead(view, clock))',
    by: 'await freshHead(view, clock)',
    tests: [released('in which its own proof has lapsed or was revoked')],
  },
  {
    name: 'an application is given so much at a time',
    file: releaser,
    remove: 'this.#rate.take(reader.lease.appId)',
    by: '',
    tests: [released('ten times as many as an application may have at once')],
  },
  {
    name: 'a secret is named by the manifest',
    file: authorise,
    remove: 'for (const item of asked) requireInManifest(reader, item)',
    by: 'void requireInManifest',
    tests: [released('a secret that the manifest does not name')],
  },
  {
    name: 'a secret of another application is granted',
    file: authorise,
    remove: 'await Promise.all(asked.map((item) => requireGrant(view, reader, item, head)))',
    by: 'void requireGrant',
    tests: [released('a secret of another application without a grant')],
  },
  {
    name: 'the current version alone is released',
    file: authorise,
    remove: 'if (current === undefined || current.current !== item.version) return undefined',
    by: 'if (current === undefined) return undefined',
    tests: [released("another digest or another version's number")],
  },
  {
    name: 'the digest is that of the version',
    file: authorise,
    remove: 'if (bareDigest(ciphertextDigest) !== item.digest) return undefined',
    by: 'void bareDigest(ciphertextDigest)',
    tests: [released("another digest or another version's number")],
  },
  {
    name: 'what was rotated away while it was fetched is not released',
    file: releaser,
    remove: '      versions = await authorise(view, reader, secrets, head)\n    }',
    by: '    }',
    tests: [released('a version that was rotated away while its ciphertext was fetched')],
  },
  {
    name: 'the policy of a secret holds for its reader',
    file: authorise,
    remove: 'if (problem !== undefined) throw',
    by: "if (problem === '') throw",
    tests: [released('hardware'), released('level'), released('measurements')],
  },
  {
    name: 'a ciphertext is the one on chain',
    file: sealed,
    remove: 'if (sealed.digest !== named.digest)',
    by: "if (sealed.digest === '')",
    tests: [attacked('bytes that the chain does not name')],
  },
  {
    name: 'a policy is the one on chain',
    file: sealed,
    remove: 'if (sealed.policyDigest !== named.policyDigest)',
    by: "if (sealed.policyDigest === '0x')",
    tests: [attacked('a ciphertext under an easier policy than it was made with')],
  },
  {
    name: 'a ciphertext proves that whoever set it made it',
    file: sealed,
    remove: 'checked: checkCiphertext(group, label, sealed.ciphertext)',
    by: 'checked: (checkCiphertext.length && label && sealed.ciphertext)',
    tests: [attacked("another tenant's point in a ciphertext of one's own")],
  },
]

export const releases = [...evidence, ...onChain, ...requests]
