// An owner in the web console, in a real browser on a running network: reads and changes an application, also while its worker is down.
import { describe } from 'vitest'
import { awaySuite } from './testing/console-away.ts'
import { describeConsole } from './testing/console-devnet.ts'
import { ownerSuite } from './testing/console-owner.ts'
import { secretsSuite } from './testing/console-secrets.ts'

describeConsole('the web console of an owner', (of) => {
  describe('an application', () => ownerSuite(of))
  describe('secrets and updates', () => secretsSuite(of))
  describe('a worker that is down', () => awaySuite(of))
})
