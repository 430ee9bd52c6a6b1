// The sandbox driver passes the suite of all drivers. Starts containers.
import { describeRuntime } from '../conformance.ts'
import { leftovers } from './testing/leftovers.ts'

describeRuntime({ kind: 'sandbox', missing: undefined, leftovers })
