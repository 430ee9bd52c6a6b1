// A repository's own server as strangers reach it: Git's smart HTTP over TLS, for one repository. Starts processes, serves HTTPS.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createGunzip } from 'node:zlib'
import { createTlsIdentity } from '@wetee/certificates'

const service = 'git-upload-pack'

/** A server of a repository, at `https://localhost:PORT/app`. */
export type GitServer = {
  readonly url: string
  readonly port: number
  /** Its key and certificate (PEM), which is its own authority. */
  readonly keyPem: string
  readonly certPem: string
  /** What it answers now to whoever asks for its branches. */
  advertisement(): Buffer
  close(): void
}

/** Serves the bare repository in a folder. */
export async function startGitServer(folder: string): Promise<GitServer> {
  const { keyPem, certPem } = await createTlsIdentity({ commonName: 'localhost' })
  const words = ['upload-pack', '--stateless-rpc']
  const listed = (env: NodeJS.ProcessEnv = process.env) =>
    execFileSync('git', [...words, '--http-backend-info-refs', folder], { env })
  const advertisement = () =>
    Buffer.concat([Buffer.from(`001e# service=${service}\n0000`), listed()])
  const server: Server = createServer({ key: keyPem, cert: certPem }, (request, response) => {
    // A client of the second protocol may ask for any commit by its name.
    const protocol = request.headers['git-protocol']
    const isSecond = typeof protocol === 'string'
    const env = isSecond ? { ...process.env, GIT_PROTOCOL: protocol } : process.env
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': `application/x-${service}-advertisement` })
      response.end(isSecond ? listed(env) : advertisement())
      return
    }
    const child = spawn('git', [...words, folder], { env, stdio: ['pipe', 'pipe', 'ignore'] })
    response.writeHead(200, { 'content-type': `application/x-${service}-result` })
    const isPacked = request.headers['content-encoding'] === 'gzip'
    const asked = isPacked ? request.pipe(createGunzip()) : request
    asked.pipe(child.stdin)
    child.stdout.pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `https://localhost:${port}/app`, port, keyPem, certPem, advertisement },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
