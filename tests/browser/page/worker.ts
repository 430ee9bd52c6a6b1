// The script of the worker: one request in, one answer out. Runs in a browser's worker.
import { answer, type AppraisalRequest } from './wire.ts'

self.onmessage = ({ data }: MessageEvent<AppraisalRequest>) => {
  void answer(data).then((text) => self.postMessage(text))
}
