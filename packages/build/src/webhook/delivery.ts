// Who sent a webhook: signatures of GitHub, Gitea (and Forgejo) and GitLab over the raw bytes, before anything is parsed. Pure.
//   GitHub  docs.github.com, "Validating webhook deliveries": X-Hub-Signature-256 = "sha256=" and HMAC-SHA-256 in hex
//   Gitea   docs.gitea.com, "Webhooks": X-Gitea-Signature = HMAC-SHA-256 in hex; it sends GitHub's headers too
//   GitLab  docs.gitlab.com, "Webhooks": X-Gitlab-Token = the secret itself; with a signing token (`whsec_`) what Standard Webhooks
//           1.0 says: webhook-signature = "v1," and HMAC-SHA-256 in base64 over id, time and body
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Whose form a delivery has. */
export type WebhookSender = 'github' | 'gitea' | 'gitlab'

/** A delivery that the holder of the secret has sent. `id` and `isPush` are headers: GitHub and Gitea do not sign them. */
export type Delivery = {
  readonly sender: WebhookSender
  /** The sender's number of it; empty where it gave none that can be kept. */
  readonly id: string
  /** Whether it says that something was pushed, and not that there is a pull request, a comment, ... */
  readonly isPush: boolean
}

/** Header names in lower case, as node:http gives them. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Older and newer ones are refused where the time is signed: 5 minutes, as Standard Webhooks has it. */
const maxAgeMs = 300_000
const maxSignatures = 8
const signingKeyPrefix = 'whsec_'

/** The delivery, or undefined where it is not signed with the secret. A secret with `whsec_` is GitLab's signing token and nothing else. */
export function verifyDelivery(
  headers: WebhookHeaders,
  body: Uint8Array,
  secret: string,
  nowMs: number,
): Delivery | undefined {
  const read = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
  if (secret === '') return undefined
  if (secret.startsWith(signingKeyPrefix)) return verifySigned(read, body, secret, nowMs)
  const gitea = read('x-gitea-signature')
  if (gitea !== undefined)
    return isHmac(gitea, body, secret)
      ? deliveryOf('gitea', read('x-gitea-delivery'), read('x-gitea-event') === 'push')
      : undefined
  const github = read('x-hub-signature-256')
  if (github !== undefined)
    return github.startsWith('sha256=') && isHmac(github.slice(7), body, secret)
      ? deliveryOf('github', read('x-github-delivery'), read('x-github-event') === 'push')
      : undefined
  const token = read('x-gitlab-token')
  if (token === undefined || !isSameSecret(token, secret)) return undefined
  return deliveryOf('gitlab', read('x-gitlab-event-uuid'), read('x-gitlab-event') === 'Push Hook')
}

type ReadHeader = (name: string) => string | undefined

function verifySigned(
  read: ReadHeader,
  body: Uint8Array,
  secret: string,
  nowMs: number,
): Delivery | undefined {
  const id = read('webhook-id') ?? ''
  const time = read('webhook-timestamp') ?? ''
  if (!idPattern.test(id) || !/^[0-9]{1,12}$/.test(time)) return undefined
  if (Math.abs(nowMs - Number(time) * 1_000) > maxAgeMs) return undefined
  const key = Buffer.from(secret.slice(signingKeyPrefix.length), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest()
  const given = (read('webhook-signature') ?? '').split(' ', maxSignatures)
  const isRight = given.some((one) => {
    const [, encoded] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one) ?? []
    return encoded !== undefined && timingSafeEqual(Buffer.from(encoded, 'base64'), expected)
  })
  return isRight ? deliveryOf('gitlab', id, read('x-gitlab-event') === 'Push Hook') : undefined
}

const idPattern = /^[A-Za-z0-9_.:-]{1,128}$/

function deliveryOf(sender: WebhookSender, id = '', isPush: boolean): Delivery {
  return { sender, id: idPattern.test(id) ? id : '', isPush }
}

function isHmac(hex: string, body: Uint8Array, secret: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(hex)) return false
  const expected = createHmac('sha256', secret).update(body).digest()
  return timingSafeEqual(Buffer.from(hex, 'hex'), expected)
}

/** Of digests, whose lengths are the same whatever was given. */
function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
