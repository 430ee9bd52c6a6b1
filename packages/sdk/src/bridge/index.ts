// Calls of contracts: what can be called.
export {
  findApi,
  readApis,
  signatureOf,
  type ApiBook,
  type ApiRecord,
  type ApiTerms,
} from './book.ts'
