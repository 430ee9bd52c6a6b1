// A CA for tests that keeps RFC 8555: it checks every signature, nonce and URL, connects for tls-alpn-01 (RFC 8737) and issues. Serves
// HTTPS, makes TLS connections.
import 'reflect-metadata'
import { createHash, createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import * as x509 from '@peculiar/x509'
import { createTlsIdentity } from '@wetee/certificates'
import type { Ca } from './pebble.ts'

type Authorization = {
  name: string
  account: string
  token: string
  status: string
  detail?: string
}
type CaOrder = {
  account: string
  name: string
  authorization: string
  status: string
  certificate?: string
}
type Call = { readonly url: string; readonly account: string; readonly payload: unknown }

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const ALTERNATIVE_NAME = '2.5.29.17'
const DAY_MS = 86_400_000

class Problem extends Error {
  readonly type: string
  constructor(type: string, detail: string) {
    super(detail)
    this.type = type
  }
}

/** A CA that connects to `challengePort` for every name, and refuses the first nonce it is shown. */
export async function startTestCa(_folder: string, challengePort: number): Promise<Ca> {
  const { certPem, keyPem } = await createTlsIdentity({ commonName: 'localhost' })
  const ca = new TestCa(challengePort, await makeIssuer())
  const server = createServer({ key: keyPem, cert: certPem }, (request, answer) => {
    void ca.answer(request, answer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ca.base = `https://localhost:${(server.address() as AddressInfo).port}`
  return {
    directoryUrl: `${ca.base}/directory`,
    roots: certPem,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

class TestCa {
  base = ''
  readonly #challengePort: number
  readonly #issue: Issuer
  readonly #nonces = new Set<string>()
  readonly #accounts = new Map<string, KeyObject>()
  readonly #orders = new Map<string, CaOrder>()
  readonly #authorizations = new Map<string, Authorization>()
  #refusedOne = false

  constructor(challengePort: number, issue: Issuer) {
    this.#challengePort = challengePort
    this.#issue = issue
  }

  async answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const nonce = randomBytes(16).toString('base64url')
    this.#nonces.add(nonce)
    answer.setHeader('replay-nonce', nonce)
    try {
      const path = request.url ?? ''
      if (path === '/nonce') answer.end()
      else if (path === '/directory')
        answer.end(
          JSON.stringify({
            newNonce: `${this.base}/nonce`,
            newAccount: `${this.base}/account`,
            newOrder: `${this.base}/order`,
          }),
        )
      else await this.#post(path, this.#open(path, await text(request)), answer)
    } catch (error) {
      const type = error instanceof Problem ? error.type : 'serverInternal'
      const detail = error instanceof Error ? error.message : String(error)
      answer.writeHead(400, { 'content-type': 'application/problem+json' })
      answer.end(JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail }))
    }
  }

  /** RFC 8555, 6.2 to 6.5. */
  #open(path: string, body: string): Call {
    const jws = JSON.parse(body) as { protected: string; payload: string; signature: string }
    const decode = (part: string) => Buffer.from(part, 'base64url').toString()
    const header = JSON.parse(decode(jws.protected)) as Record<string, unknown>
    const url = `${this.base}${path}`
    if (header['alg'] !== 'ES256' || header['url'] !== url)
      throw new Problem('malformed', 'another algorithm or URL')
    const isNew = path === '/account'
    if (isNew === (header['jwk'] === undefined) || isNew === (header['kid'] !== undefined))
      throw new Problem('malformed', 'a new account shows its key, everybody else its URL')
    const key = isNew
      ? createPublicKey({ key: header['jwk'] as Record<string, string>, format: 'jwk' })
      : this.#accounts.get(String(header['kid']))
    if (key === undefined) throw new Problem('accountDoesNotExist', 'no such account')
    const signed = Buffer.from(`${jws.protected}.${jws.payload}`)
    const signature = Buffer.from(jws.signature, 'base64url')
    if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature))
      throw new Problem('unauthorized', 'the signature does not verify')
    const fresh = this.#nonces.delete(String(header['nonce']))
    if (!fresh || !this.#refusedOne) {
      this.#refusedOne = true
      throw new Problem('badNonce', 'a nonce is good once')
    }
    const account = isNew ? `${this.base}/account/${thumbprint(key)}` : String(header['kid'])
    if (isNew) this.#accounts.set(account, key)
    return {
      url,
      account,
      payload: jws.payload === '' ? undefined : JSON.parse(decode(jws.payload)),
    }
  }

  async #post(path: string, call: Call, answer: ServerResponse): Promise<void> {
    const [, kind = '', id = ''] = path.split('/')
    switch (kind) {
      case 'account':
        answer.writeHead(201, { location: call.account }).end('{"status":"valid"}')
        return
      case 'order':
        if (id === '') this.#makeOrder(call)
        this.#showOrder(id === '' ? ([...this.#orders.keys()].at(-1) ?? '') : id, call, answer)
        return
      case 'authorization':
        this.#showAuthorization(id, call, answer)
        return
      case 'challenge':
        await this.#challenge(id, call)
        answer.end('{"status":"processing"}')
        return
      case 'finalize':
        await this.#finalize(id, call)
        this.#showOrder(id, call, answer)
        return
      case 'certificate':
        answer.end(this.#orderOf(id, call).certificate)
        return
      default:
        throw new Problem('malformed', 'no such resource')
    }
  }

  #makeOrder({ account, payload }: Call): void {
    const { identifiers } = payload as { identifiers: { type: string; value: string }[] }
    const [identifier] = identifiers
    if (identifiers.length !== 1 || identifier?.type !== 'dns')
      throw new Problem('malformed', 'one DNS name')
    const name = identifier.value
    const authorization = randomBytes(8).toString('hex')
    const token = randomBytes(32).toString('base64url')
    this.#authorizations.set(authorization, { name, account, token, status: 'pending' })
    const order = { account, name, authorization, status: 'pending' }
    this.#orders.set(randomBytes(8).toString('hex'), order)
  }

  #orderOf(id: string, { account }: Call): CaOrder {
    const order = this.#orders.get(id)
    if (order?.account !== account) throw new Problem('unauthorized', 'an order of somebody else')
    return order
  }

  #showOrder(id: string, call: Call, answer: ServerResponse): void {
    const { status, authorization, certificate } = this.#orderOf(id, call)
    const body = {
      status,
      authorizations: [`${this.base}/authorization/${authorization}`],
      finalize: `${this.base}/finalize/${id}`,
      ...(certificate === undefined ? {} : { certificate: `${this.base}/certificate/${id}` }),
    }
    answer.writeHead(201, { location: `${this.base}/order/${id}` }).end(JSON.stringify(body))
  }

  #showAuthorization(id: string, { account }: Call, answer: ServerResponse): void {
    const found = this.#authorizations.get(id)
    if (found?.account !== account) throw new Problem('unauthorized', 'not of this account')
    const { token, status, detail } = found
    const url = `${this.base}/challenge/${id}`
    const error = detail === undefined ? {} : { error: { detail } }
    answer.end(
      JSON.stringify({
        status,
        challenges: [
          { type: 'http-01', url: `${url}-other`, token },
          { type: 'tls-alpn-01', url, token, status, ...error },
        ],
      }),
    )
  }

  /** RFC 8737, 3. */
  async #challenge(id: string, { account }: Call): Promise<void> {
    const found = this.#authorizations.get(id)
    const key = this.#accounts.get(account)
    if (found?.account !== account || key === undefined)
      throw new Problem('unauthorized', 'not of this account')
    const authorization = `${found.token}.${thumbprint(key)}`
    const digest = createHash('sha256').update(authorization).digest()
    const problem = await this.#look(found.name, digest).catch((error: unknown) => String(error))
    found.status = problem === undefined ? 'valid' : 'invalid'
    if (problem !== undefined) found.detail = problem
    for (const order of this.#orders.values())
      if (order.authorization === id) order.status = problem === undefined ? 'ready' : 'invalid'
  }

  async #look(name: string, digest: Buffer): Promise<string | undefined> {
    const socket = connectTls({
      ...{ port: this.#challengePort, host: '127.0.0.1', servername: name },
      ...{ ALPNProtocols: ['acme-tls/1'], rejectUnauthorized: false },
    })
    try {
      await once(socket, 'secureConnect')
      if (socket.alpnProtocol !== 'acme-tls/1') return 'another protocol'
      const leaf = new x509.X509Certificate(socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0))
      const extension = leaf.getExtension('1.3.6.1.5.5.7.1.31')
      const wanted = Buffer.concat([Buffer.from([4, 32]), digest])
      if (extension?.critical !== true || !wanted.equals(Buffer.from(extension.value)))
        return 'another key authorization'
      const names = namesIn(leaf.getExtension(ALTERNATIVE_NAME))
      return JSON.stringify(names) === JSON.stringify([{ type: 'dns', value: name }])
        ? undefined
        : 'another name'
    } finally {
      socket.destroy()
    }
  }

  async #finalize(id: string, call: Call): Promise<void> {
    const order = this.#orderOf(id, call)
    if (order.status !== 'ready') throw new Problem('orderNotReady', `the order is ${order.status}`)
    const { csr } = call.payload as { csr: string }
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'))
    const names = namesIn(request.getExtension(ALTERNATIVE_NAME))
    if (!(await request.verify()) || names.length !== 1 || names[0]?.value !== order.name)
      throw new Problem('badCSR', 'the request is not signed by its key, or names something else')
    order.certificate = await this.#issue(request, order.name)
    order.status = 'valid'
  }
}

type Issuer = (request: x509.Pkcs10CertificateRequest, name: string) => Promise<string>

async function makeIssuer(): Promise<Issuer> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
  const dates = () => ({
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 90 * DAY_MS),
  })
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=Test CA', keys, signingAlgorithm: ALGORITHM, ...dates() },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  return async (request, name) => {
    const leaf = await x509.X509CertificateGenerator.create({
      ...{ issuer: root.subject, publicKey: await request.publicKey.export(), ...dates() },
      ...{ signingKey: keys.privateKey, signingAlgorithm: ALGORITHM },
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    })
    return [leaf, root].map((one) => `${one.toString('pem').trim()}\n`).join('')
  }
}

function namesIn(extension: x509.Extension | null) {
  return extension instanceof x509.SubjectAlternativeNameExtension ? extension.names.toJSON() : []
}

/** RFC 7638. */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
