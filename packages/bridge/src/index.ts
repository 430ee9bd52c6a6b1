// What calls of the bridge are made of: definitions, requests, answers.
export { callStatus, encodeAnswer, encodeText } from './answer.ts'
export {
  definitionDigest,
  MAX_DEFINITION_BYTES,
  parseDefinition,
  serializeDefinition,
  type Definition,
  type Field,
  type Parameter,
} from './definition.ts'
export { BRIDGE_ERROR_CODES, BridgeError, type BridgeErrorCode } from './error.ts'
export { buildRequest, encodeArguments, type HttpRequest } from './request.ts'
export { apiLimits, type ApiTerms } from './terms.ts'
