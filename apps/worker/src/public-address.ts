// Which addresses are of the internet: what tenants choose leads to no others. Pure.
import { BlockList, isIP } from 'node:net'

/** Networks that are not the internet (RFC 1918, 6598, 3927, 2544, 5735; multicast and reserved above). */
export const PRIVATE_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
] as const

const closed = new BlockList()
for (const network of PRIVATE_NETWORKS) {
  const [address = '', bits = ''] = network.split('/')
  closed.addSubnet(address, Number(bits), 'ipv4')
}
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
// Tunnels and translation carry IPv4 addresses; documentation leads nowhere (RFC 9637, 3849).
for (const [address, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(address, bits, 'ipv6')

/** Whether an address, without brackets or zone, is one of the internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !closed.check(address, 'ipv4')
  // What stands for an IPv4 address is not of 2000::/3.
  return family === 6 && global.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}
