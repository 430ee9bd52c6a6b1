// The commands of an image that need no network: its help, its configuration in words. Starts containers.
import type { Docker } from './docker.ts'
import { confined, type Built, type ImageName } from './image-checks.ts'
import { must, type Report } from './report.ts'

/** What is run, and what it has to say; the agent has no help, it ends with 78 where there is no launch. */
const commands: Readonly<
  Record<
    ImageName,
    readonly { readonly args: readonly string[]; readonly code: number; readonly says: RegExp }[]
  >
> = {
  worker: [
    { args: ['--help'], code: 0, says: /usage: .*--config FILE/ },
    { args: ['config', 'schema'], code: 0, says: /"networkFile"/ },
  ],
  dsecret: [
    { args: ['--help'], code: 0, says: /usage: node dsecret\.js --config FILE/ },
    { args: ['config', 'schema'], code: 0, says: /"guestSocket"/ },
  ],
  agent: [{ args: [], code: 78, says: /agent stopped/ }],
  console: [{ args: ['--help'], code: 0, says: /usage: node main\.ts --site DIR/ }],
  devnet: [{ args: ['--help'], code: 0, says: /Usage: npm start/ }],
}

/** Runs them without any rights. */
export async function checkCommands(docker: Docker, report: Report, { name, tag }: Built) {
  for (const { args, code, says } of commands[name])
    await report.check(name, `says what it should: ${args.join(' ') || 'no launch'}`, async () => {
      const ended = await docker(['run', ...confined, tag, ...args], { mayFail: true })
      must(ended.code === code, `it ended with ${ended.code}: ${ended.stderr.slice(-500)}`)
      must(
        says.test(ended.stdout),
        `it said ${ended.stdout.slice(0, 500)}${ended.stderr.slice(-500)}`,
      )
      return ''
    })
}
