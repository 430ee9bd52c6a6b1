// For tests: an image of Node and one small program, written on the spot so that no registry is needed. Does file I/O.
import { filesLayer, nodePath, nodeRuntimeLayer, writeImage, type WriteConfig } from '@wetee/image'

/** Prints what it was started with. */
const program = `
const { argv, env } = process
console.log(JSON.stringify({ args: argv.slice(2), env, cwd: process.cwd() }))
`

/** An image as a container spec names it. */
export type FixtureImage = { readonly layout: string; readonly digest: string }

/** Runs `/app/main.mjs default` in /app; `extra` makes it another image. */
export async function writeFixtureImage(
  layout: string,
  options: { readonly config?: WriteConfig; readonly extra?: string } = {},
): Promise<FixtureImage> {
  const { digest } = await writeImage({
    layout,
    layers: [
      await nodeRuntimeLayer(),
      filesLayer({
        '/app/main.mjs': program,
        ...(options.extra === undefined ? {} : { '/app/extra': options.extra }),
      }),
    ],
    config: {
      entrypoint: [nodePath, '/app/main.mjs'],
      command: ['default'],
      environment: { FROM_IMAGE: 'image', BOTH: 'image' },
      workingDirectory: '/app',
      ...options.config,
    },
  })
  return { layout, digest }
}

/** Entry point and command that run a script; `fs`, `net`, `os` and `cp` (child_process) are there. */
export function script(body: string): { entrypoint: string[]; command: string[] } {
  const head =
    'const fs=require("fs"),net=require("net"),os=require("os"),cp=require("child_process");'
  return { entrypoint: [nodePath, '-e'], command: [`${head}${body}`] }
}
