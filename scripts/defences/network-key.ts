// A new key beside the old one (decision 0017), as far as TypeScript keeps its rules.
import type { Defence } from './defence.ts'

const launchKey = 'packages/attestation/src/binding/configuration.ts'
const launchKeyTests = 'packages/attestation/src/binding/launch-key.test.ts'
const releaser = 'apps/dsecret/src/release/releaser.ts'
const releases = 'apps/dsecret/src/release/rotation.test.ts'
const shares = 'apps/dsecret/src/epochs/epoch-shares.ts'
const held = 'apps/dsecret/src/epochs/share-holder.ts'
const epochs = 'apps/dsecret/src/epochs/rotation.test.ts'
const volumes = 'apps/worker/src/volumes/encrypted-volumes.ts'
const volumeTests = 'apps/worker/src/volumes/encrypted-volumes.conformance.test.ts'
const ofOlder = 'apps/agent/src/application/older-key.ts'
const facts = 'apps/worker/src/reconcile/facts.ts'
const reconciles = 'apps/worker/src/reconcile/rotation.test.ts'

const versionsAndKeys: readonly Defence[] = [
  {
    name: 'a version keeps the key that was the newest when it was created',
    file: launchKey,
    remove: 'live.findLast(({ madeBlock }) => madeBlock < createdBlock) ?? live[0]',
    by: 'live.findLast(({ madeBlock }) => madeBlock < createdBlock) ?? live.at(-1)',
    tests: [{ file: launchKeyTests }],
  },
  {
    name: 'of two keys that were made before it a version has the newer',
    file: launchKey,
    remove: 'live.findLast(({ madeBlock })',
    by: 'live.find(({ madeBlock })',
    tests: [{ file: launchKeyTests }],
  },
  {
    name: 'a key that was made in the block of a version is not its key',
    file: launchKey,
    remove: 'madeBlock < createdBlock',
    by: 'madeBlock <= createdBlock',
    tests: [{ file: launchKeyTests }],
  },
  {
    name: 'nodes appraise an instance by the key of its version',
    file: 'apps/dsecret/src/appraise/instance.ts',
    remove: 'launchKeyOf(await view.liveKeys(head.number), version.createdBlock)',
    by: '(launchKeyOf.name && (await view.liveKeys(head.number)).at(-1))',
    tests: [
      { file: releases, name: 'a version that was launched under the other key than its own' },
    ],
  },
  {
    name: 'verify compares with the key of the version',
    file: 'packages/sdk/src/verify/checks.ts',
    remove: 'const networkKey = launchKeyOf(keys, found.version.createdBlock)',
    by: 'const networkKey = launchKeyOf.name ? keys.at(-1) : undefined',
    tests: [
      { file: 'packages/sdk/src/verify/verify.test.ts', name: 'under the older key that lives' },
    ],
  },
  {
    name: 'a worker launches a version under its own key',
    file: facts,
    remove: 'const networkKey = launchKeyOf(keys, record.createdBlock)',
    by: 'const networkKey = launchKeyOf.name ? keys.at(-1) : undefined',
    tests: [{ file: reconciles, name: 'goes on under the older key' }],
  },
  {
    name: 'at the end of a key what still runs under it is started anew under the newest',
    file: 'apps/worker/src/reconcile/reconciler.ts',
    remove: "tee.configuration === expected ? 'alive' : 'outdated'",
    by: "tee.configuration === expected ? 'alive' : 'alive'",
    tests: [{ file: reconciles, name: 'is started anew under the newer one at its end' }],
  },
  {
    name: 'a worker says that a key ends while there is time',
    file: facts,
    remove: 'conditions.push(keyEnds(number, networkKey))',
    by: 'void keyEnds(number, networkKey)',
    tests: [{ file: reconciles, name: 'goes on under the older key' }],
  },
  {
    name: 'the same manifest again is an update where it leaves an older key',
    file: 'packages/sdk/src/plan.ts',
    remove: '{ olderKey: key.number }',
    by: '{}',
    tests: [
      { file: 'packages/sdk/src/plan.test.ts', name: 'whether its application runs under the key' },
    ],
  },
  {
    name: 'owners see which secrets are sealed to an older key',
    file: 'packages/sdk/src/secrets/records.ts',
    remove: '    ...keyEnd(keys, version.key),\n    latest,',
    by: '    ...(keyEnd.name ? {} : {}),\n    latest,',
    tests: [
      {
        file: 'packages/sdk/src/secrets/secrets.test.ts',
        name: 'secrets under an older key of the network',
      },
    ],
  },
]

