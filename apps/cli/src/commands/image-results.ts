// Where the image of a build goes: a folder, an archive, a registry. Writes files, network I/O.
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PushedImage, TransferProgress } from '@wetee/image'
import type { Context } from '../context.ts'
import { dockerLogin } from '../docker-login.ts'
import { CliError } from '../error.ts'
import { clean } from '../output/print.ts'
import { runSteps } from '../output/progress.ts'

/** An image in a layout. */
export type ImagePlace = { readonly layout: string; readonly digest: string }

/** Writes it to `out`, where that is given. */
export async function writeOut(
  context: Context,
  { out, tag }: { readonly out?: string; readonly tag?: string },
  image: ImagePlace,
): Promise<void> {
  if (out === undefined) return
  const { copyImage, toDockerArchive } = await import('@wetee/image')
  const target = resolve(context.cwd, out)
  if (target.endsWith('.tar'))
    await pipeline(toDockerArchive(image.layout, image.digest), createWriteStream(target))
  else await copyImage(image.layout, image.digest, target, tag)
}

/** With a line of progress for each whole percent. */
export async function pushBuilt(
  context: Context,
  reference: string,
  image: ImagePlace,
): Promise<PushedImage> {
  const { pushImage } = await import('@wetee/image')
  const { parseImageReference } = await import('@wetee/manifest')
  const credentials = dockerLogin(context, parseImageReference(reference)?.registry ?? '')
  const pushed: PushedImage[] = []
  const run = async (show: (line: string) => void) => {
    let shown = -1
    const onProgress = ({ doneBytes, totalBytes }: TransferProgress) => {
      const percent = Math.floor((100 * doneBytes) / totalBytes)
      if (percent > shown) show(`${percent} % of ${(totalBytes / 2 ** 20).toFixed(1)} MiB`)
      shown = Math.max(percent, shown)
    }
    const { signal } = context
    const options = { signal, onProgress, ...(credentials === undefined ? {} : { credentials }) }
    pushed.push(await pushImage(image.layout, image.digest, reference, options))
  }
  await runSteps(context, [{ title: `Pushing to ${clean(reference)}`, run }])
  const [result] = pushed
  if (result === undefined) throw new CliError('internal', 'the push gave no image')
  return result
}
