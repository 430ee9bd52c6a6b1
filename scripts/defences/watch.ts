// Push to update: forged, replayed and foreign webhooks, loops, branches that are set back, commits that come twice, rents that rise.
import type { Defence } from './defence.ts'

const webhook = 'packages/build/src/webhook'
const senders = `${webhook}/delivery.ts`
const pushes = `${webhook}/push-event.ts`
const signed = `${webhook}/webhook.test.ts`
const branches = 'packages/build/src/source/remote-branch.ts'
const addresses = 'packages/build/src/source/git-url.ts'
const branchTests = 'packages/build/src/source/remote-branch.test.ts'
const folder = 'apps/cli/src/commands/watch'
const server = `${folder}/webhook-server.ts`
const served = `${folder}/webhook-server.test.ts`
const follower = `${folder}/follower.ts`
const followed = `${folder}/follower.test.ts`
const builders = 'apps/builder/src/server.test.ts'
const command = `${folder}/watch.test.ts`

const webhooks: readonly Defence[] = [
  {
    name: 'a signature is that of the body',
    file: senders,
    remove: "return timingSafeEqual(Buffer.from(hex, 'hex'), expected)",
    by: 'return expected.length > 0',
    tests: [
      { file: signed, name: 'signed with another digest' },
      { file: served, name: 'what is not signed with the secret' },
    ],
  },
  {
    name: 'a signed time is near',
    file: senders,
    remove: 'if (Math.abs(nowMs - Number(time) * 1_000) > maxAgeMs) return undefined',
    by: '',
    tests: [{ file: signed, name: 'refused when it is old' }],
  },
  {
    name: 'a signing token is no token that is sent',
    file: senders,
    remove: 'if (secret.startsWith(signingKeyPrefix)) return',
    by: "if (secret.startsWith(signingKeyPrefix) && read('x-gitlab-token') === undefined) return",
    tests: [{ file: signed, name: 'signed in another way' }],
  },
  {
    name: 'without a secret nothing is taken',
    file: senders,
    remove: "  if (secret === '') return undefined\n",
    by: '',
    tests: [{ file: signed, name: 'another secret and an empty one are refused' }],
  },
  {
    name: "Gitea's own signature counts before the others that it sends",
    file: senders,
    remove: '  if (gitea !== undefined)\n    return isHmac(gitea, body, secret)\n      ?',
    by: '  if (gitea !== undefined && isHmac(gitea, body, secret))\n    return gitea !== undefined\n      ?',
    tests: [{ file: signed, name: 'counts before the ones of GitHub' }],
  },
  {
    name: 'a pull request is no push, whatever its header says',
    file: pushes,
    remove: 'if (other !== undefined) throw',
    by: "if (other === 'nothing') throw",
    tests: [
      { file: signed, name: 'a pull request is no push' },
      { file: served, name: 'a pull request that says it is a push' },
    ],
  },
  {
    name: 'a payload is bounded',
    file: pushes,
    remove: 'if (body.length > maxWebhookBytes) throw',
    by: 'if (body.length > 2 ** 40) throw',
    tests: [{ file: signed, name: 'a body that is too large' }],
  },
  {
    name: 'a body is read only so far',
    file: server,
    remove: 'if (size > maxBytes) return undefined',
    by: 'if (size > 2 ** 27) throw new Error()',
    tests: [{ file: served, name: 'a body without a length' }],
  },
  {
    name: 'a delivery counts once',
    file: server,
    remove: "if (!isNewDelivery(names)) return ignored('was delivered before')",
    by: '',
    tests: [{ file: served, name: 'a delivery that comes again' }],
  },
  {
    name: 'a delivery is known by its body, as its number is not signed',
    file: server,
    remove: "const names = [`sha256:${createHash('sha256').update(body).digest('hex')}`]",
    by: "const names = [`sha256:${createHash('sha256').update(delivery.id).digest('hex')}`]",
    tests: [{ file: served, name: 'a delivery that comes again' }],
  },
  {
    name: 'a fork is another repository',
    file: server,
    remove: 'if (!event.urls.some((url) => rules.sameRepository(url, options.git)))',
    by: 'if (event.urls.length === 0)',
    tests: [
      { file: served, name: 'a fork rings nothing' },
      { file: served, name: 'another server rings nothing' },
    ],
  },
  {
    name: 'another branch is none of ours',
    file: server,
    remove: 'if (event.ref !== `refs/heads/${options.branch}`)',
    by: "if (!event.ref.includes('main'))",
    tests: [
      { file: served, name: 'another branch rings nothing' },
      { file: served, name: 'a tag of this name rings nothing' },
    ],
  },
  {
    name: 'requests are limited in their rate',
    file: server,
    remove: "if (!limiter.take()) return refused(429, 'too many requests')",
    by: '',
    tests: [{ file: served, name: 'more than thirty at once' }],
  },
]