const releasing: readonly Defence[] = [
  {
    name: 'instances of the older key are given what was current under it, and no others are',
    file: 'apps/dsecret/src/release/authorise.ts',
    remove: 'const key = reader.networkKey?.number ?? 0',
    by: 'const key = (await view.liveKeys(head.number)).at(-1)?.number ?? 0',
    tests: [
      { file: releases, name: 'an instance is given the version of its own key' },
      { file: releases, name: 'a secret of one key is released under the other to nobody' },
    ],
  },
  {
    name: 'a release is made with the share of the key that the reader has',
    file: releaser,
    remove: 'sameBytes(group.encode(share.key.verificationKey), verificationKey),',
    by: 'sameBytes(verificationKey, verificationKey),',
    tests: [
      { file: releases, name: 'an instance is given the version of its own key' },
      { file: releases, name: 'may have its keys under the older one' },
      { file: releases, name: 'a node that has no share of the frozen epoch says so' },
    ],
  },
  {
    name: 'an instance may name an older key than its own, and no other',
    file: releaser,
    remove: '(found === undefined || found.number >= (own?.number ?? 0))',
    by: 'found === undefined',
    tests: [{ file: releases, name: 'only one that is older' }],
  },
  {
    name: 'nothing is released under a key that has ended, also within a request',
    file: releaser,
    remove:
      "    if (found === undefined) throw unable('share.none', 'the key of this instance has ended')",
    by: '    if (found === undefined) return own?.S ?? olderKey ?? `0x`',
    tests: [{ file: releases, name: 'an end while a request of its own instances is answered' }],
  },
  {
    name: 'an older key that has ended is named by nobody',
    file: releaser,
    remove:
      '    if (olderKey !== undefined && (found === undefined || found.number >= (own?.number ?? 0)))',
    by: '    if (olderKey !== undefined && found === undefined) return olderKey\n    if (olderKey !== undefined && found.number >= (own?.number ?? 0))',
    tests: [
      { file: releases, name: 'an end while a request is answered ends it' },
      { file: releases, name: 'the frozen share is used for nothing' },
    ],
  },
  {
    name: 'derived keys alone are asked under an older key',
    file: 'packages/secrets/src/items.ts',
    remove: 'olderKey === undefined || secrets.length === 0',
    by: 'olderKey === undefined || secrets.length >= 0',
    tests: [{ file: releases, name: 'an older key is named for derived keys alone' }],
  },
  {
    name: 'the older key that is named is signed',
    file: 'packages/secrets/src/items.ts',
    remove: '    ...(olderKey === undefined ? {} : { olderKey }),\n',
    by: '',
    tests: [{ file: releases, name: 'the older key that is named is signed by the instance' }],
  },
]

const nodes: readonly Defence[] = [
  {
    name: 'nodes hold the share of the frozen epoch until the end',
    file: shares,
    remove: 'this.held.freeze(frozen)',
    by: 'this.held.freeze(undefined)',
    tests: [{ file: epochs, name: 'each node holds both shares until the end' }],
  },
  {
    name: 'the file of the frozen share stays until the end',
    file: shares,
    remove: 'epoch === previous || epoch === frozen',
    by: 'epoch === previous',
    tests: [{ file: epochs, name: 'each node holds both shares until the end' }],
  },
  {
    name: 'the frozen share is held again after a restart',
    file: shares,
    remove: 'if (frozen !== undefined) await this.#holdFrozen(frozen, head)',
    by: '',
    tests: [{ file: epochs, name: 'each node holds both shares until the end' }],
  },
  {
    name: 'the frozen share is filled with zeros at the end',
    file: held,
    remove: '    this.#frozen = epoch\n    this.#fill()',
    by: '    this.#frozen = epoch ?? this.#frozen\n    this.#fill()',
    tests: [{ file: epochs, name: 'each node holds both shares until the end' }],
  },
  {
    name: 'the file of the frozen share is erased at the end',
    file: shares,
    remove: '      store.removeShare(epoch)\n',
    by: '',
    tests: [
      { file: epochs, name: 'each node holds both shares until the end' },
      { file: epochs, name: 'an end is kept soon after another committee has begun' },
    ],
  },
  {
    name: 'a share of a key that has ended goes at once, also within the time of the epoch before',
    file: shares,
    remove: 'const isOverlap = isLive && head.timestamp',
    by: 'const isOverlap = (isLive || true) && head.timestamp',
    tests: [{ file: epochs, name: 'of a key that has leaked nothing is left' }],
  },
]

