// `wetee secret set` and `wetee secret rotate`: seal a value, keep a copy, put it on chain, give it to the nodes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import {
  listSecrets,
  planSecret,
  resolveApp,
  sealSecret,
  teeClassBits,
  type Network,
  type SealedVersion,
  type SecretPolicy,
  type TeeClassName,
} from '@wetee/sdk'
import { keystoreFolder } from '../../account/keystore.ts'
import { oneOf } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { upload } from './upload.ts'
import { readValue } from './value.ts'

type Options = SigningOptions & {
  readonly file?: string
  readonly tee?: string
  readonly level?: string
  readonly measurement?: readonly string[]
  readonly copy?: string
}

export function secretSetCommand(context: Context): Command {
  const command = sealing(context, 'set').description(
    'Seal a value for an application, put it on chain and give it to the nodes',
  )
  return withExample(
    withSigning(command),
    'wetee secret set hello db_password --file password.txt',
    'openssl rand -hex 32 | wetee secret set hello session_key --file - --yes',
  )
}

export function secretRotateCommand(context: Context): Command {
  const command = sealing(context, 'rotate').description(
    'Seal a new version of a secret; instances are given it when they start anew',
  )
  return withExample(
    withSigning(command),
    'wetee secret rotate hello db_password --file new-password.txt',
  )
}

function sealing(context: Context, kind: 'set' | 'rotate'): Command {
  return new Command(kind)
    .argument('<app>', 'id or name')
    .argument('<name>', 'as the compose file names it')
    .option('--file <file>', 'its value, byte for byte; - for stdin; else asked, hidden')
    .option(
      '--tee <classes>',
      'hardware that may be given it, with commas; else what the application allows',
    )
    .option('--level <number>', "least security level of the application's terms, 0 to 255")
    .option('--measurement <id...>', 'agents that may be given it; else all that the DAO accepts')
    .option(
      '--copy <file>',
      'where your copy of the ciphertext goes; else a folder beside the keystore',
    )
    .action((app: string, name: string, options: Options) =>
      run(context, { kind, app, name }, options),
    )
}

async function run(
  context: Context,
  asked: { readonly kind: 'set' | 'rotate'; readonly app: string; readonly name: string },
  options: Options,
): Promise<void> {
  const { kind, app, name } = asked
  const policy = policyOf(options)
  const value = await readValue(context, name, options.file)
  let copy = ''
  let sealed: SealedVersion | undefined
  try {
    await runIntent(
      context,
      options,
      async (network) => {
        const appId = await resolveApp(network, app)
        await requireKind(network, appId, name, kind)
        sealed = await sealSecret(network, { appId, name, value, policy })
        copy = copyFile(context, network, sealed, options.copy)
        if (options.dryRun !== true) keep(copy, sealed.bytes)
        const plan = await planSecret(network, sealed)
        return { ...plan, facts: [...plan.facts, ['Your copy', copy]] }
      },
      {
        title: 'Give the ciphertext to the dsecret nodes',
        run: async (network, line) => {
          const bytes = sealed?.bytes ?? new Uint8Array()
          return { copy, ...(await upload(network, bytes, context.signal, line)) }
        },
        unsigned: () => `once it is final: wetee secret upload ${copy}`,
      },
    )
  } finally {
    value.fill(0)
  }
}

/** `set` makes a secret, `rotate` changes one: neither does the other by mistake. */
async function requireKind(
  network: Network,
  appId: bigint,
  name: string,
  kind: 'set' | 'rotate',
): Promise<void> {
  const known = (await listSecrets(network, appId)).find((secret) => secret.name === name)
  if (kind === 'set' && known !== undefined)
    throw new CliError(
      'secret.exists',
      `"${name}" is set, version ${known.current.version}: \`wetee secret rotate\` gives it a new value`,
    )
  if (kind === 'rotate' && known === undefined)
    throw new CliError(
      'secret.not-found',
      `there is no secret "${name}" to rotate: \`wetee secret set\` makes it`,
    )
}

function policyOf({ tee, level, measurement }: Options): Partial<SecretPolicy> {
  const classes = Object.keys(teeClassBits) as TeeClassName[]
  const given = tee?.split(',').map((one) => oneOf('--tee', one.trim(), classes))
  const ids = measurement?.map((id) => {
    if (/^0x[0-9a-fA-F]{64}$/.test(id)) return id.toLowerCase() as `0x${string}`
    throw new CliError('usage', `--measurement is "${id}", expected 0x and 64 hex digits`)
  })
  return {
    ...(given === undefined ? {} : { teeClasses: given }),
    ...(level === undefined ? {} : { minLevel: wholeNumber('--level', level, 0, 255) }),
    ...(ids === undefined ? {} : { measurements: ids }),
  }
}

function copyFile(
  context: Context,
  { profile }: Network,
  { appId, name, version, digest }: SealedVersion,
  given: string | undefined,
): string {
  if (given !== undefined) return resolve(context.cwd, given)
  const folder = join(dirname(keystoreFolder(context.env, context.homeDir)), 'secrets')
  const place = `${profile.chainId}-${appId}-${name}-v${version}`
  return join(folder, `${place}-${digest.slice(2, 10)}.sealed`)
}

/** Ciphertext alone: it may lie anywhere, but it is not written over a secret's only copy. */
function keep(file: string, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new CliError(
      'file.unwritable',
      `your copy ${file} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}): name another file with --copy`,
      { cause },
    )
  }
}
