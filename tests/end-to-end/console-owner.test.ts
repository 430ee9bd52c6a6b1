// An owner in the web console, in a real browser on a running network: reads and changes an application.
import { describe } from 'vitest'
import { describeConsole } from './testing/console-devnet.ts'
import { ownerSuite } from './testing/console-owner.ts'
import { secretsSuite } from './testing/console-secrets.ts'

describeConsole('the web console of an owner', (of) => {
  describe('an application', () => ownerSuite(of))
  describe('secrets and updates', () => secretsSuite(of))
})
