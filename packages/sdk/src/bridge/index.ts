// Calls of contracts: what can be called, changing it, calling, clients.
export { findApi, readApis, signatureOf, type ApiBook, type ApiRecord } from './book.ts'
export { apiEntryOf, planApiAdd, planApiRemoval, planApiSync, planApiUpdate } from './changes.ts'
export { importOpenApi, readApiEntries } from '@wetee/manifest'