const commits: readonly Defence[] = [
  {
    name: 'a branch is known by its whole name',
    file: branches,
    remove: 'lines.find(([, name]) => name === ref)',
    by: 'lines.find(([, name]) => name?.endsWith(ref))',
    tests: [{ file: branchTests, name: 'a branch whose name ends like another' }],
  },
  {
    name: 'a branch is no option of Git',
    file: branches,
    remove: "    !name.startsWith('-') &&\n",
    by: '',
    tests: [{ file: branchTests, name: 'is refused before Git sees it' }],
  },
  {
    name: 'an address with a login is not written down',
    file: addresses,
    remove: "return login !== undefined && (scheme.toLowerCase() !== 'ssh' || login.includes(':'))",
    by: 'return login === scheme',
    tests: [
      { file: branchTests, name: 'a login in an address' },
      { file: command, name: 'a login in the address is refused' },
    ],
  },
  {
    name: 'a branch that is set back or rewritten is not followed',
    file: follower,
    remove: 'if (goesBack && !this.#limits.allowRewind)',
    by: 'if (goesBack && head === undefined)',
    tests: [
      { file: followed, name: 'an old commit that comes back' },
      { file: followed, name: 'a branch that was rewritten' },
      { file: command, name: 'then never again' },
    ],
  },
  {
    name: 'a commit that failed is not built a second time',
    file: follower,
    remove: "    if (outcome !== undefined && outcome !== 'served') return { kind: 'idle' }\n",
    by: '',
    tests: [{ file: followed, name: 'a commit that cannot be built is not tried again' }],
  },
  {
    name: 'the image of an update starts no other update',
    file: follower,
    remove: 'if (source === this.#state.record.served?.source) throw new SameSource()',
    by: "if (source === '') throw new SameSource()",
    tests: [
      { file: followed, name: 'only takes over the image' },
      { file: command, name: 'then never again' },
    ],
  },
  {
    name: 'a commit that was taken off the branch is not proposed',
    file: follower,
    remove: 'if (!(await this.#isOnBranch(commit)))',
    by: "if (commit === '')",
    tests: [{ file: followed, name: 'taken off the branch while it was built' }],
  },
  {
    name: 'rent does not rise above what was allowed',
    file: follower,
    remove: 'if (plan.weiPerDay > most)',
    by: 'if (plan.weiPerDay < 0n)',
    tests: [{ file: followed, name: 'a version that would cost more' }],
  },
  {
    name: 'no update takes a large deposit',
    file: follower,
    remove: 'if (plan.depositWei > most)',
    by: 'if (plan.depositWei < 0n)',
    tests: [{ file: followed, name: 'a deposit above a day of rent' }],
  },
  {
    name: 'updates have a least distance',
    file: follower,
    remove: 'if (waitMs <= 0 || waitMs > this.#limits.minIntervalMs) return head',
    by: 'if (waitMs !== 0.5) return head',
    tests: [{ file: followed, name: 'the least interval' }],
  },
  {
    name: 'what is being sent is written down before',
    file: follower,
    remove: '    this.#state.change({ current: sending })\n',
    by: '',
    tests: [{ file: followed, name: 'stopped before it knew its transaction' }],
  },
  {
    name: 'a transaction that may still be carried out is waited for',
    file: follower,
    remove: 'if (txHash !== undefined && (await this.#steps.isUnderway(txHash)))',
    by: "if (txHash === '0x')",
    tests: [{ file: followed, name: 'between the transaction and its receipt' }],
  },
  {
    name: 'one process at a time',
    file: `${folder}/watch-state.ts`,
    remove: 'if (!again || isOther)',
    by: 'if (!again)',
    tests: [{ file: followed, name: 'two watches of one record' }],
  },
  {
    name: 'a record that cannot be read is not begun anew',
    file: `${folder}/watch-state.ts`,
    remove: '  } catch (cause) {\n    throw invalid(file, cause)\n  }\n  if (record.subject',
    by: "  } catch {\n    return { format: 'wetee/watch/v1', subject, seen: [], deliveries: [], startedAtMs: 0 }\n  }\n  if (record.subject",
    tests: [{ file: followed, name: 'a record that cannot be read' }],
  },
  {
    name: 'a Compose file is no link to another file',
    file: 'packages/build/src/source/read-source-file.ts',
    remove: "found === undefined || found.mode === '120000'",
    by: 'found === undefined',
    tests: [
      { file: command, name: 'a Compose file that is a link' },
      { file: builders, name: 'a Compose file that is a link is not followed' },
    ],
  },
]

const manifests: readonly Defence[] = [
  {
    name: 'a record of another manifest than the planned one is not sent',
    file: follower,
    remove: 'if (signed.record.manifestDigest !== manifestDigest)',
    by: 'if (signed.record.manifestDigest === manifestDigest)',
    tests: [{ file: followed, name: 'signs another manifest' }],
  },
  {
    name: 'no registry decides which manifest a builder signs',
    file: 'apps/builder/src/built-manifest.ts',
    remove: 'if (digest !== undefined) return Promise.resolve(digest)',
    by: "return Promise.resolve(digest ?? `sha256:${'0'.repeat(64)}`)",
    tests: [{ file: builders, name: 'names another image by a tag' }],
  },
]

export const watch = [...webhooks, ...commits, ...manifests]
