// Every code is documented, and retryable is what newer collateral can mend.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ATTESTATION_ERROR_CODES, AttestationError } from './index.ts'

const page = readFileSync(
  join(import.meta.dirname, '../../../docs/reference/attestation.md'),
  'utf8',
)

test.each(ATTESTATION_ERROR_CODES)('%s is documented', (code) => {
  expect(page).toContain(`\`${code}\``)
})

test('only collateral that is too old or too new is retryable', () => {
  const retryable = ATTESTATION_ERROR_CODES.filter(
    (code) => new AttestationError(code, '').retryable,
  )
  expect(retryable.sort()).toEqual(
    ['root-crl', 'pck-crl', 'ark-crl', 'tcb-info', 'qe-identity']
      .flatMap((part) => [`${part}.expired`, `${part}.not-yet-valid`])
      .sort(),
  )
})
