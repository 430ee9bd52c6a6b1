// Threshold cryptography over secp256k1. Pure; secrets are handled by the back end of `./native`.
export { THRESHOLD_ERROR_CODES, ThresholdError, type ThresholdErrorCode } from './error.ts'
export {
  ORDER,
  POINT_BYTES,
  SCALAR_BYTES,
  type Group,
  type Point,
  type PublicScalar,
  type RandomBytes,
  type SecretScalar,
} from './group/group.ts'
export { nobleGroup } from './group/noble-group.ts'
export { lagrangeAtZero } from './group/scalar.ts'
