// The one thing of this program that knows of WeTEE: a note on its page of a contract, written through its agent, which signs, pays
// and counts (docs/reference/forwarder.md). The contract takes it from this application alone.
import { request } from 'node:http'
import { json } from 'node:stream/consumers'

const socketPath = '/run/wetee.sock'
const TIMEOUT_MS = 10_000

/** Writes `text` into the contract, once; whoever asks again is told how far it has come. Returns status and body of the agent. */
export async function writeNote(contract, text) {
  const { body } = await ask('GET', '/v1/info')
  return ask('POST', '/v1/chain/transact', {
    to: contract,
    function: 'write(uint64,string)',
    args: [body.appId, text],
    gas: 150_000,
    // The same key is carried out once, however often and on however many machines this is asked.
    key: `note: ${text}`,
  })
}

function ask(method, path, value) {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, timeout: TIMEOUT_MS }, (response) => {
      json(response).then((body) => resolve({ status: response.statusCode, body }), reject)
    })
    asking.once('timeout', () => asking.destroy(new Error('the agent does not answer')))
    asking.once('error', reject)
    asking.end(value === undefined ? undefined : JSON.stringify(value))
  })
}
