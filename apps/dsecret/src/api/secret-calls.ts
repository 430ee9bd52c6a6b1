// Calls about secrets: ciphertexts, releases, receipts (docs/reference/secrets.md). No I/O of its own.
import { limitBody } from '@wetee/daemon'
import { MAX_SEALED_SECRET_BYTES } from '@wetee/secrets'
import type { Library } from '../ciphertexts/library.ts'
import { NodeError } from '../node-error.ts'
import type { ReceiptDesk } from '../receipts/receipt-desk.ts'
import { MAX_RELEASE_CALL_BYTES } from '../release/release-call.ts'
import type { Releaser } from '../release/releaser.ts'
import type { AddCalls } from './node-api.ts'

/** What the calls reach. */
export type SecretCallParts = {
  readonly library: Pick<Library, 'accept' | 'read'>
  readonly releaser: Pick<Releaser, 'release'>
  readonly desk: Pick<ReceiptDesk, 'page' | 'proof'>
}

const DIGEST = /^[0-9a-f]{64}$/
const NUMBER = /^[1-9][0-9]{0,14}$/

/** Adds `/v1/ciphertexts/:digest`, `/v1/release`, `/v1/receipts`. */
export function secretCalls({ library, releaser, desk }: SecretCallParts): AddCalls {
  return (app, answer) => {
    app.put('/v1/ciphertexts/:digest', limitBody(MAX_SEALED_SECRET_BYTES), (c) =>
      answer(c, 'ciphertexts', async () => {
        const digest = requireDigest(c.req.param('digest'))
        await library.accept(digest, new Uint8Array(await c.req.arrayBuffer()))
        return JSON.stringify({ stored: true })
      }),
    )
    app.get('/v1/ciphertexts/:digest', (c) =>
      answer(c, 'ciphertexts', () =>
        Promise.resolve().then(() => library.read(requireDigest(c.req.param('digest')))),
      ),
    )
    app.post('/v1/release', limitBody(MAX_RELEASE_CALL_BYTES), (c) =>
      answer(c, 'release', async (signal) => releaser.release(await c.req.text(), signal)),
    )
    app.get('/v1/receipts', (c) =>
      answer(c, 'receipts', () =>
        desk.page(
          requireNumber('first', c.req.query('first') ?? '1'),
          requireNumber('count', c.req.query('count') ?? '32'),
        ),
      ),
    )
    app.get('/v1/receipts/:number/proof', (c) =>
      answer(c, 'receipts', () => desk.proof(requireNumber('number', c.req.param('number')))),
    )
  }
}

function requireDigest(text: string): string {
  if (DIGEST.test(text)) return text
  throw new NodeError('request.invalid', 'digest: expected 64 lower-case hex digits', {
    status: 400,
  })
}

function requireNumber(what: string, text: string): bigint {
  if (NUMBER.test(text)) return BigInt(text)
  throw new NodeError('request.invalid', `${what}: expected a decimal number above zero`, {
    status: 400,
  })
}