const agents: readonly Defence[] = [
  {
    name: 'an agent takes the older key from members of its own, and never from who asks',
    file: ofOlder,
    remove: 'if (known === asked) return known',
    by: 'if (known !== undefined || asked) return asked',
    tests: [
      {
        file: 'apps/agent/src/application/application-api.test.ts',
        name: 'given while its members name that, and under no other',
      },
    ],
  },
  {
    name: 'an instance of the older key has no older one',
    file: ofOlder,
    remove: "olderKey === '0x' || olderKey === networkKey.S ? undefined : olderKey",
    by: "olderKey === '0x' || networkKey.S === '0x' ? undefined : olderKey",
    tests: [
      {
        file: 'apps/agent/src/application/application-api.test.ts',
        name: 'an instance of the older key itself has no older one',
      },
    ],
  },
  {
    name: 'members have to say the same older key',
    file: 'apps/agent/src/committee/collect-facts.ts',
    remove: '[owner, state, currentVersion, pendingVersion, olderKey].join()',
    by: '[owner, state, currentVersion, pendingVersion, olderKey && ""].join()',
    tests: [
      {
        file: 'apps/agent/src/committee/collect-facts.test.ts',
        name: 'cannot say another older key',
      },
    ],
  },
  {
    name: 'the older key is part of what members sign',
    file: 'packages/chain/src/statement/types.ts',
    remove: "    { type: 'bytes', name: 'olderKey' },\n",
    by: '',
    tests: [
      {
        file: 'apps/agent/src/committee/collect-facts.test.ts',
        name: 'facts whose older key was altered',
      },
    ],
  },
  {
    name: 'facts name an older key while it lives',
    file: 'apps/dsecret/src/facts/facts-desk.ts',
    remove: 'find(({ lastEpoch }) => lastEpoch !== 0n)',
    by: 'at(0)',
    tests: [
      { file: 'apps/dsecret/src/facts/facts-desk.test.ts', name: 'facts name the older key' },
    ],
  },
  {
    name: 'who holds an older key is not noted as one who speaks for the network',
    file: 'apps/agent/src/secrets/secret-source.ts',
    remove: 'if (olderKey === undefined) this.#parts.book.note(members)',
    by: 'this.#parts.book.note(members)',
    tests: [{ file: 'apps/agent/src/secrets/older-key.test.ts' }],
  },
  {
    name: 'keys of one path under two keys of the network are kept apart',
    file: 'apps/agent/src/application/derived-keys.ts',
    remove: 'JSON.stringify([name.path, name.olderKey])',
    by: 'JSON.stringify([name.path])',
    tests: [
      {
        file: 'apps/agent/src/application/application-api.test.ts',
        name: 'given while its members name that, and under no other',
      },
      {
        file: 'apps/agent/src/application/volume-keys.test.ts',
        name: 'under the older key of the network it has another key',
      },
    ],
  },
]

const volumeSeals: readonly Defence[] = [
  {
    name: 'a volume gets a second seal when an instance of the new key first opens it',
    file: volumes,
    remove: '    await sealAnew(places, older, { seal, password }, run)\n',
    by: '    if (older) throw error\n',
    tests: [{ file: volumeTests, name: 'under another key of the network it gets a second seal' }],
  },
  {
    name: 'the second seal is looked for first',
    file: volumes,
    remove: "if (existsSync(seal)) return mount(['-config', seal])",
    by: '',
    tests: [{ file: volumeTests, name: 'under another key of the network it gets a second seal' }],
  },
  {
    name: 'a volume gets its second seal also where an instance of the older key has it open',
    file: volumes,
    remove: 'await sealOpen(places, given, run)',
    by: 'if (run === undefined) await sealOpen(places, given, run)',
    tests: [{ file: volumeTests, name: 'one that an instance of the older key has open' }],
  },
  {
    name: 'the seals of before stay',
    file: volumes,
    remove: 'if (to.keep) renameSync(partial, to.seal)',
    by: 'if (to.keep) {\n      renameSync(partial, to.seal)\n      rmSync(from)\n    }',
    tests: [{ file: volumeTests, name: 'under another key of the network it gets a second seal' }],
  },
  {
    name: 'the next key takes the seal of the key before it, where the first has ended',
    file: volumes,
    remove: '[sealOf(places, older), firstSeal(places)]',
    by: '[firstSeal(places)]',
    tests: [{ file: volumeTests, name: 'under another key of the network it gets a second seal' }],
  },
  {
    name: 'a key that opens nothing leaves no seal',
    file: volumes,
    remove: '    if (to.keep) renameSync(partial, to.seal)\n  } finally {',
    by: '  } finally {\n    if (to.keep && existsSync(partial)) renameSync(partial, to.seal)',
    tests: [
      { file: volumeTests, name: 'an older key that opens nothing leaves no seal behind' },
      { file: volumeTests, name: 'one that an instance of the older key has open' },
    ],
  },
]

export const networkKey = [...versionsAndKeys, ...releasing, ...nodes, ...agents, ...volumeSeals]
