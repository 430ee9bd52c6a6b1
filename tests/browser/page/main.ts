// The script of the page: appraises what it is sent, here or in a worker. Runs in a browser.
import { answer, type AppraisalRequest } from './wire.ts'

/** The answers, one after the other. */
async function answerAll(requests: readonly AppraisalRequest[]): Promise<string[]> {
  const answers: string[] = []
  for (const request of requests) answers.push(await answer(request))
  return answers
}

/** The answer of a worker of its own to one request. */
function answerInWorker(request: AppraisalRequest): Promise<string> {
  const worker = new Worker('/worker.js', { type: 'module' })
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`worker: ${message}`))
    worker.postMessage(request)
  }).finally(() => worker.terminate())
}

const environment = () => ({
  secure: isSecureContext,
  subtle: 'subtle' in crypto,
  isolated: crossOriginIsolated,
  node: 'process' in globalThis || 'Buffer' in globalThis,
})

Object.assign(globalThis, { wetee: { answer, answerAll, answerInWorker, environment } })
