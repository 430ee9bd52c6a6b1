// HEALTHCHECK of the images: exit 0 when the program answers. What is wrong with a program that answers is at its /health. Network I/O.
import { existsSync, readFileSync } from 'node:fs'
import { request as http } from 'node:http'
import { request as https } from 'node:https'

const json = (path) => JSON.parse(readFileSync(path, 'utf8'))
/** A setting of a configuration, at its usual place; what the program takes by itself otherwise. */
const setting = (path, section, key, otherwise) =>
  (existsSync(path) ? json(path)[section]?.[key] : undefined) ?? otherwise

const questions = {
  worker: () => {
    const port = setting('/etc/wetee/worker.json', 'api', 'port', 7780)
    return { port, path: '/v1/worker' }
  },
  dsecret: () => {
    const port = setting('/etc/wetee/dsecret.json', 'listen', 'port', 7704)
    // Its certificate is its own: members pin its key, this asks only whether it answers.
    return { port, path: '/health', protocol: 'https:', rejectUnauthorized: false }
  },
  agent: () => ({ socketPath: '/run/wetee/app/wetee.sock', path: '/v1/info' }),
  console: () => ({ port: 8080, path: '/' }),
  // Its last step before applications.
  devnet: () => ({ port: json('.wetee/devnet/ports.json').console, path: '/' }),
}

const question = { host: '127.0.0.1', timeout: 4_000, ...questions[process.argv.at(-1)]() }
const end = (code) => () => process.exit(code)
;(question.protocol === 'https:' ? https : http)(question, end(0))
  .on('error', end(1))
  .on('timeout', end(1))
  .end()
