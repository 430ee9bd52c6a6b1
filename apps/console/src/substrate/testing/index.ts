// What tests outside this program need of a Hub in memory and of an account of an extension.
export { evmAddressOf } from '../account.ts'
export { MemoryHub, type HubCall, type HubResult } from './memory-hub.ts'
export { serveHub, type ServedHub } from './serve-hub.ts'
export { testAccount } from './test-extension.ts'
