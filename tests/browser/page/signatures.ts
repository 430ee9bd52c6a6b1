// The script of the page that checks signatures by the browser's own cryptography. Runs in a browser.
import {
  wrongSignatureChecks,
  type SignatureCheck,
} from '@wetee/attestation/testing/signature-checks'

const wrong = (checks: readonly SignatureCheck[]) => wrongSignatureChecks(checks)

Object.assign(globalThis, { wetee: { wrong } })
