// Sign-in with a wallet's message (EIP-4361).
export { SignInError, type SignInErrorCode } from './error.ts'
export { ownerCallInfo } from './owner-call.ts'
export {
  OWNER_MESSAGE_MS,
  ownerMessage,
  ownerMessageParts,
  type OwnerAudience,
} from './owner-message.ts'
export {
  checkSignedMessage,
  signedMessageSchema,
  type ExpectedMessage,
  type SignedIn,
  type SignedMessage,
} from './signed-message.ts'
