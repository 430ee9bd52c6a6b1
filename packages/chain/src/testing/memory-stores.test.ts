// The stores that tests use are as strict as those of daemons.
import { memoryCursors, memoryOutbox } from './memory-stores.ts'
import { storeConformance } from './store-conformance.ts'

storeConformance('memory', () => ({ ...memoryCursors(), ...memoryOutbox() }))
