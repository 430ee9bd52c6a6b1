// The rules that keep pods from the host, its networks and each other.
import { expect, test } from 'vitest'
import { guardRules, nameServersOf } from './network-guard.ts'

test('name servers are read from resolv.conf, but for those that the engine asks itself', () => {
  const text = [
    '# nameserver 192.0.2.9',
    'nameserver 10.0.0.53',
    'nameserver 127.0.0.53',
    'nameserver 2001:db8::1',
    'nameserver  192.168.1.1  ',
    'search example.org',
    'nameserver 10.0.0.1 -j ACCEPT',
  ].join('\n')
  expect(nameServersOf(text)).toEqual(['10.0.0.53', '192.168.1.1'])
  expect(nameServersOf('')).toEqual([])
})

test('a name server is reached at its port before its network is closed', () => {
  const rules = guardRules(['10.0.0.53']).split('\n')
  const open = rules.findIndex((rule) => rule.includes('-d 10.0.0.53 -p udp --dport 53 -j RETURN'))
  const closed = rules.findIndex((rule) => rule.includes('-d 10.0.0.0/8 -j DROP'))
  expect(open).toBeGreaterThan(0)
  expect(closed).toBeGreaterThan(open)
})

test('the host, link-local and private networks are closed, and pods to whoever begins a connection', () => {
  const rules = guardRules([])
  expect(rules).toContain('-A WETEE-INPUT -i wetee+ -j DROP')
  for (const network of ['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'])
    expect(rules).toContain(`-A WETEE-FORWARD -i wetee+ -d ${network} -j DROP`)
  expect(rules).toContain('-A WETEE-FORWARD -o wetee+ -m conntrack --ctstate NEW -j DROP')
  expect(rules).not.toContain('ACCEPT')
})
