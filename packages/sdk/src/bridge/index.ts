// Calls of contracts: what can be called, changing it, calling, clients.
export {
  findApi,
  findCallableApi,
  readApis,
  signatureOf,
  type ApiBook,
  type ApiRecord,
  type CallableApi,
} from './book.ts'
export { apiEntryOf, planApiAdd, planApiRemoval, planApiSync, planApiUpdate } from './changes.ts'
export { planApiCallers, planApiPause, readApiCallers, type ApiCallers } from './callers.ts'
export { planExpiry, planReplay } from './call-ends.ts'
export { encodeTexts } from './arguments.ts'
export {
  listCalls,
  planCall,
  readCall,
  waitForCall,
  type CallAnswer,
  type CallRecord,
  type CallState,
} from './calls.ts'
export {
  listSubscriptions,
  planSubscription,
  planSubscriptionEnd,
  planSubscriptionTopUp,
  planTrigger,
  type SubscriptionRecord,
} from './subscriptions.ts'
export { solidityClient, typeScriptClient } from './client.ts'
export { inkClient } from './ink-client.ts'
export { readLargeAnswer } from './large-answer.ts'
export { importOpenApi, readApiEntries } from '@wetee/manifest'
