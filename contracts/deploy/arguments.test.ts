// The deployment's command line: what it takes and what contradicts itself.
import { describe, expect, it } from 'vitest'
import { parseDeployArguments } from './arguments.ts'
import { networks } from './networks.ts'

const address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

describe('the command line of the deployment', () => {
  it('shows a plan unless it is told to send', () => {
    expect(parseDeployArguments(['--network', 'paseo', '--from', address])).toMatchObject({
      network: 'paseo',
      rpcUrls: networks.paseo.rpcUrls,
      from: address,
      yes: false,
    })
  })

  it('takes a keystore with its password file, and another RPC', () => {
    const line = '--network local --keystore k --password-file p --rpc http://node:1 --yes'
    expect(parseDeployArguments(line.split(' '))).toMatchObject({
      keystore: { file: 'k', passwordFile: 'p' },
      rpcUrls: ['http://node:1'],
      yes: true,
    })
  })

  it.each([
    ['no network', ''],
    ['an unknown network', '--network kusama'],
    ['an unknown option', '--network local --force'],
    ['a keystore without its password file', '--network local --keystore k'],
    ['--yes without a keystore', `--network local --yes --from ${address}`],
    ['--yes with --dry-run', '--network local --keystore k --password-file p --yes --dry-run'],
    ['--unsigned with a keystore', '--network local --unsigned o --keystore k --password-file p'],
    [
      'an account beside the keystore',
      `--network local --keystore k --password-file p --from ${address}`,
    ],
    ['an account that is no address', '--network local --from 0x12'],
  ])('refuses %s', (_, line) => {
    expect(() => parseDeployArguments(line.split(' ').filter(Boolean))).toThrow(
      expect.objectContaining({ code: 'deploy.arguments' }) as Error,
    )
  })
})
